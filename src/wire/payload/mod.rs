//! Every payload: one file each, one table here, both directions.

mod auth;
mod auth_announcement;
mod cert;
mod certreq;
mod code_point_list;
mod cp;
mod cp_value;
mod delete;
mod eap;
mod encrypted_dns;
mod gateway;
mod id;
mod ke;
mod layout;
mod nonce;
mod notify;
mod notify_data;
mod puzzle;
mod sa;
mod sa_builder;
mod shape;
mod sk;
pub(crate) mod substructure;
mod ts;
mod vendor;

pub use auth::{Auth, DigitalSignature};
pub use auth_announcement::{AuthAnnouncement, AuthAnnouncements};
pub use cert::{Cert, HashAndUrl};
pub use certreq::CertReq;
pub use code_point_list::CodePointList;
pub use cp::{Configuration, ConfigurationAttribute, ConfigurationAttributes, ConfigurationBuilder};
pub use cp_value::ConfigurationValue;
pub use delete::{Delete, DeletedSpis};
pub use eap::{Eap, EapCode, EapExpanded, EapType};
pub use encrypted_dns::{EncryptedDns, EncryptedDnsDigest};
pub use gateway::Gateway;
pub use id::Id;
pub use ke::KeyExchange;
pub use nonce::Nonce;
pub use notify::Notify;
pub use notify_data::NotifyData;
#[cfg(all(test, feature = "arbitrary"))]
pub(crate) use notify_data::SHAPED as SHAPED_NOTIFY_TYPES;
pub use puzzle::PuzzleSolution;
pub use sa::{ProposalSubstructure, Proposals, Sa, TransformAttributes, TransformSubstructure, Transforms};
pub use sa_builder::{ProposalBuilder, SaBuilder, TransformBuilder};
pub use sk::{Sk, Skf};
pub use substructure::{TransformAttribute, TransformAttributeValue};
pub use ts::{Selectors, TrafficSelector, TrafficSelectors, TrafficSelectorsBuilder};
pub use vendor::VendorId;

use super::chain::RawPayload;
use super::writer::Writer;
use crate::error::ParseError;
use crate::registry::PayloadType;

/// The table of payloads: how a type is read, and how it is written back.
macro_rules! payloads {
    ($($(#[$doc:meta])* $variant:ident($body:ident) = $konst:ident;)+) => {
        /// A payload decoded to its last field.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
        #[non_exhaustive]
        pub enum Payload<'a> {
            $($(#[$doc])* $variant($body<'a>),)+
            /// A payload this crate knows no shape for, kept whole.
            Unknown(RawPayload<'a>),
        }

        impl<'a> Payload<'a> {
            /// The payload's type.
            #[must_use]
            pub const fn ty(&self) -> PayloadType {
                match self {
                    $(Self::$variant(_) => PayloadType::$konst,)+
                    Self::Unknown(raw) => raw.ty,
                }
            }

            /// Writes the body, without the generic payload header.
            #[inline(always)]
            pub(crate) fn emit(&self, w: &mut Writer<'_>) {
                match self {
                    $(Self::$variant(body) => body.emit(w),)+
                    Self::Unknown(raw) => w.slice(raw.body),
                }
            }
        }

        impl<'a> RawPayload<'a> {
            /// Checks the body to its last octet and gives its typed view.
            ///
            /// # Errors
            /// The first fault. The critical bit plays no part: if an unknown payload carries it, a strict parse has refused
            /// the chain, and a lenient one has it among its faults.
            #[inline(always)]
            pub fn parse(self) -> Result<Payload<'a>, ParseError> {
                match self.ty {
                    $(PayloadType::$konst => $body::parse_raw(self).map(Payload::$variant),)+
                    _ => Ok(Payload::Unknown(self)),
                }
            }

            /// Reads the body as far as it goes: the view of what is there ([`Payload::Unknown`] when nothing is), and the
            /// first fault; [`faults`](Self::faults) reports all.
            ///
            /// In a list only lengths bound the elements: no count, no number and no mark of the last one does.
            #[must_use]
            pub fn parse_lenient(self) -> (Payload<'a>, Option<ParseError>) {
                match self.ty {
                    $(PayloadType::$konst => match $body::lenient_raw(self) {
                        (Some(body), fault) => (Payload::$variant(body), fault),
                        (None, fault) => (Payload::Unknown(self), fault),
                    },)+
                    _ => (Payload::Unknown(self), None),
                }
            }

            /// Reports every fault of the body, in the order in which a reader meets them.
            ///
            /// A body whose fields do not follow from lengths alone has one at most: what stands behind it cannot be told. Of a Fragment
            /// Number the chain has reported.
            pub fn faults(self, mut report: impl FnMut(ParseError)) {
                match self.ty {
                    $(PayloadType::$konst => $body::faults_raw(self, &mut report),)+
                    _ => {}
                }
            }
        }
    };
}

impl RawPayload<'_> {
    /// Whether a lenient reading shows something of the payload's type in the body, or nothing is wrong with one that is empty.
    pub(crate) fn shows_something(self) -> bool {
        match self.parse_lenient() {
            (_, None) => true,
            (Payload::Unknown(_), Some(_)) => false,
            (_, Some(_)) => !self.body.is_empty(),
        }
    }
}

payloads! {
    /// Security Association, RFC 7296 section 3.3.
    Sa(Sa) = SA;
    /// Key Exchange, RFC 7296 section 3.4.
    KeyExchange(KeyExchange) = KE;
    /// Identification of the initiator, RFC 7296 section 3.5.
    IdI(Id) = IDI;
    /// Identification of the responder, RFC 7296 section 3.5.
    IdR(Id) = IDR;
    /// Certificate, RFC 7296 section 3.6.
    Cert(Cert) = CERT;
    /// Certificate Request, RFC 7296 section 3.7.
    CertReq(CertReq) = CERTREQ;
    /// Authentication, RFC 7296 section 3.8.
    Auth(Auth) = AUTH;
    /// Nonce, RFC 7296 section 3.9.
    Nonce(Nonce) = NONCE;
    /// Notify, RFC 7296 section 3.10.
    Notify(Notify) = N;
    /// Delete, RFC 7296 section 3.11.
    Delete(Delete) = D;
    /// Vendor ID, RFC 7296 section 3.12.
    VendorId(VendorId) = V;
    /// Traffic Selectors of the initiator, RFC 7296 section 3.13.
    TsI(TrafficSelectors) = TSI;
    /// Traffic Selectors of the responder, RFC 7296 section 3.13.
    TsR(TrafficSelectors) = TSR;
    /// Encrypted and Authenticated, RFC 7296 section 3.14.
    Sk(Sk) = SK;
    /// Configuration, RFC 7296 section 3.15.
    Configuration(Configuration) = CP;
    /// Extensible Authentication, RFC 7296 section 3.16.
    Eap(Eap) = EAP;
    /// Encrypted and Authenticated Fragment, RFC 7383 section 2.5.
    Skf(Skf) = SKF;
    /// Puzzle Solution, RFC 8019 section 8.2.
    PuzzleSolution(PuzzleSolution) = PS;
}
