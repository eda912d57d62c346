//! An Argo CD whose own policies keep it from the API server or from the repository.

use super::openings::{Opening, Openings};
use crate::diagnostics::rules::ISOLATED_ARGOCD;
use crate::diagnostics::{Finding, Sink};
use crate::model::{Direction, Entry, Model, Peer, profile_line};

pub(super) fn check(model: &Model, findings: &mut Sink) {
    let Some(entry) = model.entry(&model.platform.argocd.namespace) else { return };
    let openings = Openings::new(model);
    let Some(egress) = openings.of(entry, Direction::Egress) else { return };
    if !reaches_api_server(&egress, model) {
        findings.push(isolated(entry, "the Kubernetes API server", "kube-apiserver"));
    } else if !reaches_repository(&egress, model) {
        findings.push(isolated(entry, "its repository", "internet"));
    }
}

fn isolated(entry: &Entry, what: &str, peer: &str) -> Finding {
    let finding =
        ISOLATED_ARGOCD.at(profile_line(&entry.location), format!("Argo CD may not connect to {what}"));
    finding
        .note("it would apply this policy and nothing after it: only `kubectl` could repair the cluster")
        .help(format!(
            "use a profile that allows it, such as `system`, or add an edge `{{to: {peer}}}` with the \
             required ports"
        ))
}

/// Whether it may connect to addresses at a port of the API server. Ports are only known if the platform
/// lists the addresses.
fn reaches_api_server(egress: &[Opening<'_>], model: &Model) -> bool {
    let servers = &model.platform.network.api_server;
    let is_open =
        |opening: &Opening<'_>| servers.is_empty() || servers.iter().any(|server| opening.has(server.port()));
    let addresses = egress.iter().filter(|opening| opening.is_addresses(model));
    addresses
        .filter(|opening| !matches!(opening.peer, Peer::Fqdn(_)))
        .any(|opening| is_open(opening) && !is_only_web(opening, servers.is_empty()))
}

/// Whether an opening to the internet can only be meant for web servers: most API servers have a private
/// address.
fn is_only_web(opening: &Opening<'_>, is_unknown: bool) -> bool {
    is_unknown && *opening.peer == Peer::Internet
}

/// Whether it may connect to the port of the repository, outside of the cluster or in another namespace.
fn reaches_repository(egress: &[Opening<'_>], model: &Model) -> bool {
    let port = port(&model.platform.repository);
    let is_elsewhere = |opening: &&Opening<'_>| {
        opening.is_addresses(model) && *opening.peer != Peer::KubeApiserver
            || matches!(
                opening.peer,
                Peer::Namespace(_) | Peer::Cluster | Peer::Outside(_) | Peer::IngressController
            )
    };
    egress.iter().filter(is_elsewhere).any(|opening| {
        // a Service may have another port than its pods
        matches!(
            opening.peer,
            Peer::Namespace(_) | Peer::Cluster | Peer::Outside(_) | Peer::IngressController
        ) || opening.has(port)
    })
}

/// The port of a repository: that of its URL, or the one of its scheme; `git@host:path` is SSH.
fn port(url: &str) -> u16 {
    let Some((scheme, rest)) = url.split_once("://") else { return 22 };
    let host = rest.split('/').next().unwrap_or_default();
    let written = host.rsplit_once(':').and_then(|(_, port)| port.parse().ok());
    written.unwrap_or(match scheme {
        "http" => 80,
        "ssh" | "git+ssh" => 22,
        _ => 443,
    })
}

#[cfg(test)]
mod tests {
    #[test]
    fn the_port_of_a_repository_follows_from_its_url() {
        let urls = [
            "https://git.example.com/a.git",
            "ssh://git@git.example.com:2222/a.git",
            "git@git.example.com:home/a.git",
            "http://git.example.com/a.git",
            "ssh://git@git.example.com/a.git",
        ];
        assert_eq!(urls.map(super::port), [443, 2222, 22, 80, 22]);
    }
}
