//! IKE_SA_INIT went well and the IKE_AUTH request never came by here.

use super::contract::{Contract, Detect, Headline};
use super::detail::Details;
use super::found::Found;
use super::ppk_mismatch::PpkMismatch;
use super::seen::Seen;
use super::stopped_after_init::StoppedAfterInit;
use crate::diagnose::settings::{PORTS, SettingList};
use crate::diagnose::severity::Confidence;
use crate::role::Role;
use alloc::vec::Vec;
use core::fmt;

/// IKE_SA_INIT went well and the IKE_AUTH request never came by here.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct AuthNeverSeen;

impl Contract for AuthNeverSeen {
    const CODE: &'static str = "AuthNeverSeen";
    const DETECT: Detect<Self> = Detect::Sa(detect);

    fn headline(&self) -> Option<Headline> {
        Some("The second message never gets here: open UDP 4500, and switch on IKE fragmentation so that it needs no IP fragments.".into())
    }

    fn who(&self) -> Option<&'static str> {
        Some("whoever runs the firewalls between the two")
    }

    fn remedy(&self) -> SettingList {
        PORTS.into()
    }

    fn windows_error(&self, _: bool) -> Option<u32> {
        Some(809)
    }

    fn details(&self) -> Details {
        Vec::new()
    }

    #[cfg(test)]
    fn samples() -> Vec<Self> {
        alloc::vec![Self]
    }
}

/// The responder's view of a request that is lost before it gets here.
fn detect(seen: &Seen<'_>) -> Vec<Found<AuthNeverSeen>> {
    let (sa, init) = (seen.sa, &seen.sa.init);
    if let Some((lines, time)) = sa
        .told
        .nothing_followed
        .as_ref()
        .filter(|_| !sa.auth.started && init.answered.is_some() && !seen.has::<AuthNeverSeen, PpkMismatch>())
    {
        let found = Found::error(AuthNeverSeen, Confidence::High, init.packets.join(lines), *time);
        return alloc::vec![found.unless(seen.came_up_after())];
    }
    // On the initiator's own host what is missing was never sent.
    if !seen.stops_after_init()
        || !seen.visible.sees_next_port()
        || seen.has::<AuthNeverSeen, PpkMismatch>()
        || seen.has::<AuthNeverSeen, StoppedAfterInit>()
        || seen.visible.taken_at() == Some(Role::Initiator)
    {
        return Vec::new();
    }
    let found = Found::error(AuthNeverSeen, Confidence::Medium, init.packets.clone(), sa.first);
    // One that tried again with another SPI and came through has nothing to complain about.
    alloc::vec![found.unless(seen.came_up_after())]
}

impl fmt::Display for AuthNeverSeen {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(
            "the responder answered IKE_SA_INIT, and the next message of the initiator (IKE_AUTH, mostly on UDP port 4500) never came \
             by here: the port is blocked before this point, or the message is lost there as IP fragments, or the answer never \
             reached the initiator",
        )
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::diagnose::cause::kit::{Case, WHOLE};
    use crate::diagnose::severity::Severity;

    #[test]
    fn it_is_no_error_where_another_try_came_through() {
        let mut case = Case::new();
        let severity = |case: &Case| case.find::<AuthNeverSeen>().into_iter().map(|(_, severity, ..)| severity).collect::<Vec<_>>();
        assert_eq!(severity(&case), [Severity::Error]);
        case.comes_up_later();
        assert_eq!(severity(&case), [Severity::Info]);
        assert_eq!(severity(&Case::new().ask(1, 4500, 1, WHOLE)), []);
        case.sa.init.looks_for_nat = false;
        assert_eq!(severity(&case), []);
    }
}
