//! Fragmentation strategies compared: one message, one path, one seed, one [`Report`].
//!
//! The datagrams are made by the real [`Splitter`](crate::fragment::Splitter), opened by [`open`](crate::protect::open) and put
//! together by the real [`Reassembler`](crate::fragment::Reassembler); what is modelled is the way between them. A [`Route`] is a
//! row of [`Hop`]s with an MTU, a delay, a rate and a queue, losses, and an opinion on IP fragments and ICMP; [`profiles`] has ten
//! of them, with their sources. There is no clock: time is the next thing that happens. The same seed gives the same report.
//!
//! The exchange is one message forth and an answer back, one datagram unless [`TestMessage::set_response`] makes it more: a strategy sends until the answer is there or it gives up.
//! Datagrams that a strategy's receiver sends before that are feedback, and counted apart.
//!
//! What the model leaves out: other traffic on the path (queues hold this exchange alone), congestion control between exchanges,
//! processing time except [`answer_after`](Route::answer_after), and losses that depend on size. Losses of the two directions are independent.
//!
//! # A strategy and a path of one's own
//!
//! ```
//! use core::time::Duration;
//! use ikev2::Instant;
//! use ikev2::fragment::strategy::{PassiveReceiver, Fixed, SealedMessage, DeliveryState, Strategy, Timers, Transmit};
//! use ikev2::fragment::{Layout, ReassemblyLimits, Path};
//! use ikev2::sim::{Hop, Loss, NoCipher, Route, TestMessage, run};
//!
//! /// Sends everything twice, 50 ms apart, and then waits for ever.
//! struct Twice {
//!     fragments: SealedMessage,
//!     sent: u16,
//!     answered: bool,
//! }
//!
//! impl Strategy for Twice {
//!     fn poll_transmit(&mut self, now: Instant) -> Option<Transmit<'_>> {
//!         let count = self.fragments.count();
//!         if self.answered || self.sent == 2 * count || self.next_timeout()? > now {
//!             return None;
//!         }
//!         self.sent += 1;
//!         self.fragments.get((self.sent - 1) % count)
//!     }
//!
//!     fn handle_response(&mut self, _now: Instant) {
//!         self.answered = true;
//!     }
//!
//!     fn next_timeout(&self) -> Option<Instant> {
//!         (self.sent < 2 * self.fragments.count())
//!             .then(|| Instant::START + Duration::from_millis(if self.sent < self.fragments.count() { 0 } else { 50 }))
//!     }
//!
//!     fn state(&self) -> DeliveryState {
//!         if self.answered { DeliveryState::Answered } else { DeliveryState::Sending }
//!     }
//! }
//!
//! let route = Route::of(Hop { mtu: 1400, delay: Duration::from_millis(40), loss: Loss::Independent(0.05), ..Hop::PERFECT });
//! let mut test_message = TestMessage::new(15194, NoCipher)?;
//! let fragments = test_message.fragments(Path::ipv4(1400), Layout::Fill)?;
//! let (mut twice, mut fixed) = (0, 0);
//! for seed in 0..200 {
//!     let mut mine = Twice { fragments: fragments.clone(), sent: 0, answered: false };
//!     let report = run(&test_message, &route, &mut mine, &mut PassiveReceiver::new(ReassemblyLimits::default()), seed);
//!     twice += u32::from(report.delivered.is_some_and(|at| at < Duration::from_secs(1)));
//!     let mut theirs = Fixed::new(fragments.clone(), Timers::STRONGSWAN);
//!     let report = run(&test_message, &route, &mut theirs, &mut PassiveReceiver::new(ReassemblyLimits::default()), seed);
//!     fixed += u32::from(report.delivered.is_some_and(|at| at < Duration::from_secs(1)));
//! }
//! assert!(twice > 180 && fixed < 140, "{twice} and {fixed} of 200 within a second");
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

mod cipher;
mod hop;
mod network;
pub mod profiles;
mod random;
mod report;
mod route;
mod run;
mod test_message;

pub use cipher::{NoCipher, SimCipher, SuiteCipher};
pub use report::{PacketCounts, Report, Traffic};
pub use route::{Bursts, Hop, Ip, IpFragments, Link, Loss, Route};
pub use run::{MAX_DATAGRAMS, run};
pub use test_message::TestMessage;
