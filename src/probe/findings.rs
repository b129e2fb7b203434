//! What stands in the way, with the words and remedies of `diagnose`.

use super::answer::AnswerResult::{No, Unknown};
use super::answer::{AnswerResult, ProbeAnswer, ProbeQuestion};
use super::evidence::Evidence;
use super::plan::MarkedPort;
use super::trial::Purpose;
use crate::diagnose::Cause;
use crate::diagnose::cause::{
    AnsweredElsewhere, FragmentationNotOffered, IpFragmentLost, NoProposalChosen, PortBlocked, SpiUnknownOnNatPort, SplitEvidence,
};
use crate::registry::ExchangeType;
use crate::role::Role;
use alloc::vec::Vec;
use core::net::SocketAddr;

pub(super) fn result(answers: &[ProbeAnswer], question: ProbeQuestion) -> AnswerResult {
    answers.iter().find(|answer| answer.question == question).map_or(Unknown, |answer| answer.result)
}

/// What stands in the way, the nearest first.
pub(super) fn causes(seen: &Evidence, answers: &[ProbeAnswer]) -> Vec<Cause> {
    let is_not = |question| result(answers, question) == No;
    if let Some(elsewhere) = elsewhere(seen) {
        return alloc::vec![elsewhere];
    }
    if is_not(ProbeQuestion::Udp500) {
        return alloc::vec![blocked(seen.plan.ike)];
    }
    let mut causes = Vec::new();
    if is_not(ProbeQuestion::Udp4500) {
        causes.push(blocked(seen.plan.natt));
    }
    if is_not(ProbeQuestion::SameServer) {
        causes.push(Cause::SpiUnknownOnNatPort(SpiUnknownOnNatPort { split: SplitEvidence::Seen }));
    }
    if is_not(ProbeQuestion::Fragmentation) {
        causes.extend(fragments(seen, answers));
    }
    if is_not(ProbeQuestion::Offer) {
        causes.push(Cause::NoProposalChosen(NoProposalChosen::of_offer(seen.plan.offer.clone())));
    }
    causes
}

const fn blocked(port: MarkedPort) -> Cause {
    Cause::PortBlocked(PortBlocked { port: port.port, told: None, arrival: None })
}

/// All answers came from another address or port than the one that was asked: a client takes none of them.
fn elsewhere(seen: &Evidence) -> Option<Cause> {
    let (from, local) = (seen.stranger?, seen.plan.local?);
    if seen.main().is_some() {
        return None;
    }
    let asked = SocketAddr::new(seen.plan.address, seen.trials.first()?.port);
    let exchange = ExchangeType::IKE_SA_INIT;
    Some(Cause::AnsweredElsewhere(AnsweredElsewhere { exchange, asked_from: local, asked, from, to: local }))
}

/// IP fragments are lost, and nothing is announced that would do without them.
fn fragments(seen: &Evidence, answers: &[ProbeAnswer]) -> Vec<Cause> {
    let lost = |sender, trials: usize| {
        Cause::IpFragmentLost(IpFragmentLost {
            sender,
            exchange: Some(ExchangeType::IKE_SA_INIT),
            transmissions: u32::try_from(trials).unwrap_or(u32::MAX),
            arrived: None,
            total: None,
            arrival: None,
            told_by: None,
        })
    };
    let mut causes = Vec::new();
    if result(answers, ProbeQuestion::FragmentsTo) == No {
        let whole = seen.bounds().map_or(0, |bounds| bounds.passed);
        causes.push(lost(Role::Initiator, seen.of(Purpose::Fragment).filter(|trial| trial.size > whole).count()));
    }
    if result(answers, ProbeQuestion::FragmentsFrom) == No {
        causes.push(lost(Role::Responder, seen.of(Purpose::Talk(super::topic::Topic::LargeAnswer)).count()));
    }
    if !causes.is_empty() {
        causes.push(Cause::FragmentationNotOffered(FragmentationNotOffered { side: Some(Role::Responder) }));
    }
    causes
}
