//! From what was seen on the network to the reason a tunnel does not come up.
//!
//! A [`Diagnoser`] takes [`Observation`]s in order, from a capture or from a socket, and gives [`Finding`]s: what, with which
//! evidence, who must change what, how sure. Nothing is read here but what it is given; decrypted content helps where the caller
//! has it. Most findings come without: the first message is in clear, sizes, fragments, repetitions and silence are not hidden, and
//! an encrypted refusal is told by its size.
//!
//! An error is claimed only where nothing that was seen speaks against it: what was refused, lost or repeated and came through in
//! the end is no finding, or one of [`Severity::Info`]. Nothing that is not encrypted is believed while the handshake goes on.
//!
//! A success is claimed only where it is proved: by the end of IKE_AUTH, by a later exchange that was answered, or by ESP in both
//! directions. Where neither error nor success is proved, [`Verdict::state`] is [`State::Undetermined`], and [`Verdict::not_seen`] says what
//! the capture does not show.
//!
//! The way of an observation through the files, each of which knows only those before it:
//!
//! ```text
//! observation -> facts        what is remembered of one IKE SA, and of what lies around
//!             -> visibility   what of it could be seen at all
//!             -> cause        one file each: condition, evidence, words, remedy, error number
//!             -> verdict      which cause is the nearest to the failure
//! ```
//!
//! [`sizes`] tells why a message is as large as it is, and into how many pieces a path cuts it.
//!
//! ```
//! use core::time::Duration;
//! use ikev2::Instant;
//! use ikev2::diagnose::{Capabilities, Diagnoser, Observation, Observed, Transport, WatchLimits};
//! use ikev2::registry::{ExchangeType, NotifyType};
//! use ikev2::wire::{Header, IkeSpis, MessageBuilder, Nonce, Notify, Payload};
//!
//! let mut diagnoser = Diagnoser::new(WatchLimits::default(), Capabilities::default(), None);
//! let ends = ("192.0.2.1:500".parse()?, "192.0.2.2:500".parse()?);
//! let request = Header { spis: IkeSpis { initiator: 1, responder: 0 }, exchange: ExchangeType::IKE_SA_INIT, initiator: true, response: false, message_id: 0 };
//! let response = Header { response: true, initiator: false, ..request };
//! let (mut a, mut b) = ([0; 64], [0; 64]);
//! let request = MessageBuilder::new(&mut a, &request).push(Payload::Nonce(Nonce { data: &[7; 32] })).finish()?;
//! let refused = Notify::new(NotifyType::NO_PROPOSAL_CHOSEN, &[]);
//! let response = MessageBuilder::new(&mut b, &response).push(Payload::Notify(refused)).finish()?;
//! for (packet, (src, dst), octets) in [(1, ends, &*request), (2, (ends.1, ends.0), &*response)] {
//!     let time = Instant::START + Duration::from_millis(packet);
//!     let observed = Observed::Message { octets, fragments: &[], decrypted: None };
//!     diagnoser.observe(&Observation::new(time, src, dst, Transport::Udp, observed).with_packets(&[packet]));
//! }
//! let (findings, verdict) = diagnoser.finish();
//! assert_eq!((findings[0].cause.code(), &*findings[0].packets), ("NoProposalChosen", &[1, 2][..]));
//! assert_eq!((verdict.codes, verdict.windows_error), (vec!["NoProposalChosen"], Some(800)));
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
// A match names every variant of an enum, so that one that is added later does not compile until each match says what becomes of it.
#![deny(clippy::wildcard_enum_match_arm)]

mod capabilities;
pub mod cause;
mod diagnoser;
mod facts;
mod finding;
mod judged;
mod meant;
mod observation;
mod products;
#[cfg(feature = "serde")]
mod serial;
mod settings;
mod severity;
pub mod sizes;
mod track;
mod verdict;
mod visibility;

pub use capabilities::Capabilities;
pub use cause::detail::{DetailValue, exchange_name, notify_name};
pub use cause::kind::Cause;
pub use diagnoser::{Attribution, Diagnoser, WatchLimits};
pub use finding::Finding;
pub use observation::{Account, Decrypted, Delivery, IcmpError, IcmpReport, Observation, Observed, Said, Sight, Transport, WindowsEvent};
pub use products::products;
pub use settings::{Product, Setting, SettingList, order};
pub use severity::{Confidence, Severity};
pub use verdict::{CauseCount, State, Verdict};
pub use visibility::{NotSeen, Vantage};
