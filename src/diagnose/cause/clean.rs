//! IKE_SA_INIT and IKE_AUTH went well, and so did everything after.

use super::contract::{Contract, Detect, Headline};
use super::detail::Details;
use super::found::Found;
use super::outcome::{came_up, is_up};
use super::seen::Seen;
use crate::diagnose::settings::SettingList;
use crate::diagnose::severity::Confidence;
use alloc::vec::Vec;
use core::fmt;

/// IKE_SA_INIT and IKE_AUTH went well, and so did everything after.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Clean;

impl Contract for Clean {
    const CODE: &'static str = "Clean";
    const DETECT: Detect<Self> = Detect::Sa(detect);

    fn headline(&self) -> Option<Headline> {
        Some("Nothing is wrong.".into())
    }

    fn who(&self) -> Option<&'static str> {
        None
    }

    fn remedy(&self) -> SettingList {
        SettingList::default()
    }

    fn windows_error(&self, _: bool) -> Option<u32> {
        None
    }

    fn details(&self) -> Details {
        Vec::new()
    }

    #[cfg(test)]
    fn samples() -> Vec<Self> {
        alloc::vec![Self]
    }
}

fn detect(seen: &Seen<'_>) -> Vec<Found<Clean>> {
    let done = came_up(seen).filter(|_| !seen.has_error() && is_up(seen));
    done.map(|done| Found::info(Clean, Confidence::Medium, seen.sa.beginning(), done)).into_iter().collect()
}

impl fmt::Display for Clean {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("the IKE SA came up, and everything that was asked after was answered")
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::diagnose::cause::kit::{Case, WHOLE, done};
    use crate::diagnose::cause::row::Placed;
    use crate::diagnose::cause::spi_unknown::SpiUnknown;
    use crate::diagnose::cause::unfinished::Unfinished;
    use crate::diagnose::severity::Severity;

    #[test]
    fn what_came_up_is_clean_and_else_unfinished_unless_there_is_an_error() {
        let mut case = Case::new().ask(1, 4500, 1, WHOLE).answer(1, 1, WHOLE);
        let found = |case: &Case| (case.find::<Clean>().len(), case.find::<Unfinished>().len());
        assert_eq!(found(&case), (0, 1));
        case.sa.auth.done = done(1, true);
        assert_eq!(found(&case), (1, 0));
        let error = alloc::vec![(SpiUnknown::ROW, Severity::Error)];
        assert!(case.find_after::<Clean>(error.clone()).is_empty() && case.find_after::<Unfinished>(error).is_empty());
        // A later request is open.
        assert_eq!(found(&case.ask(2, 4500, 1, WHOLE)), (0, 1));
        assert_eq!(found(&Case::midway()), (0, 0));
    }
}
