//! What the emitters support. The model asks while it reads, so that a finding is at the line that asks for
//! too much; which emitters there are, it does not know.

use super::{Network, Peer, Platform, Routing};
use crate::catalog::{Exposure, Route as WrittenRoute};
use crate::diagnostics::{Finding, Location, Sink, rules};
use crate::names::Namespace;
use crate::platform::CertificateMode;
use crate::value::Text;

/// What the emitters support.
#[derive(Clone, Copy, Debug)]
pub struct Support {
    /// Refuses what the emitter of routes does not support of a route of this namespace.
    pub route: fn(&WrittenRoute, &Location, &Namespace, &Platform, &mut Sink),
    /// Refuses a stream, at a location, if the emitter of routes supports none.
    pub stream: fn(&Location, &Routing, &mut Sink),
    /// Refuses sides, listed at a location, that the emitter of routes does not support.
    pub exposure: fn(&[Exposure], &Location, &Routing, &mut Sink),
    /// Refuses what the emitter of routes does not support of the settings for all routes.
    pub platform: fn(&Platform, &mut Sink),
    /// Refuses auth that the emitter of routes does not support, on a platform of this domain.
    pub auth: fn(&Routing, &Text, &mut Sink),
    /// Refuses certificates that the emitter of routes does not support.
    pub certificates: fn(CertificateMode, &Routing, &mut Sink),
    /// Whether the emitter of policies can select a peer.
    pub peer: fn(&Peer, &Network) -> Result<(), UnsupportedPeer>,
}

impl Default for Support {
    /// Everything, for a platform that nothing is rendered for.
    fn default() -> Self {
        Self {
            route: |_, _, _, _, _| {},
            stream: |_, _, _| {},
            exposure: |_, _, _, _| {},
            platform: |_, _| {},
            auth: |_, _, _| {},
            certificates: |_, _, _| {},
            peer: |_, _| Ok(()),
        }
    }
}

/// Why a policy cannot select a peer.
#[derive(Debug)]
pub struct UnsupportedPeer {
    /// What it cannot select: a phrase.
    pub message: String,
    /// What would happen in the cluster.
    pub note: String,
    /// What to write instead; empty if there is nothing.
    pub help: &'static str,
}

impl UnsupportedPeer {
    /// The finding at the line that asks for the peer.
    pub(super) fn at(self, location: Location) -> Finding {
        let finding = rules::UNSUPPORTED_PEER.at(location, self.message).note(self.note);
        if self.help.is_empty() { finding } else { finding.help(self.help) }
    }
}
