//! The capture ends before it can be told how it goes on.

use super::contract::{Contract, Detect, never_to_blame};
use super::detail::Details;
use super::found::Found;
use super::outcome::is_up;
use super::seen::Seen;
use crate::diagnose::severity::Confidence;
use alloc::vec::Vec;
use core::fmt;

/// The capture ends before it can be told how it goes on.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Unfinished;

impl Contract for Unfinished {
    const CODE: &'static str = "Unfinished";
    const DETECT: Detect<Self> = Detect::Sa(detect);

    never_to_blame!();

    fn details(&self) -> Details {
        Vec::new()
    }

    #[cfg(test)]
    fn samples() -> Vec<Self> {
        alloc::vec![Self]
    }
}

fn detect(seen: &Seen<'_>) -> Vec<Found<Unfinished>> {
    let open = !seen.has_error() && seen.sa.init.answered.is_some() && !is_up(seen) && !seen.came_up_after();
    let found = open.then(|| Found::info(Unfinished, Confidence::Medium, seen.sa.beginning(), seen.clock));
    found.into_iter().collect()
}

impl fmt::Display for Unfinished {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(
            "the capture, or the log, ends before it can be told how this goes on; if a capture was left running for longer than its last packet shows, what \
             should follow is lost before this point",
        )
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::diagnose::cause::kit::{Case, WHOLE, done};
    use crate::diagnose::cause::row::Placed;
    use crate::diagnose::cause::spi_unknown::SpiUnknown;
    use crate::diagnose::severity::Severity;

    #[test]
    fn it_is_said_of_what_has_no_end_yet_and_no_error() {
        let mut case = Case::new().ask(1, 4500, 1, WHOLE).answer(1, 1, WHOLE);
        assert_eq!(case.find::<Unfinished>(), [(Unfinished, Severity::Info, Confidence::Medium, alloc::vec![3, 4])]);
        assert!(case.find_after::<Unfinished>(alloc::vec![(SpiUnknown::ROW, Severity::Error)]).is_empty());
        assert_eq!(case.find_after::<Unfinished>(alloc::vec![(SpiUnknown::ROW, Severity::Warning)]).len(), 1);
        case.sa.auth.done = done(1, true);
        assert!(case.find::<Unfinished>().is_empty());
        // Where IKE_SA_INIT has no answer, other causes speak.
        (case.sa.auth.done, case.sa.init.answered) = (None, None);
        assert!(case.find::<Unfinished>().is_empty());
    }
}
