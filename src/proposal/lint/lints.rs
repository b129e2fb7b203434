//! The lints of one side while they are collected.

use super::concern::{Concern, Lint, LintClass};
use crate::proposal::side::Side;
use alloc::vec::Vec;

/// The lints of one side while they are collected: one for each concern, whatever the number of proposals.
pub(super) struct Lints {
    side: Side,
    list: Vec<Lint>,
}

/// Lints kept of one side: more say nothing to a reader, and hostile offers hold thousands of transforms.
const KEPT: usize = 64;

impl Lints {
    pub(super) const fn new(side: Side) -> Self {
        Self { side, list: Vec::new() }
    }

    pub(super) fn add(&mut self, class: LintClass, number: u8, concern: Concern) {
        if let Some(known) = self.list.iter_mut().find(|lint| lint.concern == concern) {
            if !known.proposals.contains(&number) {
                known.proposals.push(number);
            }
        } else if self.list.len() < KEPT {
            self.list.push(Lint { class, side: Some(self.side), proposals: Vec::from([number]), concern });
        }
    }

    pub(super) fn add_of_all(&mut self, class: LintClass, concern: Concern) {
        self.list.push(Lint { class, side: Some(self.side), proposals: Vec::new(), concern });
    }

    pub(super) fn sorted(mut self) -> Vec<Lint> {
        self.list.sort_by_key(|lint| lint.class);
        self.list
    }
}
