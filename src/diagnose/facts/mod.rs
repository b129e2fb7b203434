//! Facts: what is remembered of one IKE SA, and of what lies around.
//!
//! A message is read for itself, and by what came before it: that an encrypted one has the size of a refusal, or that another try takes a
//! refusal back. What the facts mean together, and what is missing among them, is for the causes to say.

mod auth;
mod flow;
mod init;
mod sa;
mod sides;
mod surroundings;

pub(super) use auth::{Auth, ChildRefused, FinalNotify, Refused};
#[cfg(test)]
pub(super) use flow::{Datagram, Part};
pub(super) use flow::{Exchange, Gap, Packets, print};
pub(super) use init::InvalidKe;
#[cfg(test)]
pub(super) use init::{ClearRefusal, Cookies};
#[cfg(test)]
pub(super) use sa::{ClearError, UnknownSpi};
pub(super) use sa::{Evicted, Sa, Taken};
#[cfg(test)]
pub(super) use sides::Sides;
pub(super) use surroundings::Surroundings;
