//! Items by time, and where that is the same in the order of arrival.
//!
//! Nearly all of a capture is in order already: such items stand in a row, to which adding costs nothing. Only the others are sorted.

use crate::capture::{Item, Time};
use std::collections::{BTreeMap, VecDeque};

/// A time, and which item it was that came.
type Place = (Time, u64);

#[derive(Default)]
pub(super) struct Sorted {
    row: VecDeque<(Place, Item)>,
    /// Those that came after one of a later time.
    strays: BTreeMap<Place, Item>,
    arrived: u64,
}

impl Sorted {
    pub(super) fn push(&mut self, time: Time, item: Item) {
        self.arrived = self.arrived.saturating_add(1);
        let place = (time, self.arrived);
        if self.row.back().is_some_and(|(last, _)| place < *last) {
            self.strays.insert(place, item);
        } else {
            self.row.push_back((place, item));
        }
    }

    /// The time of the first.
    pub(super) fn first(&self) -> Option<Time> {
        let (row, stray) = self.firsts();
        row.into_iter().chain(stray).min().map(|(time, _)| time)
    }

    /// Takes the first.
    pub(super) fn pop(&mut self) -> Option<Item> {
        match self.firsts() {
            (row, Some(stray)) if row.is_none_or(|row| stray < row) => self.strays.pop_first().map(|(_, item)| item),
            _ => self.row.pop_front().map(|(_, item)| item),
        }
    }

    pub(super) fn len(&self) -> usize {
        self.row.len().saturating_add(self.strays.len())
    }

    fn firsts(&self) -> (Option<Place>, Option<Place>) {
        (self.row.front().map(|(place, _)| *place), self.strays.first_key_value().map(|(place, _)| *place))
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::arithmetic_side_effects, reason = "a test fails by panicking, and its numbers are its own")]

    use super::*;
    use crate::capture::Problem;

    /// An item that says which it is.
    fn item(n: u64) -> Item {
        Item::Problem(Problem::EndsInGzip { packets: n })
    }

    #[test]
    fn whatever_the_order_of_arrival_items_leave_by_time() {
        // Each number comes once in 0..=100, and some twice: 37 generates the group.
        let numbers: Vec<u64> = (0..300).map(|n| (n * n * 37 + n) % 101).collect();
        for keep in [1, 7, 300] {
            let (mut sorted, mut left, mut held) = (Sorted::default(), Vec::new(), BTreeMap::new());
            for (n, number) in numbers.iter().enumerate() {
                let place = (Time::from_nanos(i64::try_from(*number).unwrap_or(0)), u64::try_from(n).unwrap_or(0) + 1);
                sorted.push(place.0, item(place.1));
                held.insert(place, item(place.1));
                while sorted.len() > keep {
                    assert_eq!(sorted.first(), held.first_key_value().map(|(place, _)| place.0));
                    left.push((sorted.pop(), held.pop_first().map(|(_, item)| item)));
                }
            }
            left.extend(core::iter::from_fn(|| sorted.pop()).map(|item| (Some(item), held.pop_first().map(|(_, item)| item))));
            assert_eq!((left.len(), held.len()), (300, 0));
            assert!(left.iter().all(|(got, want)| got == want), "{keep}");
        }
    }
}
