//! What `ike probe` found: the way to each address of a gateway. The contract of the JSON is in `ike probe --help`.
//!
//! ```text
//! probed.rs  what there is to report
//! words.rs   names of questions and results, sizes to configure
//! text.rs    to read
//! html.rs    as HTML
//! json.rs    for programs
//! ```

mod html;
mod json;
mod probed;
mod text;
mod words;

pub use html::html;
pub use json::json;
pub use probed::Probed;
pub use text::text;
