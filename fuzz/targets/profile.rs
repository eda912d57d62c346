//! Fuzzes `wharf_fuzz::profile`.

#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| wharf_fuzz::profile(bytes));
