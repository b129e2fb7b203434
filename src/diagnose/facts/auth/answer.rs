//! What an answer to IKE_AUTH is.
//!
//! Success is an answer with AUTH to a request that carried AUTH itself (RFC 7296 section 1.2): without EAP the first one, with EAP the
//! last. It holds SA, TSi and TSr as well, unless the responder takes IKE SAs without a child (RFC 6023).

use super::inside::Inside;
use crate::diagnose::facts::flow::Exchange;
use crate::diagnose::facts::init::Init;
use crate::diagnose::facts::room::{self, Room};
use crate::registry::{NotifyType, PayloadType};

/// An answer to IKE_AUTH.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::diagnose) enum Answer {
    /// An error takes the place of the proof. `named`: it begins with an identity, and has no room for a proof.
    Refusal { notify: Option<NotifyType>, critical: Option<PayloadType>, named: bool, sure: bool },
    /// The proof was accepted, and there is no child SA.
    ChildRefusal { notify: Option<NotifyType>, sure: bool },
    /// Too small for a child SA, which is no error where IKE SAs without one are allowed.
    Small,
    /// EAP success or failure, which cannot be told apart by size.
    EapEnd,
    /// A message in the middle of an EAP dialogue.
    Eap,
    /// Nothing speaks against a success. `proved`: it is one.
    Done { proved: bool },
}

/// The first IKE_AUTH request, as far as it tells what form of authentication is wanted.
#[derive(Clone, Copy, Debug, Default)]
pub(in crate::diagnose) struct Asked {
    pub(in crate::diagnose) room: Option<Room>,
    /// Whether it carries AUTH, if it could be read.
    pub(in crate::diagnose) proof: Option<bool>,
    /// Whether it asks for a child SA, if it could be read.
    pub(in crate::diagnose) child: Option<bool>,
}

/// What is known of IKE_AUTH before the answer.
#[derive(Clone, Copy, Debug)]
pub(super) struct Before {
    pub(super) asked: Option<Asked>,
    /// An EAP dialogue goes on.
    pub(super) eap: bool,
    pub(super) eap_done: bool,
}

impl Before {
    /// Reads an answer; with keys by what stands in it.
    pub(super) fn answer(&self, exchange: &Exchange, init: &Init, inside: Option<&Inside>) -> Answer {
        match inside {
            Some(inside) => self.read(inside, init),
            None => self.measured(exchange, init),
        }
    }

    fn read(&self, inside: &Inside, init: &Init) -> Answer {
        let error = inside.errors.first();
        let notify = error.map(|(ty, _)| *ty);
        let asked_proof = self.asked.and_then(|asked| asked.proof) != Some(false) || self.eap_done;
        if inside.auth.is_some() && asked_proof {
            if let Some(notify) = notify {
                return if notify == NotifyType::AUTHENTICATION_FAILED {
                    Answer::Refusal { notify: Some(notify), critical: None, named: false, sure: true }
                } else {
                    Answer::ChildRefusal { notify: Some(notify), sure: true }
                };
            }
            let child = inside.sa || inside.redirect.is_some() || inside.another_auth;
            let childless = init.may_be_childless() || self.asked.is_some_and(|asked| asked.child == Some(false));
            return Answer::Done { proved: child || childless };
        }
        match (notify, inside.eap) {
            (Some(notify), _) => {
                // A child SA is refused beside a proof; alone, these errors stand for what they say all the same.
                let critical = error.filter(|(ty, _)| *ty == NotifyType::UNSUPPORTED_CRITICAL_PAYLOAD).and_then(|(_, data)| *data);
                let critical = critical.and_then(|payload| u8::try_from(payload).ok()).map(PayloadType);
                if is_of_child(notify) && asked_proof {
                    return Answer::ChildRefusal { notify: Some(notify), sure: true };
                }
                Answer::Refusal { notify: Some(notify), critical, named: false, sure: true }
            }
            (None, Some(_)) => Answer::Eap,
            (None, None) => Answer::Done { proved: false },
        }
    }

    /// By the type of the first payload, which stands in clear, and by the room there is.
    fn measured(&self, exchange: &Exchange, init: &Init) -> Answer {
        let flow = &exchange.response;
        let Some(room) = flow.content else { return Answer::Done { proved: false } };
        let proof = room::proof(init.prf);
        let open = Answer::Done { proved: false };
        match flow.inside {
            Some(PayloadType::N) if !room.holds(room::NOTIFY.saturating_add(room::IDENTIFICATION).saturating_add(proof)) => {
                Answer::Refusal { notify: None, critical: None, named: false, sure: false }
            }
            Some(PayloadType::EAP) if !room.holds(room::EAP_END.saturating_mul(2)) => Answer::EapEnd,
            Some(PayloadType::EAP) => Answer::Eap,
            Some(PayloadType::IDR) if !self.eap => self.first(exchange, init, room, proof),
            // The last answer of an EAP dialogue.
            Some(PayloadType::AUTH) if self.eap && exchange.request.inside == Some(PayloadType::AUTH) => {
                let least = proof.saturating_add(room::CHILD);
                match (room.holds(least), init.may_be_childless()) {
                    (false, false) => Answer::ChildRefusal { notify: None, sure: false },
                    (false, true) => Answer::Small,
                    (true, _) => Answer::Done { proved: room.exact },
                }
            }
            _ => open,
        }
    }

    /// The answer to the first request: the last of all, or the first of an EAP dialogue.
    fn first(&self, exchange: &Exchange, init: &Init, room: Room, proof: usize) -> Answer {
        let open = Answer::Done { proved: false };
        if !room.holds(room::IDENTIFICATION.saturating_add(proof)) {
            // No room for AUTH. Where both agree on EAP alone (RFC 5998) the dialogue begins so.
            let eap_only = room.holds(room::NAMED.saturating_add(room::EAP_REQUEST));
            return if eap_only { open } else { Answer::Refusal { notify: None, critical: None, named: true, sure: false } };
        }
        let dialogue = room::IDENTIFICATION.saturating_add(room::SIGNATURE).saturating_add(room::EAP_REQUEST);
        if !room.holds(room::with_child(init.prf)) {
            // The first answer of an EAP dialogue proves the responder by a signature (section 2.16), which is larger than that.
            let refused = !init.may_be_childless() && (!room.holds(dialogue) || self.asks_with_proof());
            let small = if init.may_be_childless() { Answer::Small } else { open };
            return if refused { Answer::ChildRefusal { notify: None, sure: false } } else { small };
        }
        // Larger answers may begin an EAP dialogue, in which the responder shows a certificate and the initiator none: such a request is
        // smaller than its answer.
        let request = exchange.request.content.or(self.asked.and_then(|asked| asked.room));
        let shown = room::IDENTIFICATION.saturating_add(room::RSA_SIGNATURE).saturating_add(room::EAP_REQUEST);
        let alike = request.is_some_and(|request| request.exact && request.most >= room.least);
        // A client of Windows proves itself by a certificate or by EAP, where a refusal is as large as a success.
        let proved = room.exact && !init.windows && !init.cut && exchange.request.whole.is_some() && (!room.holds(shown) || alike);
        Answer::Done { proved }
    }

    fn asks_with_proof(&self) -> bool {
        self.asked.is_some_and(|asked| asked.proof == Some(true))
    }
}

/// Whether an error is about the child SA, or the address that goes with it, and not about who asks.
fn is_of_child(notify: NotifyType) -> bool {
    matches!(
        notify,
        NotifyType::NO_PROPOSAL_CHOSEN
            | NotifyType::TS_UNACCEPTABLE
            | NotifyType::SINGLE_PAIR_REQUIRED
            | NotifyType::NO_ADDITIONAL_SAS
            | NotifyType::INTERNAL_ADDRESS_FAILURE
            | NotifyType::FAILED_CP_REQUIRED
            | NotifyType::TS_MAX_QUEUE
    )
}
