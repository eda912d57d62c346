//! A catalog that is edited while it is compiled again and again, as a watching command or an editor does.

use std::num::NonZeroUsize;

use crate::compile::{Compiled, compile};
use crate::inputs::Inputs;

/// The sources of a catalog and their compilation, which is kept until a source changes.
#[derive(Debug)]
pub struct Session {
    inputs: Inputs,
    threads: NonZeroUsize,
    compiled: Compiled,
}

impl Session {
    /// Compiles `inputs`. The number of threads affects nothing but the time.
    pub fn new(inputs: Inputs, threads: NonZeroUsize) -> Self {
        Self { compiled: compile(&inputs, threads), inputs, threads }
    }

    /// The sources.
    pub fn inputs(&self) -> &Inputs {
        &self.inputs
    }

    /// The compilation of the sources.
    pub fn compiled(&self) -> &Compiled {
        &self.compiled
    }

    /// The same, to add findings that do not follow from the sources. They are lost when a source changes.
    pub fn compiled_mut(&mut self) -> &mut Compiled {
        &mut self.compiled
    }

    /// Takes the current sources, and compiles them if one differs, was added or was removed; returns whether
    /// that was the case. Other files of the working tree are not sources: which of them exist is looked up
    /// by each compilation.
    pub fn update(&mut self, inputs: Inputs) -> bool {
        let differs = self.inputs != inputs;
        if differs {
            self.compiled = compile(&inputs, self.threads);
            self.inputs = inputs;
        }
        differs
    }
}

#[cfg(test)]
mod tests {
    use std::num::NonZeroUsize;

    use super::Session;
    use crate::inputs::{Inputs, Source};

    fn inputs(catalog: &str) -> Inputs {
        Inputs {
            applications: Source::new("applications.yml", catalog),
            platform: Some(Source::new(
                "platform.yml",
                "{repository: {url: https://git.example.com/home.git}, domain: example.com}",
            )),
            ..Inputs::default()
        }
    }

    #[test]
    fn a_catalog_is_compiled_again_only_if_a_source_changes() {
        let catalog = "- {namespace: web-notes, networkPolicies: {profile: web-app}}\n";
        let mut session = Session::new(inputs(catalog), NonZeroUsize::MIN);
        let objects = session.compiled().objects.len();
        session.compiled_mut().objects.clear();
        assert!(!session.update(inputs(catalog)));
        assert!(session.compiled().objects.is_empty(), "the compilation is kept");
        assert!(session.update(inputs(&format!("{catalog}- {{namespace: web-mail}}\n"))));
        assert!(session.compiled().has_errors());
        assert!(session.update(inputs(catalog)));
        assert_eq!(session.compiled().objects.len(), objects);
    }

    #[test]
    fn a_removed_or_renamed_source_is_a_change() {
        let catalog = "- {namespace: web-notes, networkPolicies: {profile: web-app}}\n";
        let mut session = Session::new(inputs(catalog), NonZeroUsize::MIN);
        assert!(session.update(Inputs { platform: None, ..inputs(catalog) }));
        assert!(session.compiled().has_errors());
        let profile = |name: &str| vec![(name.to_owned(), Source::new("profiles/x.yml", "summary: x"))];
        assert!(session.update(Inputs { profiles: profile("one"), ..inputs(catalog) }));
        assert!(session.update(Inputs { profiles: profile("two"), ..inputs(catalog) }));
        assert!(!session.update(Inputs { profiles: profile("two"), ..inputs(catalog) }));
    }
}
