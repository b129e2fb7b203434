//! Whether the way to an IKEv2 gateway is fit, by IKE_SA_INIT messages alone and without credentials (RFC 7296 section 1.2).
//!
//! A [`Prober`] checks one address. It opens no socket and reads no clock: [`Prober::poll_transmit`] gives what is to be sent,
//! [`Prober::handle`] takes what came back, [`Prober::poll_timeout`] says when to ask again, and [`Prober::report`] says what is known.
//!
//! Most requests leave no state at the server: their KE payload is of a group that the offer does not have, so that the answer is
//! INVALID_KE_PAYLOAD or NO_PROPOSAL_CHOSEN. One request may be accepted; it is sent to two ports at most. No more than ten datagrams
//! leave in a second, and no more than 80 in all. Every request has a Vendor ID that names the tool.
//!
//! An answer counts only if it has the SPIi, the source address and the port of a request. Silence is never taken for a limit of size
//! before messages of a size that is known to pass were answered in between.
//!
//! ```
//! use core::time::Duration;
//! use ikev2::Instant;
//! use ikev2::error::CryptoError;
//! use ikev2::probe::{ProbePlan, Prober};
//! use ikev2::provider::Random;
//!
//! struct Counter(u8);
//! impl Random for Counter {
//!     fn fill(&mut self, octets: &mut [u8]) -> Result<(), CryptoError> {
//!         octets.fill_with(|| { self.0 = self.0.wrapping_add(1); self.0 });
//!         Ok(())
//!     }
//! }
//!
//! let mut prober = Prober::new(ProbePlan::new([192, 0, 2, 1].into()), Counter(0));
//! let mut now = Instant::START;
//! while !prober.is_done() {
//!     while prober.poll_transmit(now).is_some() {}
//!     now = prober.poll_timeout().unwrap_or(now + Duration::from_secs(1));
//! }
//! assert_eq!(prober.report().verdict().codes, ["PortBlocked"]);
//! ```
//!
//! ```text
//! plan.rs       what is asked of which ports
//! manners.rs    how often and how much is sent
//! offer.rs      what is offered
//! request.rs    the octets of a request; public_value.rs: key exchange data that a server takes
//! reply.rs      what an answer says
//! topic.rs      what requests are about that are pursued until they have an outcome; talk.rs: such a request
//! trial.rs      what was sent, and what became of it
//! size.rs       the search for the path MTU, and what silence proves
//! evidence.rs   all that was sent and seen
//! question/     a file for each question: what is sent for it, and what is known of it
//! login.rs      what logins showed, which the caller makes
//! policy/       the search for what the gateway takes
//! agenda.rs     what is sent next; turn.rs: a moment in which something may be
//! prober.rs     the state machine
//! answer.rs     questions and answers
//! findings.rs   what stands in the way; verdict.rs: the verdict; report.rs: both, with the answers
//! addresses.rs  one verdict on the addresses of a name
//! ```

mod addresses;
mod agenda;
mod answer;
mod evidence;
mod findings;
mod login;
mod manners;
mod offer;
mod plan;
mod policy;
mod prober;
mod public_value;
mod question;
mod reply;
mod report;
mod request;
mod size;
mod talk;
mod topic;
mod trial;
mod turn;
mod verdict;

pub use answer::{AnswerResult, AnswerValue, ProbeAnswer, ProbeQuestion};
pub use login::LoginSeen;
pub use manners::SentCount;
pub use plan::{MarkedPort, ProbePlan};
pub use prober::{ProbeArrival, ProbeDatagram, Prober};
pub use report::{ProbeReport, ReportLine};
pub use request::VENDOR_ID;
pub use trial::ProbeSocket;
pub use verdict::{Fitness, ProbeVerdict};
