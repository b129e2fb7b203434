//! Whether IP fragments reach the server: the largest datagram that leaves whole and passes, against one that leaves in IP fragments.

use crate::diagnose::Confidence::{High, Low, Medium};
use crate::probe::answer::AnswerResult::{No, Unknown, Yes};
use crate::probe::answer::{AnswerValue, ProbeAnswer, ProbeQuestion};
use crate::probe::evidence::{Ask, Evidence};
use crate::probe::request::Padding;
use crate::probe::size::Pair;
use crate::probe::trial::{Purpose, Trial};
use crate::probe::turn::Turn;
use alloc::format;

/// How many datagrams are spent on IP fragments, and how many more on a limit of the receiver.
const TRIES: usize = 22;
const LARGE_TRIES: usize = 10;

/// The sizes that are compared, in octets of IP packet, put together.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Sizes {
    /// Leaves whole, and passes with DF.
    whole: u16,
    /// Leaves in IP fragments, or is cut on the way.
    cut: u16,
    /// This system makes the IP fragments, and no router does.
    is_made_here: bool,
    /// The largest that may be sent.
    large: u16,
}

impl Sizes {
    /// Whether no size between the two could be what makes the difference.
    const fn is_boundary(self) -> bool {
        self.cut.saturating_sub(self.whole) == 1
    }
}

/// `None` where no datagram that may be sent is sure to be fragmented.
fn sizes(seen: &Evidence) -> Option<Sizes> {
    let (top, large) = (seen.top(), seen.plan.whole());
    let whole = seen.bounds().filter(|bounds| bounds.is_exact(top, seen.losses()))?.passed;
    let local = seen.local_limit.into_iter().chain(seen.plan.local_mtu).min();
    let here = local.and_then(|local| local.checked_add(1)).filter(|cut| *cut <= large);
    let (cut, is_made_here) = match here {
        Some(cut) => (cut, true),
        // A router fragments IPv4 only, and what fits its link it does not.
        None if whole < top && seen.plan.address.is_ipv4() => (whole.saturating_add(1), false),
        None if local.is_none() => (whole.saturating_add(1), false),
        None => return None,
    };
    Some(Sizes { whole, cut, is_made_here, large })
}

/// Trials of one size and more, or of less.
#[derive(Clone, Copy, Debug, Default)]
struct Count {
    answered: usize,
    silent: usize,
}

fn count<'a>(seen: &'a Evidence, sizes: impl Fn(&Trial) -> bool + 'a) -> Count {
    let trials = seen.of(Purpose::Fragment).filter(move |trial| sizes(trial));
    trials.fold(Count::default(), |sum, trial| Count {
        answered: sum.answered.saturating_add(usize::from(trial.answered.is_some())),
        silent: sum.silent.saturating_add(usize::from(trial.is_silent(seen.now))),
    })
}

/// Whole against cut.
fn pair(seen: &Evidence, sizes: Sizes) -> (Pair, Count) {
    let cut = count(seen, |trial| trial.size >= sizes.cut);
    (Pair { answered: count(seen, |trial| trial.size <= sizes.whole).answered, silent: cut.silent }, cut)
}

/// Whether IP fragments were answered with either padding.
fn both_forms(seen: &Evidence, sizes: Sizes) -> bool {
    let answered = |form| seen.of(Purpose::Fragment).any(|t| t.size >= sizes.cut && t.padding == form && t.answered.is_some());
    answered(Padding::VendorId) && answered(Padding::Notify)
}

pub(in crate::probe) fn next(seen: &Evidence, turn: Turn) -> Option<Ask> {
    let (main, sizes) = (seen.main()?, sizes(seen)?);
    let (pair, cut) = pair(seen, sizes);
    let tries = seen.of(Purpose::Fragment).count();
    let ask = |size, padding| Some(Ask { padding, ..Ask::new(Purpose::Fragment, main, size) });
    let sent_cut = seen.of(Purpose::Fragment).filter(|trial| trial.size >= sizes.cut).count();
    let padding = if sent_cut % 2 == 0 { Padding::VendorId } else { Padding::Notify };
    if both_forms(seen, sizes) {
        return large(seen, turn, sizes).and_then(|size| ask(size, padding));
    }
    let gave_up = cut.answered == 0 && !pair.wants_more(seen.losses());
    if tries >= TRIES || gave_up {
        return None;
    }
    let was_silent =
        seen.trials.last().is_some_and(|last| last.purpose == Purpose::Fragment && last.answered.is_none() && last.size >= sizes.cut);
    let is_control = was_silent && turn.coin || cut.answered == 0 && pair.wants_answers(seen.losses());
    if is_control { ask(sizes.whole, Padding::VendorId) } else { ask(sizes.cut, padding) }
}

/// IP fragments pass: how large may a datagram be?
fn large(seen: &Evidence, turn: Turn, sizes: Sizes) -> Option<u16> {
    let (large, pair) = large_pair(seen, sizes);
    let tries = seen.of(Purpose::Fragment).filter(|trial| trial.size >= sizes.large).count();
    if sizes.large <= sizes.cut || large.answered > 0 || tries >= LARGE_TRIES || !pair.wants_more(seen.losses()) {
        return None;
    }
    let is_control = large.silent > 0 && (turn.coin || pair.wants_answers(seen.losses()));
    Some(if is_control { sizes.cut } else { sizes.large })
}

fn large_pair(seen: &Evidence, sizes: Sizes) -> (Count, Pair) {
    let large = count(seen, |trial| trial.size >= sizes.large);
    let cut = count(seen, |trial| trial.size == sizes.cut);
    (large, Pair { answered: cut.answered, silent: large.silent })
}

pub(in crate::probe) fn answer(seen: &Evidence) -> ProbeAnswer {
    let (question, datagrams) = (ProbeQuestion::FragmentsTo, seen.of(Purpose::Fragment).count());
    let Some(sizes) = sizes(seen) else {
        let is_exact = seen.bounds().is_some_and(|bounds| bounds.is_exact(seen.top(), seen.losses()));
        let text = if is_exact {
            "No datagram that may be sent is larger than a packet of this system: no IP fragment was made."
        } else {
            "The path MTU is not known, so that IP fragments cannot be told from packets that are too large."
        };
        return seen.say(question, (Unknown, Low), datagrams, text);
    };
    let Sizes { whole, cut, is_made_here, .. } = sizes;
    let (pair, came) = pair(seen, sizes);
    if came.answered > 0 {
        return passed(seen, sizes, datagrams);
    }
    // IP fragments that are larger than the path takes prove nothing of those that would fit; routers do not cut IPv6 packets.
    let fit = seen.plan.address.is_ipv4() || sizes.is_boundary();
    if pair.is_certain(seen.losses()) && fit {
        let text = format!(
            "Datagrams of {whole} octets are answered, and those of {cut}, which need IP fragments, are not: IP fragments do not reach this server."
        );
        let confidence = if is_made_here && sizes.is_boundary() { High } else { Medium };
        return seen.say(question, (No, confidence), datagrams, text);
    }
    seen.say(question, (Unknown, Low), datagrams, "Whether IP fragments reach this server was not found.")
}

fn passed(seen: &Evidence, sizes: Sizes, datagrams: usize) -> ProbeAnswer {
    let confidence = if both_forms(seen, sizes) && (sizes.is_made_here || sizes.whole < seen.top()) { High } else { Medium };
    let (_, pair) = large_pair(seen, sizes);
    let answered = seen.of(Purpose::Fragment).filter(|trial| trial.answered.is_some());
    let largest = answered.map(|trial| trial.size).max().unwrap_or(sizes.cut);
    let mut text = format!("Datagrams of {largest} octets, which need IP fragments, reach this server.");
    if largest < sizes.large && pair.is_certain(seen.losses()) {
        // Fragmentation begins far below: this limit is another one.
        text = format!(
            "{text} Those of {} octets were not answered: that is a limit of the receiver, or of who puts them together.",
            sizes.large
        );
    }
    let answer = seen.say(ProbeQuestion::FragmentsTo, (Yes, confidence), datagrams, text);
    ProbeAnswer { value: AnswerValue::Number(largest.into()), ..answer }
}
