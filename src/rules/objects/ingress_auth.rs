//! Annotations of an Ingress for a login or a range of addresses that its controller ignores.

use crate::cluster::{Deployed, Provenance, Survey};
use crate::diagnostics::rules::UNSUPPORTED_AUTH;
use crate::diagnostics::suggestion::shorten;
use crate::diagnostics::{Finding, Location};
use crate::kubernetes::Resource;
use crate::kubernetes::resource::text_at;

/// The annotations of ingress-nginx that restrict who is served.
const OF_NGINX: [&str; 6] = [
    "nginx.ingress.kubernetes.io/auth-secret",
    "nginx.ingress.kubernetes.io/auth-tls-secret",
    "nginx.ingress.kubernetes.io/auth-type",
    "nginx.ingress.kubernetes.io/auth-url",
    "nginx.ingress.kubernetes.io/allowlist-source-range",
    "nginx.ingress.kubernetes.io/whitelist-source-range",
];

/// The annotation of Traefik with the Middlewares of an Ingress.
const MIDDLEWARES: &str = "traefik.ingress.kubernetes.io/router.middlewares";

/// Words in the names of Middlewares that ask for a login.
const LOGIN: [&str; 4] = ["auth", "login", "oidc", "sso"];

pub(super) fn check(survey: &Survey) -> Vec<Finding> {
    let mut findings = Vec::new();
    for deployed in &survey.clusters {
        let ingresses = deployed.of_kind("networking.k8s.io", "Ingress");
        for (ingress, facts) in ingresses.filter(|(_, facts)| !facts.is_patched) {
            findings.extend(unprotected(deployed, ingress, facts));
        }
    }
    findings
}

/// An annotation that restricts access, on an Ingress of a controller that ignores it.
fn unprotected(deployed: &Deployed, ingress: &Resource, facts: Provenance) -> Option<Finding> {
    let class = text_at(&ingress.value, &["spec", "ingressClassName"])
        .or_else(|| ingress.annotation("kubernetes.io/ingress.class"))?;
    let restricts = || OF_NGINX.into_iter().find(|key| ingress.annotation(key).is_some());
    let asks = || ingress.annotation(MIDDLEWARES).filter(|names| asks_for_login(names)).map(|_| MIDDLEWARES);
    let (controller, key) = match controller(deployed, class)? {
        "Traefik" if ingress.annotation(MIDDLEWARES).is_none() => ("Traefik", restricts()?),
        "ingress-nginx" if restricts().is_none() => ("ingress-nginx", asks()?),
        _ => return None,
    };
    let message =
        format!("{controller}, which serves the class `{}`, ignores this annotation", shorten(class));
    let finding = UNSUPPORTED_AUTH.at(place(ingress, facts, key), message);
    let help = if controller == "Traefik" {
        format!("name Middlewares with the annotation `{MIDDLEWARES}`, or use the class of ingress-nginx")
    } else {
        "use the annotations `nginx.ingress.kubernetes.io/auth-url` and `auth-signin`".into()
    };
    Some(finding.note("the host is open to everybody who can reach it").help(help))
}

fn asks_for_login(names: &str) -> bool {
    LOGIN.iter().any(|word| names.to_lowercase().contains(word))
}

/// The controller of a class: by its object, else by its name.
fn controller(deployed: &Deployed, class: &str) -> Option<&'static str> {
    let object = deployed.cluster.find("networking.k8s.io", "IngressClass", None, class);
    let name = object.and_then(|object| text_at(&object.value, &["spec", "controller"])).unwrap_or(class);
    match name {
        "traefik" | "traefik.io/ingress-controller" => Some("Traefik"),
        "nginx" | "k8s.io/ingress-nginx" => Some("ingress-nginx"),
        _ => None,
    }
}

fn place(ingress: &Resource, facts: Provenance, key: &str) -> Location {
    facts.at(ingress, ingress.location.key("metadata").key("annotations").key(key.to_owned()).itself())
}
