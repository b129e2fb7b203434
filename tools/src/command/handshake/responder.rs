//! The responder's loop: a verdict for each IKE SA that ends.

use super::args::Args;
use super::failure::Failure;
use super::talk::{TICK, Talk};
use ikev2::Instant;
use std::io::Write;
use std::time::Duration;

/// No SA was set up.
const NOTHING: u8 = 3;

pub(crate) fn run(args: Args, out: Box<dyn Write + Send>) -> Result<u8, Failure> {
    let end = args.seconds.map(|seconds| Instant::START + Duration::from_secs(seconds));
    let count = args.count;
    let mut talk = Talk::new(args, out)?;
    let (mut status, mut done) = (NOTHING, 0_u64);
    while done < count && end.is_none_or(|end| talk.link.now() < end) {
        let until = talk.link.now() + TICK;
        talk.step(until)?;
        for (_, outcome) in std::mem::take(&mut talk.ended) {
            talk.link.release()?;
            status = talk.link.report.verdict(&outcome);
            talk.link.report.begin();
            done = done.saturating_add(1);
        }
    }
    // Its time is over: what stands then is the outcome.
    if done < count && (done == 0 || talk.link.report.seen.phase.is_some()) {
        let outcome = if talk.link.report.seen.established { Ok(()) } else { Err(Failure::NoAnswer) };
        status = talk.link.report.verdict(&outcome);
    }
    Ok(status)
}
