//! Pods that the Pod Security level of their namespace does not admit, according to the lock.

use crate::catalog::PodSecurity;
use crate::derive::Known;
use crate::diagnostics::rules::UNADMITTED_PODS;
use crate::diagnostics::suggestion::shorten;
use crate::diagnostics::{Finding, Sink};
use crate::lock::location;
use crate::lock::pods::Pods;
use crate::model::{Application, Entry};
use crate::value::Text;

pub(super) fn check(entry: &Entry, application: &Application, known: Known<'_>, findings: &mut Sink) {
    if !application.targets(&entry.namespace) {
        return;
    }
    let refused =
        known.interface.pods.iter().filter(|(title, pods)| {
            !admits(entry.pod_security, pods.pod_security) && is_in_own_namespace(title)
        });
    findings.extend(refused.map(|(title, pods)| refuse(entry, application, title, pods)));
}

/// `Deployment/web`, and not `kube-system/Deployment/web`.
fn is_in_own_namespace(title: &str) -> bool {
    title.matches('/').count() == 1
}

/// Whether a namespace of the level `enforced` admits pods that need `needed`.
fn admits(enforced: PodSecurity, needed: PodSecurity) -> bool {
    strictness(enforced) <= strictness(needed)
}

fn strictness(level: PodSecurity) -> u8 {
    match level {
        PodSecurity::Privileged => 0,
        PodSecurity::Baseline => 1,
        PodSecurity::Restricted => 2,
    }
}

fn refuse(entry: &Entry, application: &Application, title: &Text, pods: &Pods) -> Finding {
    let (needed, enforced) = (pods.pod_security.name(), entry.pod_security.name());
    let finding = UNADMITTED_PODS.at(
        application.location.key("applicationCode"),
        format!("the level `{enforced}` of the namespace does not admit the pods of `{}`", shorten(title)),
    );
    let reasons: Vec<_> = pods.violations.iter().map(Text::as_str).collect();
    let locked = location(&application.code).key("pods").key(title.clone());
    finding
        .with_secondary_label(locked.itself(), format!("needs `{needed}`: {}", shorten(&reasons.join(", "))))
        .note("the API server would refuse each of these pods: the workload exists, and nothing runs")
        .help(format!(
            "change the values of the chart, or write `podSecurity: {needed}` in the entry if the pods may \
             have these privileges"
        ))
}
