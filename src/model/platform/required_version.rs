//! Whether this wharf is new enough for the catalog.

use super::root;
use crate::diagnostics::{Sink, rules};
use crate::model::Version;
use crate::platform::Platform as Written;

/// Refuses to compile if the `running` version is older than the one that the catalog requires.
pub(super) fn check(written: &Written, running: &str, findings: &mut Sink) {
    let Some(required) = written.required_version.as_deref() else { return };
    if Version::read(running) < Version::read(required) {
        let message = format!("the catalog requires wharf {required} or newer, and this is {running}");
        let finding = rules::OUTDATED_WHARF.at(root().key("requiredVersion"), message);
        let finding =
            finding.note("the output of an older version may lack objects, which Argo CD would prune");
        findings.push(finding.help(format!(
            "install wharf {required} or newer; in Argo CD, raise the version of the plugin and of its image"
        )));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn refuses(required: &str, running: &str) -> bool {
        let required_version = Some(crate::format::Version(required.to_owned().into()));
        let mut findings = Sink::new();
        check(&Written { required_version, ..Written::default() }, running, &mut findings);
        !findings.is_empty()
    }

    #[test]
    fn only_an_older_wharf_is_refused() {
        for (required, running) in
            [("0.1", "0.1.0"), ("0.1.0", "0.1.0"), ("0.9", "0.10.0"), ("0.2", "1.0.0"), ("0.2", "0.2.0-rc.1")]
        {
            assert!(!refuses(required, running), "{required} {running}");
        }
        for (required, running) in
            [("0.2", "0.1.9"), ("0.10", "0.9.0"), ("0.1.1", "0.1.0"), ("1.0", "0.99.99")]
        {
            assert!(refuses(required, running), "{required} {running}");
        }
    }
}
