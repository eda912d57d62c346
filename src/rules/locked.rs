//! The checks of what applications deploy according to the lock.

use std::cell::OnceCell;

use super::deployed::Deployed;
use super::openings::Openings;
use super::shared_object::Owners;
use super::{
    closed_metrics, late_definition, missing_edge, missing_secret, service_port, unadmitted_pods,
    unknown_pods, unknown_service, unknown_webhook, unpermitted_kind, unprotected_volume, unused_edge,
};
use crate::derive::{Definitions, Known, locked};
use crate::diagnostics::Sink;
use crate::model::{Application, Entry};

/// The state of the checks. All of them check an entry before the next one, while what is known of it is in
/// the cache of the processor.
pub(super) struct Locked<'d, 'm> {
    deployed: &'d Deployed<'m>,
    definitions: &'d Definitions<'m>,
    openings: Openings<'m>,
    owners: Owners<'d, 'm>,
    prometheus: OnceCell<Option<&'m Entry>>,
}

impl<'d, 'm> Locked<'d, 'm> {
    pub(super) fn new(deployed: &'d Deployed<'m>, definitions: &'d Definitions<'m>) -> Self {
        let (openings, owners) = (Openings::new(deployed.model), Owners::new(deployed));
        Self { deployed, definitions, openings, owners, prometheus: OnceCell::new() }
    }

    /// Checks an entry and its applications.
    pub(super) fn check(&mut self, entry: &'m Entry, findings: &mut Sink) {
        missing_secret::check(entry, self.deployed, findings);
        service_port::check(entry, self.deployed, findings);
        unknown_pods::check(entry, self.deployed, findings);
        unknown_service::check(entry, self.deployed, findings);
        unused_edge::check(entry, self.deployed, findings);
        for application in &entry.applications {
            if let Some(known) = locked(application, self.deployed.model) {
                self.check_application(entry, application, known, findings);
            }
        }
    }

    fn check_application(
        &mut self,
        entry: &'m Entry,
        application: &'m Application,
        known: Known<'m>,
        findings: &mut Sink,
    ) {
        let Self { deployed, definitions, openings, owners, prometheus } = self;
        let prometheus = || *prometheus.get_or_init(|| closed_metrics::prometheus(deployed.model));
        closed_metrics::check(application, known, openings, prometheus, findings);
        late_definition::check_application(application, known, definitions, deployed.model, findings);
        missing_edge::check(application, known, deployed, openings, findings);
        owners.check(entry, application, known, findings);
        unadmitted_pods::check(entry, application, known, findings);
        unknown_webhook::check(application, known, deployed, findings);
        unpermitted_kind::check(entry, application, known, deployed.model, findings);
        unprotected_volume::check(application, known, findings);
    }
}
