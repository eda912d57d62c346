//! Modules that several tests share.
#![allow(dead_code, reason = "no test needs all of it")]

pub(crate) mod cases;
pub(crate) mod diff;
