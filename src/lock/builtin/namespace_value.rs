//! Values of charts that decide whether some of their objects are in another namespace.

/// A value of a chart that decides whether some of its objects are in another namespace.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct NamespaceValue {
    /// The namespace of these objects.
    pub namespace: &'static str,
    /// What their names end with.
    pub names: &'static str,
    /// The path of the value.
    pub key: &'static str,
    /// What the value is by default.
    pub default: Default,
}

/// What such a value is by default.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Default {
    /// The namespace itself.
    Namespace,
    /// `true`: the chart has these objects.
    On,
}

/// A switch of kube-prometheus-stack: it puts the Service of a component next to its pods.
const fn component(names: &'static str, key: &'static str) -> NamespaceValue {
    NamespaceValue { namespace: "kube-system", names, key, default: Default::On }
}

/// cert-manager 1.21.
const CERT_MANAGER: [NamespaceValue; 1] = [NamespaceValue {
    namespace: "kube-system",
    names: "",
    key: "global.leaderElection.namespace",
    default: Default::Namespace,
}];

/// kube-prometheus-stack 88.5, `templates/exporters`.
const KUBE_PROMETHEUS_STACK: [NamespaceValue; 5] = [
    component("-coredns", "coreDns.enabled"),
    component("-kube-controller-manager", "kubeControllerManager.enabled"),
    component("-kube-etcd", "kubeEtcd.enabled"),
    component("-kube-proxy", "kubeProxy.enabled"),
    component("-kube-scheduler", "kubeScheduler.enabled"),
];

/// Such values of a chart.
pub(super) fn namespace_values(chart: &str) -> &'static [NamespaceValue] {
    match chart {
        "cert-manager" => &CERT_MANAGER,
        "kube-prometheus-stack" => &KUBE_PROMETHEUS_STACK,
        _ => &[],
    }
}

impl NamespaceValue {
    /// Whether it decides about an object.
    pub fn decides(&self, namespace: &str, name: &str) -> bool {
        self.namespace == namespace && name.ends_with(self.names)
    }

    /// The value that it has by default, as text.
    pub fn default_text(&self) -> &'static str {
        match self.default {
            Default::Namespace => self.namespace,
            Default::On => "true",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::charts;

    #[test]
    fn every_value_decides_about_an_object_of_its_chart() {
        let mut count = 0;
        for chart in charts() {
            for value in chart.namespace_values() {
                let names = chart.interface.objects.values().flatten();
                let mut decided = names.filter(|name| {
                    name.namespace.as_deref().is_some_and(|namespace| value.decides(namespace, &name.name))
                });
                assert!(decided.next().is_some(), "{}: {}", chart.name, value.key);
                count += 1;
            }
        }
        assert_eq!(count, 6);
    }
}
