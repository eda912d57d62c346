//! The Pod Security Standards for a pod (Kubernetes 1.36, `pod-security-admission/policy`).

use std::collections::BTreeSet;

use super::pods::Workload;
use super::resource::{at, is_true, items_at, maps_at, text, text_at};
use crate::value::{Map, Value};

/// The violations of a pod.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Violations {
    /// What `baseline` forbids: the pod needs `privileged`.
    pub baseline: BTreeSet<String>,
    /// What only `restricted` forbids: the pod needs `baseline`.
    pub restricted: BTreeSet<String>,
}

const BASELINE_CAPABILITIES: [&str; 13] = [
    "AUDIT_WRITE",
    "CHOWN",
    "DAC_OVERRIDE",
    "FOWNER",
    "FSETID",
    "KILL",
    "MKNOD",
    "NET_BIND_SERVICE",
    "SETFCAP",
    "SETGID",
    "SETPCAP",
    "SETUID",
    "SYS_CHROOT",
];

const SAFE_SYSCTLS: [&str; 12] = [
    "kernel.shm_rmid_forced",
    "net.ipv4.ip_local_port_range",
    "net.ipv4.ip_local_reserved_ports",
    "net.ipv4.ip_unprivileged_port_start",
    "net.ipv4.ping_group_range",
    "net.ipv4.tcp_fin_timeout",
    "net.ipv4.tcp_keepalive_intvl",
    "net.ipv4.tcp_keepalive_probes",
    "net.ipv4.tcp_keepalive_time",
    "net.ipv4.tcp_rmem",
    "net.ipv4.tcp_syncookies",
    "net.ipv4.tcp_wmem",
];

const RESTRICTED_VOLUMES: [&str; 8] = [
    "configMap",
    "csi",
    "downwardAPI",
    "emptyDir",
    "ephemeral",
    "persistentVolumeClaim",
    "projected",
    "secret",
];

const SELINUX_TYPES: [&str; 4] = ["container_t", "container_init_t", "container_kvm_t", "container_engine_t"];

/// The violations of the pods of a workload.
pub fn violations(workload: &Workload<'_>) -> Violations {
    let mut found = Violations::default();
    host(workload, &mut found);
    volumes(workload.spec, &mut found);
    profiles(workload, &mut found);
    for container in workload.containers() {
        privileges(container, &mut found);
        capabilities(container, &mut found);
        host_access(container, &mut found);
        restricted(workload.spec, container, &mut found);
    }
    found
}

fn host(workload: &Workload<'_>, found: &mut Violations) {
    for key in ["hostNetwork", "hostPID", "hostIPC"].into_iter().filter(|key| is_true(workload.spec, &[key]))
    {
        found.baseline.insert(key.into());
    }
    for sysctl in maps_at(workload.spec, &["securityContext", "sysctls"])
        .filter_map(|sysctl| text_at(sysctl, &["name"]))
    {
        if !SAFE_SYSCTLS.contains(&sysctl) {
            found.baseline.insert(format!("sysctl {sysctl}"));
        }
    }
}

fn volumes(spec: &Map, found: &mut Violations) {
    for volume in maps_at(spec, &["volumes"]) {
        if let Some(path) = text_at(volume, &["hostPath", "path"]) {
            found.baseline.insert(format!("hostPath {path}"));
        }
        let kinds =
            volume.iter().map(|(key, _)| key.as_str()).filter(|key| *key != "name" && *key != "hostPath");
        found.restricted.extend(
            kinds.filter(|kind| !RESTRICTED_VOLUMES.contains(kind)).map(|kind| format!("volume {kind}")),
        );
    }
}

/// The security contexts of the pod and of its containers.
fn contexts<'r>(workload: &Workload<'r>) -> impl Iterator<Item = &'r Map> {
    let own = at(workload.spec, &["securityContext"]).and_then(Value::map);
    own.into_iter()
        .chain(workload.containers().filter_map(|container| at(container, &["securityContext"])?.map()))
}

fn profiles(workload: &Workload<'_>, found: &mut Violations) {
    for context in contexts(workload) {
        if text_at(context, &["seccompProfile", "type"]) == Some("Unconfined") {
            found.baseline.insert("seccompProfile Unconfined".into());
        }
        if text_at(context, &["appArmorProfile", "type"]) == Some("Unconfined") {
            found.baseline.insert("appArmorProfile Unconfined".into());
        }
        if is_true(context, &["windowsOptions", "hostProcess"]) {
            found.baseline.insert("hostProcess".into());
        }
        let foreign_type =
            text_at(context, &["seLinuxOptions", "type"]).is_some_and(|kind| !SELINUX_TYPES.contains(&kind));
        let identity =
            ["user", "role"].iter().any(|key| text_at(context, &["seLinuxOptions", key]).is_some());
        if foreign_type || identity {
            found.baseline.insert("seLinuxOptions".into());
        }
    }
    let annotations = workload.metadata.and_then(|metadata| at(metadata, &["annotations"])?.map());
    let unconfined = |(key, value): (&crate::value::Key, &Value)| {
        key.starts_with("container.apparmor.security.beta.kubernetes.io/")
            && text(value) == Some("unconfined")
    };
    if annotations.is_some_and(|annotations| annotations.iter().any(unconfined)) {
        found.baseline.insert("appArmorProfile Unconfined".into());
    }
}

fn privileges(container: &Map, found: &mut Violations) {
    if is_true(container, &["securityContext", "privileged"]) {
        found.baseline.insert("privileged".into());
    }
    if text_at(container, &["securityContext", "procMount"]).is_some_and(|mount| mount != "Default") {
        found.baseline.insert("procMount".into());
    }
    let escalation = at(container, &["securityContext", "allowPrivilegeEscalation"]).map(Value::get);
    if !matches!(escalation, Some(Value::Bool(false))) {
        found.restricted.insert("allowPrivilegeEscalation".into());
    }
}

fn capabilities(container: &Map, found: &mut Violations) {
    for name in items_at(container, &["securityContext", "capabilities", "add"]).iter().filter_map(text) {
        if !BASELINE_CAPABILITIES.contains(&name) {
            found.baseline.insert(format!("capability {name}"));
        } else if name != "NET_BIND_SERVICE" {
            found.restricted.insert(format!("capability {name}"));
        }
    }
    if !items_at(container, &["securityContext", "capabilities", "drop"])
        .iter()
        .filter_map(text)
        .any(|name| name == "ALL")
    {
        found.restricted.insert("capabilities are not dropped".into());
    }
}

/// Host ports, and probes of another host than the pod (since Kubernetes 1.34).
fn host_access(container: &Map, found: &mut Violations) {
    let ports = maps_at(container, &["ports"])
        .filter_map(|port| port.get("hostPort").and_then(super::resource::port));
    found.baseline.extend(ports.map(|port| format!("hostPort {port}")));
    let probes = ["livenessProbe", "readinessProbe", "startupProbe"].map(|key| at(container, &[key]));
    let hooks = ["postStart", "preStop"].map(|key| at(container, &["lifecycle", key]));
    for probe in probes.into_iter().chain(hooks).flatten().filter_map(Value::map) {
        for host in ["httpGet", "tcpSocket"].iter().filter_map(|key| text_at(probe, &[key, "host"])) {
            found.baseline.insert(format!("probe host {host}"));
        }
    }
}

fn restricted(spec: &Map, container: &Map, found: &mut Violations) {
    let pod = |path: &[&str]| {
        at(spec, &["securityContext"]).and_then(Value::map).and_then(|context| at(context, path))
    };
    let own = |path: &[&str]| {
        at(container, &["securityContext"]).and_then(Value::map).and_then(|context| at(context, path))
    };
    let either = |path: &[&str]| own(path).or_else(|| pod(path)).map(Value::get);
    if !matches!(either(&["runAsNonRoot"]), Some(Value::Bool(true))) {
        found.restricted.insert("runAsNonRoot".into());
    }
    if matches!(either(&["runAsUser"]), Some(Value::Int(0))) {
        found.restricted.insert("runAsUser 0".into());
    }
    let seccomp = either(&["seccompProfile", "type"]).and_then(text);
    if !matches!(seccomp, Some("RuntimeDefault" | "Localhost" | "Unconfined")) {
        found.restricted.insert("seccompProfile".into());
    }
}
