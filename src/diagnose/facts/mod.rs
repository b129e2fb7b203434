//! Facts: what is remembered of one IKE SA, and of what lies around. Nothing is concluded here.

mod auth;
mod flow;
mod init;
mod sa;
mod surroundings;

#[cfg(test)]
pub(super) use auth::Refused;
#[cfg(test)]
pub(super) use flow::{Datagram, Part};
pub(super) use flow::{Exchange, Gap, Packets, print};
pub(super) use sa::{Evicted, Sa, Taken};
pub(super) use surroundings::Surroundings;
