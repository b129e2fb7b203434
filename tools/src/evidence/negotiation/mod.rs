//! What two sides agree on: from names, texts, hexadecimal and captures to an answer, with what speaks against either side and what to
//! change in its own text.
//!
//! ```text
//! terms.rs     what is asked
//! side.rs      what one side has: a profile, settings in some notation, an SA payload
//! captured.rs  the offers of a capture
//! question.rs  an offer and the terms as a question
//! answer.rs    one question: outcome, lint, remedies
//!   fix.rs     a remedy as an edit of a side's own text, tried before it is told
//! whole.rs     the four questions that a tunnel is asked in its life
//! ```

mod answer;
mod captured;
mod fix;
mod question;
mod side;
mod terms;
mod whole;

pub use answer::{Answer, answer};
pub use captured::{Captured, captured};
pub use fix::Fix;
pub use side::{Offer, Side, policy_of_either};
pub use terms::{Ke, Terms};
pub use whole::{Part, Whole, whole};
