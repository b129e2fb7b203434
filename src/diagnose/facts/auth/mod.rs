//! IKE_AUTH and what comes after it, by content when there are keys, else by what encryption cannot hide.
//!
//! ```text
//! mod.rs      what is remembered, and which reading takes which back
//! inside.rs   what stands in a message that could be read
//! agreed.rs   what was asked for the child SA, held against the answer
//! answer.rs   what an answer to IKE_AUTH is, by its content or by the room for it
//! ```
//!
//! Each message is read here when it comes: as a refusal, a good end, a farewell. Which of these readings stands once nothing more comes
//! is for the causes to say.

mod agreed;
mod answer;
mod inside;

use super::flow::{Exchange, Flow, Packets};
use super::init::Init;
use super::room;
use super::sides::Sides;
use crate::diagnose::observation::{Decrypted, Observation};
use crate::instant::Instant;
use crate::registry::{AuthMethod, ExchangeType, NotifyType, PayloadType, SecurityProtocol};
use crate::role::Role;
use crate::wire::{EapCode, EapType, Header};
use alloc::vec::Vec;
use core::time::Duration;

use agreed::Agreed;
pub use agreed::ChildDifference;
pub(in crate::diagnose) use answer::Asked;
use answer::{Answer, Before};
pub(in crate::diagnose) use inside::{EapMethods, Inside, TlsAlert};

/// How long after IKE_AUTH an initiator that does not like the answer says so.
const SOON: Duration = Duration::from_secs(3);

/// An initiator that deletes what it does not like does so at once; after so long it deletes what stood.
const A_WHILE: Duration = Duration::from_millis(500);

/// A message that reads as a refusal of IKE_AUTH: who sent it, and whether it could be read.
#[derive(Clone, Debug)]
pub(in crate::diagnose) struct Refused {
    pub(in crate::diagnose) by: Role,
    pub(in crate::diagnose) notify: Option<NotifyType>,
    /// The payload type that UNSUPPORTED_CRITICAL_PAYLOAD names.
    pub(in crate::diagnose) critical: Option<PayloadType>,
    pub(in crate::diagnose) packets: Packets,
    pub(in crate::diagnose) sure: bool,
    /// It is more than a lone error: it begins with the responder's identity, and has no room for a proof.
    pub(in crate::diagnose) named: bool,
}

/// A message that reads as a refusal of a child SA.
#[derive(Clone, Debug)]
pub(in crate::diagnose) struct ChildRefused {
    pub(in crate::diagnose) exchange: ExchangeType,
    pub(in crate::diagnose) notify: Option<NotifyType>,
    /// The group that INVALID_KE_PAYLOAD names.
    pub(in crate::diagnose) group: Option<u16>,
    /// It was to take the place of an SA.
    pub(in crate::diagnose) rekey: bool,
    /// How often the same was refused so far.
    pub(in crate::diagnose) rounds: u32,
    pub(in crate::diagnose) packets: Packets,
    pub(in crate::diagnose) sure: bool,
    pub(in crate::diagnose) time: Instant,
    /// The request after which it is taken back if the same side succeeds.
    pub(in crate::diagnose) message_id: u32,
    pub(in crate::diagnose) asker: Role,
}

/// What the initiator says right after IKE_AUTH, by a lone notify.
#[derive(Clone, Debug)]
pub(in crate::diagnose) struct FinalNotify {
    pub(in crate::diagnose) packets: Packets,
    pub(in crate::diagnose) message_id: u32,
}

/// A child SA that was deleted right after IKE_AUTH.
#[derive(Clone, Debug)]
pub(in crate::diagnose) struct DeletedAtOnce {
    pub(in crate::diagnose) by: Role,
    pub(in crate::diagnose) time: Instant,
    /// It came in the very moment, as an answer to IKE_AUTH.
    pub(in crate::diagnose) quick: bool,
    pub(in crate::diagnose) packets: Packets,
    pub(in crate::diagnose) sure: bool,
}

/// The last IKE_AUTH request, and when its answer came.
struct Last {
    message_id: u32,
    answered: Option<Instant>,
}

/// The end of IKE_AUTH, as far as it reads as one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::diagnose) struct Done {
    pub(in crate::diagnose) time: Instant,
    /// It is a success for certain, and not the first answer of an EAP dialogue, nor one without a child SA.
    pub(in crate::diagnose) proved: bool,
}

#[derive(Default)]
pub(in crate::diagnose) struct Auth {
    pub(in crate::diagnose) started: bool,
    /// When IKE_AUTH was first seen.
    pub(in crate::diagnose) began: Option<Instant>,
    last: Option<Last>,
    pub(in crate::diagnose) asked: Option<Asked>,
    pub(in crate::diagnose) eap: bool,
    pub(in crate::diagnose) eap_done: bool,
    /// The initiator has answered a packet of EAP.
    eap_answered: bool,
    pub(in crate::diagnose) eap_largest: usize,
    /// An answer that is EAP success or failure, and nothing has followed it.
    pub(in crate::diagnose) eap_end: Option<Packets>,
    /// An EAP failure that could be read.
    pub(in crate::diagnose) eap_failed: Option<Packets>,
    /// The method that the responder asked for last.
    eap_asked: Option<EapType>,
    /// That method, and those for which the initiator asked in its place, where the two agreed on none so far.
    pub(in crate::diagnose) eap_differs: Option<(EapType, Vec<EapType>)>,
    pub(in crate::diagnose) alert: Option<(TlsAlert, Role, Packets)>,
    pub(in crate::diagnose) refused: Option<Refused>,
    pub(in crate::diagnose) child_refused: Option<ChildRefused>,
    pub(in crate::diagnose) final_notify: Option<FinalNotify>,
    pub(in crate::diagnose) deleted_at_once: Option<DeletedAtOnce>,
    /// The child SA of IKE_AUTH, as far as it could be read.
    pub(in crate::diagnose) agreed: Agreed,
    /// An answer to IKE_AUTH that is too small for a child SA, where IKE SAs without one are allowed.
    pub(in crate::diagnose) small_answer: Option<Packets>,
    /// An answer that is no refusal came last.
    pub(in crate::diagnose) done: Option<Done>,
    /// An exchange after IKE_AUTH was answered, by which alone the IKE SA is known to stand.
    pub(in crate::diagnose) stands: Option<Instant>,
    /// The same of an exchange that deletes nothing.
    pub(in crate::diagnose) kept: Option<Instant>,
    /// CREATE_CHILD_SA made an SA.
    pub(in crate::diagnose) made: bool,
    pub(in crate::diagnose) certificates: Option<bool>,
    /// The initiator's proof is by a method older than RFC 7427.
    pub(in crate::diagnose) old_signature: Option<bool>,
    pub(in crate::diagnose) status: Option<u32>,
    pub(in crate::diagnose) child_offer: Vec<u8>,
    /// Traffic selectors asked for, as text.
    pub(in crate::diagnose) selectors: Vec<alloc::string::String>,
    pub(in crate::diagnose) redirect: Option<(Vec<u8>, Packets)>,
    /// Something that reads as a refusal, of which it cannot be told what it refuses.
    pub(in crate::diagnose) doubt: Option<Packets>,
    /// A Delete right after IKE_AUTH, of which the size does not tell what it deletes.
    early_delete: Option<DeletedAtOnce>,
    /// The same in the very moment, where the IKE SA may be what is deleted.
    pub(in crate::diagnose) unclear_delete: Option<DeletedAtOnce>,
    pub(in crate::diagnose) deleted: bool,
    /// When initiator and responder last asked for a child SA or a rekeying.
    creates: Sides<Option<Instant>>,
    /// Whether the last of those was a rekeying, if it could be read.
    rekeys: Sides<Option<bool>>,
    /// When each last deleted an SA.
    deletes: Sides<Option<Instant>>,
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
            self.began = Some(self.began.map_or(seen.time, |began| began.min(seen.time)));
            if flow.inside == Some(PayloadType::EAP) {
                self.eap = true;
                self.eap_largest = self.eap_largest.max(flow.largest);
            }
        }
        if flow.whole.is_none() {
            return;
        }
        let inside = decrypted.map(|decrypted| Inside::read(&decrypted));
        if was_whole {
            return;
        }
        self.goes_on(header);
        if let Some(inside) = &inside {
            self.content(seen, header, inside);
        }
        match (header.exchange, header.response) {
            (ExchangeType::IKE_AUTH, false) => self.auth_request(header, flow, inside.as_ref()),
            (ExchangeType::IKE_AUTH, true) => self.auth_response(seen, header, exchange, init, inside.as_ref()),
            (ExchangeType::CREATE_CHILD_SA, false) => {
                *self.creates.of_mut(header.sender()) = Some(seen.time);
                *self.rekeys.of_mut(header.sender()) = inside.as_ref().map(|inside| inside.rekey);
            }
            (ExchangeType::CREATE_CHILD_SA, true) => self.child_response(seen, header, exchange, inside.as_ref()),
            (ExchangeType::INFORMATIONAL, false) => self.informational(seen, header, flow, inside.as_ref()),
            _ => {}
        }
        if header.response {
            self.answered(seen, exchange);
        }
    }

    /// What another message takes back.
    fn goes_on(&mut self, header: &Header) {
        let asker = header.requester();
        if self.final_notify.as_ref().is_some_and(|final_notify| !asker.is_initiator() || header.message_id > final_notify.message_id) {
            self.final_notify = None;
        }
        // A guess about IKE_AUTH is taken back when the initiator goes on with IKE_AUTH: the answer was one of a longer dialogue.
        let again = |exchange: ExchangeType, message_id: u32| {
            header.exchange == ExchangeType::IKE_AUTH && exchange == header.exchange && !header.response && header.message_id > message_id
        };
        if self.child_refused.as_ref().is_some_and(|child| !child.sure && again(child.exchange, child.message_id)) {
            self.child_refused = None;
        }
        if header.exchange == ExchangeType::IKE_AUTH && !header.response && self.refused.as_ref().is_some_and(|refused| !refused.sure) {
            self.refused = None;
        }
    }

    /// Whether the initiator has asked for something after the last IKE_AUTH request.
    pub(in crate::diagnose) fn went_on(&self, asked: Option<u32>) -> bool {
        self.last.as_ref().is_some_and(|last| asked > Some(last.message_id))
    }

    fn auth_request(&mut self, header: &Header, flow: &Flow, inside: Option<&Inside>) {
        self.last = Some(Last { message_id: header.message_id, answered: None });
        if self.asked.is_none() {
            let proof = inside.map(|inside| inside.auth.is_some());
            self.asked = Some(Asked { room: flow.content, proof, child: inside.map(|inside| inside.sa) });
        }
        self.eap_end = None;
        self.done = None;
        if self.eap && flow.inside == Some(PayloadType::AUTH) {
            self.eap_done = true;
        }
    }

    fn auth_response(&mut self, seen: &Observation<'_>, header: &Header, exchange: &Exchange, init: &Init, inside: Option<&Inside>) {
        self.last = Some(Last { message_id: header.message_id, answered: Some(seen.time) });
        let flow = &exchange.response;
        let by = Role::Responder;
        let packets = || exchange.packets();
        let before = Before { asked: self.asked, eap: self.eap, eap_done: self.eap_done };
        match before.answer(exchange, init, inside) {
            Answer::Refusal { notify, critical, named, sure } => {
                self.refused = Some(Refused { by, notify, critical, packets: packets(), sure, named });
            }
            Answer::ChildRefusal { notify, sure } => {
                self.done = Some(Done { time: seen.time, proved: false });
                self.child(seen, exchange, notify, None, sure);
            }
            Answer::Small => {
                self.done = Some(Done { time: seen.time, proved: false });
                self.small_answer = Some(packets());
            }
            Answer::EapEnd => self.eap_end = Some(packets()),
            Answer::Eap => {}
            // Without the marker it is no answer to who reads it.
            Answer::Done { proved } => self.done = Some(Done { time: seen.time, proved: proved && !flow.unmarked }),
        }
        self.eap_largest = if self.eap { self.eap_largest.max(flow.largest) } else { self.eap_largest };
    }

    fn child(&mut self, seen: &Observation<'_>, exchange: &Exchange, notify: Option<NotifyType>, group: Option<u16>, sure: bool) {
        let same = self.child_refused.as_ref().filter(|before| before.exchange == exchange.exchange && before.asker == exchange.asker);
        let rounds = same.map_or(1, |before| before.rounds.saturating_add(1));
        // REKEY_SA comes first mostly, and what comes first stands in clear.
        let rekey = self.is_rekey(exchange);
        let packets = match same {
            Some(before) if rounds > 1 => before.packets.join(&exchange.packets()),
            _ if sure && exchange.exchange == ExchangeType::CREATE_CHILD_SA || notify.is_none() => exchange.packets(),
            _ => seen.packets.into(),
        };
        self.child_refused = Some(ChildRefused {
            exchange: exchange.exchange,
            notify,
            group,
            rekey,
            rounds,
            packets,
            sure,
            time: seen.time,
            message_id: exchange.message_id,
            asker: exchange.asker,
        });
    }

    /// Whether an exchange is to renew an SA, as far as can be told.
    fn is_rekey(&self, exchange: &Exchange) -> bool {
        let asked = self.rekeys.of(exchange.asker).unwrap_or(exchange.request.inside == Some(PayloadType::N));
        exchange.exchange == ExchangeType::CREATE_CHILD_SA && asked
    }

    fn child_response(&mut self, seen: &Observation<'_>, header: &Header, exchange: &Exchange, inside: Option<&Inside>) {
        let made = match inside {
            Some(inside) => inside.sa,
            None => exchange.response.content.is_none_or(|content| content.holds(room::CREATED)),
        };
        if made {
            self.made = true;
            // What was refused before came to a good end after all.
            let rekey = self.is_rekey(exchange);
            let same = |child: &ChildRefused| child.exchange == header.exchange && child.asker == exchange.asker && child.rekey == rekey;
            if self.child_refused.as_ref().is_some_and(same) {
                self.child_refused = None;
            }
            return;
        }
        let crossing = [self.creates.of(header.sender()), self.deletes.of(header.sender())];
        let collision = crossing.into_iter().flatten().any(|other| seen.time - *other <= SOON);
        // CHILD_SA_NOT_FOUND names the child SA: no other error is as long.
        let unknown =
            exchange.response.content.is_some_and(|content| content.exact && content.least == NOT_FOUND && content.most == NOT_FOUND);
        let error = inside.and_then(|inside| inside.errors.first());
        let passing = error.is_some_and(|(ty, _)| matches!(*ty, NotifyType::TEMPORARY_FAILURE | NotifyType::CHILD_SA_NOT_FOUND));
        if collision || passing || inside.is_none() && unknown || inside.is_some_and(|inside| inside.errors.is_empty()) {
            return;
        }
        if !exchange.request.is_seen() {
            // What was asked for is not known.
            self.doubt = Some(exchange.packets());
            return;
        }
        let group = error.filter(|(ty, _)| *ty == NotifyType::INVALID_KE_PAYLOAD).and_then(|(_, data)| *data);
        // Without keys: where the cipher does not pad, INVALID_KE_PAYLOAD is the only error of 10 octets.
        let told =
            exchange.response.content.is_some_and(|content| content.exact && content.least == INVALID_KE && content.most == INVALID_KE);
        let notify = error.map(|(ty, _)| *ty).or(told.then_some(NotifyType::INVALID_KE_PAYLOAD));
        self.child(seen, exchange, notify, group, inside.is_some());
    }

    /// A lone notify as the first thing after IKE_AUTH: AUTHENTICATION_FAILED (RFC 7296 section 2.21.2); a child SA deleted at once.
    fn informational(&mut self, seen: &Observation<'_>, header: &Header, flow: &Flow, inside: Option<&Inside>) {
        if flow.inside == Some(PayloadType::D) {
            *self.deletes.of_mut(header.sender()) = Some(seen.time);
        }
        if let Some(inside) = inside {
            self.deleted |= inside.deletes.contains(&SecurityProtocol::IKE);
        } else if flow.inside == Some(PayloadType::D)
            && flow.content.is_some_and(|content| content.exact && !content.holds(room::DELETE_CHILD))
        {
            self.deleted = true;
        }
        if !self.started && self.stands.is_none() && flow.inside == Some(PayloadType::D) {
            // What it deletes may have been made just before.
            self.doubt = Some(seen.packets.into());
        }
        let Some(Last { message_id: last, answered: Some(answered) }) = self.last else { return };
        let soon = seen.time - answered <= SOON;
        let next = header.initiator && header.message_id == last.saturating_add(1);
        if inside.is_none()
            && next
            && soon
            && flow.inside == Some(PayloadType::N)
            && flow.content.is_some_and(|content| content.is_notify(0))
        {
            self.final_notify = Some(FinalNotify { packets: seen.packets.into(), message_id: header.message_id });
        }
        let child = match inside {
            Some(inside) => inside.deletes.iter().any(|protocol| *protocol != SecurityProtocol::IKE),
            None => {
                flow.inside == Some(PayloadType::D)
                    && flow.content.is_some_and(|content| content.exact && content.least >= room::DELETE_CHILD)
            }
        };
        let first = next || !header.initiator && header.message_id == 0;
        let (time, quick) = (seen.time, seen.time - answered <= AT_ONCE);
        let deleted = DeletedAtOnce { by: header.sender(), time, quick, packets: seen.packets.into(), sure: inside.is_some() };
        let early = soon && first && self.done.is_some();
        if child && early {
            self.deleted_at_once = Some(deleted);
        } else if early && inside.is_none() && flow.inside == Some(PayloadType::D) && flow.content.is_some_and(|content| !content.exact) {
            self.early_delete = Some(deleted);
        } else if early && quick && inside.is_none() && flow.inside == Some(PayloadType::D) {
            self.doubt = Some(deleted.packets.clone());
            self.unclear_delete = Some(deleted);
        } else {
            // An IKE SA that goes on was not what was deleted.
            self.deleted_at_once = self.early_delete.take().or_else(|| self.deleted_at_once.take());
        }
    }

    /// An exchange after IKE_AUTH that came to its end shows that both know the IKE SA, unless it takes it down.
    fn answered(&mut self, seen: &Observation<'_>, exchange: &Exchange) {
        let later = match exchange.exchange {
            ExchangeType::CREATE_CHILD_SA => exchange.request.whole.is_some(),
            ExchangeType::INFORMATIONAL => self.proves(exchange),
            _ => false,
        };
        if later
            && !exchange.response.unmarked
            && exchange.response.inside.is_some()
            && self.refused.is_none()
            && self.final_notify.is_none()
        {
            self.stands = Some(seen.time);
            if exchange.request.inside != Some(PayloadType::D) {
                self.kept = Some(seen.time);
            }
        }
    }

    /// Whether an INFORMATIONAL request is one of an IKE SA that stands: empty, or more than a farewell.
    fn proves(&self, exchange: &Exchange) -> bool {
        let request = &exchange.request;
        let answered_before =
            |span| self.last.as_ref().and_then(|last| last.answered).is_some_and(|answered| exchange.began() - answered > span);
        let late = answered_before(SOON);
        match request.inside {
            None => false,
            Some(PayloadType::D) => answered_before(A_WHILE),
            Some(PayloadType::N) => late || request.content.is_some_and(|content| content.exact && content.least > 2 * room::NOTIFY),
            Some(_) => request.whole.is_some(),
        }
    }

    fn content(&mut self, seen: &Observation<'_>, header: &Header, inside: &Inside) {
        let sender = header.sender();
        if inside.certificates {
            self.certificates = Some(true);
        }
        if let Some(method) = inside.auth {
            // 0 is reserved: a log names AUTH, and not always the method.
            let known = method != AuthMethod(0);
            if known {
                self.certificates = Some(method != AuthMethod::SHARED_KEY_MIC || self.eap);
            }
            self.eap_done |= self.eap && self.asked.is_some();
            if !header.response && known {
                self.old_signature = Some(inside::is_old_signature(method));
            }
        }
        if !header.response && !inside.offer.is_empty() {
            self.child_offer.clone_from(&inside.offer);
        }
        if !header.response && !inside.selectors.is_empty() {
            self.selectors.clone_from(&inside.selectors);
        }
        if header.exchange == ExchangeType::IKE_AUTH {
            self.agreed.message(header.response, inside);
        }
        match inside.eap {
            Some(EapCode::FAILURE) => (self.eap, self.eap_failed) = (true, Some(seen.packets.into())),
            Some(EapCode::SUCCESS) => (self.eap, self.eap_done) = (true, true),
            Some(code) => {
                self.eap = true;
                self.eap_answered |= code == EapCode::RESPONSE;
            }
            None => {}
        }
        match (&inside.methods, header.response) {
            (Some(EapMethods::One(method)), true) => self.eap_asked = Some(*method),
            (Some(EapMethods::One(_)), false) => self.eap_differs = None,
            (Some(EapMethods::Wanted(wanted)), false) => self.eap_differs = self.eap_asked.map(|asked| (asked, wanted.clone())),
            (Some(EapMethods::Wanted(_)), true) | (None, _) => {}
        }
        if let Some(alert) = inside.alert {
            self.alert = Some((alert, sender, seen.packets.into()));
        }
        self.status = inside.status.or(self.status);
        if let Some(to) = &inside.redirect {
            self.redirect = Some((to.clone(), seen.packets.into()));
        }
        if header.exchange == ExchangeType::INFORMATIONAL && !header.response {
            if let Some((notify, _)) = inside.errors.iter().find(|(ty, _)| *ty == NotifyType::AUTHENTICATION_FAILED) {
                let packets = seen.packets.into();
                self.refused = Some(Refused { by: sender, notify: Some(*notify), critical: None, packets, sure: true, named: false });
                // An initiator that has answered no packet of EAP refuses the proof of the responder, which came with the first.
                self.eap &= sender == Role::Responder || self.eap_answered;
            }
        }
    }
}

/// Octets of content of CHILD_SA_NOT_FOUND: a notify with an SPI.
const NOT_FOUND: usize = room::NOTIFY + 4;
/// A Delete that comes so soon after IKE_AUTH is an answer to it.
const AT_ONCE: Duration = Duration::from_millis(50);
/// Octets of content of INVALID_KE_PAYLOAD: a notify with a group.
const INVALID_KE: usize = room::NOTIFY + 2;
