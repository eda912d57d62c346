//! Which file is meant: what it is for, and its number among the files of that role.

/// What a file is for.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub enum Role {
    /// `applications.yml`
    #[default]
    Catalog,
    /// `platform.yml`
    Platform,
    /// A file of `profiles/`.
    Profile,
    /// A file of `templates/`.
    Template,
    /// `applications.lock.yml`
    Lock,
    /// A file of `tests/`, with promises.
    Test,
    /// `applications.baseline.yml`
    Baseline,
    /// Manifests that are not an input of a compilation.
    Manifest,
}

/// A file. Files are in the order of their roles, and those of one role in the order of
/// `inputs::Inputs`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub struct FileId {
    role: Role,
    number: u16,
}

impl FileId {
    /// `applications.yml`
    pub const APPLICATIONS: Self = Self::new(Role::Catalog, 0);
    /// `platform.yml`
    pub const PLATFORM: Self = Self::new(Role::Platform, 0);
    /// `applications.lock.yml`
    pub const LOCK: Self = Self::new(Role::Lock, 0);
    /// `applications.baseline.yml`
    pub const BASELINE: Self = Self::new(Role::Baseline, 0);
    /// Manifests that are not an input of a compilation.
    pub const MANIFESTS: Self = Self::new(Role::Manifest, 0);

    /// The file with this number among those of its role, counted from 0.
    pub const fn new(role: Role, number: u16) -> Self {
        Self { role, number }
    }

    /// What the file is for.
    pub const fn role(self) -> Role {
        self.role
    }
}
