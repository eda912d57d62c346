//! When the values of a Secret are read again.

use super::platform::ExternalSecrets;
use super::version::{UnsupportedVersion, Version};
use crate::catalog::{RefreshPolicy, Secret, SecretGenerator};
use crate::diagnostics::{Finding, Location, Sink, rules};

/// The first version of the operator with `refreshPolicy` (External Secrets 0.16, its release notes).
const POLICIES: Version = Version(0, 16, 0);

/// When the values of a Secret are read again.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Refresh<'s> {
    /// At an interval.
    Every(&'s str),
    /// With each change of the ExternalSecret.
    OnChange,
    Never,
}

impl<'s> Refresh<'s> {
    pub(super) fn of(secret: &'s Secret, operator: Option<&'s ExternalSecrets>) -> Self {
        match secret.refresh_policy {
            Some(RefreshPolicy::OnChange) => return Self::OnChange,
            Some(RefreshPolicy::CreatedOnce) => return Self::Never,
            Some(RefreshPolicy::Periodic) | None => {}
        }
        match secret.refresh_interval.as_deref() {
            Some(interval) if !interval.contains(|char| matches!(char, '1'..='9')) => Self::Never,
            Some(interval) => Self::Every(interval),
            None => Self::Every(operator.map_or("1h", |operator| operator.refresh_interval.as_str())),
        }
    }

    /// The finding that a generator makes another value, which nothing else knows.
    pub(super) fn regenerates(self, generator: &SecretGenerator, location: Location) -> Option<Finding> {
        let when = match self {
            Self::Every(interval) => format!("every {interval}"),
            Self::OnChange => "whenever the ExternalSecret changes".into(),
            Self::Never => return None,
        };
        let message = format!("the generator `{}` makes another value {when}", &*generator.kind);
        let finding = rules::REGENERATED_SECRET.at(location, message);
        let finding = finding.note(
            "what was set up with the first value, such as a database, rejects the second one after the \
             next restart",
        );
        Some(finding.help("write `refreshInterval: 0s` in the Secret, so that the value is made once"))
    }
}

pub(super) fn check(
    secret: &Secret,
    location: &Location,
    operator: Option<&ExternalSecrets>,
    findings: &mut Sink,
) {
    let key = if secret.refresh_policy.is_some() { "refreshPolicy" } else { "refreshInterval" };
    let location = location.key(key);
    if secret.refresh_policy.is_some()
        && let Some(operator) = operator
        && let Some(old) = UnsupportedVersion::check("External Secrets", Some(operator.version), POLICIES)
    {
        findings.push(old.refuse(location.clone(), "`refreshPolicy`"));
    }
    if !matches!(Refresh::of(secret, operator), Refresh::Every(_)) && secret.reads_store() {
        findings.push(never_refreshed(location).help(match secret.refresh_policy {
            Some(_) => "remove `refreshPolicy`, so that they are read at the interval",
            None => "write an interval, for example `1h`",
        }));
    }
}

fn never_refreshed(location: Location) -> Finding {
    let finding = rules::SECRETS_NEVER_REFRESHED
        .at(location, "External Secrets would read the values of this Secret once and never again");
    finding.note(
        "a rotated password would not arrive, and everything would stay healthy until the old one is \
         rejected",
    )
}
