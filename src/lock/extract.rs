//! From resources to the interface of an application.

use std::collections::BTreeMap;

use super::interface::Interface;
use super::objects::{self, ObjectName};
use super::services::{self, Service};
use super::{calls, configuration, definitions, pods, routes, scrapes, volumes, webhooks};
use crate::kubernetes::pods::{Workload, workload};
use crate::kubernetes::{Resource, scope};
use crate::value::Text;

/// The resources of an application, with lookups that several sections share.
pub(super) struct Rendered<'r> {
    /// The namespace of objects without one.
    own: &'r str,
    pub(super) resources: Vec<&'r Resource>,
    pub(super) workloads: Vec<Workload<'r>>,
    pub(super) services: BTreeMap<ObjectName, Service>,
}

/// The interface of the application with these `resources`; objects without a namespace are in `namespace`.
pub fn interface(resources: &[Resource], namespace: &str) -> Interface {
    let resources: Vec<_> = resources.iter().filter(|resource| !is_test(resource)).collect();
    let workloads = resources.iter().filter_map(|resource| workload(resource)).collect();
    let mut rendered = Rendered { own: namespace, resources, workloads, services: BTreeMap::new() };
    rendered.services = services::services(&rendered);
    Interface {
        objects: objects::objects(&rendered).into_iter().collect(),
        definitions: definitions::definitions(&rendered).into_iter().collect(),
        pods: pods::pods(&rendered).into_iter().collect(),
        webhooks: webhooks::webhooks(&rendered).into_iter().collect(),
        scrapes: scrapes::scrapes(&rendered).into_iter().collect(),
        calls: calls::calls(&rendered).into_iter().collect(),
        secrets: configuration::secrets(&rendered).into_iter().collect(),
        needs: configuration::needs(&rendered).into_iter().collect(),
        volumes: volumes::volumes(&rendered).into_iter().collect(),
        routes: routes::routes(&rendered).into_iter().collect(),
        services: rendered.services.into_iter().collect(),
    }
}

/// Whether an object is only for `helm test`. Argo CD never runs such hooks (Argo CD 3.5, Helm hooks).
fn is_test(resource: &Resource) -> bool {
    let hooks = resource.annotation("helm.sh/hook").unwrap_or_default();
    !hooks.is_empty() && hooks.split(',').all(|hook| hook.trim().starts_with("test"))
}

impl<'r> Rendered<'r> {
    /// The namespace of a namespaced object.
    pub(super) fn namespace<'a>(&'a self, resource: &'a Resource) -> &'a str
    where
        'r: 'a,
    {
        resource.namespace.as_deref().unwrap_or(self.own)
    }

    /// A namespace, if it is not that of the application.
    pub(super) fn other_namespace(&self, namespace: Option<&str>) -> Option<Text> {
        namespace.filter(|namespace| *namespace != self.own).map(|namespace| namespace.to_owned().into())
    }

    /// The name of an object in a namespace.
    pub(super) fn within(&self, namespace: Option<&str>, name: &str) -> ObjectName {
        ObjectName { namespace: self.other_namespace(namespace), name: name.to_owned().into() }
    }

    /// The name of a resource. The namespace of a cluster-scoped one has no effect.
    pub(super) fn name(&self, resource: &Resource) -> ObjectName {
        let scoped = scope::is_cluster_scoped(&resource.kind) == Some(true);
        self.within(resource.namespace.as_deref().filter(|_| !scoped), &resource.name)
    }

    /// `Deployment/web`, or `kube-system/Deployment/web` in another namespace.
    pub(super) fn title(&self, resource: &Resource) -> Text {
        let name = format!("{}/{}", resource.kind.kind, resource.name);
        match self.name(resource).namespace {
            Some(namespace) => format!("{namespace}/{name}").into(),
            None => name.into(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::interface;
    use crate::inputs::Source;
    use crate::kubernetes::read;
    use crate::kubernetes::yaml;
    use crate::lock::write;

    /// A section of the interface of an application in the namespace `web`.
    fn section(name: &str, manifests: &str) -> String {
        let manifests = read(&Source::new("m.yaml", manifests));
        assert_eq!(manifests.problems, []);
        let map = write::interface(&interface(&manifests.resources, "web"));
        let mut text = String::new();
        map.get(name).into_iter().for_each(|value| yaml::write_value(&mut text, value));
        text
    }

    const DEPLOYMENT: &str = "
---
apiVersion: apps/v1
kind: Deployment
metadata: {name: web}
spec:
  template:
    metadata: {labels: {app: web, tier: front}, annotations: {prometheus.io/scrape: 'true', \
    prometheus.io/port: '9100'}}
    spec:
      containers:
        - {name: web, image: 'example.com:5000/web:1', ports: [{name: http, containerPort: 8080}, {name: \
        metrics, containerPort: 9090}]}
---
apiVersion: v1
kind: Service
metadata: {name: web, labels: {app: web}}
spec: {selector: {app: web}, ports: [{name: http, port: 80, targetPort: http}, {name: tls, port: 443, \
targetPort: missing}, {port: 53, protocol: UDP}]}
";

    fn with(manifest: &str) -> String {
        format!("{DEPLOYMENT}---\n{manifest}")
    }

    #[test]
    fn a_service_has_the_ports_that_its_pods_listen_on() {
        let expected = "web:\n  ports:\n    - 53/UDP to 53\n    - 80/TCP http to 8080\n    - 443/TCP \
            tls\n  pods:\n    - Deployment/web\n";
        assert_eq!(section("services", DEPLOYMENT), expected);
        let external = "apiVersion: v1\nkind: Service\nmetadata: {name: a, namespace: other}\nspec: {type: \
            ExternalName, externalName: example.com}\n";
        assert_eq!(section("services", external), "other/a: {}\n");
    }

    #[test]
    fn objects_are_sorted_by_kind_and_those_of_tests_left_out() {
        let text = "
{apiVersion: rbac.authorization.k8s.io/v1, kind: ClusterRole, metadata: {name: 'b:c', namespace: web}}
---
{apiVersion: rbac.authorization.k8s.io/v1, kind: Role, metadata: {name: b, namespace: kube-system}}
---
{apiVersion: v1, kind: Pod, metadata: {name: test, annotations: {helm.sh/hook: 'test-success, test-failure'}}}
---
{apiVersion: batch/v1, kind: Job, metadata: {name: hook, annotations: {helm.sh/hook: pre-install}}}
";
        let expected = "batch/Job:\n  - hook\nrbac.authorization.k8s.io/ClusterRole:\n  - b:c\n\
            rbac.authorization.k8s.io/Role:\n  - kube-system/b\n";
        assert_eq!(section("objects", text), expected);
    }

    #[test]
    fn everything_that_the_api_server_calls_is_found() {
        let reference = "clientConfig: {service: {name: web, namespace: web, port: 80}}";
        let hook = |kind| {
            with(&format!(
                "{{apiVersion: admissionregistration.k8s.io/v1, kind: {kind}, metadata: {{name: a}}, \
                 webhooks: [{{{reference}}}]}}\n"
            ))
        };
        assert_eq!(
            section("webhooks", &hook("ValidatingWebhookConfiguration")),
            "- validating web:80 to 8080\n"
        );
        assert_eq!(section("webhooks", &hook("MutatingWebhookConfiguration")), "- mutating web:80 to 8080\n");
        let api = "{apiVersion: apiregistration.k8s.io/v1, kind: APIService, metadata: {name: a}, spec: \
            {service: {name: x, namespace: other}}}\n";
        assert_eq!(section("webhooks", api), "- api other/x:443\n");
        let crd = format!(
            "{{apiVersion: apiextensions.k8s.io/v1, kind: CustomResourceDefinition, metadata: {{name: a}}, \
             spec: {{conversion: {{webhook: {{{reference}}}}}}}}}\n"
        );
        assert_eq!(section("webhooks", &with(&crd)), "- conversion web:80 to 8080\n");
    }

    #[test]
    fn everything_that_is_scraped_is_found() {
        let monitor = |kind: &str, spec: &str| {
            with(&format!(
                "apiVersion: monitoring.coreos.com/v1\nkind: {kind}\nmetadata: {{name: m}}\nspec: {spec}\n"
            ))
            .replace("prometheus.io/scrape: 'true'", "a: b")
        };
        assert_eq!(section("scrapes", DEPLOYMENT), "- Deployment/web Deployment/web:9100\n");
        let service = monitor(
            "ServiceMonitor",
            "{selector: {matchExpressions: [{key: app, operator: In, values: [web]}]}, endpoints: [{port: \
             http}, {targetPort: metrics}]}",
        );
        assert_eq!(
            section("scrapes", &service),
            "- ServiceMonitor/m Deployment/web:8080\n- ServiceMonitor/m Deployment/web:9090\n"
        );
        let pods = monitor(
            "PodMonitor",
            "{selector: {matchLabels: {tier: front}}, podMetricsEndpoints: [{port: metrics}]}",
        );
        assert_eq!(section("scrapes", &pods), "- PodMonitor/m Deployment/web:9090\n");
        let elsewhere = monitor(
            "ServiceMonitor",
            "{selector: {matchLabels: {k8s-app: kubelet}}, namespaceSelector: {matchNames: [kube-system]}, \
             endpoints: [{port: https}]}",
        );
        assert_eq!(section("scrapes", &elsewhere), "- 'ServiceMonitor/m kube-system/*:https'\n");
    }

    #[test]
    fn calls_are_found_everywhere_but_in_secrets() {
        let text = "
apiVersion: v1
kind: ConfigMap
metadata: {name: a}
data: {x: 'http://one.other:81 and http://web.web.svc:80'}
---
apiVersion: v1
kind: Secret
metadata: {name: a}
stringData: {x: 'http://two.other:82'}
---
apiVersion: traefik.io/v1alpha1
kind: Middleware
metadata: {name: a}
spec: {forwardAuth: {address: 'http://three.other:83/verify'}}
---
apiVersion: v1
kind: Pod
metadata: {name: p}
spec: {containers: [{name: a, args: ['--db=redis://four'], command: [run], env: [{name: B, value: \
'five.other.svc.cluster.local:85'}]}]}
";
        let expected = "five.other:85:\n  - Pod/p env B\nfour:6379:\n  - Pod/p args\none.other:81:\n  - \
            ConfigMap/a x\nthree.other:83:\n  - Middleware/a\n";
        assert_eq!(section("calls", &with(text)), expected);
    }

    #[test]
    fn needs_are_what_is_not_made_with_all_of_its_keys() {
        let pod = "
apiVersion: v1
kind: Pod
metadata: {name: p}
spec:
  imagePullSecrets: [{name: pull}]
  containers:
    - name: a
      envFrom: [{secretRef: {name: whole}}, {configMapRef: {name: made}}]
      env:
        - {name: A, valueFrom: {secretKeyRef: {name: both, key: must}}}
        - {name: B, valueFrom: {secretKeyRef: {name: both, key: may, optional: true}}}
        - {name: C, valueFrom: {configMapKeyRef: {name: made, key: lost}}}
        - {name: D, valueFrom: {secretKeyRef: {name: db-app, key: password}}}
  volumes: [{name: v, secret: {secretName: tls, items: [{key: tls.crt, path: a}]}}]
";
        let made = "---\n{apiVersion: v1, kind: ConfigMap, metadata: {name: made}, data: {kept: a}}\n---\n\
            {apiVersion: postgresql.cnpg.io/v1, kind: Cluster, metadata: {name: db}}\n---\n{apiVersion: \
            cert-manager.io/v1, kind: Certificate, metadata: {name: c}, spec: {secretName: tls}}\n";
        let expected = "ConfigMap/made:\n  keys:\n    - lost\n  by:\n    - Pod/p\n\
            Secret/both:\n  keys:\n    - must\n  by:\n    - Pod/p\nSecret/pull:\n  optional: \
            true\n  by:\n    - Pod/p\nSecret/whole:\n  by:\n    - Pod/p\n";
        assert_eq!(section("needs", &format!("{pod}{made}")), expected);
        let secrets = "db-app: []\ndb-ca: []\ndb-replication: []\ndb-server: []\ndb-superuser: []\ntls: []\n";
        assert_eq!(section("secrets", made), secrets);
    }

    /// A program with a role, and pods that need the Secrets `one` and `two`.
    fn program(rules: &str, container: &str) -> String {
        let rbac = "apiVersion: rbac.authorization.k8s.io/v1";
        format!(
            "{{apiVersion: v1, kind: Pod, metadata: {{name: p}}, spec: {{serviceAccountName: s, containers: \
             [{{name: c, {container}, envFrom: [{{secretRef: {{name: one}}}}, {{secretRef: {{name: \
             two}}}}]}}]}}}}\n---\n{{{rbac}, kind: Role, metadata: {{name: r}}, rules: [{rules}]}}\n---\n\
             {{{rbac}, kind: RoleBinding, metadata: {{name: r}}, roleRef: {{kind: Role, name: r}}, subjects: \
             [{{kind: ServiceAccount, name: s, namespace: web}}]}}\n"
        )
    }

    #[test]
    fn a_program_creates_the_secrets_that_its_role_and_its_arguments_name() {
        let create = "{apiGroups: [''], resources: [secrets], verbs: [create]}";
        let named = "{apiGroups: [''], resources: [secrets], verbs: [get], resourceNames: [one, other]}";
        let made = |rules: &str, container: &str| section("secrets", &program(rules, container));
        assert_eq!(made(create, "args: []"), "");
        assert_eq!(made(named, "args: [--secret=one]"), "");
        assert_eq!(made(&format!("{create}, {named}"), "args: []"), "one: []\nother: []\n");
        assert_eq!(made(create, "args: [--secret=one, --log=debug]"), "one: []\n");
        assert_eq!(made(create, "env: [{name: SECRET, value: web/two}]"), "two: []\n");
        let all = program(create, "args: ['one,two']");
        assert_eq!(section("needs", &all), "");
        for (from, to) in [
            ("serviceAccountName: s", "serviceAccountName: t"),
            ("name: s, namespace: web", "name: s, namespace: elsewhere"),
            ("kind: RoleBinding, metadata: {name: r", "kind: RoleBinding, metadata: {namespace: b, name: r"),
            ("resources: [secrets]", "resources: [configmaps]"),
            ("apiGroups: ['']", "apiGroups: [apps]"),
            ("verbs: [create]", "verbs: [create], resourceNames: [one]"),
            ("kind: Role, name: r", "kind: ClusterRole, name: r"),
        ] {
            let other = all.replace(from, to);
            assert_ne!(other, all);
            assert_eq!(section("secrets", &other), "", "{to}");
        }
        let everywhere = all
            .replace("kind: Role,", "kind: ClusterRole,")
            .replace("kind: RoleBinding", "kind: ClusterRoleBinding");
        assert_eq!(section("secrets", &everywhere), "one: []\ntwo: []\n");
    }

    #[test]
    fn the_required_level_of_pods_has_reasons() {
        let pod = |spec: &str| {
            section("pods", &format!("apiVersion: v1\nkind: Pod\nmetadata: {{name: p}}\nspec: {spec}\n"))
        };
        let strict = "securityContext: {allowPrivilegeEscalation: false, runAsNonRoot: true, \
            seccompProfile: {type: RuntimeDefault}, capabilities: {drop: [ALL]}}";
        assert_eq!(
            pod(&format!("{{containers: [{{name: a, {strict}}}]}}")),
            "Pod/p:\n  podSecurity: restricted\n"
        );
        let plain = "Pod/p:\n  podSecurity: baseline\n  violations:\n    - allowPrivilegeEscalation\n    - \
            capabilities are not dropped\n    - runAsNonRoot\n    - seccompProfile\n";
        assert_eq!(pod("{containers: [{name: a}]}"), plain);
        let host = "{hostNetwork: true, serviceAccountName: s, volumes: [{name: v, hostPath: {path: \
            /dev}}], containers: [{name: a, securityContext: {privileged: true, capabilities: {add: \
            [SYS_ADMIN]}}, ports: [{containerPort: 80, hostPort: 80}]}]}";
        let privileged = "Pod/p:\n  ports:\n    - 80/TCP\n  hostNetwork: true\n  serviceAccount: \
            s\n  podSecurity: privileged\n  violations:\n    - capability SYS_ADMIN\n    - \
            hostNetwork\n    - hostPath /dev\n    - hostPort 80\n    - privileged\n";
        assert_eq!(pod(host), privileged);
    }

    #[test]
    fn volumes_and_routes_are_found() {
        let text = "
{apiVersion: v1, kind: PersistentVolumeClaim, metadata: {name: a}}
---
{apiVersion: v1, kind: PersistentVolumeClaim, metadata: {name: b, annotations: \
{argocd.argoproj.io/sync-options: 'Delete=false, Prune=false'}}}
---
{apiVersion: apps/v1, kind: StatefulSet, metadata: {name: c}, spec: {template: {spec: {containers: []}}, \
volumeClaimTemplates: [{metadata: {name: data}}]}}
---
{apiVersion: apps/v1, kind: StatefulSet, metadata: {name: d}, spec: {template: {spec: {containers: []}}, \
persistentVolumeClaimRetentionPolicy: {whenDeleted: Delete}, volumeClaimTemplates: [{metadata: {name: \
data}}]}}
---
{apiVersion: apps/v1, kind: StatefulSet, metadata: {name: e, annotations: {helm.sh/resource-policy: keep}}, \
spec: {template: {spec: {containers: []}}, persistentVolumeClaimRetentionPolicy: {whenDeleted: Delete}, \
volumeClaimTemplates: [{metadata: {name: data}}]}}
";
        assert_eq!(
            section("volumes", text),
            "PersistentVolumeClaim/a: unprotected\nPersistentVolumeClaim/b: protected\nStatefulSet/c data: \
             template\nStatefulSet/d data: unprotected\nStatefulSet/e data: protected\n"
        );
        let text = "
{apiVersion: networking.k8s.io/v1, kind: Ingress, metadata: {name: i}, spec: {rules: [{host: a.example.com, \
http: {paths: [{backend: {service: {name: web, port: {number: 80}}}}]}}]}}
---
{apiVersion: gateway.networking.k8s.io/v1, kind: HTTPRoute, metadata: {name: h}, spec: {hostnames: \
[b.example.com], rules: [{backendRefs: [{name: web, namespace: other, port: 80}]}]}}
---
{apiVersion: traefik.io/v1alpha1, kind: IngressRoute, metadata: {name: r}, spec: {routes: [{match: \
'Host(`c.example.com`) && PathPrefix(`/x`)', services: [{name: web, port: http}]}]}}
";
        let expected = "- HTTPRoute/h b.example.com to other/web:80\n- Ingress/i a.example.com to web:80\n- \
            IngressRoute/r c.example.com to web:http\n";
        assert_eq!(section("routes", text), expected);
    }
}
