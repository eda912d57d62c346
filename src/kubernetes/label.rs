//! Keys and values of labels and annotations.

use crate::format::is_dns_name;

/// Whether `key` may be the key of a label or annotation (Kubernetes 1.36,
/// `validation.IsQualifiedName`).
pub fn is_key(key: &str) -> bool {
    let (prefix, name) = key.split_once('/').map_or((None, key), |(prefix, name)| (Some(prefix), name));
    prefix.is_none_or(is_dns_name) && !name.is_empty() && is_value(name)
}

/// Whether `text` may be the value of a label (Kubernetes 1.36,
/// `validation.IsValidLabelValue`).
pub fn is_value(text: &str) -> bool {
    let bytes = text.as_bytes();
    let ends = bytes
        .first()
        .zip(bytes.last())
        .is_none_or(|(first, last)| first.is_ascii_alphanumeric() && last.is_ascii_alphanumeric());
    ends && bytes.len() <= 63
        && bytes.iter().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_' | b'.'))
}
