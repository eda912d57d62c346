//! The judges: each looks for one kind of change, in a file with a page of its own.

mod access_narrowed;
mod application_moved;
mod application_orphaned;
mod application_removed;
mod application_renamed;
mod auth_changed;
mod auth_removed;
mod auto_sync_changed;
mod certificate_reissued;
mod chart_major;
mod connection_closed;
mod database_connection;
mod default_deny_removed;
mod deletion_enabled;
mod entry_kept;
mod entry_removed;
mod entry_renamed;
mod host_exposed;
mod host_moved;
mod host_removed;
mod host_renamed;
mod immutable_field;
mod mass_removal;
mod object_kept;
mod open_ingress;
mod order_changed;
mod peer_narrowed;
mod peer_widened;
mod pod_security_lowered;
mod profile_widened;
mod project_widened;
mod protection_removed;
mod public_host;
mod release_renamed;
mod resource_removed;
mod revision_unpinned;
mod role_granted;
mod role_removed;
mod root_project_changed;

use super::change::{Change, Report};
use super::comparison::Comparison;
use super::level::Level;

/// Looks for one kind of change.
#[derive(Debug)]
pub struct Judge {
    /// The kind of change, in kebab case.
    pub name: &'static str,
    /// The level of its changes.
    pub level: Level,
    /// The page that explains it, in Markdown: what it says, why it matters, what to do, and two catalogs
    /// with the report of their difference.
    pub page: &'static str,
    find: fn(&Comparison<'_>, &mut Report<'_>),
}

macro_rules! judges {
    ($($level:ident $module:ident $name:literal)*) => {
        /// All judges, in the order of reports.
        pub static ALL: &[Judge] = &[$(Judge {
            name: $name,
            level: Level::$level,
            page: include_str!(concat!("judges/", $name, ".md")),
            find: $module::judge,
        }),*];
    };
}

judges! {
    DataLost mass_removal "mass-removal"
    DataLost entry_removed "entry-removed"
    DataLost entry_renamed "entry-renamed"
    DataLost application_removed "application-removed"
    DataLost application_renamed "application-renamed"
    DataLost application_moved "application-moved"
    DataLost release_renamed "release-renamed"
    DataLost resource_removed "resource-removed"
    DataLost protection_removed "protection-removed"
    DataLost deletion_enabled "deletion-enabled"
    Opened auth_removed "auth-removed"
    Opened public_host "public-host"
    Opened host_exposed "host-exposed"
    Opened auth_changed "auth-changed"
    Opened default_deny_removed "default-deny-removed"
    Opened profile_widened "profile-widened"
    Opened peer_widened "peer-widened"
    Opened database_connection "database-connection"
    Opened open_ingress "open-ingress"
    Opened pod_security_lowered "pod-security-lowered"
    Opened project_widened "project-widened"
    Opened role_granted "role-granted"
    ApplyFails root_project_changed "root-project-changed"
    ApplyFails immutable_field "immutable-field"
    ApplyFails host_moved "host-moved"
    Noticed entry_kept "entry-kept"
    Noticed object_kept "object-kept"
    Noticed application_orphaned "application-orphaned"
    Noticed host_removed "host-removed"
    Noticed host_renamed "host-renamed"
    Noticed access_narrowed "access-narrowed"
    Noticed role_removed "role-removed"
    Noticed certificate_reissued "certificate-reissued"
    Noticed connection_closed "connection-closed"
    Noticed peer_narrowed "peer-narrowed"
    Noticed order_changed "order-changed"
    Noticed auto_sync_changed "auto-sync-changed"
    Noticed chart_major "chart-major"
    Noticed revision_unpinned "revision-unpinned"
}

/// The changes that all judges find, the most dangerous first.
pub(super) fn judge(comparison: &Comparison<'_>) -> Vec<Change> {
    let mut changes = Vec::new();
    for judge in ALL {
        (judge.find)(comparison, &mut Report::new(judge, &mut changes));
    }
    changes
}
