//! A file for each question: what is sent for it, and what is known of it.

mod announcements;
mod capabilities;
mod client_offer;
mod fragmentation;
mod fragments_from;
mod fragments_to;
mod login_path;
mod loss;
mod mtu;
mod nat;
mod port;
mod post_quantum;
mod product;
mod same_server;
mod tcp;

use super::answer::ProbeAnswer;
use super::evidence::{Ask, Evidence};
use super::turn::Turn;
use alloc::vec::Vec;

type Next = fn(&Evidence, Turn) -> Option<Ask>;

/// The order in which questions are asked: a question that is open may be followed by others only where it has to wait.
pub(super) const ORDER: &[Next] = &[
    port::next,
    announcements::next,
    same_server::next,
    mtu::next,
    fragments_to::next,
    post_quantum::next,
    client_offer::next,
    super::policy::next,
    fragments_from::next,
];

/// The answers, in the order in which they are told. A question that was not asked is left out.
pub(super) fn answers(seen: &Evidence) -> Vec<ProbeAnswer> {
    let mut answers = port::answers(seen);
    answers.extend(tcp::answers(seen));
    answers.extend([
        fragments_to::answer(seen),
        fragments_from::answer(seen),
        mtu::answer(seen),
        fragmentation::answer(seen),
        capabilities::answer(seen),
        product::answer(seen),
        nat::answer(seen),
        same_server::answer(seen),
    ]);
    answers.extend(client_offer::answer(seen));
    answers.extend(super::policy::answer(seen));
    answers.extend([loss::answer(seen), post_quantum::answer(seen)]);
    answers.extend(login_path::answer(seen));
    answers
}
