//! IKE_SA_INIT and IKE_AUTH went well, and so did everything after.

use super::contract::{Cause, Detect, Headline};
use super::detail::Details;
use super::found::Found;
use super::seen::Seen;
use crate::diagnose::settings::Setting;
use crate::diagnose::severity::Confidence;
use alloc::vec::Vec;
use core::fmt;

/// IKE_SA_INIT and IKE_AUTH went well, and so did everything after.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Clean;

impl Cause for Clean {
    const CODE: &'static str = "Clean";
    const DETECT: Detect<Self> = Detect::Sa(detect);

    fn rank(&self) -> u8 {
        79
    }

    fn headline(&self) -> Option<Headline> {
        Some("Nothing is wrong.".into())
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

fn detect(seen: &Seen<'_>) -> Vec<Found<Clean>> {
    let clean = !seen.has_error() && seen.sa.init.answered.is_some() && seen.sa.came_up();
    let done = seen.sa.auth.done.filter(|_| clean);
    done.map(|done| Found::info(Clean, Confidence::Medium, seen.sa.beginning(), done)).into_iter().collect()
}

impl fmt::Display for Clean {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("IKE_SA_INIT and IKE_AUTH went well, and so did everything after")
    }
}
