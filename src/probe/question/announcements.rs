//! The request that the server may accept, whose answer has what the server announces. Its answer serves five questions.

use crate::probe::evidence::{Ask, Evidence};
use crate::probe::offer::broad;
use crate::probe::talk::Outcome;
use crate::probe::topic::Topic;
use crate::probe::trial::Purpose;
use crate::probe::turn::Turn;

pub(in crate::probe) fn next(seen: &Evidence, _: Turn) -> Option<Ask> {
    // What the caller offers may be what the server takes.
    let offer = || [broad(seen.methods()), seen.plan.offer.clone()].concat();
    let ask = seen.pursue(Topic::Announcements, seen.main()?, offer)?;
    Some(Ask { method: seen.wanted.unwrap_or(ask.method), ..ask })
}

/// How many datagrams were sent for it.
pub(super) fn datagrams(seen: &Evidence) -> usize {
    seen.of(Purpose::Talk(Topic::Announcements)).count()
}

/// Why nothing is known of what the server announces.
pub(super) fn why_none(seen: &Evidence) -> &'static str {
    match seen.outcome(Topic::Announcements) {
        Some(Outcome::Refused) => "The server accepted no proposal, so that it announced nothing.",
        Some(_) => "The server answered the request with an error, so that it announced nothing.",
        None => "No request was accepted.",
    }
}
