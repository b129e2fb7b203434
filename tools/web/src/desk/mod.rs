//! Which question is meant by what was handed over, and its answer.
//!
//! ```text
//! ask.rs      what was handed over
//! sort.rs     files and texts by their kind
//! answer.rs   the question that they are, and the report
//! ```

mod answer;
mod ask;
mod sort;
#[cfg(test)]
mod tests;

pub use answer::{Report, answer};
pub use ask::{Ask, Handed};
