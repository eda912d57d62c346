//! Who can reach whom in a catalog, and why: the evaluator of policies, with the names that people use, the
//! lines that policies come from, and the line that would change the answer.

mod answer;
mod callers;
mod connection;
mod fix;
mod json;
mod line;
mod place;
mod pods;
mod question;
mod service_port;
mod text;
mod visit;

pub use answer::{Answer, Fix, PolicyLine, Step};
pub use callers::{Caller, Callers};
pub use connection::Connection;
pub use line::Line;
pub use place::{Place, UnknownPlace};
pub use question::{InvalidPort, Question};

use std::collections::BTreeSet;

use crate::cluster::{Addresses, Cluster, Direction, End, Evaluator, Facts, Judgement, Side};
use crate::kubernetes::{Object, Resource};
use crate::model::Model;
use crate::platform::Cni;
use crate::report::lines::Lines;
use crate::syntax::SourceMap;
use crate::value::Text;

/// What is needed to answer questions about the connections of a catalog without errors.
pub struct Reach<'m> {
    model: &'m Model,
    /// The objects that the evaluator knows, in its order.
    objects: Vec<&'m Object>,
    evaluator: Evaluator,
    lines: Vec<Lines<'m>>,
}

impl<'m> Reach<'m> {
    /// Reads the policies of a catalog.
    pub fn new(model: &'m Model, objects: &'m [Object], documents: &'m SourceMap) -> Self {
        let objects: Vec<_> = objects.iter().filter(|object| is_relevant(object)).collect();
        let cluster = Cluster::new(objects.iter().map(|object| Resource::from(*object)).collect());
        let network = &model.platform.network;
        let facts =
            Facts { is_cilium: network.cni == Some(Cni::Cilium), pods: Addresses::ranges(&network.pods) };
        let evaluator = Evaluator::new(&cluster, facts);
        Self { model, objects, evaluator, lines: documents.iter().map(Lines::new).collect() }
    }

    /// What the policies of both ends say about connections from one to the other.
    pub fn judge(&self, from: &End, to: &End) -> Judgement {
        self.evaluator.judge(from, to)
    }

    /// What the policies of one end say about connections with the other.
    pub fn side(&self, way: Direction, own: &End, other: &End) -> Side {
        self.evaluator.side(way, own, other)
    }

    /// The namespaces that the policies of a namespace name in this direction.
    pub fn named(&self, way: Direction, namespace: &Text) -> BTreeSet<Text> {
        self.evaluator.named(way, namespace)
    }

    /// The catalog that questions are about.
    pub fn model(&self) -> &'m Model {
        self.model
    }
}

/// Whether an object decides about connections.
fn is_relevant(object: &Object) -> bool {
    matches!(
        (object.group_kind().group.as_str(), object.kind_name()),
        ("", "Namespace")
            | ("networking.k8s.io", "NetworkPolicy")
            | ("cilium.io", "CiliumNetworkPolicy" | "CiliumClusterwideNetworkPolicy" | "CiliumCIDRGroup")
    )
}
