//! `ike negotiate`: its JSON lines against what daemons answered, what it tells people, its exit status.

mod cases;
mod irregular;
pub(crate) mod json;
mod people;

/// Exit status, standard output, standard error.
fn start(args: &[&str], input: &str) -> (u8, String, String) {
    crate::kit::ike(["negotiate"].iter().chain(args), input)
}
