//! Repositories that are large, or that nobody wrote for a program: bounded, and read as Argo CD reads them.

use std::fmt::Write as _;

use super::{PRUNES, SERVICE, application, judged, reach, rules};
use crate::cli::{folder, shell, write};

#[cfg(target_os = "linux")]
#[test]
fn two_thousand_files_take_less_than_two_seconds_of_cpu() {
    let folder = folder();
    let at = |path: String| folder.path().join(path);
    for number in 0..200 {
        let name = format!("n{number}");
        let root = application(&name, &format!("path: {name}"));
        write(
            at(format!("apps/{name}.yaml")),
            root.replace("  destination", &format!("{PRUNES}  destination")),
        );
        for index in 0..8 {
            let text = SERVICE.replace("name: web", &format!("name: web{index}"));
            write(at(format!("{name}/service{index}.yaml")), text);
        }
        write(
            at(format!("{name}/namespace.yaml")),
            format!("apiVersion: v1\nkind: Namespace\nmetadata: {{name: {name}}}\n"),
        );
    }
    write(at("n0/definition.yaml".into()), definition(60_000));
    let limits = "ulimit -t 2 && ulimit -v 4000000";
    let ran = shell(&format!("{limits} && exec '{}' audit --reach .", env!("CARGO_BIN_EXE_wharf")));
    let reach = ran.within(folder.path()).succeeds().out;
    assert!(reach.contains("n0 -> n0: 10 files, 10 resources\n"), "{reach}");
    assert!(reach.contains("n199 -> n199: 9 files, 9 resources\n") && !reach.contains("left out"), "{reach}");
}

/// A definition with this number of properties, 3 MiB for 60,000.
fn definition(properties: usize) -> String {
    let mut text = "apiVersion: apiextensions.k8s.io/v1\nkind: CustomResourceDefinition\nmetadata: {name: \
                    things.example.com}\nspec:\n  versions:\n    - name: v1\n      schema:\n        \
                    openAPIV3Schema:\n          properties:\n"
        .to_owned();
    for number in 0..properties {
        let _ = writeln!(text, "            property{number}: {{type: string}}");
    }
    text
}

#[test]
fn findings_in_windows_files_have_their_lines() {
    let (notes, service) =
        (application("notes", "path: notes"), SERVICE.replace("{name: web}", "{name: web, labels: {a: 1}}"));
    let windows = format!("# two lines\n\n{service}").replace('\n', "\r\n");
    let tree =
        wharf::inputs::Tree::of_files([("notes.yaml", notes.as_str()), ("notes/a.yaml", windows.as_str())]);
    let audited = wharf::audit::audit(&tree, &wharf::audit::Settings::default(), &|_| Err(String::new()));
    let report = wharf::report::text::draw(&audited.findings, &audited.documents, false);
    assert!(report.contains("notes/a.yaml:5:"), "{report}");
}

#[test]
fn an_application_that_deploys_itself_is_followed_once() {
    let root = application("root", "path: apps");
    let picture = reach(&[("apps/root.yaml", &root), ("apps/service.yaml", SERVICE)]);
    assert_eq!(picture.matches("root -> root").count(), 1, "{picture}");
}

#[test]
fn applications_that_deploy_each_other_have_findings_once() {
    let tagged = |name: &str, path: &str| {
        application(name, path)
            .replace("namespace: argocd}", "namespace: argocd, finalizers: [resources-finalizer.argocd]}")
    };
    let (one, other) = (tagged("one", "path: b"), tagged("two", "path: a"));
    assert_eq!(rules(&[("a/one.yaml", &one), ("b/two.yaml", &other)]), ["misspelt-finalizer"; 2]);
}

#[test]
fn encrypted_files_have_no_findings() {
    let encrypted = "apiVersion: v1\nkind: Secret\nmetadata: {name: s}\nstringData: {password: \
                     'ENC[AES256_GCM,data:x]'}\nsops: {mac: 'ENC[x]'}\n";
    let sealed = "apiVersion: bitnami.com/v1alpha1\nkind: SealedSecret\nmetadata: {name: t}\nspec: \
                  {encryptedData: {password: AgBy3i4OJSWK}}\n";
    assert_eq!(judged(PRUNES, &[("notes/a.yaml", encrypted), ("notes/b.yaml", sealed)]), [""; 0]);
}
