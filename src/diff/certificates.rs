//! The certificates that cert-manager issues for objects of both catalogs.

use std::collections::{BTreeMap, BTreeSet};

use crate::diagnostics::Location;
use crate::kubernetes::resource::{at, items_at, maps_at, text, text_at};
use crate::kubernetes::{ISSUER_ANNOTATIONS, Identity, Object};
use crate::names::Namespace;
use crate::value::Map;

/// A certificate that is reissued: its names are not new, but its Secret or its issuer is.
#[derive(Clone, Debug)]
pub(super) struct Reissued {
    /// Its names.
    pub(super) names: BTreeSet<String>,
    /// Whether a certificate for exactly these names existed before.
    pub(super) is_duplicate: bool,
    /// What makes it new.
    pub(super) why: &'static str,
    /// The entry of its object.
    pub(super) entry: Namespace,
    /// The kind and the name of its object.
    pub(super) object: (String, String),
    /// The line that requests it.
    pub(super) location: Location,
}

/// The certificates that are reissued, in the order of their Secrets.
#[derive(Debug, Default)]
pub(super) struct Certificates {
    pub(super) reissued: Vec<Reissued>,
    /// The names that have a certificate, and had none.
    pub(super) fresh: BTreeSet<String>,
}

/// Where a certificate is stored: a namespace and a Secret.
type Store<'o> = (&'o str, &'o str);

struct Certificate<'o> {
    names: BTreeSet<&'o str>,
    issuer: (&'o str, &'o str),
    object: &'o Object,
}

impl Certificates {
    pub(super) fn new(before: &[Object], after: &[Object]) -> Self {
        let (old, new) = (certificates(before), certificates(after));
        let names: BTreeSet<_> = old.values().flat_map(|certificate| &certificate.names).copied().collect();
        let sets: BTreeSet<_> =
            old.values().map(|certificate| (&certificate.names, certificate.issuer)).collect();
        let reissued = new.iter().filter_map(|(store, certificate)| {
            let why = why(old.get(store), certificate, &names)?;
            Some(Reissued {
                names: certificate.names.iter().map(|name| (*name).to_owned()).collect(),
                is_duplicate: sets.contains(&(&certificate.names, certificate.issuer)),
                why,
                entry: certificate.object.folder.clone(),
                object: (certificate.object.kind_name().into(), certificate.object.name.to_string()),
                location: certificate
                    .object
                    .origins
                    .first()
                    .map(|origin| origin.location.clone())
                    .unwrap_or_default(),
            })
        });
        let all = new.values().flat_map(|certificate| &certificate.names);
        let fresh = all.filter(|name| !names.contains(**name)).map(|name| (*name).to_owned());
        Self { reissued: reissued.collect(), fresh: fresh.collect() }
    }
}

/// Why a certificate is reissued; nothing if it is not, or if none of its names had one before.
fn why(old: Option<&Certificate<'_>>, new: &Certificate<'_>, known: &BTreeSet<&str>) -> Option<&'static str> {
    match old {
        Some(old) if old.issuer != new.issuer => Some("another issuer"),
        Some(old) if old.names != new.names => Some("other names"),
        Some(_) => None,
        None => new.names.iter().any(|name| known.contains(name)).then_some("another Secret"),
    }
}

fn certificates(objects: &[Object]) -> BTreeMap<Store<'_>, Certificate<'_>> {
    objects.iter().flat_map(of_object).collect()
}

fn of_object(object: &Object) -> Vec<(Store<'_>, Certificate<'_>)> {
    let Identity { kind, namespace, .. } = object.identity();
    let namespace = namespace.unwrap_or_default();
    let body = object.body.content();
    if kind.is("cert-manager.io", "Certificate") {
        let spec = at(body, &["spec"]).and_then(|spec| spec.map());
        return spec.and_then(|spec| of_certificate(spec, namespace, object)).into_iter().collect();
    }
    let issuer = ISSUER_ANNOTATIONS
        .iter()
        .find_map(|key| Some((*key, text(object.metadata().annotations.get(key)?)?)));
    match issuer.filter(|_| kind.is("networking.k8s.io", "Ingress")) {
        Some(issuer) => {
            let blocks = maps_at(body, &["spec", "tls"]);
            blocks.filter_map(|block| of_block(block, namespace, issuer, object)).collect()
        }
        None => Vec::new(),
    }
}

fn of_certificate<'o>(
    spec: &'o Map,
    namespace: &'o str,
    object: &'o Object,
) -> Option<(Store<'o>, Certificate<'o>)> {
    let issuer = (
        text_at(spec, &["issuerRef", "kind"]).unwrap_or("Issuer"),
        text_at(spec, &["issuerRef", "name"]).unwrap_or_default(),
    );
    let names = items_at(spec, &["dnsNames"]).iter().filter_map(text).collect();
    Some(((namespace, text_at(spec, &["secretName"])?), Certificate { names, issuer, object }))
}

fn of_block<'o>(
    block: &'o Map,
    namespace: &'o str,
    issuer: (&'o str, &'o str),
    object: &'o Object,
) -> Option<(Store<'o>, Certificate<'o>)> {
    let names = items_at(block, &["hosts"]).iter().filter_map(text).collect();
    Some(((namespace, text_at(block, &["secretName"])?), Certificate { names, issuer, object }))
}
