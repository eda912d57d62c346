//! The pages for users are true: references are current, shown output is what wharf prints, and links
//! resolve.
#![allow(clippy::disallowed_methods, reason = "tests read and write files")]

#[path = "support/markdown.rs"]
mod markdown;
#[path = "support/reference.rs"]
mod reference;

use std::env;
use std::fmt::{self, Write};
use std::fs;
use std::num::NonZeroUsize;
use std::ops::RangeInclusive;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::process::Command;

use clap::CommandFactory;
use markdown::Block;
use similar::TextDiff;
use tempfile::TempDir;
use wharf::commands::Arguments;
use wharf::compile::compile;
use wharf::inputs::{self, Origin};
use wharf::profile::BUILT_IN;
use wharf::report::text;
use wharf::schema::{self, PUBLISHED};
use wharf::tree::{Tree, tree};

type CommandResult<T = ()> = Result<T, Failure>;

/// Why a test fails, for people.
struct Failure(String);

impl<E: fmt::Display> From<E> for Failure {
    fn from(error: E) -> Self {
        Self(error.to_string())
    }
}

impl fmt::Debug for Failure {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str(&self.0)
    }
}

/// Everything below this line is generated.
const MARKER: &str = "<!-- Below this line: made by tests/docs.rs. BLESS=1 cargo test --test docs -->\n\n";

/// The platform of catalogs that are shown without one.
const PLATFORM: &str = "golden/platform.yml";

#[test]
fn references_are_current() -> CommandResult {
    hold("docs/catalog.md", &reference::keys(&PUBLISHED[0]))?;
    hold("docs/platform.md", &reference::keys(&PUBLISHED[1]))?;
    hold("docs/profiles.md", &reference::keys(&PUBLISHED[2]))?;
    hold("docs/changes.md", &reference::judges())?;
    hold("docs/promises.md", &reference::keys(&PUBLISHED[3]))?;
    hold("docs/rules.md", &reference::rules())
}

#[test]
fn schemas_are_current() -> CommandResult {
    for published in &PUBLISHED {
        let name = format!("schema/{}", published.file);
        expect(&name, &fs::read_to_string(root().join(&name))?, &schema::text(published))?;
    }
    Ok(())
}

fn hold(name: &str, made: &str) -> CommandResult {
    let page = fs::read_to_string(root().join(name))?;
    let (written, _) =
        page.split_once(MARKER).ok_or_else(|| format!("{name} does not contain the line {MARKER}"))?;
    expect(name, &page, &format!("{written}{MARKER}{made}"))
}

/// Compares a page with what it should contain; with `BLESS` set, writes it instead.
fn expect(name: &str, page: &str, wanted: &str) -> CommandResult {
    if page == wanted {
        return Ok(());
    }
    if env::var_os("BLESS").is_some() && env::var_os("CI").is_none() {
        return Ok(fs::write(root().join(name), wanted)?);
    }
    let difference =
        TextDiff::from_lines(page, wanted).unified_diff().header(name, "what is true").to_string();
    Err(format!("{difference}\nto bless it: BLESS=1 cargo test --test docs").into())
}

#[test]
fn pages_show_what_wharf_does() -> CommandResult {
    for name in pages()? {
        let page = fs::read_to_string(root().join(&name))?;
        let shown = Shown::new()?;
        expect(&name, &page, &shown.page(&page).map_err(|Failure(why)| format!("{name}: {why}"))?)?;
    }
    Ok(())
}

/// The folder that a page describes.
struct Shown {
    folder: TempDir,
}

impl Shown {
    fn new() -> CommandResult<Self> {
        let folder = TempDir::new()?;
        copy(&root().join("examples"), &folder.path().join("examples"))?;
        Ok(Self { folder })
    }

    /// The page, with the real output of its commands.
    fn page(&self, page: &str) -> CommandResult<String> {
        let mut wanted = page.to_owned();
        let mut edits = Vec::new();
        let mut made = Tree::new();
        let mut own_platform = false;
        for block in markdown::blocks(page) {
            match (block.language, block.title()) {
                ("console", _) if block.text.starts_with("$ wharf ") => {
                    edits.push((block.range.clone(), self.run(&block)?));
                }
                ("yaml", Some("platform.yml")) => {
                    self.write("platform.yml", block.text)?;
                    own_platform = true;
                }
                ("yaml", Some(title)) if title.starts_with("old/") => {
                    self.write("old/platform.yml", &fs::read_to_string(root().join(PLATFORM))?)?;
                    self.write(title, block.text)?;
                }
                ("yaml", Some(title)) if title.starts_with("profiles/") => self.write(title, block.text)?,
                ("yaml", Some(title)) if title.starts_with("applications.yml") => {
                    if !own_platform {
                        self.write("platform.yml", &fs::read_to_string(root().join(PLATFORM))?)?;
                    }
                    own_platform = false;
                    self.write("applications.yml", block.text)?;
                    // A catalog with a remark after its name has errors on purpose, which the next command
                    // shows.
                    made = if title == "applications.yml" { self.compile()? } else { Tree::new() };
                }
                ("yaml", Some(title)) if title.starts_with("apps/") => self.write(title, block.text)?,
                ("yaml", Some(title)) if title.starts_with("made by wharf lock") => {
                    edits.push((
                        block.range.clone(),
                        fs::read_to_string(self.folder.path().join(wharf::lock::FILE))?,
                    ));
                }
                ("yaml", Some(title)) if title.starts_with("catalog/") => {
                    let text = fs::read_to_string(self.folder.path().join(title))?;
                    let rest = text.trim_start_matches(|char| char != '\n').trim_start();
                    edits.push((block.range.clone(), format!("# {title}\n{rest}")));
                }
                ("yaml", Some(title)) if title.starts_with("rendered/") => expect_part(title, &block, &made)?,
                _ => {}
            }
        }
        for (range, text) in edits.into_iter().rev() {
            wanted.replace_range(range, &text);
        }
        Ok(wanted)
    }

    fn write(&self, name: &str, text: &str) -> CommandResult {
        let path = self.folder.path().join(name);
        fs::create_dir_all(path.parent().unwrap_or(self.folder.path()))?;
        Ok(fs::write(path, text)?)
    }

    fn compile(&self) -> CommandResult<Tree> {
        let inputs = inputs::read(&Origin::Folder(self.folder.path().into()))
            .map_err(|unreadable| unreadable.error)?;
        let compiled = compile(&inputs, NonZeroUsize::MIN);
        let report = text::draw(&compiled.findings, &compiled.documents, false);
        if report.is_empty() { Ok(tree(&compiled.objects, NonZeroUsize::MIN)) } else { Err(report.into()) }
    }

    /// Each command of a block, with its output.
    fn run(&self, block: &Block<'_>) -> CommandResult<String> {
        let mut said = String::new();
        for line in block.text.lines().filter(|line| line.starts_with("$ ")) {
            let words = line
                .strip_prefix("$ wharf ")
                .ok_or_else(|| format!("a page runs nothing but wharf: {line}"))?;
            let output = Command::new(env!("CARGO_BIN_EXE_wharf"))
                .args(words.split(' '))
                .current_dir(self.folder.path())
                .output()?;
            write!(
                said,
                "{line}\n{}{}",
                String::from_utf8(output.stdout)?,
                String::from_utf8(output.stderr)?
            )?;
        }
        Ok(said)
    }
}

#[test]
fn first_mistakes_are_shown_with_their_messages() -> CommandResult {
    let page = fs::read_to_string(root().join("docs/troubleshooting.md"))?;
    let mistakes = page
        .split("\n## ")
        .find_map(|section| section.strip_prefix("First mistakes\n"))
        .ok_or("the page has no first mistakes")?;
    let mistakes: Vec<_> = mistakes.split("\n### ").skip(1).collect();
    assert!(mistakes.len() >= 15, "{} mistakes", mistakes.len());
    for mistake in mistakes {
        let blocks = markdown::blocks(mistake);
        let output = blocks
            .iter()
            .find(|block| block.language == "console")
            .ok_or_else(|| format!("no output of {mistake}"))?;
        let helps = output.text.contains("error[") && output.text.contains("= help: ")
            || output.text.contains("; name the folder");
        assert!(helps, "no help: {mistake}");
    }
    Ok(())
}

/// A replacement for Helm and the registry of the quick start.
const HELM: &str = r#"#!/bin/bash
case $1 in
    pull) mkdir -p "${!#}/$2" ;;
    template) cat <<'END' ;;
apiVersion: apps/v1
kind: Deployment
metadata: {name: podinfo}
spec:
  selector: {matchLabels: {app.kubernetes.io/name: podinfo}}
  template:
    metadata: {labels: {app.kubernetes.io/name: podinfo}}
    spec:
      containers:
        - {name: podinfo, image: 'ghcr.io/stefanprodan/podinfo:6.9.4', ports: [{containerPort: 9898}]}
---
apiVersion: v1
kind: Service
metadata: {name: podinfo}
spec: {selector: {app.kubernetes.io/name: podinfo}, ports: [{port: 9898}]}
END
    *) exit 1 ;;
esac
"#;

/// Replacements for the cluster and the remote of the quick start: they record their input.
const STAND_INS: &str = "
kubectl() { [[ $* = 'apply --server-side -f -' ]] && cat > applied.yaml; }
git() {
    if [[ $1 = push ]]; then command git rev-parse --verify --quiet \"${!#}\"; else command git \"$@\"; fi
}
curl() { echo \"$*\" > visited.txt; }
";

#[test]
fn the_quick_start_ends_with_a_reachable_app() -> CommandResult {
    let page = fs::read_to_string(root().join("docs/quick-start.md"))?;
    let commands: Vec<_> = markdown::blocks(&page)
        .iter()
        .filter(|block| block.language == "sh")
        .map(|block| block.text)
        .collect();
    assert!(commands.contains(&"wharf check --rendered rendered\n"), "{commands:?}");
    let (folder, programs) = (TempDir::new()?, TempDir::new()?);
    let helm = programs.path().join("helm");
    fs::write(&helm, HELM)?;
    fs::set_permissions(&helm, fs::Permissions::from_mode(0o755))?;
    let bin = Path::new(env!("CARGO_BIN_EXE_wharf")).parent().unwrap_or(root());
    let path = format!("{}:{}:{}", programs.path().display(), bin.display(), env::var("PATH")?);
    let output = Command::new("bash")
        .args(["-eu", "-o", "pipefail", "-c", &format!("{STAND_INS}{}", commands.concat())])
        .current_dir(folder.path())
        .envs([("PATH", path.as_str()), ("GIT_CONFIG_NOSYSTEM", "1"), ("GIT_CONFIG_GLOBAL", "/dev/null")])
        .envs(
            ["GIT_AUTHOR_NAME", "GIT_AUTHOR_EMAIL", "GIT_COMMITTER_NAME", "GIT_COMMITTER_EMAIL"]
                .map(|name| (name, "me")),
        )
        .output()?;
    let said =
        format!("{}{}", String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
    assert!(output.status.success(), "{said}");
    assert!(said.contains("\n192.168.1.10 podinfo.example.org\n") && !said.contains("warning["), "{said}");
    let read = |name: &str| {
        fs::read_to_string(folder.path().join("my-cluster").join(name))
            .map_err(|error| format!("{name}: {error}"))
    };
    let platform = read("platform.yml")?;
    assert!(
        platform.contains("https://git.example.com/me/my-cluster.git")
            && platform.contains("\ndomain: example.org\n"),
        "{platform}"
    );
    let root_application = read("applied.yaml")?;
    assert!(
        root_application.contains("\n    targetRevision: main\n    path: rendered\n"),
        "{root_application}"
    );
    // The route matches the visited host, and the policy allows traffic from the namespace of Traefik.
    assert!(read("visited.txt")?.ends_with(" https://podinfo.example.org/\n"));
    assert!(
        read("rendered/web-podinfo/ingress-routes.yaml")?.contains("- match: Host(`podinfo.example.org`)\n")
    );
    assert!(read("applications.lock.yml")?.contains("          - 9898/TCP to 9898\n"));
    let policies = read("rendered/web-podinfo/network-policies.yaml")?;
    let (_, policy) = policies
        .split_once("name: allow-from-ingress-controller\n")
        .ok_or("no policy allows the ingress controller")?;
    let policy = policy.split("---\n").next().unwrap_or_default();
    assert!(
        policy.contains("kubernetes.io/metadata.name: kube-system\n") && policy.contains("name: traefik\n"),
        "{policy}"
    );
    read("rendered/web-podinfo/applications.yaml").map(drop).map_err(Failure)
}

/// Checks that a block with the name of a rendered file is a part of that file.
fn expect_part(title: &str, block: &Block<'_>, made: &Tree) -> CommandResult {
    let part = block.text.split_once('\n').map_or("", |(_, rest)| rest);
    let file = title.strip_prefix("rendered/").and_then(|path| made.get(path));
    let file = file.ok_or_else(|| format!("`{title}` is not rendered, but {:?}", made.keys()))?;
    if file.contains(part) {
        Ok(())
    } else {
        Err(format!("`{title}` contains no such part:\n{part}\nbut:\n{file}").into())
    }
}

fn copy(from: &Path, to: &Path) -> CommandResult {
    fs::create_dir_all(to)?;
    for item in fs::read_dir(from)? {
        let item = item?;
        let target = to.join(item.file_name());
        if item.file_type()?.is_dir() {
            copy(&item.path(), &target)?;
        } else {
            fs::copy(item.path(), target)?;
        }
    }
    Ok(())
}

#[test]
fn the_readme_begins_with_the_minimal_example() -> CommandResult {
    let readme = fs::read_to_string(root().join("README.md"))?;
    let blocks = markdown::blocks(&readme);
    let shown =
        blocks.iter().find(|block| block.language == "yaml").and_then(|block| block.text.split_once('\n'));
    let minimal = fs::read_to_string(root().join("examples/minimal/applications.yml"))?;
    assert_eq!(shown.map(|(_, lines)| lines), minimal.split_once('\n').map(|(_, lines)| lines));
    Ok(())
}

#[test]
fn the_readme_names_every_verb_and_the_page_every_profile() -> CommandResult {
    let readme = fs::read_to_string(root().join("README.md"))?;
    for verb in Arguments::command().get_subcommands() {
        let row = format!("| `wharf {}", verb.get_name());
        assert!(readme.contains(&row), "README.md has no row for `wharf {}`", verb.get_name());
    }
    let page = fs::read_to_string(root().join("docs/profiles.md"))?;
    for profile in BUILT_IN {
        assert!(
            page.contains(&format!("\n### {}\n", profile.name)),
            "docs/profiles.md has no heading for `{}`",
            profile.name
        );
    }
    Ok(())
}

#[test]
fn the_help_of_bootstrap_matches_its_page() -> CommandResult {
    let page = fs::read_to_string(root().join("docs/bootstrap.md"))?;
    let mut command = Arguments::command();
    let help = command
        .find_subcommand_mut("bootstrap")
        .ok_or("there is a command `bootstrap`")?
        .render_long_help()
        .to_string();
    let shown: Vec<_> = markdown::blocks(&page)
        .iter()
        .filter(|block| block.language == "sh")
        .map(|block| block.text.trim())
        .collect();
    assert!(!shown.is_empty());
    for command in shown {
        assert!(help.contains(&format!("\n  {command}\n")), "the help does not contain `{command}`:\n{help}");
    }
    Ok(())
}

#[test]
fn links_resolve() -> CommandResult {
    let mut broken = Vec::new();
    for name in pages()? {
        let path = root().join(&name);
        let page = fs::read_to_string(&path)?;
        for link in markdown::links(&page).into_iter().filter(|link| !link.contains("://")) {
            let (file, anchor) = link.split_once('#').unwrap_or((&link, ""));
            let target =
                if file.is_empty() { path.clone() } else { path.parent().unwrap_or(root()).join(file) };
            let found = target.exists()
                && (anchor.is_empty()
                    || markdown::anchors(&fs::read_to_string(&target)?).iter().any(|known| known == anchor));
            if !found {
                broken.push(format!("{name}: {link}"));
            }
        }
    }
    assert!(broken.is_empty(), "links that do not resolve: {broken:#?}");
    Ok(())
}

#[test]
fn no_need_of_the_origin_systems_is_left_out() -> CommandResult {
    let page = fs::read_to_string(root().join("docs/origins.md"))?;
    let numbered =
        |chapter: u32, numbers: RangeInclusive<u32>| numbers.map(move |number| format!("{chapter}.{number}"));
    let wanted = numbered(2, 1..=35)
        .chain(numbered(0, 1..=16))
        .chain(numbered(1, 1..=9))
        .chain(numbered(3, 1..=10))
        .chain(numbered(4, 1..=12));
    let rows: Vec<_> =
        markdown::rows(&page).into_iter().filter(|row| row.len() == 3 && row[0].contains('.')).collect();
    assert_eq!(rows.iter().map(|row| row[0]).collect::<Vec<_>>(), wanted.collect::<Vec<_>>());
    for row in rows {
        assert!(
            is_answered(row[2], &["Out of scope", "`wharf bootstrap`"]),
            "{} does not resolve: {}",
            row[0],
            row[2]
        );
    }
    Ok(())
}

#[test]
fn each_silent_failure_has_an_answer() -> CommandResult {
    let page = fs::read_to_string(root().join("docs/silent-failures.md"))?;
    let (named, hundred) = page
        .split_once("## Known silent failures")
        .ok_or("docs/silent-failures.md has no list of known ones")?;
    let named: Vec<_> =
        markdown::rows(named).into_iter().filter(|row| row.len() == 3 && !row[0].is_empty()).collect();
    assert_eq!(
        named.iter().map(|row| row[0].to_owned()).collect::<Vec<_>>(),
        (1..=24).map(|number| number.to_string()).collect::<Vec<_>>()
    );
    let hundred: Vec<_> = markdown::rows(hundred).into_iter().skip(1).collect();
    assert_eq!(hundred.len(), 100);
    for row in named.into_iter().chain(hundred) {
        let answer = row.last().copied().unwrap_or_default();
        assert!(
            is_answered(answer, &["not visible", "not in the catalog", "the checklist", "`wharf bootstrap`"]),
            "no answer: {row:?}"
        );
    }
    Ok(())
}

/// What follows from a lock according to docs/lock.md, with a text of the golden case that shows it.
const FOLLOWS: [(&str, &str); 16] = [
    ("cluster-scoped kinds of the AppProject", "name: clusterwidgets.example.com"),
    ("namespaced kinds of the AppProject", "{group: networking.k8s.io, kind: NetworkPolicy}"),
    ("namespaces other than the entry's", "namespace: kube-system"),
    ("ports of pods behind routes and streams", "port: 8080"),
    ("webhooks", "port: 9502"),
    ("metrics", "port: 9090"),
    ("ServiceAccounts", "name: default"),
    ("calls", "port: 5432"),
    ("edges", "port: 5432"),
    ("Secrets", "Secret/notes-db"),
    ("Pod Security", "pod-security.kubernetes.io/enforce: privileged"),
    ("images", "registries:"),
    ("host network", "cidr: 192.0.2.0/28"),
    ("definitions of custom kinds", "name: issuer"),
    ("volumes", ": protected"),
    ("owners", "objects:"),
];

#[test]
fn what_follows_from_the_lock_is_shown_where_it_works_and_where_it_goes_wrong() -> CommandResult {
    let page = fs::read_to_string(root().join("docs/lock.md"))?;
    let rows: Vec<_> = markdown::rows(&page).into_iter().filter(|row| row.len() == 5).skip(1).collect();
    assert_eq!(rows.iter().map(|row| row[0]).collect::<Vec<_>>(), FOLLOWS.map(|(what, _)| what));
    for (row, (what, text)) in rows.iter().zip(FOLLOWS) {
        let linked = |cell: &str| markdown::links(cell).first().cloned().unwrap_or_default();
        let read = |cell: &str| fs::read_to_string(root().join("docs").join(linked(cell)));
        let [_, _, rule, works, wrong] = row.as_slice() else { return Err("not a row".into()) };
        let name = linked(rule).replace("../src/rules/", "").replace(".md", "");
        let shows = |report: &str| report.contains(&format!("[{name}]: "));
        assert!(
            linked(works).starts_with("../golden/lock-") && read(works)?.contains(text),
            "{what}: {works}"
        );
        let case = linked(works).split('/').take(3).collect::<Vec<_>>().join("/");
        assert!(!root().join("docs").join(case).join("report.txt").exists(), "{what}: {works} has findings");
        assert!(
            linked(wrong).starts_with("../golden/fault-lock-") && shows(&read(wrong)?),
            "{what}: {wrong}"
        );
        assert!(shows(&read(rule)?), "{what}: the page of the rule has no report of it");
    }
    Ok(())
}

/// Whether an answer links to something that can be looked at, or states that there is nothing.
fn is_answered(answer: &str, otherwise: &[&str]) -> bool {
    !markdown::links(answer).is_empty() || otherwise.iter().any(|words| answer.contains(words))
}

/// The pages of the repository, relative to its root.
fn pages() -> CommandResult<Vec<String>> {
    let mut pages = Vec::new();
    for folder in ["", "docs", "benches", "examples"] {
        for file in fs::read_dir(root().join(folder))? {
            let name = PathBuf::from(folder).join(file?.file_name()).display().to_string();
            if Path::new(&name).extension().is_some_and(|extension| extension == "md") {
                pages.push(name);
            }
        }
    }
    pages.sort();
    Ok(pages)
}

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}
