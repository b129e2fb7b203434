//! The stacks that the table knows.

use core::fmt;

/// Names of stacks, one row each.
macro_rules! stacks {
    ($($(#[$doc:meta])* $stack:ident = $name:literal,)+) => {
        /// An implementation of IKEv2, whatever products are built on it.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
        #[non_exhaustive]
        pub enum Stack {
            $($(#[$doc])* $stack,)+
        }

        impl Stack {
            /// Every stack of the table.
            pub const ALL: &'static [Self] = &[$(Self::$stack),+];

            /// Its name in a report.
            #[must_use]
            pub const fn name(self) -> &'static str {
                match self {
                    $(Self::$stack => $name,)+
                }
            }
        }
    };
}

stacks! {
    /// charon of strongSwan, and so pfSense, OPNsense, VyOS and the strongSwan app.
    StrongSwan = "strongSwan",
    /// pluto of libreswan.
    Libreswan = "libreswan",
    /// iked of OpenBSD, and its portable edition.
    OpenIked = "OpenIKED",
    /// The VPN client of Windows, Routing and Remote Access, and gateways of Azure.
    Windows = "Windows",
    /// iOS, iPadOS and macOS.
    Apple = "Apple",
    /// Cisco IOS and IOS XE.
    CiscoIos = "Cisco IOS",
    /// Cisco ASA.
    CiscoAsa = "Cisco ASA",
    /// FortiOS.
    FortiGate = "FortiGate",
    /// Junos and ScreenOS.
    Juniper = "Juniper",
}

impl fmt::Display for Stack {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.name())
    }
}

/// Some of the stacks: a bit each, by their order in [`Stack::ALL`].
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct StackSet(u16);

impl StackSet {
    pub(super) fn one(stack: Stack) -> Self {
        let bits = Stack::ALL.iter().zip(0u32..).find(|(one, _)| **one == stack).and_then(|(_, at)| 1u16.checked_shl(at));
        Self(bits.unwrap_or_default())
    }

    pub(super) fn of(stacks: &[Stack]) -> Self {
        stacks.iter().fold(Self::default(), |all, stack| all.or(Self::one(*stack)))
    }

    pub(super) const fn or(self, other: Self) -> Self {
        Self(self.0 | other.0)
    }

    pub(super) const fn and(self, other: Self) -> Self {
        Self(self.0 & other.0)
    }

    pub(super) fn is_empty(self) -> bool {
        self == Self::default()
    }

    pub(super) fn iter(self) -> impl Iterator<Item = Stack> {
        Stack::ALL.iter().copied().filter(move |stack| !self.and(Self::one(*stack)).is_empty())
    }
}
