//! The names of a catalog, each with a type of its own, so that no two of them can be exchanged.
//!
//! A name is compared only with a name of its type. The conversion to text is explicit, as in
//! [`Namespace::as_str`]; only a [`Value`], which is to be written, is made of any name.
//!
//! ```compile_fail,E0308
//! # use wharf::names::{ApplicationCode, ApplicationName};
//! let name: ApplicationName = ApplicationCode::new("notes");
//! ```
//!
//! ```compile_fail,E0308
//! # use wharf::names::{Namespace, ProjectName};
//! assert!(Namespace::new("web-notes") == ProjectName::new("web-notes"));
//! ```

use std::borrow::Borrow;
use std::fmt;

use crate::value::{Text, Value};

/// A type for one sort of name.
macro_rules! name {
    ($(#[$comment:meta])* $Name:ident) => {
        $(#[$comment])*
        #[derive(Clone, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub struct $Name(Text);

        impl $Name {
            /// The name that `text` is.
            pub fn new(text: impl Into<Text>) -> Self {
                Self(text.into())
            }

            /// The name as a string.
            pub fn as_str(&self) -> &str {
                self.0.as_str()
            }

            /// The name as a text, which shares its storage.
            pub fn to_text(&self) -> Text {
                self.0.clone()
            }
        }

        impl fmt::Display for $Name {
            fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
                fmt::Display::fmt(&self.0, out)
            }
        }

        impl fmt::Debug for $Name {
            fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
                fmt::Debug::fmt(&self.0, out)
            }
        }

        /// For look-ups by text; equality and order are those of the text.
        impl Borrow<str> for $Name {
            fn borrow(&self) -> &str {
                self.as_str()
            }
        }

        impl From<$Name> for Value {
            fn from(name: $Name) -> Self {
                name.0.into()
            }
        }

        impl From<&$Name> for Value {
            fn from(name: &$Name) -> Self {
                name.to_text().into()
            }
        }
    };
}

name! {
    /// The name of a Namespace.
    Namespace
}

name! {
    /// The name of an `AppProject`.
    ProjectName
}

name! {
    /// The code of an application, by which the catalog refers to it.
    ApplicationCode
}

name! {
    /// The name of an Application in Argo CD, which a pattern may derive from the code.
    ApplicationName
}

name! {
    /// The full name of a host.
    Host
}

/// How a host or a domain ends whose variable something else replaces, after wharf. Nobody owns it (RFC
/// 2606).
pub const UNKNOWN_DOMAIN: &str = ".invalid";

impl ApplicationName {
    /// The name of an Application whose name no pattern decides.
    pub fn of_code(code: &ApplicationCode) -> Self {
        Self(code.to_text())
    }
}

impl ProjectName {
    /// The name of an `AppProject` whose name no pattern decides.
    pub fn of_namespace(namespace: &Namespace) -> Self {
        Self(namespace.to_text())
    }
}
