//! What the ingress controller changes about the requests and responses of a route.

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::Deserialize;

use crate::format::{DnsName, Duration, HeaderName, HeaderValue, UrlPath};

/// What the ingress controller changes about requests, after auth and before `middlewares`, and about
/// responses.
#[derive(Clone, Debug, Default, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Filters {
    /// Changes of the headers that the Service receives; not with ingress-nginx. Default: none.
    pub request_headers: Option<HeaderChanges>,
    /// Changes of the headers that the client receives; not with ingress-nginx. Default: none.
    pub response_headers: Option<HeaderChanges>,
    /// What replaces the prefix by which a path of the route matches: `/` removes it, so that a request to
    /// `/api/notes` reaches the Service as `/notes`. Not with ingress-nginx. Default: paths are unchanged.
    pub replace_prefix: Option<UrlPath>,
    /// The host that the Service receives in the header `Host`. Default: the host of the request.
    pub host: Option<DnsName>,
    /// How long the ingress controller waits for the Service: `5m`, at most `24h`. An IngressRoute waits so
    /// long for the headers of the response, ingress-nginx for each part of it, and a Gateway for all of it.
    /// Not with Ingresses for Traefik, nor with Gateways of Traefik. Default: that of the controller.
    pub timeout: Option<Duration>,
}

/// Changes of headers.
#[derive(Clone, Debug, Default, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct HeaderChanges {
    /// Headers and their values, which replace those of the same name. Default: none.
    #[serde(default)]
    #[schemars(with = "BTreeMap<String, HeaderValue>")]
    #[schemars(extend("propertyNames" = crate::format::schema("HeaderName")))]
    pub set: BTreeMap<HeaderName, HeaderValue>,
    /// Headers that are removed. Default: none.
    #[serde(default)]
    pub remove: Vec<HeaderName>,
    /// Headers and their values, which are added to those of the same name; only with an HTTPRoute. Default:
    /// none.
    #[serde(default)]
    #[schemars(with = "BTreeMap<String, HeaderValue>")]
    #[schemars(extend("propertyNames" = crate::format::schema("HeaderName")))]
    pub add: BTreeMap<HeaderName, HeaderValue>,
}

impl HeaderChanges {
    /// Whether it changes nothing.
    pub fn is_empty(&self) -> bool {
        self.set.is_empty() && self.remove.is_empty() && self.add.is_empty()
    }
}
