//! The variables in scope.

use super::budget::Budget;
use super::fault::Problem;
use super::program::{LoopField, Target};
use super::value::Value;

/// How many names one step compares.
const NAMES_A_STEP: usize = 16;

/// Names with their values, innermost last, and the enclosing loops.
#[derive(Default)]
pub(super) struct Scope<'p> {
    names: Vec<(&'p str, Value)>,
    loops: Vec<Position>,
}

/// The state of a loop.
#[derive(Clone, Copy)]
pub(super) struct Position {
    pub(super) index: usize,
    pub(super) length: usize,
}

impl<'p> Scope<'p> {
    pub(super) fn new(words: &[(&'p str, Value)]) -> Self {
        Self { names: words.to_vec(), loops: Vec::new() }
    }

    /// The number of names, to restore the scope.
    pub(super) fn depth(&self) -> usize {
        self.names.len()
    }

    /// Removes the names of a block.
    pub(super) fn leave(&mut self, depth: usize) {
        self.names.truncate(depth);
    }

    pub(super) fn enter_loop(&mut self) {
        self.loops.push(Position { index: 0, length: 0 });
    }

    pub(super) fn leave_loop(&mut self) {
        self.loops.pop();
    }

    pub(super) fn turn(&mut self, position: Position) {
        if let Some(last) = self.loops.last_mut() {
            *last = position;
        }
    }

    pub(super) fn get(&self, name: &str, budget: &mut Budget) -> Result<Value, Problem> {
        budget.items(self.names.len() / NAMES_A_STEP)?;
        Ok(self
            .names
            .iter()
            .rev()
            .find(|(known, _)| *known == name)
            .map(|(_, value)| value.clone())
            .unwrap_or_default())
    }

    pub(super) fn position(&self, field: LoopField) -> Value {
        let Some(Position { index, length }) = self.loops.last().copied() else { return Value::Undefined };
        let number = |number: usize| i64::try_from(number).map_or(Value::Undefined, Value::Int);
        match field {
            LoopField::Index => number(index + 1),
            LoopField::Index0 => number(index),
            LoopField::RevIndex => number(length.saturating_sub(index)),
            LoopField::RevIndex0 => number(length.saturating_sub(index + 1)),
            LoopField::First => Value::Bool(index == 0),
            LoopField::Last => Value::Bool(index + 1 == length),
            LoopField::Length => number(length),
        }
    }

    /// Assigns a value to a name, or each of its items to one.
    pub(super) fn assign(
        &mut self,
        target: &'p Target,
        value: Value,
        budget: &mut Budget,
    ) -> Result<(), Problem> {
        let names = match target {
            Target::Name(name) => {
                budget.step()?;
                self.names.push((name, value));
                return Ok(());
            }
            Target::Names(names) => names,
        };
        budget.items(names.len())?;
        match &value {
            Value::List(list) if list.items.len() == names.len() => {
                self.names.extend(names.iter().map(AsRef::as_ref).zip(list.items.iter().cloned()));
                Ok(())
            }
            _ => Err(Problem::operation(format!("{} does not have {} items", value.kind(), names.len()))),
        }
    }
}
