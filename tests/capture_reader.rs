//! The capture reader the examples share, against real captures and against files made here.

#[cfg(test)]
#[path = "capture_reader/real.rs"]
mod real;
#[path = "../examples/support/mod.rs"]
mod support;
