//! A host gets another name.

use crate::diff::change::{Place, Report};
use crate::diff::comparison::Comparison;
use crate::names::Host;

pub(super) fn judge(comparison: &Comparison<'_>, report: &mut Report<'_>) {
    for (old, renamed) in comparison.renamed_hosts.all() {
        let (entry, route, new) = (renamed.after.entry, renamed.after.route, renamed.new);
        report
            .add(
                &entry.namespace,
                Place::after(route.location.key("host")),
                format!("the host `{old}` becomes `{new}`"),
                consequence(comparison, old, new),
            )
            .host(new)
            .objects(comparison.of_renamed_host(renamed))
            .push();
    }
}

fn consequence(comparison: &Comparison<'_>, old: &Host, new: &Host) -> String {
    let follow = "DNS records and the redirect addresses of logins have to follow";
    if comparison.certificates.fresh.contains(new.as_str()) {
        format!(
            "links to `{old}` break; {follow}, and until the certificate of `{new}` is issued, browsers warn"
        )
    } else {
        format!("links to `{old}` break; {follow}")
    }
}
