//! The limits of an evaluation.

use super::fault::Problem;

/// How many bytes of text, or half as many of a list, one step pays for.
const BYTES_A_STEP: usize = 64;

/// The remaining steps and bytes. Every operation pays before it takes time or memory, so that both are
/// limited by the budget.
#[derive(Clone, Debug)]
pub struct Budget {
    steps: u64,
    output: usize,
}

impl Budget {
    /// A budget of steps, and of bytes of output. A step is a node of the program that is evaluated, an item
    /// of a list that is created or read, or 64 bytes of text that are created or read.
    pub fn new(steps: u64, output: usize) -> Self {
        Self { steps, output }
    }

    /// The remaining steps.
    pub fn steps(&self) -> u64 {
        self.steps
    }

    /// Pays for one step.
    pub(super) fn step(&mut self) -> Result<(), Problem> {
        self.items(1)
    }

    /// Pays for items of a list.
    pub(super) fn items(&mut self, count: usize) -> Result<(), Problem> {
        let count = u64::try_from(count).unwrap_or(u64::MAX);
        self.steps = self.steps.checked_sub(count).ok_or(Problem::Steps)?;
        Ok(())
    }

    /// Pays for text.
    pub(super) fn text(&mut self, bytes: usize) -> Result<(), Problem> {
        self.items(1 + bytes / BYTES_A_STEP)
    }

    /// Pays for output.
    pub(super) fn output(&mut self, bytes: usize) -> Result<(), Problem> {
        self.text(bytes)?;
        self.output = self.output.checked_sub(bytes).ok_or(Problem::Output)?;
        Ok(())
    }
}
