//! Where the Secrets of the entries come from, with the defaults.

use super::root;
use crate::diagnostics::{Sink, rules};
use crate::model::version::Version;
use crate::platform::{
    ExternalSecrets as WrittenExternalSecrets, ImagePullSecret, SecretStore, Secrets as Written,
};
use crate::value::Text;

/// Where the Secrets of the entries come from.
#[derive(Debug, Default)]
pub struct Secrets {
    /// The External Secrets operator, if there is one.
    pub external_secrets: Option<ExternalSecrets>,
    /// The Secret with which pods pull images, if there is one.
    pub image_pull_secret: Option<ImagePullSecret>,
}

/// The External Secrets operator.
#[derive(Debug)]
pub struct ExternalSecrets {
    /// Its version.
    pub version: Version,
    /// The store that holds the values.
    pub store: SecretStore,
    /// The interval in which a Secret is compared with the store.
    pub refresh_interval: Text,
    /// Whether it serves `v1` of its API, which it does since 0.16; since 0.17 it serves nothing older
    /// (External Secrets, CRDs of both).
    pub serves_v1: bool,
    /// Whether it knows `nullBytePolicy`, and fills it in by default: since 2.3 (External Secrets, issue
    /// 6398).
    pub has_null_byte_policy: bool,
}

pub(super) fn secrets(written: &Written, findings: &mut Sink) -> Secrets {
    let location = root().key("secrets");
    if written.image_pull_secret.is_some() && written.external_secrets.is_none() {
        let location = location.key("imagePullSecret").itself();
        let finding = rules::MISSING_PLATFORM_VALUE
            .at(location, "the image pull secret needs `secrets.externalSecrets`");
        findings.push(
            finding
                .note("nothing would create it, and private images could not be pulled")
                .help("add it, with its `version` and `store`"),
        );
    }
    Secrets {
        external_secrets: written
            .external_secrets
            .as_ref()
            .map(|written| external_secrets(written, findings)),
        image_pull_secret: written.image_pull_secret.clone(),
    }
}

fn external_secrets(written: &WrittenExternalSecrets, findings: &mut Sink) -> ExternalSecrets {
    let interval = written.refresh_interval.as_ref();
    if interval.is_some_and(|interval| !interval.contains(|char| matches!(char, '1'..='9'))) {
        let location = root().key("secrets").key("externalSecrets").key("refreshInterval");
        let finding = rules::SECRETS_NEVER_REFRESHED
            .at(location, "External Secrets would read each value once and never again");
        let finding = finding.note(
            "a rotated password would not arrive, and everything would stay healthy until the old one is \
             rejected",
        );
        findings.push(finding.help("write an interval, for example `1h`"));
    }
    let version = Version::from(&written.version);
    ExternalSecrets {
        version,
        store: written.store.clone(),
        refresh_interval: interval.map_or("1h".into(), Text::from),
        serves_v1: version >= Version(0, 16, 0),
        has_null_byte_policy: version >= Version(2, 3, 0),
    }
}
