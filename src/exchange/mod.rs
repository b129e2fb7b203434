//! What an IKE SA needs to carry out exchanges, without I/O: Message ID windows, retransmission, cookies (RFC 7296 sections 2.1 to
//! 2.3 and 2.6).
//!
//! [`SendWindow`] gives out the Message IDs of requests, [`ReceiveWindow`] tells a new request from a retransmission and keeps the
//! responses to send again, [`Retransmission`] says when a request is to be sent again and when to give it up; the caller tells
//! the time. `CookieIssuer` makes and checks the cookies of a responder that keeps no state, under a PRF of any provider.
//!
//! What holds: a Message ID is used once and never wraps; a request is handed out as new once; the responses kept are at most twice as
//! many as the window is wide; nothing here believes a message: only those that were authentic may be shown to a window.
//!
//! ```
//! use core::time::Duration;
//! use ikev2::Instant;
//! use ikev2::exchange::{TimerAction, ReceiveWindow, RequestState, Retransmission, RetransmissionSchedule, SendWindow};
//!
//! // We send a request ..
//! let mut requests = SendWindow::new(2, 1);
//! let id = requests.start()?;
//! let schedule = RetransmissionSchedule { first: Duration::from_secs(1), longest: Duration::from_secs(60), give_up: Duration::from_secs(20) };
//! let mut timer = Retransmission::new(schedule, Instant::START);
//! assert_eq!(timer.poll(Instant::START + Duration::from_millis(999)), TimerAction::Wait { until: Instant::START + Duration::from_secs(1) });
//! assert_eq!(timer.poll(Instant::START + Duration::from_secs(1)), TimerAction::Resend);
//! assert!(requests.handle_response(id));
//!
//! // .. and answer one.
//! let mut served = ReceiveWindow::new(0, 1);
//! assert_eq!(served.request(0), RequestState::New);
//! served.answer(0, "the datagrams of the response");
//! assert_eq!(served.request(0), RequestState::Answered(&"the datagrams of the response"));
//! assert_eq!(served.request(2), RequestState::Ahead);
//! # Ok::<(), ikev2::exchange::WindowError>(())
//! ```

mod cookie;
mod receive_window;
mod retransmission;
mod selected;
mod send_window;
mod window;

pub use cookie::{Cookie, CookieError, CookieInput, CookieIssuer};
pub use receive_window::{ReceiveWindow, RequestState};
pub use retransmission::{Retransmission, RetransmissionSchedule, TimerAction};
pub use send_window::{SendWindow, WindowError};
pub use window::MAX_WINDOW;
