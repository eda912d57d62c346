//! A parsed template: only constructs whose cost is known.

use std::ops::Range;

use super::budget::Budget;
use super::evaluate;
use super::fault::{Fault, Problem};
use super::filter::Filter;
use super::operator::{Binary, Comparison};
use super::output::{Rendered, Style};
use super::parse;
use super::predicate::Predicate;
use super::value::Value;

/// A parsed template.
#[derive(Debug, Default)]
pub struct Program {
    pub(super) body: Vec<Statement>,
}

impl Program {
    /// Parses `text`.
    ///
    /// # Errors
    /// If it is not a template, or uses an unsupported construct.
    pub fn parse(text: &str) -> Result<Self, Fault> {
        parse::program(text)
    }

    /// Evaluates the template with `variables`.
    ///
    /// # Errors
    /// If it uses another variable, if an operation is not defined, or if the budget is exhausted.
    pub fn render(
        &self,
        words: &[(&str, Value)],
        style: Style,
        budget: &mut Budget,
    ) -> Result<Rendered, Fault> {
        evaluate::render(&self.body, words, style, budget)
    }
}

#[derive(Debug)]
pub(super) enum Statement {
    /// Literal text, and its line in the template.
    Raw { text: Box<str>, line: usize },
    /// An expression whose value is written, and its line in the template.
    Emit { value: Node, line: usize },
    /// A condition with both branches.
    If { condition: Node, yes: Vec<Self>, no: Vec<Self> },
    /// A loop over the items of a list.
    For(Box<For>),
    /// An assignment, up to the end of the block.
    Set { target: Target, value: Node },
    /// Assignments within a block.
    With { assignments: Vec<(Target, Node)>, body: Vec<Self> },
}

#[derive(Debug)]
pub(super) struct For {
    pub(super) target: Target,
    pub(super) list: Node,
    pub(super) filter: Option<Node>,
    pub(super) body: Vec<Statement>,
    pub(super) otherwise: Vec<Statement>,
}

/// The target of an assignment: one name, or one for each item of the value.
#[derive(Debug)]
pub(super) enum Target {
    Name(Box<str>),
    Names(Vec<Box<str>>),
}

/// An expression, and its bytes in the template.
#[derive(Debug)]
pub(super) struct Node {
    pub(super) start: u32,
    pub(super) end: u32,
    pub(super) expression: Expression,
}

#[derive(Debug)]
pub(super) enum Expression {
    Constant(Value),
    Name(Box<str>),
    Loop(LoopField),
    Item(Box<(Node, Node)>),
    Slice(Box<(Node, Option<Node>, Option<Node>)>),
    Not(Box<Node>),
    Negate(Box<Node>),
    And(Box<(Node, Node)>),
    Or(Box<(Node, Node)>),
    Binary(Binary, Box<(Node, Node)>),
    /// `a < b < c`
    Compare(Box<Node>, Vec<(Comparison, Node)>),
    /// `yes if condition else no`
    Choice {
        condition: Box<Node>,
        yes: Box<Node>,
        no: Option<Box<Node>>,
    },
    Filter(Filter, Box<Node>, Arguments),
    Test(Predicate, Box<Node>, Option<Box<Node>>),
    Range(Vec<Node>),
    List(Vec<Node>),
    Map(Vec<(Node, Node)>),
}

#[derive(Debug, Default)]
pub(super) struct Arguments {
    pub(super) positional: Vec<Node>,
    pub(super) named: Vec<(Box<str>, Node)>,
}

/// The fields of `loop`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum LoopField {
    Index,
    Index0,
    RevIndex,
    RevIndex0,
    First,
    Last,
    Length,
}

impl LoopField {
    const NAMES: [(&str, Self); 7] = [
        ("index", Self::Index),
        ("index0", Self::Index0),
        ("revindex", Self::RevIndex),
        ("revindex0", Self::RevIndex0),
        ("first", Self::First),
        ("last", Self::Last),
        ("length", Self::Length),
    ];

    pub(super) fn named(name: &str) -> Result<Self, Problem> {
        let found = Self::NAMES.iter().find(|(known, _)| *known == name);
        found.map(|(_, field)| *field).ok_or_else(|| {
            let names: Vec<_> = Self::NAMES.iter().map(|(name, _)| *name).collect();
            Problem::Refused(format!("`loop` has no `{name}`; it has {}", names.join(", ")))
        })
    }
}

impl Node {
    pub(super) fn span(&self) -> Range<usize> {
        self.start as usize..self.end as usize
    }
}
