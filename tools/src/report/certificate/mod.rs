//! What certificates are good for, as text for people and as JSON for programs. The contract of the JSON is in `ike certificate --help`.
//!
//! ```text
//! verdict.rs  the answer in one sentence
//! words.rs    what was found, in words
//! text.rs     for people: the answer first, then what speaks against it, the chain, the weight
//! html.rs     the same as HTML
//! json.rs     one object
//! ```

mod html;
mod json;
mod text;
mod verdict;
mod words;

pub use html::html;
pub use json::json;
pub use text::text;
pub use verdict::verdict;
