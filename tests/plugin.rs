//! The Argo CD plugin, run as argocd-cmp-server of Argo CD 3.5 runs it: in a copy of the repository without
//! executable bits, with the variables of an Application and no others, from the folder of the Application.

#![cfg(unix)]
#![allow(clippy::disallowed_methods, clippy::expect_used, clippy::panic, clippy::unwrap_used, missing_docs)]

#[path = "support/cli.rs"]
mod cli;

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::os::unix::fs::{PermissionsExt, symlink};
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use cli::{Ran, Run, catalog, entries, folder, wharf, write};
use serde::Deserialize as _;
use serde_json::{Value, json};
use tempfile::TempDir;

const FAULTY: &str = "- namespace: Web\n  networkPolices: {profile: web-app}\n";

/// What Argo CD sets for every Application, whether a plugin needs it or not.
fn application(run: Run) -> Run {
    run.variable("ARGOCD_APP_NAME", "root")
        .variable("ARGOCD_APP_NAMESPACE", "argocd")
        .variable("ARGOCD_APP_PROJECT_NAME", "root")
        .variable("ARGOCD_APP_REVISION", "8102f46af04df76f49ec70ea97654a68335a58a2")
        .variable("ARGOCD_APP_REVISION_SHORT", "8102f46")
        .variable("ARGOCD_APP_REVISION_SHORT_8", "8102f46a")
        .variable("ARGOCD_APP_SOURCE_REPO_URL", "https://git.example.com/home.git")
        .variable("ARGOCD_APP_SOURCE_TARGET_REVISION", "main")
        .variable("KUBE_VERSION", "1.35.2")
        .variable("KUBE_API_VERSIONS", "v1,apps/v1,traefik.io/v1alpha1")
        .variable("ARGOCD_ENV_TIERS", "[nothing reads this]")
}

fn emit(at: &Path, path: &str) -> Run {
    application(wharf(["plugin"])).variable("ARGOCD_APP_SOURCE_PATH", path).within(at)
}

fn with_parameters(at: &Path, parameters: &str) -> Run {
    emit(at, ".").variable("ARGOCD_APP_PARAMETERS", parameters)
}

fn tiers(list: &[&str]) -> String {
    json!([{"name": "tiers", "array": list}]).to_string()
}

fn named(list: &[&str]) -> String {
    json!([{"name": "entries", "array": list}]).to_string()
}

/// A copy of a folder as the plugin gets it: files 0644, folders 0755, links as links.
fn shipped(from: &Path) -> TempDir {
    let to = folder();
    for (path, bytes) in cli::files(from) {
        let target = to.path().join(path);
        write(&target, bytes);
        fs::set_permissions(&target, fs::Permissions::from_mode(0o644)).unwrap();
    }
    to
}

fn homelab() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("examples/homelab")
}

/// The objects of a stream by their identity.
fn objects(stream: &str) -> BTreeMap<String, Value> {
    let mut objects = BTreeMap::new();
    for document in serde_yaml::Deserializer::from_str(stream) {
        let object = Value::deserialize(document).expect("YAML without duplicate keys");
        let word = |value: &Value| value.as_str().unwrap_or_default().to_owned();
        assert!(
            [&object["apiVersion"], &object["kind"], &object["metadata"]["name"]]
                .into_iter()
                .all(|part| !word(part).is_empty()),
            "{object}"
        );
        let metadata = &object["metadata"];
        let identity = [&object["apiVersion"], &object["kind"], &metadata["namespace"], &metadata["name"]]
            .map(word)
            .join(" ");
        assert!(
            objects.insert(identity.clone(), object).is_none(),
            "{identity} is rendered twice: Argo CD takes the last one"
        );
    }
    objects
}

fn identities(ran: &Ran) -> BTreeSet<String> {
    objects(&ran.out).into_keys().collect()
}

#[test]
fn it_prints_what_render_prints() {
    for folder in [homelab(), homelab().with_file_name("minimal")] {
        let repository = shipped(&folder);
        let ran = emit(repository.path(), ".").succeeds();
        assert_eq!(ran.err, "");
        assert!(!objects(&ran.out).is_empty());
        assert_eq!(ran.out, wharf(["render"]).within(&folder).succeeds().out);
    }
}

#[test]
fn the_environment_changes_no_byte() {
    let repository = shipped(&homelab());
    let ran = || emit(repository.path(), ".");
    let first = ran().succeeds().out;
    assert_eq!(first, ran().succeeds().out, "a second run");
    for (name, value) in [
        ("TZ", "Asia/Kathmandu"),
        ("LC_ALL", "tr_TR.UTF-8"),
        ("LANG", "C"),
        ("HOME", "/nowhere"),
        ("NO_COLOR", ""),
        ("CLICOLOR_FORCE", "1"),
    ] {
        let other = ran().variable(name, value).succeeds();
        assert_eq!((other.out, other.err), (first.clone(), String::new()), "{name}={value}");
    }
    assert_eq!(
        first,
        application(wharf(["plugin"])).within(repository.path()).succeeds().out,
        "no ARGOCD_APP_SOURCE_PATH"
    );
    let deep = folder();
    fs::rename(repository.path(), deep.path().join("clusters")).unwrap();
    assert_eq!(first, emit(&deep.path().join("clusters"), "clusters").succeeds().out, "another folder");
}

#[test]
fn an_error_prints_nothing() {
    let repository = catalog(FAULTY);
    let ran = emit(repository.path(), ".").fails(1);
    ran.says("applications.yml:1:14").says("did you mean `networkPolicies`?");
    for text in ["", "[]", "- namespace: [", "\u{0}", "&a [*a]"] {
        write(repository.path().join("applications.yml"), text);
        emit(repository.path(), ".").fails(1);
        application(wharf(["plugin", "announce"])).within(repository.path()).fails(1);
    }
    let nothing = folder();
    emit(nothing.path(), ".").fails(2).says("applications.yml");
    application(wharf(["plugin", "announce"])).within(nothing.path()).fails(2);
}

#[test]
fn a_catalog_with_only_disabled_entries_is_refused() {
    let off = "- namespace: web-homer\n  toggleable: true\n  enabled: false\n  \
               networkPolicies: {profile: web-app}\n";
    let repository = catalog(off);
    emit(repository.path(), ".").fails(1).says("error[empty-catalog]: every entry is disabled");
    write(repository.path().join("applications.yml"), [off, &entries(1, "d")].concat());
    let ran = with_parameters(repository.path(), &named(&["web-homer", "web-00000"])).succeeds();
    assert_eq!(ran.out, emit(repository.path(), ".").succeeds().out, "a disabled entry is still known");
    with_parameters(repository.path(), &named(&["web-homer"])).fails(2).says("nothing is rendered");
}

#[test]
fn an_old_wharf_refuses() {
    let repository = catalog(&entries(1, "d"));
    let platform = |required: &str| {
        write(
            repository.path().join("platform.yml"),
            format!("requiredVersion: '{required}'\n{}", cli::PLATFORM),
        );
    };
    platform("1000.0");
    emit(repository.path(), ".")
        .fails(1)
        .says("error[outdated-wharf]")
        .says("the catalog requires wharf 1000.0 or newer");
    platform("0.1");
    emit(repository.path(), ".").succeeds();
}

#[test]
fn parameters_are_read_in_every_valid_form() {
    let repository = catalog(&entries(3, "d"));
    let at = repository.path();
    let all = emit(at, ".").succeeds().out;
    for nothing in ["null", "[]"] {
        assert_eq!(all, with_parameters(at, nothing).succeeds().out, "{nothing}");
    }
    let one = with_parameters(at, &named(&["web-00001"])).succeeds().out;
    assert_eq!(one, wharf(["render", "--entry", "web-00001"]).within(at).succeeds().out);
    // Argo CD derives more variables from a parameter, and keys of a JSON object have no order
    let ran = with_parameters(at, r#"[{"array": ["web-00001"], "name": "entries"}]"#);
    assert_eq!(
        one,
        ran.variable("PARAM_ENTRIES_0", "web-00002").variable("PARAM_ENTRIES", "x").succeeds().out
    );
    assert_eq!(all, with_parameters(at, &tiers(&["apps"])).succeeds().out);
    let both = r#"[{"name": "tiers", "array": ["apps"]}, {"name": "entries", "array": ["web-00001"]}]"#;
    assert_eq!(one, with_parameters(at, both).succeeds().out, "both are an intersection");
}

#[test]
fn invalid_parameters_are_refused() {
    let repository = catalog(&entries(3, "d"));
    let refused =
        |parameters: &str, why: &str| drop(with_parameters(repository.path(), parameters).fails(2).says(why));
    refused(&tiers(&["app"]), "there is no tier `app`; did you mean `apps`?");
    refused(&tiers(&["apps", ""]), "there is no tier ``");
    refused(&named(&["web-0001"]), "there is no entry `web-0001`; did you mean `web-00001`?");
    refused(&named(&[]), "the parameter `entries` is empty");
    refused(&tiers(&["platform"]), "nothing is rendered");
    refused(
        r#"[{"name": "tier", "array": ["apps"]}]"#,
        "there is no parameter `tier`; did you mean `tiers`?",
    );
    refused(r#"[{"name": "tiers", "string": "apps"}]"#, "the parameter `tiers` is a list");
    refused(r#"[{"name": "tiers"}]"#, "the parameter `tiers` is a list");
    refused(
        &format!("[{},{}]", r#"{"name":"tiers","array":["apps"]}"#, r#"{"name":"tiers","array":["apps"]}"#),
        "is listed twice",
    );
    for text in ["", "{", "{}", "[1]", "true", "\u{fffd}"] {
        refused(text, "the parameters cannot be read");
    }
}

#[test]
fn shards_by_tier_are_disjoint_and_complete() {
    let golden = Path::new(env!("CARGO_MANIFEST_DIR")).join("golden");
    let mut repositories = vec![shipped(&homelab())];
    let cases = fs::read_dir(&golden).unwrap().map(|case| case.unwrap().path());
    for case in cases.filter(|case| case.is_dir() && !case.join("report.txt").exists()) {
        let platform = fs::read_to_string(case.join("platform.yml")).unwrap_or_default();
        if platform.contains("from: env") {
            continue;
        }
        let repository = shipped(&case);
        if !repository.path().join("platform.yml").exists() {
            fs::copy(golden.join("platform.yml"), repository.path().join("platform.yml")).unwrap();
        }
        repositories.push(repository);
    }
    assert!(repositories.len() > 20, "the clean cases of golden/");
    for repository in repositories {
        let at = repository.path();
        let whole = objects(&emit(at, ".").succeeds().out);
        let mut union = BTreeMap::new();
        for tier in announced(at, "tiers") {
            let ran = with_parameters(at, &tiers(&[&tier])).run();
            // a tier without entries
            if ran.code == Some(2) {
                assert!(ran.err.contains("nothing is rendered") && ran.out.is_empty(), "{}", ran.err);
                continue;
            }
            for (identity, object) in objects(&ran.out) {
                assert!(union.insert(identity.clone(), object).is_none(), "{identity} is in two shards");
            }
        }
        assert_eq!(union, whole);
    }
}

#[test]
fn shards_by_entry_are_disjoint_and_complete() {
    let repository = shipped(&homelab());
    let all = announced(repository.path(), "entries");
    let (one, other): (Vec<_>, Vec<_>) =
        all.iter().map(String::as_str).partition(|entry| entry.len() % 2 == 0);
    let shard = |list: &[&str]| identities(&with_parameters(repository.path(), &named(list)).succeeds());
    let (one, other) = (shard(&one), shard(&other));
    assert!(one.is_disjoint(&other));
    assert_eq!(&one | &other, identities(&emit(repository.path(), ".").succeeds()));
}

/// What exists once per cluster is in one shard, whether or not wharf deploys the ingress controller.
#[test]
fn objects_of_the_platform_are_in_one_shard() {
    let platform = "
repository: {url: https://git.example.com/home.git}
domain: example.com
network: {ingressController: {namespace: sys-traefik}}
certificates: {mode: wildcard, issuer: {kind: ClusterIssuer, name: letsencrypt}}
";
    let traefik = "- namespace: sys-traefik\n  tier: infrastructure\n  networkPolicies: {profile: system}\n";
    let app = "- namespace: web-notes\n  networkPolicies: {profile: web-app}\n";
    let database = "- namespace: sys-postgres\n  tier: platform\n  networkPolicies: {profile: database}\n";
    let shards = |applications: &str| {
        let repository = catalog(applications);
        write(repository.path().join("platform.yml"), platform);
        let has = |tier: &&str| {
            let out = with_parameters(repository.path(), &tiers(&[tier])).run().out;
            let has = |kind: &str| out.contains(&format!("\nkind: {kind}\n"));
            assert_eq!(has("Certificate"), has("TLSStore"));
            has("TLSStore")
        };
        ["infrastructure", "platform", "apps"].into_iter().filter(has).collect::<Vec<_>>()
    };
    assert_eq!(
        shards(&[traefik, database, app].concat()),
        ["infrastructure"],
        "the tier of the ingress controller's entry"
    );
    assert_eq!(shards(&[database, app].concat()), ["apps"], "the last tier, if there is no such entry");
}

/// The parameter's default in the announcement.
fn announced(at: &Path, name: &str) -> Vec<String> {
    let ran = application(wharf(["plugin", "announce"])).within(at).succeeds();
    let all: Value = serde_json::from_str(&ran.out).expect("JSON");
    let parameter = all.as_array().unwrap().iter().find(|parameter| parameter["name"] == name).unwrap();
    parameter["array"].as_array().unwrap().iter().map(|value| value.as_str().unwrap().to_owned()).collect()
}

#[test]
fn it_announces_its_parameters() {
    let repository = catalog(&entries(2, "d"));
    let ran = application(wharf(["plugin", "announce"])).within(repository.path()).succeeds();
    let all: Value = serde_json::from_str(&ran.out).expect("JSON");
    let common = |name: &str, title: &str, tooltip: &str, list: &[&str]| {
        json!({
            "name": name,
            "title": title,
            "tooltip": tooltip,
            "itemType": "string",
            "collectionType": "array",
            "array": list,
        })
    };
    let expected = json!([
        common(
            "entries",
            "Entries",
            "Render the entries of these namespaces only",
            &["web-00000", "web-00001"]
        ),
        common(
            "tiers",
            "Tiers",
            "Render the entries of these tiers only",
            &["infrastructure", "platform", "apps"]
        ),
    ]);
    assert_eq!(all, expected);
}

#[test]
fn links_stay_in_the_repository() {
    let outside = catalog(&entries(1, "not ours"));
    let secret = outside.path().join("platform.yml");
    for name in ["applications.yml", "platform.yml", "profiles/mine.yml", "profiles"] {
        let repository = catalog(&entries(1, "d"));
        let app = repository.path().join("clusters/home");
        write(app.join("applications.yml"), entries(1, "d"));
        write(app.join("platform.yml"), cli::PLATFORM);
        write(repository.path().join("shared/mine.yml"), "summary: mine\nextends: base\n");
        write(outside.path().join("profiles/mine.yml"), "summary: mine\nextends: base\n");
        let link = app.join(name);
        let _ = fs::remove_file(&link);
        fs::create_dir_all(link.parent().unwrap()).unwrap();
        let (inside, outside) = match name {
            "profiles" => (repository.path().join("shared"), outside.path().join("profiles")),
            "profiles/mine.yml" => {
                (repository.path().join("shared/mine.yml"), outside.path().join("profiles/mine.yml"))
            }
            name => (repository.path().join(name), secret.with_file_name(name)),
        };
        symlink(&outside, &link).unwrap();
        let ran =
            emit(&app, "clusters/home").fails(2).says(name).says("this link points outside the repository");
        assert!(
            !ran.err.contains("not ours") && !ran.err.contains(&*outside.to_string_lossy()),
            "{}",
            ran.err
        );
        fs::remove_file(&link).unwrap();
        symlink(&inside, &link).unwrap();
        emit(&app, "clusters/home").succeeds();
        // without the path of the folder in the repository, or with a wrong one, only the folder itself is
        // allowed
        for wrong in ["", "home/clusters", "../..", "/", "clusters/../home", "x/clusters/home"] {
            emit(&app, wrong).fails(2).says("this link points outside the repository");
        }
    }
}

#[test]
fn endless_files_are_not_read() {
    let repository = catalog("");
    let target = repository.path().join("applications.yml");
    fs::remove_file(&target).unwrap();
    symlink("/dev/zero", &target).unwrap();
    emit(repository.path(), ".").fails(2).says("points outside the repository");
    wharf(["check"]).within(repository.path()).fails(2).says("this link points outside the folder");
    fs::remove_file(&target).unwrap();
    cli::shell("mkfifo applications.yml").within(repository.path()).succeeds();
    emit(repository.path(), ".").fails(2).says("this is not a regular file");
    fs::remove_file(&target).unwrap();
    // a sparse file, larger than the memory
    fs::File::create(&target).unwrap().set_len(1 << 40).unwrap();
    let start = Instant::now();
    emit(repository.path(), ".").fails(1).says("the file is longer than 4 MiB");
    assert!(start.elapsed() < Duration::from_secs(20));
    write(&target, entries(1, "d"));
    for number in 0..300 {
        write(repository.path().join(format!("profiles/p{number}.yml")), "summary: s\nextends: base\n");
    }
    emit(repository.path(), ".").fails(2).says("it contains 300 files, and at most 256 are supported");
}

/// A thousand entries take 30 ms in a release build; this is a debug build on a busy machine.
#[test]
#[cfg(target_os = "linux")]
fn a_thousand_entries_take_little_time_and_memory() {
    use std::io::Read;
    let repository = catalog(&entries(1000, "d"));
    let start = Instant::now();
    let mut child =
        emit(repository.path(), ".").command().stdout(std::process::Stdio::piped()).spawn().unwrap();
    let mut out = child.stdout.take().unwrap();
    // the output exceeds the buffer of a pipe: it waits until everything is rendered
    out.read_exact(&mut [0; 1024]).unwrap();
    let status = fs::read_to_string(format!("/proc/{}/status", child.id())).unwrap();
    out.read_to_end(&mut Vec::new()).unwrap();
    assert!(child.wait().unwrap().success());
    assert!(start.elapsed() < Duration::from_secs(10), "{:?}", start.elapsed());
    let peak = status
        .lines()
        .find_map(|line| line.strip_prefix("VmHWM:")?.trim().strip_suffix(" kB")?.parse::<u64>().ok())
        .expect("VmHWM");
    assert!(peak < 200 << 10, "{peak} kB");
}

/// The documents of a file of integrations/argocd.
fn integration(name: &str) -> Vec<Value> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("integrations/argocd").join(name);
    let text = fs::read_to_string(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
    serde_yaml::Deserializer::from_str(&text)
        .map(|document| Value::deserialize(document).expect(name))
        .collect()
}

/// The root Applications in a file of integrations/argocd.
fn roots(name: &str) -> Vec<Value> {
    integration(name).into_iter().filter(|object| object["kind"] == "Application").collect()
}

/// The platform.yml in the comment of a file of integrations/argocd.
fn platform_of(name: &str) -> String {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("integrations/argocd").join(name);
    let text = fs::read_to_string(path).expect(name);
    text.lines().filter_map(|line| line.strip_prefix("#   ")).collect::<Vec<_>>().join("\n")
}

#[test]
fn the_root_applications_are_those_of_bootstrap() {
    for name in ["root-application.yaml", "root-applications-by-tier.yaml"] {
        let repository = catalog("- {namespace: web-notes, networkPolicies: {profile: base}}\n");
        write(repository.path().join("platform.yml"), platform_of(name));
        let printed = wharf(["bootstrap"]).within(repository.path()).succeeds().out;
        let printed: Vec<_> = serde_yaml::Deserializer::from_str(&printed)
            .map(|document| Value::deserialize(document).expect("YAML"))
            .collect();
        assert_eq!(printed, integration(name), "{name}");
        let project = printed.iter().find(|object| object["kind"] == "AppProject").expect("a project");
        assert!(
            roots(name).iter().all(|root| root["spec"]["project"] == project["metadata"]["name"]),
            "{name}"
        );
    }
}

#[test]
fn the_commands_of_the_plugin_file_run_as_written() {
    let plugin = &integration("plugin.yaml")[0];
    let keys: Vec<_> = plugin["spec"].as_object().unwrap().keys().map(String::as_str).collect();
    assert_eq!(keys, ["version", "generate", "parameters"], "above all no `discover`");
    assert_eq!(plugin["kind"], "ConfigManagementPlugin");
    let repository = shipped(&homelab());
    let run = |command: &Value| {
        let words: Vec<_> = command.as_array().unwrap().iter().map(|word| word.as_str().unwrap()).collect();
        assert_eq!(words[0], "/usr/local/bin/wharf");
        application(wharf(&words[1..])).within(repository.path()).succeeds().out
    };
    assert_eq!(run(&plugin["spec"]["generate"]["command"]), emit(repository.path(), ".").succeeds().out);
    assert!(run(&plugin["spec"]["parameters"]["dynamic"]["command"]).starts_with('['));
    let containerfile =
        fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("integrations/argocd/Containerfile"))
            .unwrap();
    assert!(containerfile.contains("wharf /usr/local/bin/wharf\n"));
}

#[test]
fn all_files_name_this_version() {
    let plugin = &integration("plugin.yaml")[0];
    assert_eq!(plugin["spec"]["version"], env!("CARGO_PKG_VERSION"));
    let name = format!("{}-{}", plugin["metadata"]["name"].as_str().unwrap(), env!("CARGO_PKG_VERSION"));
    let roots = [roots("root-application.yaml"), roots("root-applications-by-tier.yaml")].concat();
    assert_eq!(roots.len(), 3);
    for root in &roots {
        assert_eq!(root["spec"]["source"]["plugin"]["name"], json!(name));
        assert_eq!(
            root["metadata"]["finalizers"],
            Value::Null,
            "deleting the root must not delete the cluster"
        );
    }
    let image = format!("registry.example.com/wharf-plugin:{}", env!("CARGO_PKG_VERSION"));
    let patch = &integration("kustomize/repo-server-sidecar.yaml")[0]["spec"]["template"]["spec"];
    let values = &integration("helm/values.yaml")[0]["repoServer"];
    assert_eq!(patch["containers"], values["extraContainers"], "both forms run the same container");
    assert_eq!(patch["volumes"], values["volumes"]);
    assert_eq!(patch["containers"][0]["image"], json!(image));
    let containerfile =
        fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("integrations/argocd/Containerfile"))
            .unwrap();
    assert!(containerfile.contains(&format!("--tag {image} .")));
}

#[test]
fn the_roots_by_tier_share_the_default_tiers() {
    let repository = shipped(&homelab());
    let parameters =
        |root: &Value| serde_json::to_string(&root["spec"]["source"]["plugin"]["parameters"]).unwrap();
    let roots = roots("root-applications-by-tier.yaml");
    let shards: Vec<_> = roots
        .iter()
        .map(|root| identities(&with_parameters(repository.path(), &parameters(root)).succeeds()))
        .collect();
    assert!(shards[0].is_disjoint(&shards[1]));
    assert_eq!(&shards[0] | &shards[1], identities(&emit(repository.path(), ".").succeeds()));
}
