//! All nodes of a document. A file that was parsed in halves keeps the nodes of each half, so that neither is
//! copied or renumbered.

use std::ops::{Index, IndexMut};

use super::node::narrow;
use super::{Node, NodeId};

/// Which half of a file a node is in. A file that was parsed as a whole only has the first.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) enum Half {
    #[default]
    First,
    Second,
}

/// The bit of the numbers of nodes in the second half.
const SECOND: u32 = 1 << 31;

/// Nodes by id, in the order in which they begin in the text.
#[derive(Debug, Default)]
pub(super) struct Nodes {
    first: Vec<Node>,
    second: Vec<Node>,
}

impl Nodes {
    /// Makes space for so many nodes of a half.
    pub(super) fn reserve(&mut self, half: Half, nodes: usize) {
        self.half_mut(half).reserve_exact(nodes);
    }

    /// Adds a node at the end of a half.
    pub(super) fn add(&mut self, half: Half, node: Node) -> NodeId {
        let nodes = self.half_mut(half);
        let number = narrow(nodes.len());
        nodes.push(node);
        match half {
            Half::First => NodeId(number),
            Half::Second => NodeId(number | SECOND),
        }
    }

    /// Takes the second half of `other`.
    pub(super) fn join(&mut self, other: Self) {
        self.second = other.second;
    }

    /// The number of nodes.
    pub(super) fn len(&self) -> usize {
        self.first.len() + self.second.len()
    }

    /// All nodes, in order.
    pub(super) fn iter(&self) -> impl Iterator<Item = &Node> {
        self.first.iter().chain(&self.second)
    }

    /// All nodes with their ids, in order.
    pub(super) fn iter_mut(&mut self) -> impl Iterator<Item = (NodeId, &mut Node)> {
        let first = self.first.iter_mut().zip(0..);
        let second = self.second.iter_mut().zip(SECOND..);
        first.chain(second).map(|(node, number)| (NodeId(number), node))
    }

    /// The last node that begins at or before a byte.
    pub(super) fn last_before(&self, at: usize) -> Option<&Node> {
        let in_half = |nodes: &'_ [Node]| nodes.partition_point(|node| node.span.range().start <= at);
        let before = |nodes: &'_ [Node]| in_half(nodes).checked_sub(1);
        let second = before(&self.second).map(|last| &self.second[last]);
        second.or_else(|| before(&self.first).map(|last| &self.first[last]))
    }

    fn half_mut(&mut self, half: Half) -> &mut Vec<Node> {
        match half {
            Half::First => &mut self.first,
            Half::Second => &mut self.second,
        }
    }
}

impl Index<NodeId> for Nodes {
    type Output = Node;

    fn index(&self, id: NodeId) -> &Node {
        let nodes = if id.0 < SECOND { &self.first } else { &self.second };
        &nodes[(id.0 & !SECOND) as usize]
    }
}

impl IndexMut<NodeId> for Nodes {
    fn index_mut(&mut self, id: NodeId) -> &mut Node {
        let nodes = if id.0 < SECOND { &mut self.first } else { &mut self.second };
        &mut nodes[(id.0 & !SECOND) as usize]
    }
}
