//! A change to the cluster, as data.

use std::panic;

use super::judges::Judge;
use super::level::Level;
use crate::diagnostics::Location;
use crate::names::{Host, Namespace};

/// One of the two catalogs that are compared.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Side {
    /// The old one.
    Before,
    /// The new one.
    After,
}

/// A location in one of the two catalogs.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Place {
    /// The catalog.
    pub side: Side,
    /// The location.
    pub location: Location,
}

impl Place {
    /// A location in the old catalog.
    pub fn before(location: Location) -> Self {
        Self { side: Side::Before, location }
    }

    /// A location in the new catalog.
    pub fn after(location: Location) -> Self {
        Self { side: Side::After, location }
    }
}

/// What a change is about, besides its objects.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Subject {
    /// A host.
    Host(String),
    /// A connection between pods and their peers: `web-notes → sys-postgres: 5432/TCP`.
    Connection(String),
}

/// A change to the cluster that a judge found.
#[derive(Clone, Debug)]
pub struct Change {
    /// The judge that found it.
    pub judge: &'static Judge,
    /// What changes: a phrase in lower case without a full stop, the user's text in backticks.
    pub message: String,
    /// What happens in the cluster.
    pub consequence: String,
    /// What to do about it, if there is more than its page says.
    pub help: Option<String>,
    /// The line of the catalog that causes it.
    pub place: Place,
    /// The line of the catalog that states that it is intended, with the key that does.
    pub stated: Option<(&'static str, Place)>,
    /// What it is about, besides its objects.
    pub subject: Option<Subject>,
    /// The entry that it belongs to, if it belongs to one.
    pub entry: Option<Namespace>,
    /// The indexes of the objects that change with it.
    pub objects: Vec<usize>,
    /// The line of this program that made it: tests require that every such line is executed.
    pub made_at: &'static panic::Location<'static>,
}

impl Change {
    /// Its level.
    pub fn level(&self) -> Level {
        self.judge.level
    }

    /// The host that it is about.
    pub fn host(&self) -> Option<&str> {
        match &self.subject {
            Some(Subject::Host(host)) => Some(host),
            _ => None,
        }
    }

    /// The connection that it is about.
    pub fn connection(&self) -> Option<&str> {
        match &self.subject {
            Some(Subject::Connection(connection)) => Some(connection),
            _ => None,
        }
    }
}

/// Collects the changes of one judge.
#[derive(Debug)]
pub(super) struct Report<'r> {
    judge: &'static Judge,
    changes: &'r mut Vec<Change>,
}

impl<'r> Report<'r> {
    pub(super) fn new(judge: &'static Judge, changes: &'r mut Vec<Change>) -> Self {
        Self { judge, changes }
    }

    /// Adds a change of an entry.
    #[track_caller]
    pub(super) fn add(
        &mut self,
        entry: &Namespace,
        place: Place,
        message: impl Into<String>,
        consequence: impl Into<String>,
    ) -> Draft<'_> {
        let mut draft = self.add_global(place, message, consequence);
        draft.change.entry = Some(entry.clone());
        draft
    }

    /// Adds a change that belongs to no entry.
    #[track_caller]
    pub(super) fn add_global(
        &mut self,
        place: Place,
        message: impl Into<String>,
        consequence: impl Into<String>,
    ) -> Draft<'_> {
        let change = Change {
            judge: self.judge,
            message: message.into(),
            consequence: consequence.into(),
            help: None,
            place,
            stated: None,
            subject: None,
            entry: None,
            objects: Vec::new(),
            made_at: panic::Location::caller(),
        };
        Draft { change, changes: self.changes }
    }
}

/// A change that is added when it is complete.
#[must_use = "`push` adds it"]
pub(super) struct Draft<'r> {
    change: Change,
    changes: &'r mut Vec<Change>,
}

impl Draft<'_> {
    /// Sets the objects that change with it.
    pub(super) fn objects(mut self, objects: impl IntoIterator<Item = usize>) -> Self {
        self.change.objects.extend(objects);
        self
    }

    /// Sets what to do about it.
    pub(super) fn help(mut self, help: impl Into<String>) -> Self {
        self.change.help = Some(help.into());
        self
    }

    /// Sets what to do about it, if there is anything.
    pub(super) fn help_some(mut self, help: Option<String>) -> Self {
        self.change.help = help;
        self
    }

    /// Sets the host that it is about.
    pub(super) fn host(mut self, host: &Host) -> Self {
        self.change.subject = Some(Subject::Host(host.to_string()));
        self
    }

    /// Sets the connection that it is about.
    pub(super) fn connection(mut self, connection: String) -> Self {
        self.change.subject = Some(Subject::Connection(connection));
        self
    }

    /// Sets the key that states that it is intended.
    pub(super) fn stated(mut self, key: &'static str, place: Option<Place>) -> Self {
        self.change.stated = place.map(|place| (key, place));
        self
    }

    /// Adds it.
    pub(super) fn push(self) {
        self.changes.push(self.change);
    }
}
