//! The quota that all templates of a catalog share.

use super::rendered::{Piece, Rendered};
use crate::diagnostics::{Finding, Location, rules};
use crate::model::{MAX_OUTPUT, MAX_STEPS, Template};
use crate::template::{self, Budget, Fault, Value};

/// How many steps all uses may take: 100 for each use of the largest catalog, and some of the maximum cost.
const ALL_STEPS: u64 = 10_000_000;

/// How many bytes of YAML all uses may render.
const ALL_BYTES: usize = 12 << 20;

/// What a use costs before its first step.
const USE: u64 = 50;

/// How many bytes of YAML a value costs at least: a short one takes as much memory as a long one.
const VALUE: usize = 16;

/// The same for a document.
const DOCUMENT: usize = 256;

/// How many steps a fault costs: finding its location takes as long as scanning the text.
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
    /// Whether the quota is exhausted; the use that exceeded it was reported.
    pub(super) fn is_spent(&self) -> bool {
        self.spent
    }

    /// Renders a template within the rest of the quota. `size` is that of the values of the use.
    pub(super) fn render(
        &mut self,
        template: &Template,
        variables: &[(&str, Value)],
        size: u64,
    ) -> Option<Result<template::Rendered, Fault>> {
        self.steps = self.steps.saturating_sub(USE + size);
        let steps = self.steps.min(MAX_STEPS);
        let mut budget = Budget::new(steps, MAX_OUTPUT);
        let result = template.render(variables, &mut budget)?;
        self.steps -= steps - budget.steps();
        let out_of_steps = matches!(&result, Err(fault) if fault.problem == template::Problem::Steps);
        self.spent = out_of_steps && steps < MAX_STEPS;
        Some(result)
    }

    /// Pays for the output of a use; whether the quota was sufficient.
    pub(super) fn take(&mut self, text: &str) -> bool {
        self.pay(text.len())
    }

    /// Pays for parsing a document of the output.
    pub(super) fn read(&mut self, piece: &Piece) -> bool {
        let text = piece.text();
        // Every value is next to one of these.
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

/// The finding for the use that exceeds the steps.
pub(super) fn spent(template: &Template, fault: &Fault, location: Location) -> Finding {
    let mut finding = template.fault(fault).with_secondary_label(location, "used here");
    finding.message = format!("the templates of this catalog take more than {ALL_STEPS} steps in total");
    finish(finding)
}

/// The finding for the use that exceeds the output.
pub(super) fn spent_reading(rendered: &Rendered<'_>) -> Finding {
    let finding = rules::INVALID_TEMPLATE.at(
        rendered.location.clone(),
        "the output of the templates of this catalog is longer than 12 MiB in total",
    );
    finish(finding)
}

fn finish(finding: Finding) -> Finding {
    finding.note("later uses were not checked").help("use the template less often, or shorten its output")
}
