//! Strings with a format, described once for the decoder and the JSON Schema.

mod advice;
mod cron;
#[macro_use]
mod define;
mod forms;
mod port_number;
mod schema;

pub(crate) use advice::advice;
use cron::is_cron_schedule;
pub(crate) use cron::reversed_range;
pub(crate) use forms::is_kind;
use forms::{
    is_api_group, is_ascii_blank, is_cidr, is_duration, is_endpoint, is_group_name, is_group_prefix,
    is_header_name, is_header_value, is_http_url, is_image_alias, is_image_name, is_image_platform,
    is_ip_address, is_port, is_port_name, is_port_number, is_repository_path, is_rule_name, is_secret_key,
    is_service_name, is_tag_glob, is_time_zone, is_url_path, is_url_scheme, is_version,
};
pub use forms::{is_dns_label, is_dns_name, is_fqdn};
pub use port_number::PortNumber;
pub(crate) use schema::schema;
use schemars::{JsonSchema, Schema, SchemaGenerator};
use serde::Deserialize;

use crate::value::{Text, Value};

/// The format of a string type.
#[derive(Debug)]
pub struct Format {
    /// The name of the type.
    pub name: &'static str,
    /// A noun with its article, for messages.
    pub noun: &'static str,
    /// A description of valid values.
    pub says: &'static str,
    /// A regular expression for the JSON Schema, equivalent to `check`.
    pub pattern: &'static str,
    /// The maximum length in bytes.
    pub max_length: usize,
    /// Whether an integer is accepted in place of its digits.
    pub integers: bool,
    /// Returns whether a string is valid.
    pub check: fn(&str) -> bool,
}

/// The format of the type with this name.
pub fn by_name(name: &str) -> Option<&'static Format> {
    FORMATS.iter().find(|format| format.name == name)
}

formats! {
    /// A name of a namespace, a Service or a label of a host (RFC 1123 label).
    DnsLabel {
        noun: "a DNS label",
        says: "a DNS label has at most 63 lower-case letters, digits and dashes, and begins and ends with a \
               letter or digit",
        pattern: "^[a-z0-9]([-a-z0-9]*[a-z0-9])?$",
        max_length: 63,
        integers: false,
        check: is_dns_label,
    }
    /// A name of a Service, or of one of Traefik's own.
    ServiceName {
        noun: "the name of a Service",
        says: "the name of a Service has at most 63 lower-case letters, digits and dashes, and begins and \
               ends with a letter or digit; Traefik's own services are `api@internal` and the like",
        pattern: "^[a-z0-9]([-a-z0-9]*[a-z0-9])?(@internal)?$",
        max_length: 63,
        integers: false,
        check: is_service_name,
    }
    /// A port of a Service, by its number or its name.
    ServicePort {
        noun: "a port of a Service",
        says: "a port of a Service is its number, 1 to 65535, or its name",
        pattern: concat!(
            "^([0-9]{1,4}|[1-5][0-9]{4}|6[0-4][0-9]{3}|65[0-4][0-9]{2}|655[0-2][0-9]|6553[0-5]",
            "|([0-9]+-)*[0-9]*[a-z][a-z0-9]*(-[a-z0-9]+)*)$",
        ),
        max_length: 15,
        integers: true,
        check: |text| text.len() <= 15 && (is_port_number(text) || is_port_name(text)),
    }
    /// The address of a machine.
    IpAddress {
        noun: "an address",
        says: "an address is `192.168.1.20` or `fd00::20`",
        pattern: "^[0-9A-Fa-f:.]+$",
        max_length: 64,
        integers: false,
        check: is_ip_address,
    }
    /// The name of an Application, which Argo CD also writes into a label.
    DottedName {
        noun: "the name of an application",
        says: "the name of an application has at most 63 lower-case letters, digits, dashes and dots, and \
               each part between dots begins and ends with a letter or digit",
        pattern: r"^[a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*$",
        max_length: 63,
        integers: false,
        check: |text| text.len() <= 63 && is_dns_name(text),
    }
    /// A name of an object, or a host (RFC 1123 subdomain).
    DnsName {
        noun: "a DNS name",
        says: "a DNS name is made of labels of lower-case letters, digits and dashes, joined by dots, at \
               most 253 characters",
        pattern: r"^[a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*$",
        max_length: 253,
        integers: false,
        check: is_dns_name,
    }
    /// A name of a host, or a pattern of names, whose last label has no wildcard (Cilium 1.19,
    /// `toFQDNs.matchPattern`).
    Fqdn {
        noun: "a name of a host",
        says: "a name of a host is `api.github.com`, or `*.github.com` for all names with one more label; it \
               has no scheme, path or port",
        pattern: r"^([a-z0-9_*]([-a-z0-9_*]*[a-z0-9_*])?\.)+[a-z0-9]([-a-z0-9]*[a-z0-9])?$",
        max_length: 200,
        integers: false,
        check: is_fqdn,
    }
    /// A string that is not empty.
    NonEmptyString {
        noun: "a string with visible characters",
        says: "write at least one character that is not whitespace",
        pattern: r"[^ \t\r\n]",
        max_length: 65536,
        integers: false,
        check: |text| !is_ascii_blank(text) && text.chars().count() <= 65536,
    }
    /// A port, a range of ports or a named port, with an optional protocol. The default protocol is TCP.
    Port {
        noun: "a port",
        says: "a port is `8080` (TCP), `53/UDP`, a range `8000-8010`, or the name of a container port",
        pattern: "^([0-9]{1,5}(-[0-9]{1,5})?|([0-9]+-)*[0-9]*[a-z][a-z0-9]*(-[a-z0-9]+)*)(/(TCP|UDP|SCTP))?$",
        max_length: 32,
        integers: true,
        check: is_port,
    }
    /// The digits of a [`PortNumber`].
    PortDigits {
        noun: "the number of a port",
        says: "the number of a port is 1 to 65535",
        pattern: "^([0-9]{1,4}|[1-5][0-9]{4}|6[0-4][0-9]{3}|65[0-4][0-9]{2}|655[0-2][0-9]|6553[0-5])$",
        max_length: 5,
        integers: true,
        check: is_port_number,
    }
    /// A range of addresses in CIDR notation.
    Cidr {
        noun: "a range of addresses",
        says: "a range of addresses is `192.168.1.0/24` or `fd00::/8`",
        pattern: "^[0-9A-Fa-f:.]+/[0-9]{1,3}$",
        max_length: 64,
        integers: false,
        check: is_cidr,
    }
    /// An address with a port.
    Endpoint {
        noun: "an address with a port",
        says: "an address with a port is `192.168.1.10:6443` or `[fd00::10]:6443`",
        pattern: r"^(\[[0-9A-Fa-f:.]+\]|[0-9.]+):[0-9]{1,5}$",
        max_length: 64,
        integers: false,
        check: is_endpoint,
    }
    /// A version of two or three numbers.
    Version {
        noun: "a version",
        says: "a version is two or three numbers joined by dots, in quotes: `'3.5'`",
        pattern: r"^[0-9]{1,4}(\.[0-9]{1,4}){1,2}$",
        max_length: 16,
        integers: false,
        check: is_version,
    }
    /// A single sentence, at most as long as the description of an AppProject (Argo CD 3.5,
    /// `spec.description`).
    Description {
        noun: "a sentence of at most 255 characters",
        says: "write at most 255 characters, and at least one that is not whitespace",
        pattern: r"[^ \t\r\n]",
        max_length: 255,
        integers: false,
        check: |text| !is_ascii_blank(text) && text.chars().count() <= 255,
    }
    /// A folder of a repository.
    RepositoryPath {
        noun: "a folder of a repository",
        says: "a folder of a repository is relative to its root: `helm-charts/extra-objects`, or `.` for the \
               root itself",
        pattern: r"^[^/\s]\S*$",
        max_length: 1024,
        integers: false,
        check: is_repository_path,
    }
    /// An API group, without its version.
    ApiGroup {
        noun: "an API group",
        says: "an API group has no version: `rbac.authorization.k8s.io`, `apps`, or nothing for the core \
               group",
        pattern: r"^(|\*|apps|autoscaling|batch|policy|extensions|[a-z0-9-]+(\.[a-z0-9-]+)+)$",
        max_length: 253,
        integers: false,
        check: is_api_group,
    }
    /// The kind of an object.
    KindName {
        noun: "a kind",
        says: "a kind has its exact spelling: `ClusterRole`; Argo CD compares it with case",
        pattern: r"^(\*|[A-Z][A-Za-z0-9]*)$",
        max_length: 63,
        integers: false,
        check: is_kind,
    }
    /// A duration, such as `90s` or `1h30m`.
    Duration {
        noun: "a duration",
        says: "a duration is a number with a unit: `5s`, `3m`, `1h30m`",
        pattern: r"^([0-9]{1,9}(ms|s|m|h)){1,4}$",
        max_length: 64,
        integers: false,
        check: is_duration,
    }
    /// When something begins, as five fields of cron (robfig/cron 3, `ParseStandard`, of Argo CD 3.5).
    CronSchedule {
        noun: "a schedule of cron",
        says: "a schedule of cron has five fields: minute, hour, day of the month, month and day of the \
               week, as in `0 22 * * 1-5`; Sunday is `0`",
        pattern: concat!(
            r"^([*?]|[0-5]?[0-9](-[0-5]?[0-9])?)(/[1-9][0-9]?)?",
            r"(,([*?]|[0-5]?[0-9](-[0-5]?[0-9])?)(/[1-9][0-9]?)?)*",
            r" ([*?]|([01]?[0-9]|2[0-3])(-([01]?[0-9]|2[0-3]))?)(/[1-9][0-9]?)?",
            r"(,([*?]|([01]?[0-9]|2[0-3])(-([01]?[0-9]|2[0-3]))?)(/[1-9][0-9]?)?)*",
            r" ([*?]|(0?[1-9]|[12][0-9]|3[01])(-(0?[1-9]|[12][0-9]|3[01]))?)(/[1-9][0-9]?)?",
            r"(,([*?]|(0?[1-9]|[12][0-9]|3[01])(-(0?[1-9]|[12][0-9]|3[01]))?)(/[1-9][0-9]?)?)*",
            r" ([*?]|(0?[1-9]|1[0-2])(-(0?[1-9]|1[0-2]))?)(/[1-9][0-9]?)?",
            r"(,([*?]|(0?[1-9]|1[0-2])(-(0?[1-9]|1[0-2]))?)(/[1-9][0-9]?)?)*",
            r" ([*?]|0?[0-6](-0?[0-6])?)(/[1-9][0-9]?)?(,([*?]|0?[0-6](-0?[0-6])?)(/[1-9][0-9]?)?)*$",
        ),
        max_length: 256,
        integers: false,
        check: is_cron_schedule,
    }
    /// A time zone of the IANA database.
    TimeZone {
        noun: "a time zone",
        says: "a time zone has its name in the IANA database: `Europe/Berlin`, `UTC`",
        pattern: r"^[A-Z][A-Za-z0-9_+-]*(/[A-Z][A-Za-z0-9_+-]*)*$",
        max_length: 64,
        integers: false,
        check: is_time_zone,
    }
    /// The name of a rule.
    RuleName {
        noun: "the name of a rule",
        says: "the name of a rule has lower-case letters and dashes, as in `late-secret`; `wharf rule` lists \
               all of them",
        pattern: "^[a-z]+(-[a-z]+)*$",
        max_length: 64,
        integers: false,
        check: is_rule_name,
    }
    /// A group of people at an identity provider. Argo CD 3.5 requires commas and quotes to be escaped
    /// (`validateGroupName`), and Kubernetes reserves groups that begin with `system:`.
    GroupName {
        noun: "a group of people",
        says: "a group has its name at the identity provider, without commas and quotes, and does not begin \
               with `system:`",
        pattern: concat!(
            r#"^(?!system:)[^\x00-\x20\x7F\u0085\u00A0\u1680\u2000-\u200A\u2028\u2029\u202F\u205F\u3000",]+"#,
            r#"( [^\x00-\x20\x7F\u0085\u00A0\u1680\u2000-\u200A\u2028\u2029\u202F\u205F\u3000",]+)*$"#,
        ),
        max_length: 253,
        integers: false,
        check: is_group_name,
    }
    /// The prefix that the API server adds to groups.
    GroupPrefix {
        noun: "a prefix of groups",
        says: "a prefix has no whitespace, as in `oidc:`, and is not `system:`, which Kubernetes reserves",
        pattern: concat!(
            r"^(?!system:)",
            r"[^\x00-\x20\x7F\u0085\u00A0\u1680\u2000-\u200A\u2028\u2029\u202F\u205F\u3000]+$",
        ),
        max_length: 253,
        integers: false,
        check: is_group_prefix,
    }
    /// A key of a Secret (Kubernetes, `IsConfigMapKey`).
    SecretKey {
        noun: "a key of a Secret",
        says: "a key of a Secret has at most 253 letters, digits, dashes, dots and underscores, and does not \
               begin with `..`",
        pattern: r"^\.?[-_a-zA-Z0-9][-._a-zA-Z0-9]*$",
        max_length: 253,
        integers: false,
        check: is_secret_key,
    }
    /// A container image: a registry, a name and a tag or a constraint of tags. In an annotation a comma
    /// would begin the next image.
    ImageName {
        noun: "an image",
        says: "an image is its registry, its name and a tag: `ghcr.io/team/app:latest`, or `~1.2` instead of \
               the tag; no whitespace, comma or digest",
        pattern: concat!(
            r"^([A-Za-z0-9.-]+(:[0-9]{1,5})?/)?[a-z0-9._-]+(/[a-z0-9._-]+)*",
            r"(:[A-Za-z0-9_~^*><=!][A-Za-z0-9._~^*><=!+-]*)?$",
        ),
        max_length: 512,
        integers: false,
        check: is_image_name,
    }
    /// A short name of an image, which becomes part of the key of an annotation (argocd-image-updater 1.3,
    /// `alias`).
    ImageAlias {
        noun: "a short name",
        says: "a short name has at most 32 letters, digits, dashes, dots and underscores, and begins with a \
               letter or digit",
        pattern: "^[a-zA-Z0-9][-a-zA-Z0-9._]*$",
        max_length: 32,
        integers: false,
        check: is_image_alias,
    }
    /// The platform of an image: an operating system and an architecture.
    ImagePlatform {
        noun: "a platform of an image",
        says: "a platform is an operating system and an architecture: `linux/amd64`, `linux/arm64/v8`",
        pattern: "^[a-z0-9]+/[a-z0-9]+(/[a-z0-9]+)?$",
        max_length: 64,
        integers: false,
        check: is_image_platform,
    }
    /// A glob of tags (Go, `filepath.Match`).
    TagGlob {
        noun: "a glob of tags",
        says: "a glob of tags has letters, digits, dots, dashes and underscores, `*` for any of them and `?` \
               for one: `*-rc*`",
        pattern: "^[-A-Za-z0-9._*?]+$",
        max_length: 128,
        integers: false,
        check: is_tag_glob,
    }
    /// The location of a field in a JSON document.
    JsonPointer {
        noun: "a JSON pointer",
        says: "a JSON pointer begins with a slash: `/spec/replicas`",
        pattern: "^/",
        max_length: 1024,
        integers: false,
        check: |text| text.starts_with('/') && text.chars().count() <= 1024,
    }
    /// The URL of a web service.
    HttpUrl {
        noun: "a URL",
        says: "a URL begins with `http://` or `https://`",
        pattern: r"^https?://[^\s]+$",
        max_length: 1024,
        integers: false,
        check: is_http_url,
    }
    /// The name of an HTTP header (RFC 9110, `token`; Gateway API 1.6, `HTTPHeaderName`).
    HeaderName {
        noun: "the name of a header",
        says: "the name of a header has at most 256 letters, digits, dashes and a few other characters: \
               `X-Frame-Options`",
        pattern: "^[A-Za-z0-9!#$%&'*+.^_|~-]+$",
        max_length: 256,
        integers: false,
        check: is_header_name,
    }
    /// The value of an HTTP header: printable ASCII (Gateway API 1.6, `HTTPHeader`).
    HeaderValue {
        noun: "the value of a header",
        says: "the value of a header has at most 4096 printable ASCII characters, and no space at its ends",
        pattern: "^[!-~]([ -~]*[!-~])?$",
        max_length: 4096,
        integers: false,
        check: is_header_value,
    }
    /// The scheme of a URL: what precedes `://`.
    UrlScheme {
        noun: "the scheme of a URL",
        says: "a scheme is what precedes `://`: `secrets`, `https`",
        pattern: "^[a-z][a-z0-9+.-]*$",
        max_length: 64,
        integers: false,
        check: is_url_scheme,
    }
    /// The path of a URL.
    UrlPath {
        noun: "a path",
        says: "a path begins with `/`, is not percent-encoded, contains no whitespace, quote, backtick, `%`, \
               `?` or `#`, and has no segment that is empty, `.` or `..`",
        pattern: r#"^/$|^(/(\.{0,2}[^\s`"\\%?#/.][^\s`"\\%?#/]*|\.{3}[^\s`"\\%?#/]*))+/?$"#,
        max_length: 1024,
        integers: false,
        check: is_url_path,
    }
}

impl ImageName {
    /// The tag, or the constraint in its place.
    pub fn tag(&self) -> Option<&str> {
        self.rsplit_once('/').map_or(&**self, |(_, last)| last).split_once(':').map(|(_, tag)| tag)
    }
}
