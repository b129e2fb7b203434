//! Which payloads an exchange has: RFC 7296 appendix C and its extensions, as a table apart from parsing.
//!
//! A message may take one of several forms (an answer, a refusal, a step of EAP). [`check`] finds the form that fits best and
//! says what deviates from it. Unknown payloads and Vendor IDs fit everywhere (RFC 7296 sections 2.5 and 3.12).
//!
//! ```
//! use ikev2::registry::{ExchangeType, PayloadType};
//! use ikev2::wire::Chain;
//! use ikev2::wire::rules::{self, Deviation, Protection};
//!
//! let content = [0, 0, 0, 4];
//! let chain = Chain::parse(PayloadType::NONCE, &content)?;
//! let conformance = rules::check(ExchangeType::IKE_INTERMEDIATE, false, Protection::Protected, chain.payloads()).unwrap();
//! assert_eq!(conformance.deviations().next(), Some(Deviation::NotAllowed(PayloadType::NONCE)));
//! # Ok::<(), ikev2::error::ParseError>(())
//! ```

use super::chain::Payloads;
use crate::registry::{ExchangeType, PayloadType};
use core::fmt;

/// Where payloads stand: in clear, or under the protection of SK or SKF.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Protection {
    /// In the message itself, SK and SKF closed.
    Clear,
    /// Inside SK, or in a reassembled fragment set.
    Protected,
}

/// How often a payload may stand in a form.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub struct Occurrence {
    /// The payload.
    pub payload: PayloadType,
    /// At least so many.
    pub min: usize,
    /// At most so many; `usize::MAX` for any number.
    pub max: usize,
}

/// One form a message may take.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub struct Form {
    /// What the form is for.
    pub name: &'static str,
    /// The payloads it has, those that are optional included. Others do not fit.
    pub occurrences: &'static [Occurrence],
}

/// The forms of one exchange, direction and protection.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub struct Grammar {
    /// The exchange.
    pub exchange: ExchangeType,
    /// Requests or responses.
    pub response: bool,
    /// In clear, or inside SK.
    pub protection: Protection,
    /// The forms.
    pub forms: &'static [Form],
}

/// What does not fit a form.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize), serde(rename_all = "snake_case"))]
#[non_exhaustive]
pub enum Deviation {
    /// A payload the form must have stands there too seldom, or not at all.
    Missing {
        /// The payload.
        payload: PayloadType,
        /// How often it stands there.
        found: usize,
        /// How often it must, at least.
        min: usize,
    },
    /// A payload stands there more often than it may.
    TooMany {
        /// The payload.
        payload: PayloadType,
        /// How often it stands there.
        found: usize,
        /// How often it may, at most.
        max: usize,
    },
    /// A payload the form does not have.
    NotAllowed(PayloadType),
}

impl fmt::Display for Deviation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Missing { payload, found: 0, .. } => write!(f, "no payload {payload}"),
            Self::Missing { payload, found, min } => write!(f, "{found} payloads {payload} where at least {min} must be"),
            Self::TooMany { payload, found, max } => write!(f, "{found} payloads {payload} where at most {max} may be"),
            Self::NotAllowed(payload) => write!(f, "payload {payload} is not allowed"),
        }
    }
}

/// The best-fitting form, and what deviates from it.
#[derive(Clone, Debug)]
pub struct Conformance<'a> {
    form: &'static Form,
    payloads: Payloads<'a>,
}

/// Holds the payloads of a message against the grammar; `None` when the exchange (or this part of it) has none.
#[must_use]
pub fn check(exchange: ExchangeType, response: bool, protection: Protection, payloads: Payloads<'_>) -> Option<Conformance<'_>> {
    let grammar = GRAMMAR.iter().find(|g| g.exchange == exchange && g.response == response && g.protection == protection)?;
    let conformance = |form| Conformance { form, payloads: payloads.clone() };
    grammar.forms.iter().map(conformance).min_by_key(|conformance| conformance.deviations().count())
}

impl Conformance<'_> {
    /// The form the message fits best.
    #[must_use]
    pub const fn form(&self) -> &'static Form {
        self.form
    }

    /// What deviates from it; nothing when the message is as it should be.
    pub fn deviations(&self) -> impl Iterator<Item = Deviation> {
        let counted = self.form.occurrences.iter().filter_map(|&Occurrence { payload, min, max }| {
            let found = self.payloads.clone().filter(|raw| raw.ty == payload).count();
            if found < min {
                Some(Deviation::Missing { payload, found, min })
            } else if found > max {
                Some(Deviation::TooMany { payload, found, max })
            } else {
                None
            }
        });
        let strange = self.payloads.clone().map(|raw| raw.ty).filter(|ty| {
            let fits_anywhere = *ty == PayloadType::V || !ty.is_assigned();
            !fits_anywhere && !self.form.occurrences.iter().any(|rule| rule.payload == *ty)
        });
        counted.chain(strange.map(Deviation::NotAllowed))
    }
}

const fn one(payload: PayloadType) -> Occurrence {
    Occurrence { payload, min: 1, max: 1 }
}
const fn maybe(payload: PayloadType) -> Occurrence {
    Occurrence { payload, min: 0, max: 1 }
}
const fn any(payload: PayloadType) -> Occurrence {
    Occurrence { payload, min: 0, max: usize::MAX }
}
const fn some(payload: PayloadType) -> Occurrence {
    Occurrence { payload, min: 1, max: usize::MAX }
}
const fn form(name: &'static str, rules: &'static [Occurrence]) -> Form {
    Form { name, occurrences: rules }
}

use PayloadType as P;

const REFUSAL: Form = form("refusal", &[some(P::N)]);

/// The clear part of a protected message: RFC 8019 section 8.2 lets a puzzle's solution precede SK in IKE_AUTH.
const SEALED: &[Form] = &[form("protected", &[one(P::SK)]), form("protected fragment", &[one(P::SKF)])];
const SEALED_WITH_PUZZLE: &[Form] =
    &[form("protected", &[one(P::SK), maybe(P::PS)]), form("protected fragment", &[one(P::SKF), maybe(P::PS)])];
/// RFC 7296 sections 1.5 and 2.21.4: outside of an SA a node may say, unprotected, that it knows none.
const SEALED_OR_REFUSAL: &[Form] = &[form("protected", &[one(P::SK)]), form("protected fragment", &[one(P::SKF)]), REFUSAL];

/// The forms of IKE_SA_INIT (RFC 7296 appendix C.1, RFC 8019).
const INIT_REQUEST: &[Form] = &[form("offer", &[one(P::SA), one(P::KE), one(P::NONCE), any(P::N), maybe(P::PS)])];
const INIT_RESPONSE: &[Form] = &[form("answer", &[one(P::SA), one(P::KE), one(P::NONCE), any(P::CERTREQ), any(P::N)]), REFUSAL];

/// The forms of IKE_AUTH (RFC 7296 appendix C.2 to C.3, RFC 4739, RFC 6023).
const AUTH_REQUEST: &[Form] = &[
    form(
        "identity and child SA",
        &[
            one(P::IDI),
            any(P::CERT),
            any(P::CERTREQ),
            maybe(P::IDR),
            maybe(P::AUTH),
            maybe(P::CP),
            one(P::SA),
            one(P::TSI),
            one(P::TSR),
            any(P::N),
        ],
    ),
    form("identity alone", &[one(P::IDI), any(P::CERT), any(P::CERTREQ), maybe(P::IDR), maybe(P::AUTH), maybe(P::CP), any(P::N)]),
    form("EAP", &[one(P::EAP), any(P::N)]),
    form("proof after EAP", &[one(P::AUTH), any(P::N)]),
    REFUSAL,
];
const AUTH_RESPONSE: &[Form] = &[
    form("proof and child SA", &[maybe(P::IDR), any(P::CERT), one(P::AUTH), maybe(P::CP), one(P::SA), one(P::TSI), one(P::TSR), any(P::N)]),
    form("proof alone", &[maybe(P::IDR), any(P::CERT), one(P::AUTH), maybe(P::CP), any(P::N)]),
    form("EAP", &[maybe(P::IDR), any(P::CERT), maybe(P::AUTH), one(P::EAP), any(P::N)]),
    REFUSAL,
];

/// The forms of CREATE_CHILD_SA (RFC 7296 appendix C.4 to C.6).
const CHILD_REQUEST: &[Form] = &[
    form("child SA", &[one(P::SA), one(P::NONCE), maybe(P::KE), one(P::TSI), one(P::TSR), maybe(P::CP), any(P::N)]),
    form("IKE SA", &[one(P::SA), one(P::NONCE), one(P::KE), any(P::N)]),
];
const CHILD_RESPONSE: &[Form] = &[
    form("child SA", &[one(P::SA), one(P::NONCE), maybe(P::KE), one(P::TSI), one(P::TSR), maybe(P::CP), any(P::N)]),
    form("IKE SA", &[one(P::SA), one(P::NONCE), one(P::KE), any(P::N)]),
    REFUSAL,
];

/// RFC 7296 appendix C.7.
const INFORMATIONAL: &[Form] = &[form("information", &[any(P::N), any(P::D), maybe(P::CP)])];
/// RFC 5723 section 4.3.
const RESUME_REQUEST: &[Form] = &[form("resumption", &[one(P::NONCE), some(P::N)])];
const RESUME_RESPONSE: &[Form] = &[form("resumption", &[one(P::NONCE), any(P::N)]), REFUSAL];
/// RFC 9242 section 3.2, RFC 9370 section 2.2.2.
const INTERMEDIATE: &[Form] = &[form("intermediate", &[maybe(P::KE), any(P::N)])];
/// RFC 9370 section 2.2.4.
const FOLLOWUP_REQUEST: &[Form] = &[form("additional key exchange", &[one(P::KE), some(P::N)])];
const FOLLOWUP_RESPONSE: &[Form] = &[form("additional key exchange", &[one(P::KE), any(P::N)]), REFUSAL];
/// RFC 9838 sections 2.3 and 2.4.
const GSA_AUTH_REQUEST: &[Form] = &[
    form(
        "join",
        &[one(P::IDI), any(P::CERT), any(P::CERTREQ), maybe(P::IDR), maybe(P::AUTH), maybe(P::CP), one(P::IDG), maybe(P::SA), any(P::N)],
    ),
    form("EAP", &[one(P::EAP), any(P::N)]),
    form("proof after EAP", &[one(P::AUTH), any(P::N)]),
];
const GSA_AUTH_RESPONSE: &[Form] = &[
    form("group keys", &[maybe(P::IDR), any(P::CERT), one(P::AUTH), maybe(P::CP), maybe(P::GSA), maybe(P::KD), any(P::N), any(P::D)]),
    form("EAP", &[maybe(P::IDR), any(P::CERT), maybe(P::AUTH), one(P::EAP), any(P::N)]),
    REFUSAL,
];
const GSA_REGISTRATION_REQUEST: &[Form] = &[form("join", &[one(P::IDG), maybe(P::SA), any(P::N)])];
const GSA_KEYS: &[Form] = &[form("group keys", &[maybe(P::GSA), maybe(P::KD), any(P::N), any(P::D), maybe(P::AUTH)])];

const fn grammar(exchange: ExchangeType, response: bool, protection: Protection, forms: &'static [Form]) -> Grammar {
    Grammar { exchange, response, protection, forms }
}

use ExchangeType as X;
use Protection::{Clear, Protected};

/// Every exchange, direction and place this crate knows the forms of.
pub const GRAMMAR: &[Grammar] = &[
    grammar(X::IKE_SA_INIT, false, Clear, INIT_REQUEST),
    grammar(X::IKE_SA_INIT, true, Clear, INIT_RESPONSE),
    grammar(X::IKE_AUTH, false, Clear, SEALED_WITH_PUZZLE),
    grammar(X::IKE_AUTH, true, Clear, SEALED_OR_REFUSAL),
    grammar(X::IKE_AUTH, false, Protected, AUTH_REQUEST),
    grammar(X::IKE_AUTH, true, Protected, AUTH_RESPONSE),
    grammar(X::CREATE_CHILD_SA, false, Clear, SEALED),
    grammar(X::CREATE_CHILD_SA, true, Clear, SEALED_OR_REFUSAL),
    grammar(X::CREATE_CHILD_SA, false, Protected, CHILD_REQUEST),
    grammar(X::CREATE_CHILD_SA, true, Protected, CHILD_RESPONSE),
    grammar(X::INFORMATIONAL, false, Clear, SEALED_OR_REFUSAL),
    grammar(X::INFORMATIONAL, true, Clear, SEALED_OR_REFUSAL),
    grammar(X::INFORMATIONAL, false, Protected, INFORMATIONAL),
    grammar(X::INFORMATIONAL, true, Protected, INFORMATIONAL),
    grammar(X::IKE_SESSION_RESUME, false, Clear, RESUME_REQUEST),
    grammar(X::IKE_SESSION_RESUME, true, Clear, RESUME_RESPONSE),
    grammar(X::IKE_INTERMEDIATE, false, Clear, SEALED),
    grammar(X::IKE_INTERMEDIATE, true, Clear, SEALED_OR_REFUSAL),
    grammar(X::IKE_INTERMEDIATE, false, Protected, INTERMEDIATE),
    grammar(X::IKE_INTERMEDIATE, true, Protected, INTERMEDIATE),
    grammar(X::IKE_FOLLOWUP_KE, false, Clear, SEALED),
    grammar(X::IKE_FOLLOWUP_KE, true, Clear, SEALED_OR_REFUSAL),
    grammar(X::IKE_FOLLOWUP_KE, false, Protected, FOLLOWUP_REQUEST),
    grammar(X::IKE_FOLLOWUP_KE, true, Protected, FOLLOWUP_RESPONSE),
    grammar(X::GSA_AUTH, false, Clear, SEALED),
    grammar(X::GSA_AUTH, true, Clear, SEALED_OR_REFUSAL),
    grammar(X::GSA_AUTH, false, Protected, GSA_AUTH_REQUEST),
    grammar(X::GSA_AUTH, true, Protected, GSA_AUTH_RESPONSE),
    grammar(X::GSA_REGISTRATION, false, Clear, SEALED),
    grammar(X::GSA_REGISTRATION, true, Clear, SEALED_OR_REFUSAL),
    grammar(X::GSA_REGISTRATION, false, Protected, GSA_REGISTRATION_REQUEST),
    grammar(X::GSA_REGISTRATION, true, Protected, GSA_KEYS),
    grammar(X::GSA_REKEY, false, Clear, SEALED),
    grammar(X::GSA_REKEY, false, Protected, GSA_KEYS),
    grammar(X::GSA_INBAND_REKEY, false, Clear, SEALED),
    grammar(X::GSA_INBAND_REKEY, false, Protected, GSA_KEYS),
    grammar(X::GSA_INBAND_REKEY, true, Clear, SEALED_OR_REFUSAL),
    grammar(X::GSA_INBAND_REKEY, true, Protected, GSA_KEYS),
];

#[cfg(test)]
mod tests {
    use super::*;
    use crate::wire::ChainBuilder;
    use crate::wire::RawPayload;
    use crate::wire::chain::Chain;
    use crate::wire::payload::Payload;
    use alloc::vec::Vec;

    fn deviations(exchange: X, response: bool, protection: Protection, types: &[P]) -> (&'static str, Vec<Deviation>) {
        let mut buf = [0; 256];
        let mut builder = ChainBuilder::new(&mut buf);
        for ty in types {
            builder.push(Payload::Unknown(RawPayload::new(*ty, false, &[])));
        }
        let (first, octets) = builder.finish().unwrap();
        let chain = Chain::parse(first, octets).unwrap();
        let report = check(exchange, response, protection, chain.payloads()).unwrap();
        (report.form().name, report.deviations().collect())
    }

    #[test]
    fn hostile_30_each_mandatory_payload_taken_away_in_turn_is_missed() {
        for grammar in GRAMMAR {
            for form in grammar.forms.iter().filter(|_| grammar.protection == Protected || grammar.exchange == X::IKE_SA_INIT) {
                let whole: Vec<_> = form.occurrences.iter().map(|rule| rule.payload).collect();
                assert_eq!(deviations(grammar.exchange, grammar.response, grammar.protection, &whole).1, [], "{grammar:?} {}", form.name);
                // A message that fits another form as well misses nothing.
                if grammar.forms.len() > 1 {
                    continue;
                }
                for rule in form.occurrences.iter().filter(|rule| rule.min > 0) {
                    let without: Vec<_> = whole.iter().copied().filter(|ty| *ty != rule.payload).collect();
                    let missing = Deviation::Missing { payload: rule.payload, found: 0, min: rule.min };
                    assert_eq!(deviations(grammar.exchange, grammar.response, grammar.protection, &without).1, [missing]);
                }
            }
        }
    }

    #[test]
    fn the_form_that_fits_best_is_reported() {
        let (name, found) = deviations(X::IKE_AUTH, false, Protected, &[P::IDI, P::AUTH, P::SA, P::TSI, P::KE, P::V]);
        assert_eq!(name, "identity and child SA");
        assert_eq!(found, [Deviation::Missing { payload: P::TSR, found: 0, min: 1 }, Deviation::NotAllowed(P::KE)]);
        assert_eq!(deviations(X::IKE_AUTH, true, Protected, &[P::N]).0, "refusal");
        let twice = deviations(X::IKE_SA_INIT, false, Clear, &[P::SA, P::KE, P::KE, P::NONCE]).1;
        assert_eq!(twice, [Deviation::TooMany { payload: P::KE, found: 2, max: 1 }]);
        assert!(check(X(99), false, Clear, Payloads::new(P::NO_NEXT_PAYLOAD, &[], super::super::codec::At::INPUT)).is_none());
    }
}
