//! Keys and values of other systems, and their equivalents in wharf: users write what they know from Argo CD,
//! Kubernetes and Helm.

use crate::diagnostics::{Location, Role, Segment};
use crate::syntax::Excerpt;

/// The help for a key of another system: its parent, the key, the help.
const KEYS: [(&str, &str, &str); 56] = [
    ("entry", "name", "write `namespace`: an entry is named after it"),
    (
        "entry",
        "metadata",
        "write `namespace` for the name; `labels` and `annotations` are keys of the entry itself",
    ),
    ("entry", "apps", "write `applications`"),
    ("entry", "ingressRoutes", "write `routes`"),
    ("entry", "hosts", "write `routes`, each with its `host`"),
    ("entry", "syncWave", "write `tier`, or `dependsOn` in an application"),
    ("entry", "wave", "write `tier`, or `dependsOn` in an application"),
    ("entry", "destination", "remove it: the applications of an entry go to its `namespace`"),
    ("applications", "name", "write `applicationCode`"),
    (
        "applications",
        "metadata",
        "write `applicationCode` for the name; `labels` and `annotations` are keys of the application itself",
    ),
    ("applications", "spec", "write its keys in the application itself"),
    ("applications", "apiVersion", "remove it: wharf writes the head of the Application"),
    ("applications", "kind", "remove it: wharf writes the head of the Application"),
    (
        "applications",
        "project",
        "remove it: the applications of an entry are in its own AppProject; `project` of the entry lists \
         what it permits",
    ),
    (
        "applications",
        "source",
        "write `repoURL`, `path` or `chart`, `targetRevision` and `helm` in the application itself",
    ),
    (
        "applications",
        "destination",
        "remove it: applications go to the `namespace` of the entry; `targetNamespace` names another one",
    ),
    (
        "applications",
        "syncPolicy",
        "write `autoSync: true` for `automated`; `sync.prune`, `sync.selfHeal`, `sync.options` and \
         `sync.retry` for the rest",
    ),
    (
        "applications",
        "automated",
        "write `autoSync: true`, which also enables `sync.prune` and `sync.selfHeal`",
    ),
    ("applications", "syncOptions", "write `sync: {options: […]}`"),
    ("applications", "syncWave", "write `dependsOn`, or `tier` in the entry"),
    ("applications", "wave", "write `dependsOn`, or `tier` in the entry"),
    (
        "applications",
        "namespace",
        "remove it: it is the `namespace` of the entry; `targetNamespace` names another one",
    ),
    ("applications", "repo", "write `repoURL`"),
    ("applications", "repository", "write `repoURL`"),
    ("applications", "url", "write `repoURL`"),
    ("applications", "version", "write `targetRevision`"),
    ("applications", "chartVersion", "write `targetRevision`"),
    ("applications", "revision", "write `targetRevision`"),
    ("applications", "valuesFile", "write `helm: {valueFiles: […]}`"),
    ("applications", "valuesFiles", "write `helm: {valueFiles: […]}`"),
    ("applications", "valuesObject", "write `helm: {values: …}`"),
    ("helm", "valuesObject", "write `values`: a mapping, as in `valuesObject`"),
    ("helm", "valuesFile", "write `valueFiles`, which is a list"),
    ("helm", "version", "remove it: Argo CD renders with Helm 3"),
    ("helm", "chart", "write `chart` in the application itself"),
    (
        "sync",
        "automated",
        "write `autoSync: true` in the application; `prune` and `selfHeal` are keys of `sync`",
    ),
    ("sync", "syncOptions", "write `options`"),
    ("networkPolicies", "policyTypes", "remove it: every profile denies ingress and egress by default"),
    ("egress", "namespaceSelector", "write `namespace` for the namespace of an entry"),
    (
        "egress",
        "podSelector",
        "write `toPodLabels` for the pods that are connected to, and `fromPodLabels` for those that connect",
    ),
    ("egress", "toFQDNs", "write `fqdn`, one edge for each name"),
    ("egress", "toPorts", "write `ports`"),
    ("egress", "ipBlock", "write `cidr`"),
    ("egress", "from", "write `to`"),
    (
        "ingress",
        "podSelector",
        "write `fromPodLabels` for the pods that connect, and `toPodLabels` for those that are connected to",
    ),
    ("ingress", "ipBlock", "write `cidr`"),
    ("ingress", "to", "write `from`"),
    (
        "ingress",
        "namespace",
        "remove this edge, and write one with `namespace` in the `egress` of the other entry: it opens both \
         sides",
    ),
    (
        "ingress",
        "namespaceSelector",
        "remove this edge, and write one with `namespace` in the `egress` of the other entry: it opens both \
         sides",
    ),
    ("routes", "serviceName", "write `service`"),
    ("routes", "servicePort", "write `port`"),
    ("routes", "backend", "write `service` and `port`"),
    (
        "routes",
        "tls",
        "remove it: the entry points of platform.yml define where TLS is terminated, and `certificates` the \
         source of certificates",
    ),
    ("routes", "entryPoints", "write `exposure`: it selects the entry points of platform.yml"),
    ("platform", "repoURL", "write `repository: {url: …}`"),
    ("platform", "repo", "write `repository: {url: …}`"),
];

/// The same for values: their key, the value, the help.
const VALUES: [(&str, &str, &str); 5] = [
    (
        "cni",
        "flannel",
        "write `k3s` on k3s, which enforces policies by itself; plain Flannel enforces none: `none`",
    ),
    ("cni", "canal", "write `calico`, which enforces the policies there"),
    ("cni", "k3d", "write `k3s`"),
    ("cni", "weave", "write `none` if nothing else enforces policies: Weave Net is no longer maintained"),
    (
        "project",
        "default",
        "remove it: each entry has its own AppProject; `project` lists what that permits additionally",
    ),
];

/// The help for an unknown key.
pub(super) fn key(location: &Location) -> Option<String> {
    let Segment::Key(key) = location.segments.last()? else { return None };
    let parent = location.parent();
    let container = container(&parent);
    let found = KEYS.iter().find(|(around, word, _)| *around == container && *word == key.as_str());
    found.map(|(_, _, help)| (*help).to_owned())
}

/// The key whose value, or item, is at `place`; for a whole file or entry, its type.
fn container(location: &Location) -> &str {
    let named = location
        .segments
        .iter()
        .rev()
        .find_map(|segment| if let Segment::Key(key) = segment { Some(key.as_str()) } else { None });
    named.unwrap_or(match location.file.role() {
        Role::Catalog => "entry",
        Role::Platform => "platform",
        Role::Test => "promise",
        _ => "profile",
    })
}

/// The help for a value.
pub(super) fn value(location: &Location, excerpt: &Excerpt<'_>) -> Option<String> {
    let (Segment::Key(key), Excerpt::Scalar(text)) = (location.segments.last()?, excerpt) else {
        return None;
    };
    let text = text.trim_matches(['"', '\'']);
    let found =
        VALUES.iter().find(|(behind, word, _)| *behind == key.as_str() && text.eq_ignore_ascii_case(word));
    found.map(|(_, _, help)| (*help).to_owned())
}
