//! The digest of the inputs of an application. It detects changes and is not cryptographic: whoever can
//! change a chart can also change the lock.

use std::fmt;

/// FNV-1a with 128 bits, over length-prefixed parts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Digest(u128);

impl Default for Digest {
    fn default() -> Self {
        Self(0x6c62_272e_07bb_0142_62b8_2175_6295_c58d)
    }
}

impl Digest {
    /// Adds a part with its length.
    pub fn add(&mut self, part: &[u8]) {
        const PRIME: u128 = 0x0000_0000_0100_0000_0000_0000_0000_013b;
        let length = part.len() as u64;
        let bytes = length.to_le_bytes();
        self.0 = bytes
            .iter()
            .chain(part)
            .fold(self.0, |hash, byte| (hash ^ u128::from(*byte)).wrapping_mul(PRIME));
    }
}

impl fmt::Display for Digest {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(out, "fnv1a-{:032x}", self.0)
    }
}
