//! Facts: what is remembered of one IKE SA, and of what lies around.
//!
//! A message is read for itself, and by what came before it: that an encrypted one has the size of a refusal, or that another try takes a
//! refusal back. What the facts mean together, and what is missing among them, is for the causes to say.

mod auth;
mod esp;
mod flow;
mod ikev1;
mod init;
mod len;
pub(in crate::diagnose) mod room;
mod sa;
mod scope;
mod sides;
mod sights;
mod surroundings;
mod windows;

pub use auth::ChildDifference;
pub(super) use auth::{Asked, Auth, ChildRefused, DeletedAtOnce, FinalNotify, Refused};
#[cfg(test)]
pub(super) use auth::{Done, TlsAlert};
pub(super) use esp::{EspFlow, EspSeen};
#[cfg(test)]
pub(super) use flow::{Datagram, Part};
pub(super) use flow::{Exchange, Flow, Gap, Packets, Repeat, Way, begins, print};
pub use ikev1::Ikev1Exchange;
pub(super) use init::{Broken, InvalidKe, accepts};
#[cfg(test)]
pub(super) use init::{ClearRefusal, Cookies, Init};
#[cfg(test)]
pub(super) use sa::ClearError;
pub(super) use sa::{Evicted, Sa, Taken, UnknownSpi};
pub(super) use scope::Scope;
pub(super) use sides::Sides;
pub(super) use surroundings::{Client, Icmp, Moved, Success, Surroundings};
pub(super) use windows::EventSeen;
