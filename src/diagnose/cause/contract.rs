//! What every cause must say of itself.

use super::detail::Details;
use super::found::Found;
use super::row::Placed;
use super::seen::{Closed, Seen};
use super::whole::{Place, Whole};
use crate::diagnose::settings::SettingList;
use alloc::string::String;
use alloc::vec::Vec;
use core::fmt;

/// A cause: the reason of a failure, or something worth knowing. `Display` says it in a sentence or two, for somebody who has never
/// seen IKE.
///
/// Nothing here has a default, so that a cause that forgets a part of itself does not compile; nor does one without a row in the table.
pub(super) trait Contract: Placed + Sized + fmt::Display {
    /// The stable name.
    const CODE: &'static str;

    /// Its condition.
    const DETECT: Detect<Self>;

    /// The cause and the cure in one sentence; `None` if it is never the cause of a failure.
    fn headline(&self) -> Option<Headline>;

    /// Who must change something; `None` where nobody must.
    fn who(&self) -> Option<&'static str>;

    /// The settings that help, by product; empty when there is nothing to be done.
    fn remedy(&self) -> SettingList;

    /// The error a Windows client shows, if it is known; `windows`: the initiator is one by its vendor IDs.
    fn windows_error(&self, windows: bool) -> Option<u32>;

    /// The parameters, for programs.
    fn details(&self) -> Details;

    /// One of each form it has, for the tests that all causes have in common.
    #[cfg(test)]
    fn samples() -> Vec<Self>;
}

/// The answers of a cause that is told and never to blame for a failure: no headline, nobody, no setting, no error number.
///
/// A cause says so by this line; without it, and without answers of its own, it does not compile.
macro_rules! never_to_blame {
    () => {
        fn headline(&self) -> Option<$crate::diagnose::cause::contract::Headline> {
            None
        }

        fn who(&self) -> Option<&'static str> {
            None
        }

        fn remedy(&self) -> $crate::diagnose::settings::SettingList {
            $crate::diagnose::settings::SettingList::default()
        }

        fn windows_error(&self, _: bool) -> Option<u32> {
            None
        }
    };
}
pub(super) use never_to_blame;

type InExchange<C> = fn(&Seen<'_>, Closed<'_>) -> Vec<Found<C>>;
type InSa<C> = fn(&Seen<'_>) -> Vec<Found<C>>;
type InCapture<C> = fn(&Whole<'_>) -> Vec<(Place, Found<C>)>;

/// Where a cause is looked for.
pub(super) enum Detect<C> {
    /// In every exchange, as soon as nothing more will be seen of it.
    Exchange(InExchange<C>),
    /// In the IKE SA, once nothing more will be seen of it.
    Sa(InSa<C>),
    /// In both.
    Both(InExchange<C>, InSa<C>),
    /// In the capture as a whole, once, when nothing more will be seen: it belongs to no IKE SA.
    Capture(InCapture<C>),
}

impl<C: Contract> Detect<C> {
    /// All of this cause there is in an IKE SA.
    pub(super) fn run(&self, seen: &mut Seen<'_>) -> Vec<Found<C>> {
        let (in_exchange, in_sa) = match self {
            Self::Exchange(in_exchange) => (Some(in_exchange), None),
            Self::Sa(in_sa) => (None, Some(in_sa)),
            Self::Both(in_exchange, in_sa) => (Some(in_exchange), Some(in_sa)),
            Self::Capture(_) => (None, None),
        };
        let in_sa = in_sa.filter(|_| seen.is_over());
        let mut all = Vec::new();
        if in_exchange.is_none() && in_sa.is_none() {
            return all;
        }
        if let Some(in_exchange) = in_exchange {
            all.extend(seen.exchanges.iter().flat_map(|closed| in_exchange(seen, *closed)));
        }
        all.iter().for_each(|found: &Found<C>| seen.note::<C>(found.severity));
        if let Some(in_sa) = in_sa {
            let more = in_sa(seen);
            more.iter().for_each(|found| seen.note::<C>(found.severity));
            all.extend(more);
        }
        all
    }

    /// What belongs to no IKE SA.
    pub(super) fn in_capture(&self, whole: &Whole<'_>) -> Vec<(Place, Found<C>)> {
        match self {
            Self::Capture(in_capture) => in_capture(whole),
            Self::Exchange(_) | Self::Sa(_) | Self::Both(..) => Vec::new(),
        }
    }
}

/// The first line of a report.
pub(super) struct Headline {
    /// What is said of every case.
    pub(super) usual: &'static str,
    /// What is said of this one, where that is more.
    pub(super) case: Option<String>,
}

impl From<&'static str> for Headline {
    fn from(usual: &'static str) -> Self {
        Self { usual, case: None }
    }
}
