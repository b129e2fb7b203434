//! What a peer's offer and a policy agree on, and why they do not.
#![allow(clippy::unwrap_used, reason = "draft")]
mod json;
fn main() {
    json::run(std::io::stdin().lock(), std::io::stdout().lock()).unwrap();
}
