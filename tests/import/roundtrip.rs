//! Small catalogs whose rendered objects say less than their lines.

use wharf::cluster::Cluster;
use wharf::compile::compile;
use wharf::import::Class;
use wharf::inputs::{Inputs, Source};

use super::{ONE, imported, objects, rendered_again};

/// What does not come back as it was.
fn others(applications: &str, platform: &str, profiles: &[(&str, &str)]) -> Vec<String> {
    let profile = |(name, text): &(&str, &str)| ((*name).to_owned(), Source::new(*name, *text));
    let inputs = Inputs {
        applications: Source::new("applications.yml", applications),
        platform: Some(Source::new("platform.yml", platform)),
        profiles: profiles.iter().map(profile).collect(),
        ..Inputs::default()
    };
    let before = objects(&Cluster::of_objects(&compile(&inputs, ONE).objects));
    let imported = imported(&inputs);
    let again = rendered_again(&imported, &inputs);
    let changed = before.iter().filter(|(name, object)| again.get(*name) != Some(*object));
    let others = imported.proof.rows.iter().filter(|row| row.class != Class::Equal);
    others.map(|row| row.object.clone()).chain(changed.map(|(name, _)| name.clone())).collect()
}

const REPOSITORY: &str = "repository: {url: https://git.example.com/home.git}\ndomain: example.com\n";

#[test]
fn roles_of_a_shared_project_show_the_tiers_of_entries_without_applications() {
    let applications = "
- namespace: late
  tier: first
  networkPolicies: {profile: base}
  access: [{group: ops, role: admin}]
- namespace: early
  networkPolicies: {profile: base}
  access: [{group: ops, role: viewer}]
  applications: [{applicationCode: early, path: early}]
";
    let platform = format!("{REPOSITORY}tiers: [first, second]\ndefaults: {{project: {{name: shared}}}}\n");
    assert_eq!(others(applications, &platform, &[]), Vec::<String>::new());
}

#[test]
fn a_line_for_all_ports_hides_the_echo_requests_of_a_profile() {
    let profile = "summary: echo\negress: [{to: cluster, ports: [53/UDP], ping: true}]\n";
    let applications = "
- namespace: sensors
  networkPolicies:
    profile: echo
    egress: [{to: cluster}]
";
    let platform = format!("{REPOSITORY}network: {{cni: cilium, policies: cilium}}\n");
    assert_eq!(others(applications, &platform, &[("echo", profile)]), Vec::<String>::new());
}

#[test]
fn the_number_of_a_host_is_not_its_priority() {
    let applications = "
- namespace: shop
  tier: infrastructure
  networkPolicies: {profile: web-app}
  applications: [{applicationCode: shop, path: shop}]
  routes:
    - host: shop-1
      service: shop
      port: 80
      auth: none
      reason: public
      priority: 1
      filters: {host: in.lan}
    - {host: shop-2, service: shop, port: 80, auth: none, reason: public}
";
    let platform = format!(
        "{REPOSITORY}routing: {{kind: ingress, ingress: {{className: traefik, controller: traefik}}}}\n"
    );
    assert_eq!(others(applications, &platform, &[]), Vec::<String>::new());
}
