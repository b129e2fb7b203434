//! An EAP method of stand-ins: so many rounds, and a key that both passwords make.

use ikev2::identity::Identity;
use ikev2::session::{Decision, EapSuccess, Msk, SaId};
use std::collections::BTreeMap;

/// Legacy Nak, RFC 3748 section 5.3.1.
const NAK: u8 = 3;
/// A type that no method has.
const TYPE: u8 = 253;

#[derive(Clone, Debug)]
pub(crate) struct ToyEap {
    pub(crate) password: u8,
    /// Requests that an authenticator makes before it says what has come of them.
    pub(crate) rounds: u8,
    /// Whether the authenticator is content, whatever the peer has said.
    pub(crate) is_content: bool,
    pub(crate) has_key: bool,
    /// Methods for which a peer asks in the place of this one.
    pub(crate) wants: Option<Vec<u8>>,
    pub(crate) identity: Option<Identity>,
    /// Whether a peer says that it has succeeded though Success has not come, or answers Success.
    pub(crate) is_hasty: bool,
    /// Whether the other side is one that does as it should.
    pub(crate) is_trusting: bool,
    /// Packets that were asked for.
    pub(crate) asked: u32,
    /// How often it began.
    pub(crate) begun: u32,
    /// The identifier of the last request of an authenticator, in each IKE SA.
    pub(crate) last: BTreeMap<SaId, u8>,
}

impl Default for ToyEap {
    fn default() -> Self {
        Self {
            password: 7,
            rounds: 3,
            is_content: true,
            has_key: true,
            wants: None,
            identity: None,
            is_hasty: false,
            is_trusting: true,
            asked: 0,
            begun: 0,
            last: BTreeMap::new(),
        }
    }
}

fn nak(identifier: u8, wanted: &[u8]) -> Vec<u8> {
    let len = u8::try_from(5 + wanted.len()).unwrap();
    [&[2, identifier, 0, len, NAK][..], wanted].concat()
}

impl ToyEap {
    pub(crate) fn decide(&mut self, id: SaId, packet: Option<&[u8]>, is_first: bool) -> Decision {
        self.asked += 1;
        if is_first {
            self.begun += 1;
            self.last.insert(id, 0);
        }
        let last = self.last.entry(id).or_default();
        match packet {
            None => request(last),
            Some([2, identifier, _, 7, TYPE, 1, 2]) => {
                assert!(*identifier == *last || !self.is_trusting, "the answer is to the last request");
                match (*last < self.rounds, self.is_content) {
                    (true, _) => request(last),
                    (false, true) => self.success(),
                    (false, false) => Decision::Refuse,
                }
            }
            Some([code @ (1 | 3), ..]) if self.is_hasty && self.asked > u32::from(self.rounds) => match code {
                1 => self.success(),
                _ => Decision::Eap(vec![2, 9, 0, 7, TYPE, 1, 2]),
            },
            Some([1, identifier, _, 7, TYPE, 1, 1]) if self.wants.is_some() => {
                Decision::Eap(nak(*identifier, self.wants.as_deref().unwrap()))
            }
            // The peer does not do it, and there is no other.
            Some([2, _, _, _, NAK, ..]) => Decision::Refuse,
            Some([1, identifier, _, 7, TYPE, 1, 1]) => Decision::Eap(vec![2, *identifier, 0, 7, TYPE, 1, 2]),
            Some([3, _, 0, 4]) => self.success(),
            Some(other) => {
                assert!(!self.is_trusting, "a packet that the other side does not send: {other:?}");
                Decision::Refuse
            }
        }
    }

    fn success(&self) -> Decision {
        let success = match self.has_key {
            true => EapSuccess::new(Msk::new([self.password; 64]).unwrap()),
            false => EapSuccess::keyless(),
        };
        Decision::EapSuccess(match &self.identity {
            Some(identity) => success.with_identity(identity.clone()),
            None => success,
        })
    }
}

fn request(last: &mut u8) -> Decision {
    *last += 1;
    Decision::Eap(vec![1, *last, 0, 7, TYPE, 1, 1])
}
