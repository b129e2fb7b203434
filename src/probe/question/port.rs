//! Whether the UDP ports answer.

use crate::diagnose::Confidence::{High, Low, Medium};
use crate::diagnose::cause::PortBlocked;
use crate::probe::answer::AnswerResult::{No, Unknown, Yes};
use crate::probe::answer::{ProbeAnswer, ProbeQuestion};
use crate::probe::evidence::{Ask, Evidence};
use crate::probe::plan::MarkedPort;
use crate::probe::size::BASE;
use crate::probe::topic::Topic;
use crate::probe::trial::{ProbeSocket, Purpose};
use crate::probe::turn::Turn;
use alloc::format;
use alloc::string::ToString;
use alloc::vec::Vec;

/// How often a silent port is tried, and how often one that refuses.
const TRIES: usize = 5;
const REFUSED: usize = 2;
/// So many silent datagrams make a port that others of the same server answer for a blocked one.
const SILENT: usize = 3;

pub(in crate::probe) fn next(seen: &Evidence, turn: Turn) -> Option<Ask> {
    let refused = |port: MarkedPort| {
        let trials = seen.trials.iter().filter(|trial| trial.port == port.port);
        trials.filter(|trial| trial.refused && trial.is_silent(turn.now)).count()
    };
    let is_open = |port: &MarkedPort| !seen.answers(*port) && seen.count(Purpose::Port, *port) < TRIES && refused(*port) < REFUSED;
    let port = [seen.plan.ike, seen.plan.natt].into_iter().find(is_open)?;
    Some(Ask::new(Purpose::Port, port, BASE))
}

pub(in crate::probe) fn answers(seen: &Evidence) -> Vec<ProbeAnswer> {
    [(ProbeQuestion::Udp500, seen.plan.ike), (ProbeQuestion::Udp4500, seen.plan.natt)]
        .map(|(question, port)| answer(seen, question, port))
        .into()
}

fn answer(seen: &Evidence, question: ProbeQuestion, port: MarkedPort) -> ProbeAnswer {
    let number = port.port;
    let tries = seen.count(Purpose::Port, port);
    let copies = seen.of(Purpose::Copy).filter(|trial| trial.is_on(ProbeSocket::First, number)).count();
    let echoed = seen.talk(Topic::Announcements).map_or(0, |talk| talk.echoed(ProbeSocket::First, number));
    let refused = seen.trials.iter().filter(|trial| trial.port == number && trial.refused).count();
    // A server need not answer a first request behind the marker.
    let is_due = !port.marker || copies.saturating_sub(echoed) >= SILENT;
    let (known, text) = if seen.answers(port) {
        ((Yes, High), format!("UDP port {number} answers."))
    } else if refused >= REFUSED {
        let by = seen.refusals.iter().find_map(|(port, by)| by.filter(|_| *port == number));
        let by = by.map_or_else(|| "by whom is not known".to_string(), |by| format!("by {by}"));
        ((No, Medium), format!("UDP port {number} is refused, {by}."))
    } else if is_due && tries >= SILENT {
        ((No, Medium), PortBlocked { port: number, told: None, arrival: None }.to_string())
    } else {
        ((Unknown, Low), format!("UDP port {number} did not answer, which need not mean that it is blocked."))
    };
    seen.say(question, known, tries.saturating_add(copies), text)
}
