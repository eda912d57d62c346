//! Secrets whose values are in git.

use crate::cluster::{Survey, has_placeholder};
use crate::diagnostics::Finding;
use crate::diagnostics::rules::SECRET_IN_GIT;
use crate::diagnostics::suggestion::shorten;
use crate::kubernetes::Resource;
use crate::kubernetes::resource::{at, text, text_at};
use crate::value::{Map, Value};

/// Keys whose values need not be secret.
const OPEN_KEYS: [&str; 22] = [
    "ca.crt",
    "ca.pem",
    "database",
    "db",
    "email",
    "enableOCI",
    "endpoint",
    "host",
    "hostname",
    "insecure",
    "name",
    "port",
    "project",
    "region",
    "server",
    "sslmode",
    "tls.crt",
    "type",
    "uri",
    "url",
    "user",
    "username",
];

/// Values that something replaces, or that only an example has.
const EXAMPLES: [&str; 12] = [
    "changeme",
    "change-me",
    "change_me",
    "dummy",
    "example",
    "enc[",
    "fake",
    "placeholder",
    "replace",
    "todo",
    "xxx",
    "your",
];

pub(super) fn check(survey: &Survey) -> Vec<Finding> {
    let mut findings = Vec::new();
    for deployed in &survey.clusters {
        for (secret, facts) in deployed.of_kind("", "Secret").filter(|(_, facts)| !facts.is_rendered) {
            if survey.application(facts).is_some() && is_in_git(secret) {
                findings.extend(judge(secret));
            }
        }
    }
    findings
}

fn judge(secret: &Resource) -> Option<Finding> {
    let (list, key) = secret_key(secret)?;
    let location = secret.location.key(list).key(key.to_owned()).itself();
    let finding = SECRET_IN_GIT.at(location, format!("the value of `{}` is in git", shorten(key)));
    let finding = finding.note(
        "everybody who can read the repository, now or later, can read it: base64 does not encrypt anything",
    );
    Some(
        finding
            .help("encrypt it with SOPS or Sealed Secrets, or use an ExternalSecret, and change the value"),
    )
}

/// Whether a Secret is not encrypted, and not filled in by a plugin or a controller.
fn is_in_git(secret: &Resource) -> bool {
    let annotations = secret.at(&["metadata", "annotations"]).and_then(Value::map);
    let is_filled = annotations.into_iter().flat_map(Map::iter).any(|(key, _)| {
        ["avp.kubernetes.io", "replicator", "reflector", "vault"]
            .iter()
            .any(|word| key.as_str().contains(word))
    });
    let is_live = secret.at(&["metadata", "uid"]).is_some();
    secret.value.get("sops").is_none() && !is_filled && !is_live
}

/// The first key with a value that seems to be secret, and the mapping that it is in.
fn secret_key(secret: &Resource) -> Option<(&'static str, &str)> {
    let kind = text_at(&secret.value, &["type"]).unwrap_or_default();
    if kind == "kubernetes.io/service-account-token" {
        return None;
    }
    for list in ["stringData", "data"] {
        let map = at(&secret.value, &[list]).and_then(Value::map);
        let mut pairs = map.into_iter().flat_map(Map::iter);
        let found = pairs.find(|(key, value)| {
            let is_open = OPEN_KEYS.iter().any(|open| open.eq_ignore_ascii_case(key.as_str()));
            let is_cluster = key.as_str() == "config" && is_cluster(secret);
            let secret = |value: &str| is_secret(value) && !(is_cluster && has_no_credentials(value));
            !is_open && text(value).is_some_and(|value| secret(&decoded(list, value)))
        });
        if let Some((key, _)) = found {
            return Some((list, key.as_str()));
        }
    }
    None
}

/// Whether it defines a cluster of Argo CD.
fn is_cluster(secret: &Resource) -> bool {
    let kind = secret.at(&["metadata", "labels", "argocd.argoproj.io/secret-type"]);
    kind.and_then(text) == Some("cluster")
}

/// Whether the definition of a cluster contains no credentials, as that of the cluster itself.
fn has_no_credentials(config: &str) -> bool {
    !["bearerToken", "password", "keyData"].iter().any(|word| config.contains(word))
}

fn decoded(list: &str, value: &str) -> String {
    match base64(value).filter(|_| list == "data") {
        Some(bytes) => String::from_utf8_lossy(&bytes).into_owned(),
        None => value.to_owned(),
    }
}

fn is_secret(value: &str) -> bool {
    let lower = value.trim().to_lowercase();
    let is_reference = ["ref+", "vault:", "op://", "<path:"].iter().any(|start| lower.starts_with(start));
    lower.len() > 3
        && !has_placeholder(value)
        && !is_reference
        && !EXAMPLES.iter().any(|word| lower.contains(word))
}

/// The bytes of a base64 text; nothing if it is not valid.
fn base64(text: &str) -> Option<Vec<u8>> {
    let (mut bits, mut count, mut bytes) = (0_u32, 0, Vec::new());
    for byte in text.bytes().filter(|byte| !byte.is_ascii_whitespace()).take_while(|byte| *byte != b'=') {
        let value = match byte {
            b'A'..=b'Z' => byte - b'A',
            b'a'..=b'z' => byte - b'a' + 26,
            b'0'..=b'9' => byte - b'0' + 52,
            b'+' => 62,
            b'/' => 63,
            _ => return None,
        };
        bits = bits << 6 | u32::from(value);
        count += 6;
        if count >= 8 {
            count -= 8;
            bytes.push(u8::try_from(bits >> count & 0xff).unwrap_or_default());
        }
    }
    Some(bytes)
}

#[cfg(test)]
mod tests {
    use super::{base64, is_secret};

    #[test]
    fn placeholders_are_not_secret() {
        assert_eq!(base64("aHVudGVyMg==").as_deref(), Some(b"hunter2".as_slice()));
        assert_eq!(base64("not base64!"), None);
        assert!(is_secret("hunter2"));
        for value in ["", "<PASSWORD>", "changeme", "ref+vault://a/b", "${TOKEN}", "ENC[AES256_GCM,data:x]"] {
            assert!(!is_secret(value), "{value}");
        }
    }
}
