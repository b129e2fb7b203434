//! What was sent and seen; the questions read it.

use super::answer::{AnswerResult, AnswerValue, ProbeAnswer, ProbeQuestion};
use super::login::LoginSeen;
use super::manners::{self, SentCount};
use super::offer::METHODS;
use super::plan::{MarkedPort, ProbePlan};
use super::reply::Reply;
use super::request::Padding;
use super::size::{BASE, Bounds, Losses};
use super::talk::{Outcome, Talk};
use super::topic::Topic;
use super::trial::{ProbeSocket, Purpose, Trial};
use crate::diagnose::Confidence;
use crate::instant::Instant;
use crate::proposal::Proposal;
use crate::registry::{KeMethod, NotifyType};
use alloc::string::String;
use alloc::vec::Vec;
use core::net::{IpAddr, SocketAddr};
use core::time::Duration;

/// How long an answer is waited for while no round trip is known, and at most.
const PATIENCE: Duration = Duration::from_secs(1);
const LONGEST: Duration = Duration::from_secs(2);
/// How often a request that is pursued is sent without an answer.
const TALK_TRIES: usize = 6;

/// What is asked next.
#[derive(Clone, Debug)]
pub(super) struct Ask {
    pub(super) purpose: Purpose,
    pub(super) socket: ProbeSocket,
    pub(super) port: MarkedPort,
    pub(super) size: u16,
    pub(super) dont_fragment: bool,
    pub(super) padding: Padding,
    /// What is offered, where the topic is new.
    pub(super) offer: Vec<Proposal>,
    /// The method whose public value is sent, where the server may accept.
    pub(super) method: KeMethod,
}

impl Ask {
    pub(super) const fn new(purpose: Purpose, port: MarkedPort, size: u16) -> Self {
        let (socket, dont_fragment) = (ProbeSocket::First, matches!(purpose, Purpose::Mtu));
        let (padding, method) = (Padding::VendorId, KeMethod::CURVE25519);
        Self { purpose, socket, port, size, dont_fragment, padding, offer: Vec::new(), method }
    }
}

/// What was seen, without the random numbers.
#[derive(Clone, Debug)]
pub(super) struct Evidence {
    pub(super) plan: ProbePlan,
    /// At most as many as [`manners::most`] says.
    pub(super) trials: Vec<Trial>,
    pub(super) talks: Vec<Talk>,
    pub(super) product: Option<String>,
    pub(super) sent: SentCount,
    /// Answers with an SPI of ours from elsewhere, and the first place that one came from.
    pub(super) strangers: u32,
    pub(super) stranger: Option<SocketAddr>,
    pub(super) cookies: bool,
    pub(super) limited: bool,
    /// A method that the server named as its own choice, out of what we offer to everyone.
    pub(super) wanted: Option<KeMethod>,
    pub(super) told_mtu: Option<u16>,
    /// The largest packet that the own system sends, where it refused one.
    pub(super) local_limit: Option<u16>,
    /// Who says that a port is not reachable, as ICMP errors have it.
    pub(super) refusals: Vec<(u16, Option<IpAddr>)>,
    pub(super) tcp: Vec<(ProbeQuestion, bool)>,
    pub(super) login: Option<LoginSeen>,
    /// The last time that is known.
    pub(super) now: Instant,
}

impl Evidence {
    pub(super) const fn new(plan: ProbePlan) -> Self {
        Self {
            plan,
            trials: Vec::new(),
            talks: Vec::new(),
            product: None,
            sent: SentCount::NONE,
            strangers: 0,
            stranger: None,
            cookies: false,
            limited: false,
            wanted: None,
            told_mtu: None,
            local_limit: None,
            refusals: Vec::new(),
            tcp: Vec::new(),
            login: None,
            now: Instant::START,
        }
    }

    /// How long an answer is waited for.
    pub(super) fn patience(&self) -> Duration {
        let longest = self.round_trips().max();
        longest.map_or(PATIENCE, |trip| trip.saturating_mul(3).saturating_add(Duration::from_millis(300)).min(LONGEST))
    }

    pub(super) fn round_trips(&self) -> impl Iterator<Item = Duration> {
        self.trials.iter().filter(|trial| trial.is_unique()).filter_map(|trial| trial.answered)
    }

    pub(super) fn of(&self, purpose: Purpose) -> impl Iterator<Item = &Trial> + Clone {
        self.trials.iter().filter(move |trial| trial.purpose == purpose)
    }

    pub(super) fn count(&self, purpose: Purpose, port: MarkedPort) -> usize {
        self.of(purpose).filter(|trial| trial.port == port.port).count()
    }

    /// Whether anything came back from a port.
    pub(super) fn answers(&self, port: MarkedPort) -> bool {
        self.trials.iter().any(|trial| trial.port == port.port && trial.answered.is_some())
    }

    /// The port that the sizes are asked of.
    pub(super) fn main(&self) -> Option<MarkedPort> {
        [self.plan.ike, self.plan.natt].into_iter().find(|port| self.answers(*port))
    }

    /// The methods that are offered to a server: the one that it is known to take, or what most take.
    pub(super) fn methods(&self) -> &[KeMethod] {
        self.wanted.as_ref().map_or(METHODS, core::slice::from_ref)
    }

    /// The methods of a request that has to be small. A server that takes none of many takes none of few.
    pub(super) fn few_methods(&self) -> &[KeMethod] {
        let is_answered = self.trials.iter().any(|trial| trial.is_unique() && trial.answered.is_some());
        let some = self.methods();
        if is_answered { some.get(..1).unwrap_or(some) } else { some }
    }

    pub(super) fn talk(&self, topic: Topic) -> Option<&Talk> {
        self.talks.iter().find(|talk| talk.topic == topic)
    }

    pub(super) fn outcome(&self, topic: Topic) -> Option<Outcome> {
        self.talk(topic).and_then(|talk| talk.outcome)
    }

    /// The answer that accepted, and the talk.
    pub(super) fn acceptance(&self) -> Option<(&Talk, &Reply)> {
        let talk = self.talk(Topic::Announcements).filter(|talk| talk.outcome == Some(Outcome::Accepted))?;
        talk.reply.as_ref().map(|reply| (talk, reply))
    }

    /// Whether anything that was offered was taken.
    pub(super) fn takes_something(&self) -> bool {
        self.wanted.is_some() || self.talks.iter().any(|talk| matches!(talk.outcome, Some(Outcome::Taken(_) | Outcome::Accepted)))
    }

    /// Octets of IP packet, put together, of the largest answer.
    pub(super) fn largest_answer(&self) -> usize {
        let replies = self.talks.iter().filter_map(|talk| talk.reply.as_ref());
        replies.map(|reply| reply.len.saturating_add(usize::from(self.plan.headers()))).max().unwrap_or(0)
    }

    /// The next request about a topic, until it has an outcome.
    pub(super) fn pursue(&self, topic: Topic, port: MarkedPort, offer: impl FnOnce() -> Vec<Proposal>) -> Option<Ask> {
        let purpose = Purpose::Talk(topic);
        match self.talk(topic) {
            Some(talk) if talk.outcome.is_some() || self.unanswered(purpose) >= TALK_TRIES => None,
            Some(_) => Some(Ask::new(purpose, port, 0)),
            None => Some(Ask { offer: offer(), ..Ask::new(purpose, port, 0) }),
        }
    }

    /// Whether a topic was given up: asked often enough, and nothing came back.
    pub(super) fn is_given_up(&self, topic: Topic) -> bool {
        self.talk(topic).is_some_and(|talk| talk.outcome.is_none()) && self.unanswered(Purpose::Talk(topic)) >= TALK_TRIES
    }

    /// Trials for a purpose since the last one that was answered.
    fn unanswered(&self, purpose: Purpose) -> usize {
        self.of(purpose).collect::<Vec<_>>().into_iter().rev().take_while(|trial| trial.answered.is_none()).count()
    }

    pub(super) fn top(&self) -> u16 {
        self.plan.top().min(self.local_limit.unwrap_or(u16::MAX))
    }

    pub(super) fn bounds(&self) -> Option<Bounds> {
        let main = self.main()?;
        Bounds::of(self.of(Purpose::Mtu).filter(|trial| trial.port == main.port), self.now)
    }

    /// What came to nothing of that which could pass.
    pub(super) fn losses(&self) -> Losses {
        let passed = self.bounds().map_or(BASE, |bounds| bounds.passed);
        let main = self.main().map(|port| port.port);
        let could = |trial: &&Trial| trial.is_unique() && trial.size <= passed && Some(trial.port) == main;
        Losses::of(self.trials.iter().filter(could), self.now)
    }

    /// Trials one after the other, at the end, that could pass and came to nothing; and how many of them repeat the first answer.
    pub(super) fn silence(&self) -> (usize, usize) {
        let passed = self.bounds().map_or(BASE, |bounds| bounds.passed);
        let main = self.main().map(|port| port.port);
        let silent = || self.trials.iter().rev().take_while(|trial| trial.answered.is_none());
        let could = |trial: &&Trial| trial.size <= passed && Some(trial.port) == main && trial.socket == ProbeSocket::First;
        (silent().filter(could).count(), silent().filter(|trial| trial.purpose == Purpose::Again).count())
    }

    /// When another request may open an IKE SA at the server; `None` for at once.
    pub(super) fn next_opening(&self, now: Instant) -> Option<Instant> {
        let mut openings: Vec<Instant> = self.talks.iter().filter(|talk| talk.topic.opens()).flat_map(|talk| self.openings(talk)).collect();
        manners::next_opening(&mut openings, now)
    }

    /// When a request may have opened IKE SAs. A copy that is answered with the SPI of the first answer has opened none.
    fn openings(&self, talk: &Talk) -> Vec<Instant> {
        let first = talk.accepted.first();
        let mut times = Vec::new();
        if !matches!(talk.outcome, Some(Outcome::Refused | Outcome::Other)) {
            // The last one may be the first that arrived.
            times.extend(self.of(Purpose::Talk(talk.topic)).map(|trial| trial.sent).last());
        }
        for (index, heard) in talk.accepted.iter().enumerate().skip(1) {
            let is_new = talk.accepted.iter().take(index).all(|other| other.spi != heard.spi);
            times.extend(is_new.then_some(heard.at));
        }
        if first.is_some() && talk.topic == Topic::Announcements {
            let is_known = |trial: &Trial| talk.spis(trial.socket, trial.port).next().is_some() || talk.is_echoed(trial.socket, trial.port);
            let silent = |trial: &&Trial| !is_known(trial);
            let mut ways: Vec<(ProbeSocket, u16, Instant)> = Vec::new();
            for copy in self.of(Purpose::Copy).filter(silent) {
                ways.retain(|(socket, port, _)| !copy.is_on(*socket, *port));
                ways.push((copy.socket, copy.port, copy.sent));
            }
            times.extend(ways.into_iter().map(|(_, _, sent)| sent));
        }
        times
    }

    /// Whether a datagram may open an IKE SA that no datagram before it has.
    pub(super) fn may_open(&self, ask: &Ask) -> bool {
        match ask.purpose {
            Purpose::Talk(topic) => topic.opens() && self.of(ask.purpose).next().is_none(),
            Purpose::Copy => {
                let known = self.talk(Topic::Announcements).is_some_and(|talk| talk.spis(ask.socket, ask.port.port).next().is_some());
                !known && !self.of(Purpose::Copy).any(|trial| trial.is_on(ask.socket, ask.port.port))
            }
            _ => false,
        }
    }

    pub(super) fn told_too_big(&mut self, from: SocketAddr, mtu: Option<u32>, length: Option<u16>) {
        let quoted = |trial: &Trial| trial.dont_fragment && trial.port == from.port() && Some(trial.size) == length;
        let mtu = mtu.and_then(|mtu| u16::try_from(mtu).ok()).filter(|mtu| *mtu >= BASE && Some(*mtu) < length);
        if from.ip() == self.plan.address && self.trials.iter().any(quoted) {
            self.told_mtu = mtu.or(self.told_mtu);
        }
    }

    pub(super) fn refused(&mut self, now: Instant, from: SocketAddr, by: Option<IpAddr>) {
        let last = self.trials.last_mut().filter(|trial| trial.is_open(now) && trial.port == from.port());
        if let Some(trial) = last.filter(|_| from.ip() == self.plan.address) {
            trial.refused = true;
            self.refusals.push((from.port(), by));
        }
    }

    /// Whether the server announced an extension; `None` where no request was accepted.
    pub(super) fn announces(&self, ty: NotifyType) -> Option<bool> {
        self.acceptance().map(|(_, reply)| reply.has(ty))
    }

    /// An answer without a value.
    pub(super) fn say(
        &self,
        question: ProbeQuestion,
        (result, confidence): (AnswerResult, Confidence),
        datagrams: usize,
        text: impl Into<String>,
    ) -> ProbeAnswer {
        ProbeAnswer { question, address: self.plan.address, result, value: AnswerValue::None, confidence, datagrams, text: text.into() }
    }
}
