//! Values with a name on command lines and in JSON: one table each, which reads and writes it.

use alloc::borrow::ToOwned;
use alloc::string::String;
use core::fmt::{Display, Formatter, Result};

/// A text that is none of the names of a value.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct UnknownName {
    kind: &'static str,
    name: String,
    known: &'static [&'static str],
}

impl UnknownName {
    pub(super) fn new(kind: &'static str, name: &str, known: &'static [&'static str]) -> Self {
        Self { kind, name: name.to_owned(), known }
    }

    /// The text.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.name
    }

    /// The names there are.
    #[must_use]
    pub const fn known(&self) -> &'static [&'static str] {
        self.known
    }
}

impl Display for UnknownName {
    fn fmt(&self, f: &mut Formatter<'_>) -> Result {
        write!(f, "{}: {:?} is ", self.kind, self.name)?;
        let (before, between) = if let [_, _] = self.known { ("neither ", " nor ") } else { ("none of ", ", ") };
        for (index, known) in self.known.iter().enumerate() {
            write!(f, "{}{known}", if index == 0 { before } else { between })?;
        }
        Ok(())
    }
}

impl core::error::Error for UnknownName {}

/// `ALL`, `FromStr` and `Display` of an enum without fields. A row is `Variant = "name";`.
macro_rules! spelled {
    ($ty:ident as $kind:literal { $($variant:ident = $name:literal;)+ }) => {
        impl $ty {
            /// Every value.
            pub const ALL: [Self; [$($name),+].len()] = [$(Self::$variant),+];
        }

        /// Reads the name that `Display` writes.
        impl core::str::FromStr for $ty {
            type Err = $crate::proposal::spelling::UnknownName;

            fn from_str(name: &str) -> Result<Self, Self::Err> {
                match name {
                    $($name => Ok(Self::$variant),)+
                    other => Err(Self::Err::new($kind, other, &[$($name),+])),
                }
            }
        }

        /// The name that `Display` writes.
        #[cfg(feature = "serde")]
        impl serde::Serialize for $ty {
            fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                serializer.serialize_str(match self {
                    $(Self::$variant => $name,)+
                })
            }
        }

        /// Takes the name that `Display` writes.
        #[cfg(feature = "serde")]
        impl<'de> serde::Deserialize<'de> for $ty {
            fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                let name = <alloc::string::String as serde::Deserialize>::deserialize(deserializer)?;
                name.parse().map_err(serde::de::Error::custom)
            }
        }

        /// Writes the name on command lines and in JSON.
        impl core::fmt::Display for $ty {
            fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
                f.pad(match self {
                    $(Self::$variant => $name,)+
                })
            }
        }
    };
}

pub(super) use spelled;

#[cfg(test)]
mod tests {
    use crate::proposal::{Dialect, NegotiationContext, Preference};
    use alloc::string::ToString;
    use core::fmt::{Debug, Display};
    use core::str::FromStr;

    /// Every value is read as it is written, and those `given` have these names.
    fn names<T: Copy + Display + FromStr + PartialEq + Debug>(all: &[T], given: &[(T, &str)]) {
        for value in all {
            assert_eq!(value.to_string().parse().ok(), Some(*value));
        }
        for (value, name) in given {
            assert_eq!(value.to_string(), *name);
        }
    }

    /// Names are a contract: with scripts those of command lines and JSON, with readers those of products.
    #[test]
    fn names_stay_and_are_read_as_they_are_written() {
        let dialects = [
            (Dialect::Rfc, "rfc", "RFC 7296"),
            (Dialect::StrongSwan5, "strongswan", "strongSwan 5.9"),
            (Dialect::StrongSwan6, "strongswan6", "strongSwan 6"),
            (Dialect::Libreswan4, "libreswan", "libreswan 4.10"),
            (Dialect::Libreswan5, "libreswan5", "libreswan 5"),
            (Dialect::OpenIked, "openiked", "OpenIKED 7.2"),
            (Dialect::OpenIked74, "openiked7.4", "OpenIKED 7.4"),
        ];
        names(&Dialect::ALL, &dialects.map(|(dialect, name, _)| (dialect, name)));
        assert!(dialects.iter().all(|(dialect, _, product)| dialect.name() == *product));
        names(&Preference::ALL, &[(Preference::Configured, "configured"), (Preference::Supplied, "supplied")]);
        let questions = [
            (NegotiationContext::IkeSaInit, "ike"),
            (NegotiationContext::IkeAuth, "auth_child"),
            (NegotiationContext::CreateChildSa, "child"),
            (NegotiationContext::RekeyIkeSa, "ike_rekey"),
        ];
        names(&NegotiationContext::ALL, &questions);
        assert_eq!(alloc::format!("{:>5}|{:<5}|", Dialect::Rfc, NegotiationContext::IkeSaInit), "  rfc|ike  |");
    }

    #[test]
    fn an_unknown_name_is_told_the_known_ones() {
        let error = "Rfc\n".parse::<Dialect>().unwrap_err();
        assert_eq!((error.name(), error.known().len()), ("Rfc\n", Dialect::ALL.len()));
        assert!(error.to_string().starts_with("dialect: \"Rfc\\n\" is none of rfc, strongswan, strongswan6, libreswan, libreswan5, "));
        assert_eq!(
            "".parse::<NegotiationContext>().unwrap_err().to_string(),
            "question: \"\" is none of ike, auth_child, child, ike_rekey"
        );
        assert_eq!("mine".parse::<Preference>().unwrap_err().to_string(), "prefer: \"mine\" is neither configured nor supplied");
    }
}
