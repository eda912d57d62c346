//! Fuzzes `wharf_fuzz::catalog`.

#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| wharf_fuzz::catalog(bytes));
