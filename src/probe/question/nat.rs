//! Whether an address or a port is changed on the way (RFC 7296 section 2.23).

use super::announcements::{datagrams, why_none};
use crate::diagnose::Confidence::{High, Low};
use crate::keys::nat_detection_hash;
use crate::probe::answer::AnswerResult::{No, Unknown, Yes};
use crate::probe::answer::{AnswerValue, ProbeAnswer, ProbeQuestion};
use crate::probe::evidence::Evidence;
use crate::probe::topic::Topic;
use crate::probe::trial::Purpose;
use crate::provider::Provider;
use crate::wire::IkeSpis;
use alloc::vec::Vec;
use core::net::SocketAddr;

pub(in crate::probe) fn answer(seen: &Evidence) -> ProbeAnswer {
    let question = ProbeQuestion::Nat;
    let unknown = |text: &str| seen.say(question, (Unknown, Low), datagrams(seen), text);
    if seen.acceptance().is_none() {
        return unknown(why_none(seen));
    }
    match changed(seen) {
        None => unknown("Nothing is known of the addresses that the server sees."),
        Some(sides) => {
            let (result, text) = match sides.as_slice() {
                [] => (No, "No address is changed on the way."),
                ["client"] => (Yes, "The address or the port of this side is changed on the way (NAT)."),
                ["server"] => (Yes, "The address or the port of the server is changed on the way (NAT)."),
                _ => (Yes, "The addresses or ports of both sides are changed on the way (NAT)."),
            };
            let sides = sides.into_iter().map(Into::into).collect();
            ProbeAnswer { value: AnswerValue::List(sides), ..seen.say(question, (result, High), datagrams(seen), text) }
        }
    }
}

/// The sides whose address is changed.
fn changed(seen: &Evidence) -> Option<Vec<&'static str>> {
    let (talk, reply) = seen.acceptance()?;
    let (local, sha1) = (seen.plan.local?, Provider::builtin().sha1().ok()?);
    let port = seen.of(Purpose::Talk(Topic::Announcements)).next()?.port;
    let destination = reply.destination_hash?;
    let spis = IkeSpis { initiator: talk.spi, responder: reply.spi_r };
    let hash = |end: SocketAddr| nat_detection_hash(sha1, spis, end.ip(), end.port());
    let is_changed = [
        ("client", destination != hash(local)),
        ("server", !reply.source_hashes.contains(&hash(SocketAddr::new(seen.plan.address, port)))),
    ];
    Some(is_changed.into_iter().filter(|(_, changed)| *changed).map(|(side, _)| side).collect())
}
