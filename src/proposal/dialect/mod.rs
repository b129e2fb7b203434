//! How each stack reads an SA payload and compares one offered proposal with one of its own.
//!
//! A dialect is one file that implements [`Rules`], and one row in the table below for each of its versions. To add one:
//!
//! 1. Write `dialect/NAME.rs`: a type with a [`Meter`] and an implementation of [`Rules`] for it. The compiler lists what is
//!    missing; what the stack does not do is said there, too.
//! 2. Declare the file here, and add its row: variant, name on command lines and in JSON, product and version in words,
//!    `file::Type` and the version it is given. A new row comes last: the corpus of the fuzz target `negotiate` names rows by their
//!    place.
//! 3. A refusal that no other stack knows is a variant in `reason.rs`, with its words in `prose.rs`; the compiler asks for them.
//!
//! Everything else follows from the row: `Dialect::ALL`, reading and writing names, the search, the explanation and the policy's
//! defaults.

mod choice;
mod explain;
mod ke_sets;
mod libreswan;
mod openiked;
mod rfc;
mod rules;
mod strongswan;

pub(super) use choice::{Choice, Chosen, FittingPair, MOST, Offered, PolicyRules, Verdict, Withdrawal};
pub(super) use explain::{Explain, Record};

use super::asked::Asked;
use super::context::NegotiationContext;
use super::reason::RefusalResponse;
use super::spelling::spelled;
use super::suite::{Local, Proposal};
use super::work::{Meter, Uncounted};
use crate::registry::{KeMethod, TransformType};
use alloc::vec::Vec;
use rules::{Rules, choose};

macro_rules! dialects {
    ($($(#[$doc:meta])* $variant:ident = $name:literal, $product:literal, $file:ident::$rules:ident($version:expr);)+) => {
        /// Whose rules decide. The stacks differ already in what they accept as an SA payload, and within a stack by version.
        ///
        /// `Display` writes the name that `FromStr` reads; [`name`](Self::name) is for people.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Default)]
        #[non_exhaustive]
        pub enum Dialect {
            $($(#[$doc])* $variant,)+
        }

        spelled! {
            Dialect as "dialect" {
                $($variant = $name;)+
            }
        }

        impl Dialect {
            /// The stack and version in words.
            #[must_use]
            pub const fn name(self) -> &'static str {
                match self {
                    $(Self::$variant => $product,)+
                }
            }

            /// What a policy of this dialect starts with, and what it may hold.
            pub(super) fn policy_rules(self) -> PolicyRules {
                match self {
                    $(Self::$variant => <$file::$rules as Rules>::policy_rules($version),)+
                }
            }

            /// Searches an offer for the pair the stack chooses.
            pub(super) fn choose<'a, M: Meter>(
                self,
                offer: &'a [u8],
                locals: &[Local],
                asked: &Asked,
                meter: M,
            ) -> Result<Choice<'a>, RefusalResponse> {
                match self {
                    $(Self::$variant => choose(&$file::$rules::new($version, *asked, meter), offer, locals, asked),)+
                }
            }

            /// The rules as a value.
            pub(super) fn rules(self, asked: Asked) -> AnyRules {
                match self {
                    $(Self::$variant => AnyRules::$variant($file::$rules::new($version, asked, Uncounted)),)+
                }
            }
        }

        /// The rules of any dialect.
        #[derive(Clone, Debug)]
        pub(super) enum AnyRules {
            $($variant($file::$rules),)+
        }

        impl AnyRules {
            /// The rules, whichever they are.
            pub(super) fn explain(&self) -> &dyn Explain {
                match self {
                    $(Self::$variant(rules) => rules,)+
                }
            }
        }
    };
}

impl Dialect {
    /// The proposals of an offer as the stack reads them, each with its Proposal Num. What it cannot read of the octets is left out.
    pub(super) fn proposals_of(self, offer: &[u8], context: NegotiationContext) -> Vec<(u8, Proposal)> {
        let rules = self.rules(Asked::plain(context));
        let (records, codes) = rules.explain().list(offer);
        let proposal = |record: &Record| {
            let own = codes.get(record.start..record.end).unwrap_or(&[]);
            (record.number, Proposal::new(record.protocol, own.iter().map(|t| t.transform()).collect::<Vec<_>>()))
        };
        records.iter().map(proposal).collect()
    }

    /// The method of the KE payload that goes with an offer by default: the first that the stack reads in it (RFC 7296 section 1.2).
    /// `None` when it reads none but NONE.
    #[must_use]
    pub fn first_ke(self, offer: &[u8], context: NegotiationContext) -> Option<KeMethod> {
        let all = self.proposals_of(offer, context);
        let mut groups = all.iter().flat_map(|(_, proposal)| proposal.of_type(TransformType::KE)).filter(|t| !t.is_none());
        groups.next().map(|group| KeMethod(group.id.0))
    }
}

dialects! {
    /// RFC 7296 sections 2.7 and 3.3, RFC 5282, RFC 9370. For stacks nobody could observe, too.
    #[default]
    Rfc = "rfc", "RFC 7296", rfc::Rfc(());
    /// strongSwan 5.9 (charon).
    StrongSwan5 = "strongswan", "strongSwan 5.9", strongswan::StrongSwan(strongswan::Version::V5);
    /// strongSwan 6, with RFC 9370.
    StrongSwan6 = "strongswan6", "strongSwan 6", strongswan::StrongSwan(strongswan::Version::V6);
    /// libreswan 4 (pluto 4.10).
    Libreswan4 = "libreswan", "libreswan 4.10", libreswan::Libreswan(libreswan::Version::V4);
    /// libreswan 5 (pluto 5.2), with RFC 9370 where the policy names additional key exchanges, which 5.3 and later can.
    Libreswan5 = "libreswan5", "libreswan 5", libreswan::Libreswan(libreswan::Version::V5);
    /// OpenIKED 7.2 (iked).
    OpenIked = "openiked", "OpenIKED 7.2", openiked::OpenIked(openiked::Version::V7_2);
    /// OpenIKED 7.4 (iked).
    OpenIked74 = "openiked7.4", "OpenIKED 7.4", openiked::OpenIked(openiked::Version::V7_4);
}
