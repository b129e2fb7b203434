//! What IKE_AUTH asks for its child SA, held against the answer.

use super::inside::Inside;
use crate::selectors::{Selector, within};
use alloc::vec::Vec;

/// How the answer differs from what was asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum ChildDifference {
    /// The traffic selectors of the answer are not within those of the request (RFC 7296 section 2.9).
    Selectors,
    /// The request asked for transport mode, and the answer is tunnel mode, as a responder may decide (RFC 7296 section 1.3.1).
    Tunnel,
    /// The answer is transport mode, for which the request did not ask (RFC 7296 section 1.3.1).
    Transport,
}

/// TSi, TSr and mode of a message.
#[derive(Debug)]
struct Wanted {
    initiator: Vec<Selector>,
    responder: Vec<Selector>,
    transport: bool,
}

/// Requests and answers of IKE_AUTH that could be read.
#[derive(Debug, Default)]
pub(in crate::diagnose) struct Agreed {
    asked: Option<Wanted>,
    pub(in crate::diagnose) difference: Option<ChildDifference>,
}

impl Agreed {
    pub(super) fn message(&mut self, response: bool, inside: &Inside) {
        let (Some(initiator), Some(responder)) = (&inside.ts_i, &inside.ts_r) else { return };
        if !response {
            let (initiator, responder) = (initiator.clone(), responder.clone());
            *self = Self { asked: Some(Wanted { initiator, responder, transport: inside.transport }), difference: None };
        } else if let Some(asked) = &self.asked {
            let fits = within(initiator, &asked.initiator) && within(responder, &asked.responder);
            self.difference = match (asked.transport, inside.transport) {
                _ if !fits => Some(ChildDifference::Selectors),
                (true, false) => Some(ChildDifference::Tunnel),
                (false, true) => Some(ChildDifference::Transport),
                (true, true) | (false, false) => None,
            };
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn message(selector: &str, transport: bool) -> Inside {
        let selectors = Some(alloc::vec![selector.parse().unwrap()]);
        Inside { ts_i: selectors.clone(), ts_r: selectors, transport, ..Inside::default() }
    }

    #[test]
    fn the_answer_is_held_against_the_request() {
        for (answer, transport, due) in [
            ("10.1.0.0/16", true, None),
            ("10.1.2.0/24", true, None),
            ("10.0.0.0/8", true, Some(ChildDifference::Selectors)),
            ("10.1.0.0/16", false, Some(ChildDifference::Tunnel)),
        ] {
            let mut agreed = Agreed::default();
            agreed.message(false, &message("10.1.0.0/16", true));
            agreed.message(true, &message(answer, transport));
            assert_eq!(agreed.difference, due);
        }
        let mut agreed = Agreed::default();
        agreed.message(true, &message("10.1.0.0/16", true));
        assert_eq!(agreed.difference, None, "the request was not seen");
        agreed.message(false, &message("10.1.0.0/16", false));
        agreed.message(true, &message("10.1.0.0/16", true));
        assert_eq!(agreed.difference, Some(ChildDifference::Transport));
        // What cannot be read is not judged.
        agreed.message(false, &message("10.1.0.0/16", false));
        agreed.message(true, &Inside::default());
        assert_eq!(agreed.difference, None);
    }
}
