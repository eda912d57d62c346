//! Roles of AppProjects for people who may see applications, but not their logs.

use crate::cluster::{Survey, has_placeholder};
use crate::diagnostics::Finding;
use crate::diagnostics::rules::ROLE_WITHOUT_LOGS;
use crate::diagnostics::suggestion::shorten;
use crate::kubernetes::Resource;
use crate::kubernetes::resource::{items_at, maps_at, text, text_at};
use crate::value::Map;

pub(super) fn check(survey: &Survey) -> Vec<Finding> {
    survey.projects.iter().flat_map(of_project).collect()
}

fn of_project(project: &Resource) -> Vec<Finding> {
    let location = project.location.key("spec").key("roles");
    let roles = maps_at(&project.value, &["spec", "roles"]).enumerate();
    let blind = roles.filter(|(_, role)| is_for_people(role) && lacks_logs(role));
    let finding = |(index, role): (usize, &Map)| {
        let name = text_at(role, &["name"]).unwrap_or_default();
        let message = format!("the role `{}` permits applications, but not their logs", shorten(name));
        let finding = ROLE_WITHOUT_LOGS.at(location.index(index), message);
        let project = &project.name;
        finding
            .note("since Argo CD 3.0, logs need a policy of their own: their tab stays empty")
            .help(format!("add `p, proj:{project}:{name}, logs, get, {project}/*, allow` to `policies`"))
    };
    blind.map(finding).collect()
}

/// Whether groups of people have the role, and not only tokens of programs.
fn is_for_people(role: &Map) -> bool {
    !items_at(role, &["groups"]).is_empty()
}

fn lacks_logs(role: &Map) -> bool {
    let policies: Vec<_> = items_at(role, &["policies"]).iter().filter_map(text).collect();
    let allows = |resource: &str| policies.iter().any(|policy| allows(policy, resource));
    !policies.iter().any(|policy| has_placeholder(policy)) && allows("applications") && !allows("logs")
}

/// Whether a line such as `p, proj:web:viewer, applications, get, web/*, allow` permits to read a resource.
fn allows(policy: &str, resource: &str) -> bool {
    let fields: Vec<_> = policy.split(',').map(str::trim).collect();
    let [_, _, of, action, .., effect] = fields.as_slice() else { return false };
    (*of == resource || *of == "*") && matches!(*action, "get" | "*") && *effect == "allow"
}

#[cfg(test)]
mod tests {
    use super::allows;

    #[test]
    fn a_policy_is_about_one_resource() {
        let policy = "p, proj:web:viewer, applications, get, web/*, allow";
        assert!(allows(policy, "applications") && !allows(policy, "logs"));
        assert!(allows("p, proj:web:admin, *, *, web/*, allow", "logs"));
        assert!(!allows("p, proj:web:viewer, logs, get, web/*, deny", "logs"));
        assert!(!allows("p, proj", "logs"));
    }
}
