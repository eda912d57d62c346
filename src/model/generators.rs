//! Secrets of generators, and how often Secrets are read again.

use super::platform::ExternalSecrets;
use crate::catalog::{Secret, SecretGenerator};
use crate::diagnostics::suggestion::{did_you_mean, shorten};
use crate::diagnostics::{Finding, Location, Sink, rules};

/// The kinds that the operator accepts (External Secrets 2.9, `generatorRef.kind`).
const KINDS: [&str; 18] = [
    "ACRAccessToken",
    "BeyondtrustWorkloadCredentialsDynamicSecret",
    "CloudsmithAccessToken",
    "ClusterGenerator",
    "ECRAuthorizationToken",
    "Fake",
    "GCRAccessToken",
    "GithubAccessToken",
    "GitlabDeployToken",
    "Grafana",
    "MFA",
    "Password",
    "QuayAccessToken",
    "SSHKey",
    "STSSessionToken",
    "UUID",
    "VaultDynamicSecret",
    "Webhook",
];

/// The kinds that make another value each time, which nothing else knows.
const RANDOM: [&str; 3] = ["Password", "SSHKey", "UUID"];

pub(super) fn check(
    secret: &Secret,
    location: &Location,
    operator: Option<&ExternalSecrets>,
    findings: &mut Sink,
) {
    let interval = secret.refresh_interval.as_deref();
    let once = interval.is_some_and(|interval| !interval.contains(|char| matches!(char, '1'..='9')));
    if once && !(secret.data.is_empty() && secret.data_from.is_empty()) {
        findings.push(never_refreshed(location));
    }
    let default = || operator.map_or("1h", |operator| operator.refresh_interval.as_str());
    for (index, generator) in secret.generators.iter().enumerate() {
        let location = location.key("generators").index(index).key("kind");
        if !KINDS.contains(&&*generator.kind) {
            findings.push(unknown(generator, location));
        } else if RANDOM.contains(&&*generator.kind) && !once {
            findings.push(regenerated(generator, interval.unwrap_or_else(default), location));
        }
    }
}

fn never_refreshed(location: &Location) -> Finding {
    let finding = rules::SECRETS_NEVER_REFRESHED.at(
        location.key("refreshInterval"),
        "External Secrets would read the values of this Secret once and never again",
    );
    let finding = finding.note(
        "a rotated password would not arrive, and everything would stay healthy until the old one is \
         rejected",
    );
    finding.help("write an interval, for example `1h`")
}

fn unknown(generator: &SecretGenerator, location: Location) -> Finding {
    let message = format!("External Secrets has no generator `{}`", shorten(&generator.kind));
    let finding = rules::SECRET_SOURCE.at(location, message);
    let finding = finding.note("the API server would reject the ExternalSecret");
    finding.help_some(did_you_mean(&generator.kind, KINDS))
}

fn regenerated(generator: &SecretGenerator, interval: &str, location: Location) -> Finding {
    let message = format!("the generator `{}` makes another value every {interval}", &*generator.kind);
    let finding = rules::REGENERATED_SECRET.at(location, message);
    let finding = finding.note(
        "what was set up with the first value, such as a database, rejects the second one after the next \
         restart",
    );
    finding.help("write `refreshInterval: 0s` in the Secret, so that the value is made once")
}
