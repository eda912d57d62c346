//! Fuzzes `wharf_fuzz::platform`.

#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| wharf_fuzz::platform(bytes));
