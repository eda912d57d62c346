//! The profiles that come with wharf.

/// A profile that comes with wharf.
#[derive(Debug)]
pub struct BuiltIn {
    /// Its name.
    pub name: &'static str,
    /// Its text, as a file of `profiles/` would hold it.
    pub text: &'static str,
}

macro_rules! built_in {
    ($($name:literal)*) => {
        &[$(BuiltIn { name: $name, text: include_str!(concat!("../../profiles/", $name, ".yml")) }),*]
    };
}

/// All profiles that come with wharf, in the order in which a reader should meet them.
pub static BUILT_IN: &[BuiltIn] = built_in! {
    "base" "web-app" "web-app-internal" "media-server" "worker" "database" "system" "monitoring" "unrestricted"
};
