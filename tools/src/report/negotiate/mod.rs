//! What an offer and a policy agree on, and why they do not. The contract of the JSON lines is in `ike negotiate --help`.
//!
//! ```text
//! people.rs  outcome and explanation; table.rs every offered proposal beside every local one
//! json.rs    JSON lines in, JSON lines out, for programs
//! ```

mod json;
mod people;
mod table;

pub use people::{list, outcome};

use std::io::{self, BufRead, Write};

/// Answers every JSON line of `input` with one; gives whether each could be answered.
///
/// # Errors
/// `input` gives, or `out` takes, no more.
pub fn json(input: &mut dyn BufRead, out: &mut dyn Write) -> io::Result<bool> {
    json::run(input, out)
}
