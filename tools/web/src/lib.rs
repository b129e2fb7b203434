//! What the page in the browser asks of the tools: files and texts in, a report out.
//!
//! ```text
//! desk/       which question is meant by what was handed over, and its answer: no browser is needed
//! browser.rs  the same for JavaScript: files are read piece by piece, inside a worker
//! ```

#[cfg(target_family = "wasm")]
pub mod browser;
pub mod desk;
