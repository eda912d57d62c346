//! What all templates of a catalog may cost together.

use super::rendered::{Piece, Rendered};
use crate::diagnostics::Finding;
use crate::diagnostics::Location;
use crate::diagnostics::rules;
use crate::model::{MAX_OUTPUT, MAX_STEPS, Template};
use crate::template::{self, Budget, Fault, Value};

/// How many steps all uses may take: 100 for each use of the largest catalog, and some of the most expensive
/// ones.
const ALL_STEPS: u64 = 10_000_000;

/// How many bytes of YAML all uses may make.
const ALL_BYTES: usize = 12 << 20;

/// What a use costs before its first step.
const USE: u64 = 50;

/// How many bytes of YAML a value costs at least: a short one takes as much memory as a long one.
const VALUE: usize = 16;

/// The same for a document.
const DOCUMENT: usize = 256;

/// How many steps a fault costs: to find its place takes as long as to look through the text.
const FAULT: u64 = 5000;

pub(super) struct Quota {
    steps: u64,
    bytes: usize,
    spent: bool,
}

impl Default for Quota {
    fn default() -> Self {
        Self { steps: ALL_STEPS, bytes: ALL_BYTES, spent: false }
    }
}

impl Quota {
    /// Whether nothing is left; the use that took the last of it was reported.
    pub(super) fn is_spent(&self) -> bool {
        self.spent
    }

    /// Fills in a template within what is left. `size` is that of the words that are its own.
    pub(super) fn render(
        &mut self,
        template: &Template,
        words: &[(&str, Value)],
        size: u64,
    ) -> Option<Result<template::Rendered, Fault>> {
        self.steps = self.steps.saturating_sub(USE + size);
        let steps = self.steps.min(MAX_STEPS);
        let mut budget = Budget::new(steps, MAX_OUTPUT);
        let result = template.render(words, &mut budget)?;
        self.steps -= steps - budget.steps();
        let out_of_steps = matches!(&result, Err(fault) if fault.problem == template::Problem::Steps);
        self.spent = out_of_steps && steps < MAX_STEPS;
        Some(result)
    }

    /// Pays for the text that came of a use; whether there was enough left.
    pub(super) fn take(&mut self, text: &str) -> bool {
        self.pay(text.len())
    }

    /// Pays for reading a document of it.
    pub(super) fn read(&mut self, piece: &Piece) -> bool {
        let text = piece.text();
        // No value is without one of these behind or before it.
        let values = text
            .iter()
            .filter(|byte| matches!(byte, b'\n' | b',' | b':' | b'-' | b'[' | b'{' | b'?'))
            .count();
        self.pay(DOCUMENT + values.saturating_mul(VALUE).saturating_sub(text.len()))
    }

    /// Pays for the faults that were found.
    pub(super) fn report(&mut self, faults: usize) {
        self.steps = self.steps.saturating_sub(FAULT.saturating_mul(faults as u64));
    }

    fn pay(&mut self, bytes: usize) -> bool {
        match self.bytes.checked_sub(bytes) {
            Some(left) => self.bytes = left,
            None => self.spent = true,
        }
        !self.spent
    }
}

/// The finding for the use that takes the last step of all.
pub(super) fn spent(template: &Template, fault: &Fault, location: Location) -> Finding {
    let mut finding = template.fault(fault).with_secondary_label(location, "used here");
    finding.message = format!("the templates of this catalog take more than {ALL_STEPS} steps together");
    finish(finding)
}

/// The finding for the use whose output is too much.
pub(super) fn spent_reading(rendered: &Rendered<'_>) -> Finding {
    let finding = rules::INVALID_TEMPLATE
        .at(rendered.location.clone(), "more than 12 MiB come of the templates of this catalog together");
    finish(finding)
}

fn finish(finding: Finding) -> Finding {
    finding
        .note("the uses behind this one were not looked at")
        .help("use the template less often, or make it shorter")
}
