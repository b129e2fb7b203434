//! What an IKE SA needs to carry out exchanges, without I/O: Message ID windows, retransmission, cookies (RFC 7296 sections 2.1 to
//! 2.3 and 2.6).
//!
//! [`SendWindow`] gives out the Message IDs of requests, [`ReceiveWindow`] tells a new request from a retransmission and keeps the
//! responses to send again, [`Retransmission`] says when a request is to be sent again and when to give it up; the caller tells
//! the time. `CookieIssuer` makes and checks the cookies of a responder that keeps no state, under a PRF of any provider.
//!
//! [`Protected`] is all of this together with the keys of one IKE SA: datagrams in, requests and responses out, each of them
//! [`MessageContent`], a chain of payloads. Who writes a state machine of their own builds it on [`Protected`]; `session` has one.
//!
//! What holds: a Message ID is used once and never wraps; a request is answered once; the responses kept are at most as many as the
//! window is wide; nothing here believes a message: only those that were authentic may be shown to a window.
//!
//! Nobody waits without end. A window begins at the Message ID that follows from its [`SaOrigin`]. A request of the peer is
//! [`New`](RequestState::New) until it is answered or a [`DeferredRequest`] for it exists, so a handler that fails leaves it to the
//! peer's next retransmission. A `fragment::Reassembler` before the window shows it that retransmission: a request is complete each
//! time it is sent, until it is marked answered. A request of ours without a response ends the IKE SA by [`SendWindow::give_up`].
//!
//! ```
//! use core::time::Duration;
//! use ikev2::exchange::{TimerAction, ReceiveWindow, RequestState, Retransmission, RetransmissionSchedule, SaOrigin, SendWindow};
//! use ikev2::{Instant, Role};
//!
//! // We were the initiator of IKE_SA_INIT, which had Message ID 0, and send a request ..
//! let origin = SaOrigin::InitialExchange(Role::Initiator);
//! let mut requests = SendWindow::new(origin);
//! let id = requests.start()?;
//! assert_eq!(id, 1);
//! let schedule = RetransmissionSchedule::doubling(Duration::from_secs(1), Duration::from_secs(60), Duration::from_secs(20));
//! let mut timer = Retransmission::new(schedule, Instant::START);
//! assert_eq!(timer.poll(Instant::START + Duration::from_millis(999)), TimerAction::Wait { until: Instant::START + Duration::from_secs(1) });
//! assert_eq!(timer.poll(Instant::START + Duration::from_secs(1)), TimerAction::Resend);
//! assert!(requests.handle_response(id));
//!
//! // .. and answer one. What fails before the answer is there leaves the request new.
//! fn handle(served: &mut ReceiveWindow<String>, id: u32, work: impl Fn() -> Result<String, &'static str>) -> Result<String, &'static str> {
//!     match served.request(id) {
//!         RequestState::New(request) => {
//!             let datagrams = work()?;
//!             request.answer(datagrams.clone());
//!             Ok(datagrams)
//!         }
//!         RequestState::Answered(datagrams) => Ok(datagrams.clone()),
//!         RequestState::InProgress | RequestState::Old | RequestState::Ahead => Err("ignored"),
//!     }
//! }
//! let mut served = ReceiveWindow::new(origin);
//! assert_eq!(handle(&mut served, 0, || Err("no memory")), Err("no memory"));
//! assert_eq!(handle(&mut served, 0, || Ok("response 0".into())), Ok("response 0".into()));
//! assert_eq!(handle(&mut served, 0, || Err("not called again")), Ok("response 0".into()));
//! assert_eq!(handle(&mut served, 2, || Err("not called")), Err("ignored"));
//!
//! // An answer that takes a while is given when it is there; what is lost on the way is new again.
//! let RequestState::New(request) = served.request(1) else { panic!("it is new") };
//! let deferred = request.defer();
//! assert!(matches!(served.request(1), RequestState::InProgress));
//! served.answer(deferred, "response 1".into())?;
//! assert_eq!(served.response(1), Some(&"response 1".into()));
//! # Ok::<(), Box<dyn core::error::Error>>(())
//! ```

mod content;
mod cookie;
mod protected;
mod receive_window;
mod retransmission;
mod selected;
mod send_window;
mod window;

pub use content::MessageContent;
pub use cookie::{Cookie, CookieError, CookieInput, CookieIssuer};
pub use protected::{AnsweredRequest, Discarded, Incoming, ProtectError, Protected, ProtectedSetup, RequestError, RequestTimer};
pub use receive_window::{DeferredRequest, ForeignRequest, PendingRequest, ReceiveWindow, RequestState};
pub use retransmission::{Retransmission, RetransmissionSchedule, TimerAction};
pub use send_window::{SendWindow, WindowError};
pub use window::{MAX_WINDOW, SaOrigin};
