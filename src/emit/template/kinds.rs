//! Which kinds a template may render, and the scope of their effect. An allow-list: a kind of Kubernetes
//! itself whose effect stays within its namespace, or one that the entry declares. Anything else is refused.

use crate::catalog::Project;
use crate::diagnostics::Finding;
use crate::diagnostics::Location;
use crate::diagnostics::rules;

/// Namespaced kinds of Kubernetes itself whose objects have no effect outside of their namespace: the
/// policies and the Pod Security level of the entry apply to their pods. For a Service this is only true of
/// the type `ClusterIP`, which is checked.
const ALLOWED: [(&str, &str); 15] = [
    ("", "ConfigMap"),
    ("", "LimitRange"),
    ("", "PersistentVolumeClaim"),
    ("", "Pod"),
    ("", "ResourceQuota"),
    ("", "Secret"),
    ("", "Service"),
    ("", "ServiceAccount"),
    ("apps", "DaemonSet"),
    ("apps", "Deployment"),
    ("apps", "StatefulSet"),
    ("autoscaling", "HorizontalPodAutoscaler"),
    ("batch", "CronJob"),
    ("batch", "Job"),
    ("policy", "PodDisruptionBudget"),
];

const ENTRY: &str = "write an entry instead";
const APPLICATIONS: &str = "write `applications` instead";
const POLICIES: &str = "write `networkPolicies` instead";
const ROUTES: &str = "write `routes` instead";
const CHART: &str = "`routes` of the entry serve HTTP; deploy anything else with an application of the entry";

/// Kinds that wharf renders from the catalog, or that would allow what it denies, and what to write for them.
/// No entry can declare them: such an object would open a namespace, allow everybody, or give an application
/// permissions that are not in the catalog.
const OWNED: [(&str, &str, &str); 31] = [
    ("", "Namespace", ENTRY),
    ("argoproj.io", "AppProject", ENTRY),
    ("argoproj.io", "Application", APPLICATIONS),
    ("argoproj.io", "ApplicationSet", APPLICATIONS),
    ("cilium.io", "CiliumClusterwideNetworkPolicy", POLICIES),
    ("cilium.io", "CiliumNetworkPolicy", POLICIES),
    ("crd.projectcalico.org", "NetworkPolicy", POLICIES),
    ("crd.projectcalico.org", "StagedNetworkPolicy", POLICIES),
    ("extensions", "Ingress", ROUTES),
    ("extensions", "NetworkPolicy", POLICIES),
    ("gateway.networking.k8s.io", "BackendTLSPolicy", CHART),
    ("gateway.networking.k8s.io", "GRPCRoute", CHART),
    ("gateway.networking.k8s.io", "HTTPRoute", ROUTES),
    ("gateway.networking.k8s.io", "ListenerSet", CHART),
    ("gateway.networking.k8s.io", "ReferenceGrant", ROUTES),
    ("gateway.networking.k8s.io", "TCPRoute", CHART),
    ("gateway.networking.k8s.io", "TLSRoute", CHART),
    ("gateway.networking.k8s.io", "UDPRoute", CHART),
    ("gateway.networking.x-k8s.io", "XListenerSet", CHART),
    ("networking.k8s.io", "Ingress", ROUTES),
    ("networking.k8s.io", "NetworkPolicy", POLICIES),
    ("projectcalico.org", "NetworkPolicy", POLICIES),
    ("projectcalico.org", "StagedNetworkPolicy", POLICIES),
    ("crd.antrea.io", "NetworkPolicy", POLICIES),
    ("crd.antrea.io", "ClusterNetworkPolicy", POLICIES),
    ("traefik.containo.us", "IngressRoute", ROUTES),
    ("traefik.containo.us", "IngressRouteTCP", CHART),
    ("traefik.containo.us", "IngressRouteUDP", CHART),
    ("traefik.io", "IngressRoute", ROUTES),
    ("traefik.io", "IngressRouteTCP", CHART),
    ("traefik.io", "IngressRouteUDP", CHART),
];

/// Namespaced kinds that an entry has to declare; declared as cluster-scoped they would have no namespace,
/// and Argo CD would create them in that of the root Application.
const NAMESPACED: [(&str, &str); 17] = [
    ("", "Endpoints"),
    ("", "ReplicationController"),
    ("apps", "ReplicaSet"),
    ("argocd-image-updater.argoproj.io", "ImageUpdater"),
    ("cert-manager.io", "Certificate"),
    ("cert-manager.io", "Issuer"),
    ("discovery.k8s.io", "EndpointSlice"),
    ("external-secrets.io", "ExternalSecret"),
    ("external-secrets.io", "SecretStore"),
    ("gateway.networking.k8s.io", "Gateway"),
    ("monitoring.coreos.com", "PrometheusRule"),
    ("monitoring.coreos.com", "ServiceMonitor"),
    ("rbac.authorization.k8s.io", "Role"),
    ("rbac.authorization.k8s.io", "RoleBinding"),
    ("traefik.io", "Middleware"),
    ("traefik.io", "TLSOption"),
    ("traefik.io", "TLSStore"),
];

/// Cluster-scoped kinds of Kubernetes itself and of common operators.
const CLUSTERED: [(&str, &str); 32] = [
    ("", "Node"),
    ("", "PersistentVolume"),
    ("admissionregistration.k8s.io", "MutatingAdmissionPolicy"),
    ("admissionregistration.k8s.io", "MutatingAdmissionPolicyBinding"),
    ("admissionregistration.k8s.io", "MutatingWebhookConfiguration"),
    ("admissionregistration.k8s.io", "ValidatingAdmissionPolicy"),
    ("admissionregistration.k8s.io", "ValidatingAdmissionPolicyBinding"),
    ("admissionregistration.k8s.io", "ValidatingWebhookConfiguration"),
    ("apiextensions.k8s.io", "CustomResourceDefinition"),
    ("apiregistration.k8s.io", "APIService"),
    ("cert-manager.io", "ClusterIssuer"),
    ("certificates.k8s.io", "CertificateSigningRequest"),
    ("cilium.io", "CiliumLoadBalancerIPPool"),
    ("external-secrets.io", "ClusterExternalSecret"),
    ("external-secrets.io", "ClusterSecretStore"),
    ("flowcontrol.apiserver.k8s.io", "FlowSchema"),
    ("flowcontrol.apiserver.k8s.io", "PriorityLevelConfiguration"),
    ("gateway.networking.k8s.io", "GatewayClass"),
    ("kyverno.io", "ClusterPolicy"),
    ("networking.k8s.io", "IngressClass"),
    ("node.k8s.io", "RuntimeClass"),
    ("policy.networking.k8s.io", "AdminNetworkPolicy"),
    ("policy.networking.k8s.io", "BaselineAdminNetworkPolicy"),
    ("projectcalico.org", "GlobalNetworkPolicy"),
    ("crd.projectcalico.org", "GlobalNetworkPolicy"),
    ("rbac.authorization.k8s.io", "ClusterRole"),
    ("rbac.authorization.k8s.io", "ClusterRoleBinding"),
    ("scheduling.k8s.io", "PriorityClass"),
    ("snapshot.storage.k8s.io", "VolumeSnapshotClass"),
    ("storage.k8s.io", "CSIDriver"),
    ("storage.k8s.io", "StorageClass"),
    ("storage.k8s.io", "VolumeAttachment"),
];

/// Kinds that every cluster has, without health and without pods (Argo CD 3.5, `resource_customizations`
/// and gitops-engine's checks).
const GUARDS: [(&str, &str); 7] = [
    ("", "ConfigMap"),
    ("", "LimitRange"),
    ("", "ResourceQuota"),
    ("", "Secret"),
    ("", "ServiceAccount"),
    ("rbac.authorization.k8s.io", "Role"),
    ("rbac.authorization.k8s.io", "RoleBinding"),
];

/// Groups of Kubernetes itself that have a dot.
const BUILT_IN: [&str; 4] =
    ["networking.k8s.io", "rbac.authorization.k8s.io", "scheduling.k8s.io", "storage.k8s.io"];

/// The scope of the objects of a kind.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Scope {
    Namespace,
    Cluster,
}

/// Whether the entry declares the kind, as namespaced or as cluster-scoped.
pub(super) fn is_declared(project: &Project, group: &str, kind: &str, scope: Scope, name: &str) -> bool {
    match scope {
        Scope::Namespace => {
            project.namespace_resources.iter().any(|item| *item.group == *group && *item.kind == *kind)
        }
        Scope::Cluster => {
            let meant = |pattern: Option<&str>| {
                pattern.is_none_or(|pattern| matches(pattern.as_bytes(), name.as_bytes()))
            };
            project
                .cluster_resources
                .iter()
                .any(|item| *item.group == *group && *item.kind == *kind && meant(item.name.as_deref()))
        }
    }
}

/// The scope of a kind that the template may render; otherwise the finding.
pub(super) fn scope(project: &Project, group: &str, kind: &str, name: &str) -> Result<Scope, Finding> {
    if let Some(help) = owner(group, kind) {
        let finding = refuse(format!("templates cannot render the kind `{kind}`"));
        return Err(finding
            .note(
                "wharf renders this kind from the catalog, which would no longer describe all of its objects",
            )
            .help(help));
    }
    if kind.ends_with("List") {
        let finding = refuse(format!("the kind `{kind}` is a list of objects"));
        let finding = finding.note("Argo CD would apply its items, which are not checked");
        return Err(finding.help("write each object as a separate document, after a line `---`"));
    }
    if ALLOWED.contains(&(group, kind)) {
        return Ok(Scope::Namespace);
    }
    let declared = |scope| is_declared(project, group, kind, scope, name);
    let (clustered, namespaced) = (CLUSTERED.contains(&(group, kind)), NAMESPACED.contains(&(group, kind)));
    match (declared(Scope::Namespace), declared(Scope::Cluster)) {
        (true, true) => {
            let finding = refuse(format!(
                "the entry declares the kind `{kind}` both as namespaced and as cluster-scoped"
            ));
            Err(finding.help(
                "remove the line in `project.namespaceResources` or the one in `project.clusterResources`",
            ))
        }
        (true, false) if !clustered => Ok(Scope::Namespace),
        (false, true) if !namespaced => Ok(Scope::Cluster),
        (false, true) => {
            let finding = refuse(format!("the kind `{kind}` is namespaced"));
            let finding = finding
                .note("without a namespace, Argo CD would create the object in that of the root Application");
            Err(finding.help(
                "move the line of this kind from `project.clusterResources` to `project.namespaceResources`",
            ))
        }
        _ if clustered => Err(of_cluster(group, kind)),
        _ => Err(undeclared(project, group, kind, namespaced)),
    }
}

fn refuse(message: String) -> Finding {
    rules::TEMPLATE_OBJECT.at(Location::default().key("kind"), message)
}

fn of_cluster(group: &str, kind: &str) -> Finding {
    let finding = refuse(format!("the kind `{kind}` is cluster-scoped"))
        .note("it has an effect beyond the namespace of the entry");
    finding.help(format!(
        "permit it: add `{{group: '{group}', kind: {kind}}}` to `project.clusterResources` of the entry"
    ))
}

fn undeclared(project: &Project, group: &str, kind: &str, namespaced: bool) -> Finding {
    if group == "traefik.io" && matches!(kind, "TLSOption" | "TLSStore") {
        let finding = refuse(format!("the kind `{kind}` has an effect beyond its namespace"));
        let help = format!(
            "permit it: add `{{group: {group}, kind: {kind}}}` to `project.namespaceResources` of the entry"
        );
        return finding.note("Traefik uses the one named `default` for all routes of the cluster").help(help);
    }
    if project.cluster_resources.iter().any(|item| *item.group == *group && *item.kind == *kind) {
        let finding = refuse(format!("the entry declares the kind `{kind}` for other names than this one"));
        return finding
            .help("change the `name` of the line in `project.clusterResources`, or the name of the object");
    }
    let finding = refuse(format!("the entry does not declare the kind `{kind}`"));
    let finding = finding
        .note("it may have an effect beyond the namespace of the entry, which only the entry can permit");
    let line =
        format!("add `{{group: '{group}', kind: {kind}}}` to `project.namespaceResources` of the entry");
    finding.help(if namespaced {
        line
    } else {
        format!("{line}, or to `project.clusterResources` if the kind is cluster-scoped")
    })
}

/// What to write in the catalog for a kind that wharf renders from it.
fn owner(group: &str, kind: &str) -> Option<&'static str> {
    OWNED.iter().find(|(owned, name, _)| (*owned, *name) == (group, kind)).map(|(_, _, help)| *help)
}

/// Whether a name matches a pattern of Argo CD, of which `*` and `?` are supported (Argo CD 3.5,
/// `filepath.Match`).
fn matches(pattern: &[u8], name: &[u8]) -> bool {
    let (mut at, mut from, mut star) = (0, 0, None);
    while from < name.len() {
        match pattern.get(at) {
            Some(b'*') => {
                star = Some((at, from));
                at += 1;
            }
            Some(byte) if *byte == b'?' || *byte == name[from] => (at, from) = (at + 1, from + 1),
            _ => {
                let Some((back, taken)) = star else { return false };
                star = Some((back, taken + 1));
                (at, from) = (back + 1, taken + 1);
            }
        }
    }
    pattern[at..].iter().all(|byte| *byte == b'*')
}

pub(super) fn is_guard(group: &str, kind: &str) -> bool {
    GUARDS.contains(&(group, kind))
}

/// Whether the definition of a kind of this group may come with an application.
pub(super) fn is_custom(group: &str) -> bool {
    group.contains('.') && !BUILT_IN.contains(&group)
}
