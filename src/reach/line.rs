//! The lines of the user's files that policies come from.

use std::fmt;

use super::Reach;
use crate::diagnostics::{Location, printable};
use crate::kubernetes::Origin;
use crate::value::Text;

/// A line of a file.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Line {
    /// The name of the file.
    pub file: String,
    /// The number of the line, counted from 1.
    pub line: usize,
    /// The profile on the line that requests it, if it comes from a profile.
    pub profile: Option<Text>,
    /// The template on the line that requests it, if it comes from a template.
    pub template: Option<Text>,
    /// Where it is in the document.
    pub location: Location,
}

/// `applications.yml:12 (profile web-app)`
impl fmt::Display for Line {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(out, "{}:{}", printable(&self.file), self.line)?;
        match (&self.profile, &self.template) {
            (Some(profile), _) => write!(out, " (profile {})", printable(profile)),
            (_, Some(template)) => write!(out, " (template {})", printable(template)),
            _ => Ok(()),
        }
    }
}

impl Reach<'_> {
    /// The line of a location.
    pub(super) fn line(&self, location: &Location) -> Option<Line> {
        let lines = self.lines.iter().find(|lines| lines.document.file == location.file)?;
        let span = lines.document.span(location);
        Some(Line {
            file: lines.document.name.clone(),
            line: lines.line(span.start) + 1,
            profile: None,
            template: None,
            location: location.clone(),
        })
    }

    /// The line of an origin.
    pub(super) fn line_of(&self, origin: &Origin) -> Option<Line> {
        let line = self.line(&origin.location)?;
        Some(Line { profile: origin.profile.clone(), template: origin.template.clone(), ..line })
    }
}
