//! All profiles: the built-in ones and the user's, which replace built-in profiles of the same name.

use std::collections::BTreeMap;

use super::Platform;
use super::network::edge::Edge;
use super::network::edge_reader;
use crate::diagnostics::suggestion::{did_you_mean, shorten};
use crate::diagnostics::{FileId, Location, Sink, rules};
use crate::inputs::Source;
use crate::profile::{BUILT_IN, EgressRule, IngressRule, Profile as Written};
use crate::syntax::{Document, decode};
use crate::value::Text;

/// All profiles, by name.
#[derive(Debug, Default)]
pub struct Profiles(BTreeMap<Text, Profile>);

/// A profile, as far as it is known without its parents.
#[derive(Debug)]
pub struct Profile {
    /// The file of the user's profile; none for a built-in one.
    pub file: Option<FileId>,
    /// What it is for.
    pub summary: Text,
    /// The profile that it extends.
    pub extends: Option<Text>,
    /// Whether it demands a reason of entries itself.
    pub reason_required: bool,
    /// The connections that it allows to the pods of an entry.
    pub ingress: Vec<IngressRule>,
    /// The connections that it allows from the pods of an entry.
    pub egress: Vec<EgressRule>,
}

impl Profile {
    fn new(written: Written, file: Option<FileId>) -> Self {
        Self {
            file,
            summary: written.summary.0,
            extends: written.extends.map(|name| name.0),
            reason_required: written.reason_required.unwrap_or(false),
            ingress: written.ingress,
            egress: written.egress,
        }
    }
}

/// The maximum depth of profiles that extend each other.
const MAX_DEPTH: usize = 16;

impl Profiles {
    /// The built-in profiles and those of `documents`.
    pub fn new<'d>(documents: impl Iterator<Item = (&'d str, &'d Document)>, findings: &mut Sink) -> Self {
        let mut profiles: BTreeMap<Text, Profile> = BUILT_IN
            .iter()
            .filter_map(|built_in| Some((built_in.name.into(), parse(built_in.text)?)))
            .collect();
        for (name, document) in documents {
            if name == "none" || !crate::format::is_dns_label(name) {
                let finding = rules::UNKNOWN_PROFILE
                    .at(Location::root(document.file), format!("a profile cannot have the name `{name}`"));
                findings.push(
                    finding.help(
                        "name the file after the profile, a DNS label; `none` means no policies at all",
                    ),
                );
            }
            if let Some(written) = decode(document, findings) {
                profiles.insert(name.to_owned().into(), Profile::new(written, Some(document.file)));
            }
        }
        Self(profiles)
    }

    /// Checks all profiles of the user, including unused ones.
    pub fn check(&self, platform: &Platform, findings: &mut Sink) {
        for (name, profile) in &self.0 {
            if let Some(file) = profile.file {
                self.check_parent(name, profile, &Location::root(file), findings);
                edge_reader::of_profile(profile, platform, findings);
            }
        }
    }

    fn check_parent(&self, name: &Text, profile: &Profile, root: &Location, findings: &mut Sink) {
        let Some(parent) = &profile.extends else { return };
        if self.get(parent).is_none() {
            let finding = rules::UNKNOWN_PROFILE
                .at(root.key("extends"), format!("there is no profile `{}`", shorten(parent)));
            findings.push(finding.help_some(did_you_mean(parent, self.names())));
        } else if self.chain(name).is_none() {
            let finding = rules::UNKNOWN_PROFILE.at(root.key("extends"), "this profile extends itself");
            findings.push(
                finding.note(format!("at most {MAX_DEPTH} profiles may extend each other, each only once")),
            );
        }
    }

    /// The profile with this name.
    pub fn get(&self, name: &str) -> Option<&Profile> {
        self.0.get(&Text::from(name.to_owned()))
    }

    /// All names, in order.
    pub fn names(&self) -> impl Iterator<Item = &str> + Clone {
        self.0.keys().map(Text::as_str)
    }

    /// A profile and those that it extends, the first parent first; nothing if they form a cycle or one is
    /// missing.
    pub fn chain(&self, name: &str) -> Option<Vec<&Profile>> {
        let mut line = Vec::new();
        let mut next = Some(name);
        while let Some(name) = next {
            let profile = self.get(name)?;
            if line.len() == MAX_DEPTH {
                return None;
            }
            line.insert(0, profile);
            next = profile.extends.as_deref();
        }
        Some(line)
    }

    /// The edges that a profile allows, its parents' first.
    pub fn edges(&self, name: &str, platform: &Platform) -> Vec<Edge> {
        let line = self.chain(name).unwrap_or_default();
        line.into_iter()
            .flat_map(|profile| edge_reader::of_profile(profile, platform, &mut Sink::new()))
            .collect()
    }

    /// Whether entries that use the profile require a reason, because of the profile itself or one that it
    /// extends.
    pub fn reason_required(&self, name: &str) -> bool {
        self.chain(name).unwrap_or_default().iter().any(|profile| profile.reason_required)
    }
}

fn parse(text: &'static str) -> Option<Profile> {
    let source = Source::new("built-in", text);
    let mut findings = Sink::new();
    let document = Document::load(FileId::default(), &source, &mut findings);
    let written = decode(&document, &mut findings)?;
    findings.is_empty().then(|| Profile::new(written, None))
}
