//! Whether both ports lead to one server: copies of one request get one SPI from a server that knows it (RFC 7296 section 2.1).

use crate::diagnose::Confidence;
use crate::diagnose::Confidence::{High, Low, Medium};
use crate::diagnose::cause::{SpiUnknownOnNatPort, SplitEvidence};
use crate::probe::answer::AnswerResult::{No, Unknown, Yes};
use crate::probe::answer::{AnswerResult, ProbeAnswer, ProbeQuestion};
use crate::probe::evidence::{Ask, Evidence};
use crate::probe::talk::Talk;
use crate::probe::trial::{ProbeSocket, Purpose};
use crate::probe::turn::Turn;
use alloc::string::{String, ToString};

/// How often each copy is tried.
const TRIES: usize = 4;

/// What copies say of each way: the control, another source port, the other port.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Copies {
    /// None was answered.
    Silent,
    /// Each has the SPI of the first answer.
    Same,
    /// The first answer came again where the first request came from, which only who has it can send.
    Echoed,
    /// One has another.
    Differ,
}

struct Ways {
    control: Copies,
    source: Copies,
    natt: Copies,
}

fn ways(seen: &Evidence) -> Option<Ways> {
    let (talk, _) = seen.acceptance()?;
    let first = talk.accepted.first()?;
    let (ike, natt) = (seen.plan.ike.port, seen.plan.natt.port);
    // The SPI was given on port 500; on the other port alone, nothing can be compared.
    if (first.socket, first.port) != (ProbeSocket::First, ike) {
        return None;
    }
    Some(Ways {
        control: copies(talk, first.spi, (ProbeSocket::First, ike), 1),
        source: copies(talk, first.spi, (ProbeSocket::Second, ike), 0),
        natt: copies(talk, first.spi, (ProbeSocket::First, natt), 0),
    })
}

fn copies(talk: &Talk, spi: u64, (socket, port): (ProbeSocket, u16), skip: usize) -> Copies {
    let mut heard = talk.spis(socket, port).skip(skip).peekable();
    if heard.peek().is_none() {
        return if talk.is_echoed(socket, port) { Copies::Echoed } else { Copies::Silent };
    }
    if heard.all(|other| other == spi) { Copies::Same } else { Copies::Differ }
}

pub(in crate::probe) fn next(seen: &Evidence, _: Turn) -> Option<Ask> {
    let ways = ways(seen)?;
    if ways.control == Copies::Differ || ways.source == Copies::Differ {
        return None;
    }
    let (ike, natt) = (seen.plan.ike, seen.plan.natt);
    let wanted = [(ways.control, ProbeSocket::First, ike), (ways.source, ProbeSocket::Second, ike), (ways.natt, ProbeSocket::First, natt)];
    let tries = |socket, port: u16| seen.of(Purpose::Copy).filter(|trial| trial.is_on(socket, port)).count();
    let (_, socket, port) =
        wanted.into_iter().find(|(copies, socket, port)| *copies == Copies::Silent && tries(*socket, port.port) < TRIES)?;
    Some(Ask { socket, ..Ask::new(Purpose::Copy, port, 0) })
}

pub(in crate::probe) fn answer(seen: &Evidence) -> ProbeAnswer {
    let datagrams = seen.of(Purpose::Copy).count();
    let (known, text) = known(seen);
    seen.say(ProbeQuestion::SameServer, known, datagrams, text)
}

fn known(seen: &Evidence) -> ((AnswerResult, Confidence), String) {
    let unknown = |text: &str| ((Unknown, Low), text.into());
    let Some(ways) = ways(seen) else {
        return unknown("No request was accepted on the first port, so that nothing can be compared.");
    };
    match (ways.control, ways.source, ways.natt) {
        (Copies::Silent | Copies::Echoed, ..) => unknown("The accepted request was not answered again, so that nothing can be compared."),
        (Copies::Differ, ..) => unknown("The server gives each copy of a request another SPI, so that nothing can be compared."),
        (_, Copies::Differ, _) => {
            unknown("A copy from another source port gets another SPI: more than one server answers, or one that looks at the port.")
        }
        (Copies::Same, _, Copies::Silent) => unknown("The copy of the accepted request was not answered on the second port."),
        (Copies::Same, source, Copies::Same) => {
            let confidence = if source == Copies::Silent { Medium } else { High };
            ((Yes, confidence), "Both UDP ports give one SPI for one request: one server answers on both.".into())
        }
        (Copies::Same, _, Copies::Echoed) => {
            let text = "Upon a copy to the second port, the first port answers again with the same SPI: one server is behind both.";
            ((Yes, Medium), text.into())
        }
        (Copies::Same, source, Copies::Differ) => {
            let confidence = if source == Copies::Silent { Medium } else { High };
            ((No, confidence), SpiUnknownOnNatPort { split: SplitEvidence::Seen }.to_string())
        }
    }
}
