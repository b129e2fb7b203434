//! What certificates are good for, as text for people and as JSON for programs. The contract of the JSON is in `ike certificate --help`.
//!
//! ```text
//! verdict.rs  the answer in one sentence
//! text.rs     for people: the answer first, then what speaks against it, the chain, the weight
//! json.rs     one object
//! ```

mod json;
mod text;
mod verdict;

pub use json::json;
pub use text::text;
pub use verdict::verdict;
