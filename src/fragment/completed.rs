//! Which messages of one direction are complete.

/// The message IDs that are complete, among those in the window, which ends with the highest of them.
#[derive(Debug, Default)]
pub(super) struct CompletedIds {
    highest: Option<u32>,
    /// Bit n is for the message ID n below the highest.
    complete: u64,
    answered: u64,
}

/// What is known of a message ID.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Known {
    /// Nothing: it is to come.
    New,
    /// The message is complete.
    Complete { answered: bool },
    /// It is below the window.
    Old,
}

/// The largest window there can be.
pub(super) const MAX_WINDOW: u32 = u64::BITS;

impl CompletedIds {
    pub(super) fn of(&self, message_id: u32, window: u32) -> Known {
        let Some(behind) = self.highest.and_then(|highest| highest.checked_sub(message_id)) else { return Known::New };
        let bit = 1u64.checked_shl(behind).unwrap_or(0);
        match behind < window {
            true if self.complete & bit != 0 => Known::Complete { answered: self.answered & bit != 0 },
            true => Known::New,
            false => Known::Old,
        }
    }

    pub(super) fn note(&mut self, message_id: u32, answered: bool) {
        let highest = self.highest.map_or(message_id, |highest| highest.max(message_id));
        let ahead = highest.saturating_sub(self.highest.unwrap_or(highest));
        self.complete = self.complete.checked_shl(ahead).unwrap_or(0);
        self.answered = self.answered.checked_shl(ahead).unwrap_or(0);
        let bit = 1u64.checked_shl(highest.saturating_sub(message_id)).unwrap_or(0);
        self.complete |= bit;
        self.answered |= if answered { bit } else { 0 };
        self.highest = Some(highest);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use alloc::collections::BTreeMap;

    #[test]
    fn hostile_16_every_message_id_is_known_as_a_list_of_all_would_know_it() {
        for window in [1, 2, 8, 63, 64] {
            let mut completed = CompletedIds::default();
            let mut all: BTreeMap<u32, bool> = BTreeMap::new();
            let ids = [0, 1, 1, 3, 2, 9, 4, 70, 69, 7, 71, 200, 137, 136, u32::MAX - 1, u32::MAX, u32::MAX - 63, 5];
            for (id, answered) in ids.into_iter().flat_map(|id| [(id, false), (id, id % 2 == 1)]) {
                completed.note(id, answered);
                *all.entry(id).or_default() |= answered;
                let highest = *all.last_key_value().unwrap().0;
                for id in ids.into_iter().flat_map(|id| [id.wrapping_sub(1), id, id.wrapping_add(1)]) {
                    let due = match all.get(&id) {
                        _ if u64::from(id) + u64::from(window) <= u64::from(highest) => Known::Old,
                        Some(answered) => Known::Complete { answered: *answered },
                        None => Known::New,
                    };
                    assert_eq!(completed.of(id, window), due, "{id} of {all:?}, window {window}");
                }
            }
        }
    }
}
