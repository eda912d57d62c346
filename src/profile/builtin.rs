//! The built-in profiles.

/// A built-in profile.
#[derive(Debug)]
pub struct BuiltIn {
    /// Its name.
    pub name: &'static str,
    /// Its text, in the format of a file of `profiles/`.
    pub text: &'static str,
}

macro_rules! built_in {
    ($($name:literal)*) => {
        &[$(BuiltIn { name: $name, text: include_str!(concat!("../../profiles/", $name, ".yml")) }),*]
    };
}

/// All built-in profiles, in the order of the documentation.
pub static BUILT_IN: &[BuiltIn] = built_in! {
    "base" "web-app" "web-app-internal" "media-server" "worker" "database"
    "system" "monitoring" "unrestricted"
};
