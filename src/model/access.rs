//! Who may view and change what runs in a namespace, by role.

use std::collections::BTreeMap;

use crate::catalog::{Access as Written, AccessRole};
use crate::diagnostics::suggestion::shorten;
use crate::diagnostics::{Finding, Location, Sink, rules};
use crate::value::Text;

/// The groups that have a role.
#[derive(Debug)]
pub struct Access {
    /// The role.
    pub role: AccessRole,
    /// The groups, each with its line; at least one.
    pub groups: BTreeMap<Text, Location>,
}

/// The roles that are used, in order.
pub(super) fn model(written: &[Written], location: &Location, findings: &mut Sink) -> Vec<Access> {
    let mut roles: BTreeMap<AccessRole, BTreeMap<Text, Location>> = BTreeMap::new();
    let mut first: BTreeMap<&str, (AccessRole, usize)> = BTreeMap::new();
    for (index, access) in written.iter().enumerate() {
        if let Some((role, known)) = first.get(&*access.group) {
            findings.push(duplicate(access, *role, &location.index(index), &location.index(*known)));
            continue;
        }
        first.insert(&access.group, (access.role, index));
        roles.entry(access.role).or_default().insert((&access.group).into(), location.index(index));
    }
    roles.into_iter().map(|(role, groups)| Access { role, groups }).collect()
}

fn duplicate(access: &Written, first: AccessRole, location: &Location, known: &Location) -> Finding {
    let finding = rules::DUPLICATE_ACCESS
        .at(location.key("group"), format!("the group `{}` is listed twice", shorten(&access.group)));
    let finding = finding.with_secondary_label(known.key("group"), "first listed here");
    if access.role == first {
        return finding.note("the second line has no effect").help("remove one of the two lines");
    }
    let finding = finding.note("permissions add up: the role with fewer permissions would restrict nobody");
    finding.help("keep only the line with the intended role")
}
