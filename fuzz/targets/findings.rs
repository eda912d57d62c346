//! Fuzzes `wharf_fuzz::findings`.

#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| wharf_fuzz::findings(bytes));
