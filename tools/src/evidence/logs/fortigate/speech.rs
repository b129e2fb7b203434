//! What the debug of a FortiGate says beside the messages.

use super::{Fate, FortiGate, MOST};
use crate::evidence::logs::line::Line;
use crate::evidence::logs::message::Proposal;
use crate::evidence::logs::names;
use crate::evidence::logs::scene::Scene;
use crate::evidence::logs::text::{between, number};
use ikev2::Role;
use ikev2::diagnose::Said;
use ikev2::registry::{AuthMethod, NotifyType, SecurityProtocol, TransformType};

impl FortiGate {
    pub(super) fn speech(&mut self, tunnel: Option<u64>, said: &str, line: Line<'_>, scene: &mut Scene) -> bool {
        if self.proposal(said) {
            return true;
        }
        if let Some(notify) = between(said, "notify type ", "").and_then(|name| names::notify(name.trim_end_matches('.'))) {
            if notify.is_error() {
                self.fate = Some((Fate::Refused(notify), line.number));
            }
            return true;
        }
        let in_init = self.incoming.as_ref().is_some_and(|(told, ..)| told.is_init());
        if let Some(notify) = refusal(said, in_init) {
            if let Some((told, ..)) = self.incoming.as_mut().filter(|_| said.contains("re-shared key") || said.contains("PSK")) {
                told.hints.auth = Some(AuthMethod::SHARED_KEY_MIC);
            }
            self.fate = Some((Fate::Refused(notify), line.number));
        } else if said.contains("negotiation timeout") || said.contains("out of retransmissions") {
            self.flush(scene);
            let sa = tunnel.and_then(|tunnel| self.by_number.get(&tunnel)).copied().or(self.latest);
            let Some(sa) = sa else { return false };
            let waits = scene.own(sa) == Some(Role::Responder) && scene.is_in_init(sa);
            scene.said(sa, if waits { Said::NothingFollowed } else { Said::GaveUp }, line.number);
        } else if said.contains("auth verify done") || said.contains("established IKE SA") || said.contains("authentication succeeded") {
            self.fate = Some((Fate::Proved, line.number));
        } else if said.contains("added IPsec SA") || said.contains("IPsec SA created") || said.contains("tunnel UP trap") {
            self.fate = Some((Fate::Child, line.number));
        } else {
            return false;
        }
        true
    }

    /// Lines of a proposal.
    fn proposal(&mut self, said: &str) -> bool {
        if said.starts_with("incoming proposal") {
            (self.listens, self.proposals) = (true, Vec::new());
        } else if said.starts_with("my proposal") || said.starts_with("matched proposal") || said.starts_with("proposal chosen") {
            self.listens = false;
        } else if said.starts_with("proposal id = ") {
            if self.listens && self.proposals.len() < MOST.min(64) {
                self.proposals.push(Proposal { protocol: SecurityProtocol::IKE, transforms: Vec::new() });
            }
        } else if let Some(protocol) = said.strip_prefix("protocol = ") {
            if let Some(proposal) = self.proposals.last_mut().filter(|_| self.listens) {
                proposal.protocol = if protocol.starts_with("IKE") { SecurityProtocol::IKE } else { SecurityProtocol::ESP };
            }
        } else if let Some((ty, value)) = said.strip_prefix("type=").and_then(|rest| rest.split_once(", val=")) {
            self.transform(ty.trim(), value);
        } else {
            return false;
        }
        true
    }

    /// `type=ENCR, val=AES_CBC (key_len = 256)`.
    fn transform(&mut self, ty: &str, value: &str) {
        let ty = match ty {
            "ENCR" => TransformType::ENCR,
            "INTEGR" | "INTEG" | "AUTH" => TransformType::INTEG,
            "PRF" => TransformType::PRF,
            "DH_GROUP" => TransformType::KE,
            _ => return,
        };
        let Some(proposal) = self.proposals.last_mut().filter(|_| self.listens) else { return };
        let name = value.split([' ', '(']).next().unwrap_or(value).trim_end_matches(['.', ',']);
        if let Some(mut transform) = names::transform(name, Some(ty)).filter(|_| proposal.transforms.len() < 128) {
            let bits = between(value, "key_len = ", ")").or_else(|| between(value, "key_len=", ")"));
            transform.bits = bits.and_then(number).or(transform.bits);
            proposal.transforms.push(transform);
        }
    }
}

/// Why a request is refused, in the words of the debug.
fn refusal(said: &str, in_init: bool) -> Option<NotifyType> {
    let any = |words: &[&str]| words.iter().any(|words| said.contains(words));
    if any(&["no proposal chosen", "no SA proposal chosen", "peer SA proposal not match", "no matching proposal"]) {
        return Some(NotifyType::NO_PROPOSAL_CHOSEN);
    }
    let proof = any(&[
        "pre-shared key mismatch",
        "PSK auth failed",
        "signature verification failed",
        "authentication failed",
        "no matching gateway",
        "peer identity mismatch",
    ]);
    if !in_init && proof {
        return Some(NotifyType::AUTHENTICATION_FAILED);
    }
    let selectors = any(&[
        "failed to match peer selectors",
        "no matching phase2",
        "traffic selectors unacceptable",
        "TS unacceptable",
        "specified selectors mismatch",
    ]);
    (!in_init && selectors).then_some(NotifyType::TS_UNACCEPTABLE)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_of_refusals_name_an_error() {
        assert_eq!(refusal("no proposal chosen", true), Some(NotifyType::NO_PROPOSAL_CHOSEN));
        assert_eq!(refusal("PSK auth failed: probable pre-shared key mismatch", false), Some(NotifyType::AUTHENTICATION_FAILED));
        assert_eq!((refusal("failed to match peer selectors", false), refusal("x", false)), (Some(NotifyType::TS_UNACCEPTABLE), None));
    }
}
