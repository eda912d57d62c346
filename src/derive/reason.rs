//! Why something is derived.

use std::fmt;

use super::known::Basis;
use crate::kubernetes::GroupKind;
use crate::lock::objects::ObjectName;

/// The object that something is derived from: `lock: CODE KIND/NAME`, or `chart: NAME VERSION KIND` where
/// only the built-in facts are known.
#[derive(Clone, Copy, Debug)]
pub struct Reason<'m> {
    /// Where it is known from.
    pub basis: Basis<'m>,
    /// Its kind.
    pub kind: &'m GroupKind,
    /// Its name; none if its names are random.
    pub name: Option<&'m ObjectName>,
}

impl fmt::Display for Reason<'_> {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.basis {
            Basis::Lock { code, .. } => write!(out, "lock: {code} {}", self.kind.kind)?,
            Basis::Chart(chart) => {
                return write!(out, "chart: {} {} {}", chart.name, chart.version, self.kind.kind);
            }
        }
        self.name.map_or(Ok(()), |name| write!(out, "/{name}"))
    }
}
