//! A certificate is reissued.

use crate::diff::certificates::Reissued;
use crate::diff::change::{Place, Report};
use crate::diff::comparison::Comparison;

/// How many certificates for exactly the same names Let's Encrypt issues in seven days.
const MAX_DUPLICATES: usize = 5;

pub(super) fn judge(comparison: &Comparison<'_>, report: &mut Report<'_>) {
    for reissued in &comparison.certificates.reissued {
        let names: Vec<_> = reissued.names.iter().map(|name| format!("`{name}`")).collect();
        let (kind, name) = &reissued.object;
        let [first, ..] = names.as_slice() else { continue };
        let more = if names.len() > 1 { format!(" and {} more", names.len() - 1) } else { String::new() };
        report
            .add(
                &reissued.entry,
                Place::after(reissued.location.clone()),
                format!("the certificate of {first}{more} is reissued: {}", reissued.why),
                consequence(reissued),
            )
            .objects(comparison.named(&reissued.entry, kind, name))
            .push();
    }
}

fn consequence(reissued: &Reissued) -> String {
    let until = "until it is issued, browsers see the ingress controller's default certificate";
    if reissued.is_duplicate {
        format!(
            "{until}; it has the same names as the old one, of which Let's Encrypt issues {MAX_DUPLICATES} \
             in seven days"
        )
    } else {
        until.into()
    }
}
