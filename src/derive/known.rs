//! What is known of an application.

use crate::lock::Interface;
use crate::lock::builtin::{self, Chart};
use crate::manifests::is_pinned;
use crate::model::{Application, Model, Platform, Source};
use crate::names::ApplicationCode;

/// What is known of an application, or of one of its sources.
#[derive(Clone, Copy, Debug)]
pub struct Known<'m> {
    /// What it deploys.
    pub interface: &'m Interface,
    /// Where it is known from.
    pub basis: Basis<'m>,
}

/// Where it is known from what an application deploys.
#[derive(Clone, Copy, Debug)]
pub enum Basis<'m> {
    /// The lock, in the entry of this `applicationCode`. Names can be relied on if nothing it was made of can
    /// change by itself.
    Lock {
        /// The `applicationCode`.
        code: &'m ApplicationCode,
        /// Its sources.
        sources: &'m [Source],
        /// The platform, whose repository may be theirs.
        platform: &'m Platform,
    },
    /// The built-in facts about a chart, with all of its optional parts. Names depend on the release.
    Chart(&'static Chart),
}

impl Basis<'_> {
    /// Whether it is what this application really deploys, and not what its chart may deploy.
    pub fn is_lock(self) -> bool {
        matches!(self, Self::Lock { .. })
    }

    /// Whether it contains the names of objects, and not only their kinds.
    pub fn is_pinned(self) -> bool {
        match self {
            Self::Lock { sources, platform, .. } => sources.iter().all(|source| is_pinned(source, platform)),
            Self::Chart(_) => false,
        }
    }
}

/// What is known of an application: its entry in the lock, else what the built-in facts say of its charts.
pub fn known<'m>(application: &'m Application, model: &'m Model) -> impl Iterator<Item = Known<'m>> + Clone {
    let locked = locked(application, model);
    let charts = application.sources.iter().filter(move |_| locked.is_none()).filter_map(chart_of);
    let charts = charts.map(|chart| Known { interface: &chart.interface, basis: Basis::Chart(chart) });
    locked.into_iter().chain(charts)
}

/// What the lock knows of an application: what it really deploys, and not what its charts may deploy.
pub fn locked<'m>(application: &'m Application, model: &'m Model) -> Option<Known<'m>> {
    let Application { code, sources, .. } = application;
    let basis = Basis::Lock { code, sources, platform: &model.platform };
    application.interface().map(|interface| Known { interface, basis })
}

/// Whether anything is known of the applications of a model.
pub fn is_any_known(model: &Model) -> bool {
    let mut sources = model.applications().flat_map(|application| &application.sources);
    !model.lock.entries.is_empty() || sources.any(|source| chart_of(source).is_some())
}

/// The built-in facts about the chart of a source.
pub fn chart_of(source: &Source) -> Option<&'static Chart> {
    builtin::of(&source.repository, source.chart.as_deref())
}
