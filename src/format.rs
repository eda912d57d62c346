//! Text with a form: one description for the decoder and for the JSON Schema.

mod advice;
mod forms;
mod port_number;

pub(crate) use advice::advice;
pub(crate) use forms::is_kind;
use forms::{
    is_api_group, is_cidr, is_duration, is_endpoint, is_group_name, is_group_prefix, is_http_url,
    is_image_alias, is_image_name, is_image_platform, is_port, is_port_number, is_repository_path,
    is_secret_key, is_tag_glob, is_url_path, is_url_scheme, is_version,
};
pub use forms::{is_dns_label, is_dns_name};
pub use port_number::PortNumber;
use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::Deserialize;

use crate::value::{Text, Value};

/// The form of a kind of text.
#[derive(Debug)]
pub struct Format {
    /// The name of the type.
    pub name: &'static str,
    /// What it is, with its article, for messages.
    pub noun: &'static str,
    /// What such text looks like.
    pub says: &'static str,
    /// A regular expression for the JSON Schema; says the same as `check`.
    pub pattern: &'static str,
    /// The greatest length in bytes.
    pub longest: usize,
    /// Whether a whole number may stand for its digits.
    pub integers: bool,
    /// Whether a text has this form.
    pub check: fn(&str) -> bool,
}

/// The format of the type with this name.
pub fn by_name(name: &str) -> Option<&'static Format> {
    FORMATS.iter().find(|format| format.name == name)
}

macro_rules! formats {
    ($($(#[$doc:meta])* $name:ident { $($field:ident: $value:expr),* $(,)? })*) => {
        /// All formats.
        pub static FORMATS: &[Format] = &[$(Format { name: stringify!($name), $($field: $value),* }),*];

        $(
            $(#[$doc])*
            #[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Deserialize)]
            pub struct $name(pub Text);

            impl std::ops::Deref for $name {
                type Target = str;

                fn deref(&self) -> &str {
                    self.0.as_str()
                }
            }

            impl From<&$name> for Text {
                fn from(name: &$name) -> Self {
                    name.0.clone()
                }
            }

            impl From<&$name> for Value {
                fn from(name: &$name) -> Self {
                    Self::Text(name.0.clone())
                }
            }

            impl JsonSchema for $name {
                fn inline_schema() -> bool {
                    true
                }

                fn schema_name() -> std::borrow::Cow<'static, str> {
                    stringify!($name).into()
                }

                fn json_schema(_: &mut SchemaGenerator) -> Schema {
                    schema(stringify!($name))
                }
            }
        )*
    };
}

formats! {
    /// A name as Kubernetes wants it for namespaces and services: RFC 1123 label.
    DnsLabel {
        noun: "a DNS label",
        says: "a DNS label has at most 63 lower-case letters, digits and dashes, and begins and ends with a letter or digit",
        pattern: "^[a-z0-9]([-a-z0-9]*[a-z0-9])?$",
        longest: 63,
        integers: false,
        check: is_dns_label,
    }
    /// A name as Kubernetes wants it for most objects, and every host: RFC 1123 subdomain.
    DnsName {
        noun: "a DNS name",
        says: "a DNS name is made of labels of lower-case letters, digits and dashes, joined by dots, at most 253 characters",
        pattern: r"^[a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*$",
        longest: 253,
        integers: false,
        check: is_dns_name,
    }
    /// Text that is not empty.
    NonEmptyString {
        noun: "a text that says something",
        says: "write at least one character that is not a blank",
        pattern: r"[^ \t\r\n]",
        longest: 65536,
        integers: false,
        check: |text| text.contains(|char| !matches!(char, ' ' | '\t' | '\r' | '\n')) && text.chars().count() <= 65536,
    }
    /// One or several ports of a pod, over TCP unless it says otherwise.
    Port {
        noun: "a port",
        says: "a port is `8080` (TCP), `53/UDP`, a range `8000-8010`, or the name of a container port",
        pattern: "^([0-9]{1,5}(-[0-9]{1,5})?|([0-9]+-)*[0-9]*[a-z][a-z0-9]*(-[a-z0-9]+)*)(/(TCP|UDP|SCTP))?$",
        longest: 32,
        integers: true,
        check: is_port,
    }
    /// The digits of a [`PortNumber`].
    PortDigits {
        noun: "the number of a port",
        says: "the number of a port goes from 1 to 65535",
        pattern: "^([0-9]{1,4}|[1-5][0-9]{4}|6[0-4][0-9]{3}|65[0-4][0-9]{2}|655[0-2][0-9]|6553[0-5])$",
        longest: 5,
        integers: true,
        check: is_port_number,
    }
    /// A range of addresses.
    Cidr {
        noun: "a range of addresses",
        says: "a range of addresses is `192.168.1.0/24` or `fd00::/8`",
        pattern: "^[0-9A-Fa-f:.]+/[0-9]{1,3}$",
        longest: 64,
        integers: false,
        check: is_cidr,
    }
    /// An address with a port.
    Endpoint {
        noun: "an address with a port",
        says: "an address with a port is `192.168.1.10:6443` or `[fd00::10]:6443`",
        pattern: r"^(\[[0-9A-Fa-f:.]+\]|[0-9.]+):[0-9]{1,5}$",
        longest: 64,
        integers: false,
        check: is_endpoint,
    }
    /// The first two numbers of a version.
    Version {
        noun: "a version",
        says: "a version is two or three numbers joined by dots, in quotes: `'3.5'`",
        pattern: r"^[0-9]{1,4}(\.[0-9]{1,4}){1,2}$",
        longest: 16,
        integers: false,
        check: is_version,
    }
    /// A sentence, as long as Argo CD's AppProject can carry it (Argo CD 3.5, `spec.description`).
    Description {
        noun: "a sentence of at most 255 characters",
        says: "write at most 255 characters, and at least one that is not a blank",
        pattern: r"[^ \t\r\n]",
        longest: 255,
        integers: false,
        check: |text| text.contains(|char| !matches!(char, ' ' | '\t' | '\r' | '\n')) && text.chars().count() <= 255,
    }
    /// A folder of a repository.
    RepositoryPath {
        noun: "a folder of a repository",
        says: "a folder of a repository is relative to its root: `helm-charts/extra-objects`, or `.` for the root itself",
        pattern: r"^[^/\s]\S*$",
        longest: 1024,
        integers: false,
        check: is_repository_path,
    }
    /// An API group, without its version.
    ApiGroup {
        noun: "an API group",
        says: "an API group has no version: `rbac.authorization.k8s.io`, `apps`, or nothing for the core group",
        pattern: r"^(|\*|apps|autoscaling|batch|policy|extensions|[a-z0-9-]+(\.[a-z0-9-]+)+)$",
        longest: 253,
        integers: false,
        check: is_api_group,
    }
    /// The kind of an object.
    KindName {
        noun: "a kind",
        says: "a kind is written in its own spelling: `ClusterRole`; Argo CD compares upper and lower case",
        pattern: r"^(\*|[A-Z][A-Za-z0-9]*)$",
        longest: 63,
        integers: false,
        check: is_kind,
    }
    /// A span of time.
    Duration {
        noun: "a span of time",
        says: "a span of time is a number with a unit: `5s`, `3m`, `1h30m`",
        pattern: r"^([0-9]{1,9}(ms|s|m|h)){1,4}$",
        longest: 64,
        integers: false,
        check: is_duration,
    }
    /// A group of people, as an identity provider calls it. Argo CD 3.5 wants commas and quotes escaped
    /// (`validateGroupName`), and the groups of Kubernetes that begin with `system:` hold more than people.
    GroupName {
        noun: "a group of people",
        says: "a group is called as the identity provider calls it, without commas and quotes; none begins with `system:`",
        pattern: r#"^(?!system:)[^\x00-\x20\x7F\u0085\u00A0\u1680\u2000-\u200A\u2028\u2029\u202F\u205F\u3000",]+( [^\x00-\x20\x7F\u0085\u00A0\u1680\u2000-\u200A\u2028\u2029\u202F\u205F\u3000",]+)*$"#,
        longest: 253,
        integers: false,
        check: is_group_name,
    }
    /// What the API server puts before a group.
    GroupPrefix {
        noun: "a prefix of groups",
        says: "a prefix has no blanks, as in `oidc:`; `system:` is Kubernetes' own",
        pattern: r"^(?!system:)[^\x00-\x20\x7F\u0085\u00A0\u1680\u2000-\u200A\u2028\u2029\u202F\u205F\u3000]+$",
        longest: 253,
        integers: false,
        check: is_group_prefix,
    }
    /// A key of a Secret (Kubernetes, `IsConfigMapKey`).
    SecretKey {
        noun: "a key of a Secret",
        says: "a key of a Secret has at most 253 letters, digits, dashes, dots and underscores, and does not begin with `..`",
        pattern: r"^\.?[-_a-zA-Z0-9][-._a-zA-Z0-9]*$",
        longest: 253,
        integers: false,
        check: is_secret_key,
    }
    /// A container image: a registry, a name, a tag or a constraint of tags. In an annotation a comma would
    /// begin the next one.
    ImageName {
        noun: "an image",
        says: "an image is its registry, its name and a tag: `ghcr.io/team/app:latest`, or `~1.2` in place of the tag; no blank, comma or digest",
        pattern: r"^([A-Za-z0-9.-]+(:[0-9]{1,5})?/)?[a-z0-9._-]+(/[a-z0-9._-]+)*(:[A-Za-z0-9_~^*><=!][A-Za-z0-9._~^*><=!+-]*)?$",
        longest: 512,
        integers: false,
        check: is_image_name,
    }
    /// A short name of an image, which becomes a part of an annotation's key (argocd-image-updater 1.3,
    /// `alias`).
    ImageAlias {
        noun: "a short name",
        says: "a short name has at most 32 letters, digits, dashes, dots and underscores, and begins with a letter or digit",
        pattern: "^[a-zA-Z0-9][-a-zA-Z0-9._]*$",
        longest: 32,
        integers: false,
        check: is_image_alias,
    }
    /// What an image is built for.
    ImagePlatform {
        noun: "a platform of an image",
        says: "a platform is an operating system and an architecture: `linux/amd64`, `linux/arm64/v8`",
        pattern: "^[a-z0-9]+/[a-z0-9]+(/[a-z0-9]+)?$",
        longest: 64,
        integers: false,
        check: is_image_platform,
    }
    /// A glob of tags (Go, `filepath.Match`).
    TagGlob {
        noun: "a glob of tags",
        says: "a glob of tags has letters, digits, dots, dashes and underscores, `*` for any of them and `?` for one: `*-rc*`",
        pattern: "^[-A-Za-z0-9._*?]+$",
        longest: 128,
        integers: false,
        check: is_tag_glob,
    }
    /// A place in a JSON document.
    JsonPointer {
        noun: "a JSON pointer",
        says: "a JSON pointer begins with a slash: `/spec/replicas`",
        pattern: "^/",
        longest: 1024,
        integers: false,
        check: |text| text.starts_with('/') && text.chars().count() <= 1024,
    }
    /// The address of a web service.
    HttpUrl {
        noun: "a URL",
        says: "a URL begins with `http://` or `https://`",
        pattern: r"^https?://[^\s]+$",
        longest: 1024,
        integers: false,
        check: is_http_url,
    }
    /// What stands before `://` in a URL.
    UrlScheme {
        noun: "the scheme of a URL",
        says: "a scheme is what stands before `://`: `secrets`, `https`",
        pattern: "^[a-z][a-z0-9+.-]*$",
        longest: 64,
        integers: false,
        check: is_url_scheme,
    }
    /// The path of a URL.
    UrlPath {
        noun: "a path",
        says: "a path begins with `/`, is written as people read it (no blank, quote, back-tick, `%`, `?` or `#`), and has no empty or dotted steps",
        pattern: r#"^/$|^(/(\.{0,2}[^\s`"\\%?#/.][^\s`"\\%?#/]*|\.{3}[^\s`"\\%?#/]*))+/?$"#,
        longest: 1024,
        integers: false,
        check: is_url_path,
    }
}

/// The schema of the format of the type with this name.
pub(crate) fn schema(name: &str) -> Schema {
    let Some(format) = by_name(name) else { return Schema::default() };
    let mut schema =
        json_schema!({ "type": "string", "pattern": format.pattern, "maxLength": format.longest });
    if format.integers {
        schema.insert("type".into(), serde_json::json!(["integer", "string"]));
        let greatest: u32 = if (format.check)("99999") { 99_999 } else { u16::MAX.into() };
        schema.insert("minimum".into(), 0.into());
        schema.insert("maximum".into(), greatest.into());
    }
    schema
}

impl ImageName {
    /// The tag, or what stands in its place.
    pub fn tag(&self) -> Option<&str> {
        self.rsplit_once('/').map_or(&**self, |(_, last)| last).split_once(':').map(|(_, tag)| tag)
    }
}
