//! One side alone announces authentication of the whole transcript of IKE_SA_INIT.

use super::contract::{Contract, Detect, never_to_blame};
use super::detail::{Details, role};
use super::found::Found;
use super::seen::Seen;
use crate::diagnose::severity::Confidence;
use crate::role::Role;
use alloc::vec::Vec;
use core::fmt;

/// One side alone announces authentication of the whole transcript of IKE_SA_INIT, so that it is not used.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct TranscriptAuthPartial {
    /// The side that did not announce it.
    pub without: Role,
}

impl Contract for TranscriptAuthPartial {
    const CODE: &'static str = "TranscriptAuthPartial";
    const DETECT: Detect<Self> = Detect::Sa(detect);

    never_to_blame!();

    fn details(&self) -> Details {
        alloc::vec![("without", role(self.without))]
    }

    #[cfg(test)]
    fn samples() -> Vec<Self> {
        [Role::Initiator, Role::Responder].map(|without| Self { without }).into()
    }
}

fn detect(seen: &Seen<'_>) -> Vec<Found<TranscriptAuthPartial>> {
    let init = &seen.sa.init;
    let without = match (init.announced.initiator.transcript, init.announced.responder.transcript) {
        (true, false) => Role::Responder,
        (false, true) => Role::Initiator,
        (true, true) | (false, false) => return Vec::new(),
    };
    let both_seen = init.asked && init.answered.is_some() && !init.cut;
    let found = || Found::info(TranscriptAuthPartial { without }, Confidence::High, init.packets.clone(), seen.sa.first);
    both_seen.then(found).into_iter().collect()
}

impl fmt::Display for TranscriptAuthPartial {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "the {} announces authentication of the whole IKE_SA_INIT (IKE_SA_INIT_FULL_TRANSCRIPT_AUTH), and the {} does not, so that it is \
             not used: the IKE SA works, without this protection against a downgrade of the algorithms",
            self.without.other().name(),
            self.without.name()
        )
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::diagnose::cause::kit::Case;
    use crate::diagnose::severity::Severity;

    #[test]
    fn it_is_told_of_one_side_and_is_no_alarm() {
        let mut case = Case::new();
        assert!(case.find::<TranscriptAuthPartial>().is_empty());
        case.sa.init.announced.responder.transcript = true;
        let due = TranscriptAuthPartial { without: Role::Initiator };
        assert_eq!(case.find::<TranscriptAuthPartial>(), [(due, Severity::Info, Confidence::High, alloc::vec![1, 2])]);
        case.sa.init.announced.initiator.transcript = true;
        assert!(case.find::<TranscriptAuthPartial>().is_empty());
        (case.sa.init.announced.responder.transcript, case.sa.init.cut) = (false, true);
        assert!(case.find::<TranscriptAuthPartial>().is_empty());
    }
}
