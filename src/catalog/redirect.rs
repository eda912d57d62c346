//! Where a route redirects to.

use schemars::JsonSchema;
use serde::Deserialize;

use super::backend::Scheme;
use crate::format::{DnsName, PortNumber, UrlPath};

/// The address that browsers and other clients are sent to. What it omits stays as in the request, except for
/// the scheme and the port.
#[derive(Clone, Debug, Default, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Redirect {
    /// The scheme of the address: `http` or `https`. Default: `https`.
    pub scheme: Option<Scheme>,
    /// The host of the address. A single label is completed with the platform's domain; a name with a dot is
    /// used as is. Default: the host of the request.
    pub host: Option<DnsName>,
    /// The port of the address. Default: that of the scheme.
    pub port: Option<PortNumber>,
    /// The whole path of the address, without a query. Default: the path of the request.
    pub path: Option<UrlPath>,
    /// Whether clients remember the address: `true` answers with 301, and `false` with 302. Browsers keep a
    /// permanent redirect for a long time, even if it is removed here. Default: `false`.
    pub permanent: Option<bool>,
}
