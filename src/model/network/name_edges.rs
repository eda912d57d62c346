//! The DNS that edges to names of hosts need: Cilium learns the addresses of a name from the answers.

use super::edge::{Direction, Edge};
use super::edge_reader::{Reader, Writer};
use super::edges::Extra;
use super::peer::Peer;
use crate::model::Platform;

/// The edges to the DNS of pods that connect to names, unless the profile of the entry or a line has them.
pub(super) fn edges(own: &Extra, profile: &[Edge], platform: &Platform) -> Extra {
    let reader = Reader { platform, writer: Writer::Egress };
    let to_names = own.iter().filter(|(edge, _)| matches!(edge.peer, Peer::Fqdn(_)));
    let needed = to_names.map(|(edge, origin)| {
        let dns = Edge::new(Direction::Egress, Peer::Dns, reader.well_known_ports(&Peer::Dns));
        (Edge { own: edge.own.clone(), ..dns }, origin.clone())
    });
    let is_known = |needed: &Edge| {
        profile.iter().chain(own.iter().map(|(edge, _)| edge)).any(|known| known.covers(needed))
    };
    needed.filter(|(edge, _)| !is_known(edge)).collect()
}
