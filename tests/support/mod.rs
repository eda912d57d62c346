//! Modules that several tests share.
#![allow(dead_code, reason = "no test needs all of it")]

pub(crate) mod call_sites;
pub(crate) mod cases;
pub(crate) mod diff;
pub(crate) mod limits;
pub(crate) mod locations;
pub(crate) mod pages;
