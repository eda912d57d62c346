//! Secrets of generators.

use super::platform::ExternalSecrets;
use super::secret_refresh::Refresh;
use crate::catalog::{Secret, SecretGenerator};
use crate::diagnostics::suggestion::{did_you_mean, shorten};
use crate::diagnostics::{Finding, Location, Sink, rules};

/// The kinds that the operator accepts (External Secrets 2.9, `generatorRef.kind`).
const KINDS: [&str; 18] = [
    "ACRAccessToken",
    "BeyondtrustWorkloadCredentialsDynamicSecret",
    "CloudsmithAccessToken",
    "ClusterGenerator",
    "ECRAuthorizationToken",
    "Fake",
    "GCRAccessToken",
    "GithubAccessToken",
    "GitlabDeployToken",
    "Grafana",
    "MFA",
    "Password",
    "QuayAccessToken",
    "SSHKey",
    "STSSessionToken",
    "UUID",
    "VaultDynamicSecret",
    "Webhook",
];

/// The kinds that make another value each time, which nothing else knows.
const RANDOM: [&str; 3] = ["Password", "SSHKey", "UUID"];

pub(super) fn check(
    secret: &Secret,
    location: &Location,
    operator: Option<&ExternalSecrets>,
    findings: &mut Sink,
) {
    let refresh = Refresh::of(secret, operator);
    for (index, generator) in secret.generators.iter().enumerate() {
        let location = location.key("generators").index(index).key("kind");
        if !KINDS.contains(&&*generator.kind) {
            findings.push(unknown(generator, location));
        } else if RANDOM.contains(&&*generator.kind) {
            findings.extend(refresh.regenerates(generator, location));
        }
    }
}

fn unknown(generator: &SecretGenerator, location: Location) -> Finding {
    let message = format!("External Secrets has no generator `{}`", shorten(&generator.kind));
    let finding = rules::SECRET_SOURCE.at(location, message);
    let finding = finding.note("the API server would reject the ExternalSecret");
    finding.help_some(did_you_mean(&generator.kind, KINDS))
}
