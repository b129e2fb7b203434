//! IKE_AUTH and what comes after it, by content when there are keys, else by what encryption cannot hide.
//!
//! The type of the first payload stands in clear, and the suite chosen in IKE_SA_INIT tells how much content a message has to
//! within a block. A refusal is a single notify of 8 octets; a success has identity, proof, SA and selectors.
//!
//! Each message is read here when it comes: as a refusal, a good end, a farewell. Which of these readings stands once nothing more comes
//! is for the causes `EapFailed`, `AuthenticationFailed` and `ChildSaRefused` to say.

use super::flow::{Exchange, Flow, Packets};
use super::init::Init;
use super::sides::Sides;
use crate::diagnose::observation::{Decrypted, Observation};
use crate::instant::Instant;
use crate::registry::{AuthMethod, ExchangeType, NotifyType, PayloadType, Prf};
use crate::role::Role;
use crate::wire::{Chain, EapCode, Header, NotifyData, Payload};
use alloc::vec::Vec;
use core::time::Duration;

/// Octets of content that one notify without data, or one EAP success or failure, can have under any block length.
const ONE_NOTIFY: usize = 15;
/// The same for two notifies, or one with data.
const TWO_NOTIFIES: usize = 31;
/// Octets of a notify without data.
const NOTIFY: usize = 8;
/// Octets of identity, notifies and what else an initiator adds to the least.
const EXTRAS: usize = 40;
/// How long after IKE_AUTH an initiator that does not like the answer says so.
const SOON: Duration = Duration::from_secs(3);
/// Octets of a child SA offer kept to explain a refusal.
const OFFER: usize = 2048;
/// Octets of the smallest SA payload for a child, and of the smallest traffic selectors.
const CHILD_SA: usize = 4 + 8 + 4 + 8 + 8;
const SELECTORS: usize = 2 * (8 + 16);

/// A message that reads as a refusal of IKE_AUTH: who sent it, and whether it could be read.
pub(in crate::diagnose) struct Refused {
    pub(in crate::diagnose) by: Role,
    pub(in crate::diagnose) notify: Option<NotifyType>,
    pub(in crate::diagnose) packets: Packets,
    pub(in crate::diagnose) sure: bool,
}

/// A message that reads as a refusal of a child SA.
pub(in crate::diagnose) struct ChildRefused {
    pub(in crate::diagnose) exchange: ExchangeType,
    pub(in crate::diagnose) notify: Option<NotifyType>,
    pub(in crate::diagnose) packets: Packets,
    pub(in crate::diagnose) sure: bool,
    /// The request after which it is taken back if the same side asks again.
    pub(in crate::diagnose) message_id: u32,
    pub(in crate::diagnose) asker: Role,
}

/// What the initiator says right after IKE_AUTH, by a lone notify.
pub(in crate::diagnose) struct FinalNotify {
    pub(in crate::diagnose) packets: Packets,
    pub(in crate::diagnose) message_id: u32,
}

/// The last IKE_AUTH request, and when its answer came.
struct Last {
    message_id: u32,
    answered: Option<Instant>,
}

#[derive(Default)]
pub(in crate::diagnose) struct Auth {
    pub(in crate::diagnose) started: bool,
    last: Option<Last>,
    /// Octets of content of the first IKE_AUTH request, at least.
    first_request: Option<usize>,
    pub(in crate::diagnose) eap: bool,
    pub(in crate::diagnose) eap_done: bool,
    pub(in crate::diagnose) eap_largest: usize,
    /// An answer that is EAP success or failure, and nothing has followed it.
    pub(in crate::diagnose) eap_end: Option<Packets>,
    /// An EAP failure that could be read.
    pub(in crate::diagnose) eap_failed: Option<Packets>,
    pub(in crate::diagnose) refused: Option<Refused>,
    pub(in crate::diagnose) child_refused: Option<ChildRefused>,
    pub(in crate::diagnose) final_notify: Option<FinalNotify>,
    /// An answer that is no refusal came last.
    pub(in crate::diagnose) done: Option<Instant>,
    pub(in crate::diagnose) certificates: Option<bool>,
    pub(in crate::diagnose) status: Option<u32>,
    pub(in crate::diagnose) child_offer: Vec<u8>,
    pub(in crate::diagnose) deleted: bool,
    /// When initiator and responder last asked for a child SA or a rekeying.
    creates: Sides<Option<Instant>>,
}

impl Auth {
    /// Takes a message that may be whole only now.
    pub(in crate::diagnose) fn message(
        &mut self,
        seen: &Observation<'_>,
        header: &Header,
        exchange: &Exchange,
        was_whole: bool,
        init: &Init,
        decrypted: Option<Decrypted<'_>>,
    ) {
        let flow = if header.response { &exchange.response } else { &exchange.request };
        if header.exchange == ExchangeType::IKE_AUTH {
            self.started = true;
            if flow.inside == Some(PayloadType::EAP) {
                self.eap = true;
                self.eap_largest = self.eap_largest.max(flow.largest);
            }
        }
        if was_whole || flow.whole.is_none() {
            return;
        }
        self.goes_on(header);
        if header.exchange == ExchangeType::CREATE_CHILD_SA && !header.response {
            *self.creates.of_mut(header.sender()) = Some(seen.time);
        }
        let guess = decrypted.is_none();
        match (header.exchange, header.response) {
            (ExchangeType::IKE_AUTH, false) => self.auth_request(header, flow, guess),
            (ExchangeType::IKE_AUTH, true) => {
                self.last = Some(Last { message_id: header.message_id, answered: Some(seen.time) });
                if guess {
                    self.auth_response(seen, header, exchange, init);
                }
            }
            (ExchangeType::CREATE_CHILD_SA, true) if guess => self.child_response(seen, header, flow),
            (ExchangeType::INFORMATIONAL, false) if guess => self.informational(seen, header, flow),
            _ => {}
        }
        if let Some(decrypted) = decrypted {
            self.content(seen, header, decrypted);
        }
    }

    /// What another message takes back.
    fn goes_on(&mut self, header: &Header) {
        let asker = header.requester();
        if self.final_notify.as_ref().is_some_and(|final_notify| !asker.is_initiator() || header.message_id > final_notify.message_id) {
            self.final_notify = None;
        }
        // Another try, or a child SA that the other side asks for in the same moment: then it was a collision.
        let again = |child: &ChildRefused| {
            let tries = header.exchange == ExchangeType::CREATE_CHILD_SA && (child.asker != asker || header.message_id > child.message_id);
            let goes_on =
                header.exchange == ExchangeType::IKE_AUTH && child.exchange == header.exchange && header.message_id > child.message_id;
            !child.sure && !header.response && (tries || goes_on)
        };
        if self.child_refused.as_ref().is_some_and(again) {
            self.child_refused = None;
        }
    }

    fn auth_request(&mut self, header: &Header, flow: &Flow, guess: bool) {
        self.last = Some(Last { message_id: header.message_id, answered: None });
        if self.first_request.is_none() {
            self.first_request = flow.content.map(|(least, _)| least);
        }
        self.eap_end = None;
        self.done = None;
        if guess && self.eap && flow.inside == Some(PayloadType::AUTH) {
            self.eap_done = true;
        }
    }

    fn auth_response(&mut self, seen: &Observation<'_>, header: &Header, exchange: &Exchange, init: &Init) {
        let flow = &exchange.response;
        // Without the suite: a lone notify in the smallest and the largest of suites.
        let most = flow.content.map_or_else(|| flow.largest.saturating_sub(20 + 8 + 28 + 4 + 8 + 12), |(_, most)| most);
        let single = most <= if flow.content.is_some() { TWO_NOTIFIES } else { 48 };
        let packets = || exchange.packets();
        match flow.inside {
            Some(PayloadType::N) if single => {
                self.refused = Some(Refused { by: Role::Responder, notify: None, packets: packets(), sure: false });
            }
            Some(PayloadType::EAP) if most <= ONE_NOTIFY => self.eap_end = Some(packets()),
            Some(PayloadType::EAP) => {}
            Some(PayloadType::IDR) if !self.eap => {
                self.done = Some(seen.time);
                let proof = init.prf.map_or(16, proof);
                let least =
                    8_usize.saturating_add(1).saturating_add(8).saturating_add(proof).saturating_add(CHILD_SA).saturating_add(SELECTORS);
                // A request for an IKE SA alone (RFC 6023) is smaller, for all the notifies it may carry.
                let asked = self.first_request.is_some_and(|request| request >= least.saturating_add(EXTRAS));
                if asked && flow.content.is_some_and(|(_, most)| most < least) {
                    self.child(header, None, packets(), false);
                }
            }
            // The first answer of an EAP dialogue cannot be told from a last one until the dialogue goes on.
            _ => self.done = Some(seen.time),
        }
    }

    fn child(&mut self, header: &Header, notify: Option<NotifyType>, packets: Packets, sure: bool) {
        let asker = header.requester();
        let (exchange, message_id) = (header.exchange, header.message_id);
        self.child_refused = Some(ChildRefused { exchange, notify, packets, sure, message_id, asker });
    }

    fn child_response(&mut self, seen: &Observation<'_>, header: &Header, flow: &Flow) {
        // Where the cipher does not pad, INVALID_KE_PAYLOAD is two octets longer.
        let other = self.creates.of(header.sender());
        let collision = other.is_some_and(|other| seen.time - other <= SOON);
        if !collision && is_single_notify(flow) {
            self.child(header, None, seen.packets.into(), false);
        }
    }

    /// A lone notify as the first thing after IKE_AUTH: AUTHENTICATION_FAILED (RFC 7296 section 2.21.2).
    fn informational(&mut self, seen: &Observation<'_>, header: &Header, flow: &Flow) {
        let Some(Last { message_id: last, answered: Some(answered) }) = self.last else { return };
        let next = header.initiator && header.message_id == last.saturating_add(1);
        let soon = seen.time - answered <= SOON;
        if next && soon && is_single_notify(flow) {
            self.final_notify = Some(FinalNotify { packets: seen.packets.into(), message_id: header.message_id });
        }
    }

    fn content(&mut self, seen: &Observation<'_>, header: &Header, decrypted: Decrypted<'_>) {
        let sender = header.sender();
        let mut refused = false;
        for raw in Chain::parse_lenient(decrypted.first_payload, decrypted.content).payloads() {
            #[expect(clippy::wildcard_enum_match_arm, reason = "a payload of another type tells nothing here")]
            match raw.parse_lenient().0 {
                Payload::Cert(_) => self.certificates = Some(true),
                Payload::Auth(auth) => {
                    self.certificates = Some(auth.method != AuthMethod::SHARED_KEY_MIC || self.eap);
                    self.eap_done |= self.eap;
                }
                Payload::Sa(_) if !header.response && raw.body.len() <= OFFER => self.child_offer = raw.body.to_vec(),
                Payload::Eap(eap) => {
                    self.eap = true;
                    match eap.code {
                        EapCode::FAILURE => self.eap_failed = Some(seen.packets.into()),
                        EapCode::SUCCESS => self.eap_done = true,
                        _ => {}
                    }
                }
                Payload::Delete(delete) => self.deleted |= delete.protocol() == crate::registry::SecurityProtocol::IKE,
                Payload::Notify(notify) => {
                    if let Ok(NotifyData::MsNotifyStatus(status)) = notify.typed_data() {
                        self.status = Some(status);
                    } else if notify.ty.is_error() {
                        refused |= self.error(seen, header, sender, notify.ty);
                    }
                }
                _ => {}
            }
        }
        let last = !self.eap || self.eap_done;
        if header.exchange == ExchangeType::IKE_AUTH && header.response && !refused && last {
            self.done = Some(seen.time);
        }
    }

    /// An error inside; tells whether IKE_AUTH as a whole is refused by it.
    fn error(&mut self, seen: &Observation<'_>, header: &Header, by: Role, ty: NotifyType) -> bool {
        use NotifyType as T;
        let packets = || seen.packets.into();
        match (header.exchange, header.response, ty) {
            (ExchangeType::IKE_AUTH, true, T::NO_PROPOSAL_CHOSEN | T::TS_UNACCEPTABLE | T::SINGLE_PAIR_REQUIRED | T::NO_ADDITIONAL_SAS)
            | (ExchangeType::IKE_AUTH, true, T::INTERNAL_ADDRESS_FAILURE | T::FAILED_CP_REQUIRED | T::TS_MAX_QUEUE) => {
                self.child(header, Some(ty), packets(), true);
                false
            }
            (ExchangeType::IKE_AUTH, true, _) | (ExchangeType::INFORMATIONAL, false, T::AUTHENTICATION_FAILED) => {
                self.refused = Some(Refused { by, notify: Some(ty), packets: packets(), sure: true });
                true
            }
            // What follows a collision, and a group that is asked for, is a second try.
            (ExchangeType::CREATE_CHILD_SA, true, T::INVALID_KE_PAYLOAD | T::TEMPORARY_FAILURE | T::CHILD_SA_NOT_FOUND) => false,
            (ExchangeType::CREATE_CHILD_SA, true, _) => {
                self.child(header, Some(ty), packets(), true);
                false
            }
            _ => false,
        }
    }
}

/// Whether the message is one notify without data.
fn is_single_notify(flow: &Flow) -> bool {
    flow.inside == Some(PayloadType::N)
        && flow.content.is_some_and(|(least, most)| least <= NOTIFY && (NOTIFY..=ONE_NOTIFY).contains(&most))
}

/// Octets of the proof by a shared key.
fn proof(prf: Prf) -> usize {
    // The least output of a PRF: of one that is unknown nothing smaller can be a proof. Signatures with a curve of 256 bits take the
    // 64 octets of PRF_HMAC_SHA2_512.
    prf.facts().map_or(16, |facts| facts.output_len)
}
