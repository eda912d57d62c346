//! Defines the type of each format.

macro_rules! formats {
    ($($(#[$doc:meta])* $name:ident { $($field:ident: $value:expr),* $(,)? })*) => {
        /// All formats.
        pub static FORMATS: &[Format] = &[$(Format { name: stringify!($name), $($field: $value),* }),*];

        $(
            $(#[$doc])*
            #[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Deserialize)]
            pub struct $name(pub Text);

            impl std::ops::Deref for $name {
                type Target = str;

                fn deref(&self) -> &str {
                    self.0.as_str()
                }
            }

            impl From<&$name> for Text {
                fn from(name: &$name) -> Self {
                    name.0.clone()
                }
            }

            impl From<&$name> for Value {
                fn from(name: &$name) -> Self {
                    Self::Text(name.0.clone())
                }
            }

            impl JsonSchema for $name {
                fn inline_schema() -> bool {
                    true
                }

                fn schema_name() -> std::borrow::Cow<'static, str> {
                    stringify!($name).into()
                }

                fn json_schema(_: &mut SchemaGenerator) -> Schema {
                    schema(stringify!($name))
                }
            }
        )*
    };
}
