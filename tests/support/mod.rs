//! What several tests need.
#![allow(dead_code, reason = "no test needs all of it")]

pub(crate) mod cases;
pub(crate) mod diff;
