//! `wharf rename`: the steps, in their order, and the edits of each commit, with the real binary.

#![allow(clippy::disallowed_methods, clippy::expect_used, clippy::panic, clippy::unwrap_used, missing_docs)]

#[path = "support/cli.rs"]
mod cli;

use std::fs;
use std::path::Path;

use cli::{Ran, catalog, wharf, write};

const CATALOG: &str = "\
# my cluster
- namespace: sys-postgres # the database
  networkPolicies: {profile: database}
  applications:
    - applicationCode: postgres
      path: charts/postgres # a chart
      autoSync: true
- namespace: web-notes
  toggleable: true
  description: \"for web-notes\"
  networkPolicies: {profile: web-app, egress: [{namespace: 'sys-postgres', ports: [5432]}]}
  applications:
    - {applicationCode: notes, path: charts/notes, autoSync: true, dependsOn: [postgres]}
  routes: [{host: notes, service: notes, port: 80, targetPort: 8080}]
";

fn rename(at: &Path, arguments: &[&str]) -> Ran {
    wharf([&["rename"], arguments].concat()).within(at).run()
}

fn applications(at: &Path) -> String {
    fs::read_to_string(at.join("applications.yml")).unwrap()
}

#[test]
fn a_protected_entry_is_renamed_in_one_commit() {
    let folder = catalog(CATALOG);
    let at = folder.path();
    let expected = "\
1. commit, done: set `toggleable: false` of `sys-postgres`, and wait until the root Application is synced: \
Argo CD then keeps the Namespace with its volumes
2. manually: back up the volumes in `sys-postgres`
3. commit, next: write `sys-db` wherever the catalog and the platform name `sys-postgres`
4. manually: scale what still runs in `sys-postgres` to 0: it stays there, and nothing manages it any more
5. manually: restore the volumes into `sys-db`
6. manually: create the Secrets in `sys-db` that were made manually; seal SealedSecrets again for `sys-db`
7. manually: delete what is kept, with the old volumes: `kubectl delete namespace sys-postgres` and `kubectl \
--namespace argocd delete appproject sys-postgres`; until then, the root Application is OutOfSync

the next commit: 1 danger · 1 object changed, 9 added, 9 removed
  applications.yml:2: `sys-postgres` becomes `sys-db`
  applications.yml:11: `'sys-postgres'` becomes `sys-db`
";
    let ran = rename(at, &["sys-postgres", "sys-db"]);
    assert_eq!((ran.out.as_str(), ran.code), (expected, Some(0)));
    assert_eq!(applications(at), CATALOG, "nothing is written without `--write`");
    let ran = rename(at, &["sys-postgres", "sys-db", "--write"]);
    assert_eq!(ran.code, Some(0));
    assert!(ran.err.ends_with("wharf: 1 file written\n"), "{}", ran.err);
    let new =
        CATALOG.replace("namespace: sys-postgres", "namespace: sys-db").replace("'sys-postgres'", "sys-db");
    assert_eq!(applications(at), new);
    wharf(["check"]).within(at).succeeds();
}

#[test]
fn an_entry_that_is_not_protected_is_protected_first() {
    let folder = catalog(CATALOG);
    let at = folder.path();
    let ran = rename(at, &["web-notes", "team-notes", "--write"]);
    assert!(ran.out.starts_with("1. commit, next: set `toggleable: false` of `web-notes`"), "{}", ran.out);
    assert!(ran.out.contains("\n3. commit: write `team-notes`"), "{}", ran.out);
    let first = CATALOG.replace("toggleable: true", "toggleable: false");
    assert_eq!(applications(at), first);
    let ran = rename(at, &["web-notes", "team-notes", "--write"]);
    assert!(ran.out.starts_with("1. commit, done: "), "{}", ran.out);
    assert!(ran.out.contains("not edited:\n  applications.yml:10\n"), "{}", ran.out);
    assert_eq!(applications(at), first.replace("namespace: web-notes", "namespace: team-notes"));
}

#[test]
fn the_platform_is_edited_too() {
    let folder = catalog(&format!("{CATALOG}- {{namespace: traefik, networkPolicies: {{profile: base}}}}\n"));
    let at = folder.path();
    write(at.join("platform.yml"), cli::PLATFORM.replace("sys-auth", "traefik"));
    let ran = rename(at, &["traefik", "sys-traefik", "--write"]);
    assert_eq!(ran.code, Some(0));
    assert!(ran.err.ends_with("wharf: 2 files written\n"), "{}", ran.err);
    let platform = fs::read_to_string(at.join("platform.yml")).unwrap();
    assert!(platform.contains("{ingressController: {namespace: sys-traefik}}"), "{platform}");
    assert!(platform.contains("http://auth.sys-traefik.svc/verify"), "{platform}");
}

#[test]
fn an_application_hands_its_objects_over_in_three_commits() {
    let folder = catalog(CATALOG);
    let at = folder.path();
    let arguments = ["--application", "postgres", "pg", "--write"];
    let ran = rename(at, &arguments);
    assert_eq!(ran.code, Some(0), "{}", ran.err);
    let first = CATALOG.replace(
        "    - applicationCode: postgres\n      path: charts/postgres # a chart\n",
        "    - applicationCode: postgres\n      finalizer: none\n      path: charts/postgres # a chart\n\
         \x20     helm: {releaseName: postgres}\n",
    );
    assert_eq!(applications(at), first);
    let ran = rename(at, &arguments);
    let expected = "\
1. commit, done: set `finalizer: none` of `postgres`, and `releaseName` to its current name, and wait until \
the root Application is synced: its objects then stay when it goes
2. commit, next: write `pg` wherever the catalog names `postgres`
3. manually: delete the old Application, which the protected entry keeps: `kubectl --namespace argocd delete \
application postgres`; without a finalizer, its objects stay
4. commit: remove `finalizer: none` of `pg` once it is synced, and keep `releaseName`
";
    assert!(ran.out.starts_with(expected), "{}", ran.out);
    let second = first
        .replace("applicationCode: postgres", "applicationCode: pg")
        .replace("dependsOn: [postgres]", "dependsOn: [pg]");
    assert_eq!(applications(at), second);
    let ran = rename(at, &["--application", "notes", "wiki", "--write"]);
    assert_eq!(ran.code, Some(0), "{}", ran.err);
    let third = second.replace(
        "{applicationCode: notes, path: charts/notes,",
        "{applicationCode: notes, finalizer: none, path: charts/notes, helm: {releaseName: notes},",
    );
    assert_eq!(applications(at), third);
}

#[test]
fn options_of_helm_and_sources_keep_their_style() {
    let folder = catalog(
        "\
- namespace: web-notes
  networkPolicies: {profile: web-app}
  applications:
    - applicationCode: notes
      finalizer: background
      path: charts/notes
      helm:
        skipCrds: true
    - applicationCode: wiki
      sources:
        - {repoURL: 'https://charts.example.com', chart: wiki, targetRevision: 1.2.3, helm: {skipTests: true}}
",
    );
    let at = folder.path();
    assert_eq!(rename(at, &["--application", "notes", "notes-2", "--write"]).code, Some(0));
    assert_eq!(rename(at, &["--application", "wiki", "wiki-2", "--write"]).code, Some(0));
    let text = applications(at);
    assert!(text.contains("finalizer: none\n      path: charts/notes\n"), "{text}");
    assert!(text.contains("helm:\n        releaseName: notes\n        skipCrds: true\n"), "{text}");
    assert!(text.contains("helm: {releaseName: wiki, skipTests: true}"), "{text}");
    assert!(text.contains("applicationCode: wiki\n      finalizer: none\n"), "{text}");
}

#[test]
fn what_cannot_be_renamed_is_refused() {
    let folder = catalog(CATALOG);
    let at = folder.path();
    let refuses = |arguments: &[&str], why: &str| {
        wharf([&["rename"], arguments].concat()).within(at).fails(2).says(why);
    };
    refuses(&["web-note", "x"], "there is no entry `web-note`; did you mean `web-notes`?");
    refuses(&["postgres", "pg"], "`postgres` is an application: add `--application`");
    refuses(&["--application", "postgre", "pg"], "there is no application `postgre`");
    refuses(&["web-notes", "sys-postgres"], "another entry owns the namespace `sys-postgres`");
    refuses(&["web-notes", "Web_Notes"], "`Web_Notes` is not a valid namespace");
    refuses(&["--application", "postgres", "notes"], "another application has the code `notes`");
    refuses(&["--application", "postgres", "-"], "`-` is not a valid name");
    // the domain is in the way: a reserved namespace is an error of the catalog
    refuses(&["sys-postgres", "kube-system"], "the catalog would have these errors");
    assert_eq!(applications(at), CATALOG);
}
