//! What a configuration key is, and the macro that makes the typed [`Config`](super::Config), its reader and its
//! documentation out of one table, so that none of them can drift from another.

/// The form a value takes in the TOML file. In the environment everything is text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Shape {
    /// `"text in quotation marks"`
    Text,
    /// `42`
    Number,
    /// `true` or `false`
    Switch,
    /// `["one", "two"]`; in the environment `one,two`
    List,
}

/// One configuration key: everything that the example, the reference and the reader know of it.
#[derive(Debug, Clone, Copy)]
pub struct Key {
    /// The table of the file that it stands in, such as `server`.
    pub section: &'static str,
    /// Its name in that table, such as `listen`.
    pub name: &'static str,
    /// What it means, one line of the table's documentation each.
    pub doc: &'static [&'static str],
    /// What holds when it is not set, as it would be written in the environment.
    pub default: Option<&'static str>,
    /// A value that works, as it would be written in the environment.
    pub example: &'static str,
    /// The form of its value.
    pub shape: Shape,
    /// Its value must never be shown.
    pub secret: bool,
    /// It may not stand in a file.
    pub environment_only: bool,
    /// The service cannot start without it.
    pub required: bool,
    /// What a value is, in words that follow "write": "an address and a port".
    pub expects: fn() -> String,
}

impl Key {
    /// `server.listen`
    pub fn path(&self) -> String {
        format!("{}.{}", self.section, self.name)
    }

    /// `FOBWATCH_SERVER__LISTEN`
    pub fn variable(&self) -> String {
        format!("FOBWATCH_{}__{}", self.section.to_uppercase(), self.name.to_uppercase())
    }

    /// `listen = "127.0.0.1:8400"`: the line of the file that sets this key to `value`.
    pub fn line(&self, value: &str) -> String {
        format!("{} = {}", self.name, self.in_toml(value))
    }

    /// A value of this key as TOML.
    pub fn in_toml(&self, value: &str) -> String {
        match self.shape {
            Shape::Number | Shape::Switch => value.to_owned(),
            Shape::Text => quoted(value),
            Shape::List => {
                let items = value.split(',').map(str::trim).filter(|item| !item.is_empty()).map(quoted);
                format!("[{}]", items.collect::<Vec<_>>().join(", "))
            }
        }
    }
}

/// One table of the file.
#[derive(Debug, Clone, Copy)]
pub struct Section {
    /// Its name, such as `server`.
    pub name: &'static str,
    /// What belongs in it.
    pub doc: &'static [&'static str],
    /// Its keys, in the order of the example.
    pub keys: &'static [Key],
}

fn quoted(text: &str) -> String {
    format!("\"{}\"", text.replace('\\', "\\\\").replace('"', "\\\""))
}

/// Makes a struct for each section, the `Config` that holds them, `SECTIONS` for printing and `Config::read`.
///
/// A key is `name: Type, default "…", example "…";`. One without a default is required, unless its type is an `Option`.
macro_rules! settings {
    ($(
        $(#[doc = $section_doc:literal])+
        $section:ident: $Section:ident {
            $(
                $(#[doc = $doc:literal])+
                $key:ident: $Type:ty $(, default $default:literal)?, example $example:literal;
            )+
        }
    )+) => {
        $(
            $(#[doc = $section_doc])+
            #[derive(Debug, Clone)]
            pub struct $Section {
                $($(#[doc = $doc])+ pub $key: $Type,)+
            }

            impl $Section {
                const KEYS: &'static [$crate::config::schema::Key] = &[$($crate::config::schema::Key {
                    section: stringify!($section),
                    name: stringify!($key),
                    doc: &[$($doc),+],
                    default: settings!(@option $($default)?),
                    example: $example,
                    shape: <$Type as $crate::config::value::Setting>::SHAPE,
                    secret: <$Type as $crate::config::value::Setting>::SECRET,
                    environment_only: <$Type as $crate::config::value::Setting>::ENVIRONMENT_ONLY,
                    required: settings!(@required $Type $(, $default)?),
                    expects: <$Type as $crate::config::value::Setting>::expects,
                }),+];

                /// All keys are read before the first missing one ends it, so that every problem is found.
                fn read(reader: &mut $crate::config::reader::Reader) -> Option<Self> {
                    let mut keys = Self::KEYS.iter();
                    $(let $key = keys.next().and_then(|key| reader.take::<$Type>(key));)+
                    Some(Self { $($key: $key?),+ })
                }
            }
        )+

        /// The whole configuration, read and checked.
        #[derive(Debug, Clone)]
        pub struct Config {
            $($(#[doc = $section_doc])+ pub $section: $Section,)+
        }

        impl Config {
            pub(super) fn read(reader: &mut $crate::config::reader::Reader) -> Option<Self> {
                $(let $section = $Section::read(reader);)+
                Some(Self { $($section: $section?),+ })
            }
        }

        /// Every section with every key, in the order of the example.
        pub const SECTIONS: &[$crate::config::schema::Section] = &[$($crate::config::schema::Section {
            name: stringify!($section),
            doc: &[$($section_doc),+],
            keys: $Section::KEYS,
        }),+];
    };
    (@option) => { None };
    (@option $default:literal) => { Some($default) };
    (@required $Type:ty) => { !<$Type as $crate::config::value::Setting>::OPTIONAL };
    (@required $Type:ty, $default:literal) => { false };
}
pub(super) use settings;
