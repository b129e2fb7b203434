//! The capture ends before it can be told how it goes on.

use super::contract::{Cause, Detect, Headline};
use super::detail::Details;
use super::found::Found;
use super::seen::Seen;
use crate::diagnose::settings::Setting;
use crate::diagnose::severity::Confidence;
use alloc::vec::Vec;
use core::fmt;

/// The capture ends before it can be told how it goes on.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Unfinished;

impl Cause for Unfinished {
    const CODE: &'static str = "Unfinished";
    const DETECT: Detect<Self> = Detect::Sa(detect);

    fn headline(&self) -> Option<Headline> {
        None
    }

    fn who(&self) -> Option<&'static str> {
        None
    }

    fn remedy(&self) -> &'static [Setting] {
        &[]
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

fn detect(seen: &Seen<'_>) -> Vec<Found<Unfinished>> {
    let open = !seen.has_error() && seen.sa.init.answered.is_some() && !seen.sa.came_up();
    let found = open.then(|| Found::info(Unfinished, Confidence::Medium, seen.sa.beginning(), seen.clock));
    found.into_iter().collect()
}

impl fmt::Display for Unfinished {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(
            "the capture ends before it can be told how this goes on; if it was left running for longer than its last packet shows, what \
             should follow is lost before this point",
        )
    }
}
