//! Where a cause stands in the table, and what follows from that: its importance, and what it may ask about others.

/// The place of a cause in the table, from the top.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(in crate::diagnose) struct Row(u8);

impl Row {
    pub(super) const FIRST: Self = Self(0);

    pub(super) const fn next(self) -> Self {
        Self(self.0.saturating_add(1))
    }

    /// Whether everything of this row is found before the other one is done.
    pub(super) const fn is_judged_before(self, asker: Self) -> bool {
        self.0 <= asker.0
    }
}

/// What has a row in the table: the table gives it, and nothing else does.
pub(super) trait Placed {
    const ROW: Row;
}

/// Importance as the reason of a failure: the smaller, the nearer to the cause.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(in crate::diagnose) struct Rank {
    row: Row,
    after: bool,
}

impl Rank {
    pub(super) const fn at(row: Row) -> Self {
        Self { row, after: false }
    }

    /// After this row and before the next one.
    pub(super) const fn just_after(row: Row) -> Self {
        Self { row, after: true }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn there_is_room_between_two_rows() {
        let second = Row::FIRST.next();
        let ranks = [Rank::at(Row::FIRST), Rank::just_after(Row::FIRST), Rank::at(second), Rank::just_after(second)];
        assert!(ranks.is_sorted_by(|a, b| a < b), "{ranks:?}");
        assert!(Row::FIRST.is_judged_before(second) && second.is_judged_before(second) && !second.is_judged_before(Row::FIRST));
    }
}
