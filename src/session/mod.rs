//! The life of an IKE SA without I/O: an [`Endpoint`] holds all IKE SAs of a host, as initiator and as responder (RFC 7296).
//!
//! The program has the sockets, the clock, the randomness and the kernel; the endpoint has the protocol: what is answered, sent again,
//! offered, accepted, rekeyed, deleted and given up. A datagram goes in at [`handle`](Endpoint::handle), and three calls give out what there
//! is. Nothing waits inside: each call does what it can do now, and returns.
//!
//! | call | when |
//! |---|---|
//! | [`handle`](Endpoint::handle) | a datagram has come; what is no IKE message is named, and left to the program |
//! | [`handle_timeout`](Endpoint::handle_timeout) | the time of [`poll_timeout`](Endpoint::poll_timeout) has come; earlier, it does nothing |
//! | [`initiate`](Endpoint::initiate) | the program wants an IKE SA |
//! | [`sa`](Endpoint::sa) | it wants something of one: [`SaHandle`] rekeys, creates, deletes and pings |
//! | [`decide`](Endpoint::decide) | it has decided what [`Event::Ask`] asked, or installed the Child SA of [`Event::ChildInstall`] |
//! | [`traffic_seen`](Endpoint::traffic_seen), [`child_expired`](Endpoint::child_expired), [`child_acquire`](Endpoint::child_acquire), [`mapping_changed`](Endpoint::mapping_changed) | the kernel says so |
//! | [`poll_event`](Endpoint::poll_event) | after each of the calls above, until it gives `None`; an event may be answered at once |
//! | [`poll_transmit`](Endpoint::poll_transmit) | then, until it gives `None` |
//! | [`poll_timeout`](Endpoint::poll_timeout) | last, to know how long to sleep; every call may have changed it |
//! | [`view`](Endpoint::view), [`sas`](Endpoint::sas) | at any time; they change nothing |
//!
//! What holds:
//! - **Bounded**: [`Limits`] says how much peers can make the endpoint keep. Where a queue of events is full, datagrams for that IKE SA are
//!   [`Ignored::Busy`], and the peer sends them again.
//! - **No amplification**: what goes to an address that is not proved is at most three times as long as what came from there. Where an
//!   answer would be longer, the responder demands a cookie. Cookies and error notifies are never longer than their request.
//! - **No belief without proof**: what is not authentic changes nothing on an IKE SA that has keys. An unprotected error ends at most an
//!   IKE_SA_INIT exchange of ours, and only if nothing better has come when the request would be sent again (RFC 7296 section 2.21.1).
//! - **Decisions are the program's**: who a peer is to it, whose key a certificate has, a signature, the traffic of a Child SA. Each may be
//!   made later, until [`Ask::deadline`]; meanwhile the peer's retransmissions are swallowed. Whoever does not decide has refused.
//! - **Inbound first**: a peer is told of a Child SA, and so may send, only after [`Decision::Installed`].
//! - **Nothing that the provider cannot do** is offered or chosen: [`Config::new`] and [`ChildConfig::new`] cut the policies down to it.
//! - **A name for life**: [`SaId`] stays the same over rekeys and is never used again; [`Event::Closed`] is its last event, after
//!   [`Event::ChildDown`] of each Child SA.
//!
//! Without a key exchange in the build (features `ke-*`) there is nothing to offer, and [`initiate`](Endpoint::initiate) says so. The page
//! docs/embedding.md in the repository has a program with sockets, and says which rule of which RFC each state enforces.
//!
//! Two endpoints in memory:
//!
//! ```
//! # #[cfg(all(feature = "ring", feature = "ke-x25519"))] {
//! use ikev2::Instant;
//! use ikev2::error::CryptoError;
//! use ikev2::proposal::{Dialect, Policy, notation::strongswan};
//! use ikev2::provider::{Provider, Random};
//! use ikev2::session::{
//!     ChildConfig, Config, Decision, Endpoint, Event, Handled, Inquiry, LocalAuth, NetworkPath, PathEncapsulation, PeerConfig, RemoteAuth,
//!     SharedKey,
//! };
//!
//! /// It counts, so that the example is the same each time. A program takes random octets of its system.
//! struct Counter(u8);
//!
//! impl Random for Counter {
//!     fn fill(&mut self, octets: &mut [u8]) -> Result<(), CryptoError> {
//!         for octet in octets {
//!             self.0 = self.0.wrapping_add(1);
//!             *octet = self.0;
//!         }
//!         Ok(())
//!     }
//! }
//!
//! let provider = Provider::builtin();
//! let policy = |proposals| Policy::new(Dialect::Rfc, proposals);
//! let ike = policy(strongswan::parse_ike("aes128gcm16-prfsha256-x25519")?)?;
//! let esp = policy(strongswan::parse_esp("aes128gcm16-x25519")?)?;
//! let mut carol = Endpoint::new(Config::new(&provider, &ike), provider, Box::new(Counter(0)));
//! let mut moon = Endpoint::new(Config::new(&provider, &ike), provider, Box::new(Counter(128)));
//!
//! // What is agreed on, from one side: who we are, how both prove it, which traffic is protected.
//! let agreed = |own: &str, local: &str, remote: &str| {
//!     let key = SharedKey::new("secret of both");
//!     let child = ChildConfig::new(&provider, &esp, [local.parse()?], [remote.parse()?]);
//!     let peer = PeerConfig::new(own.parse()?, LocalAuth::SharedKey(key.clone()), RemoteAuth::SharedKey(key)).with_child(child);
//!     Ok::<_, Box<dyn core::error::Error>>(peer)
//! };
//! let of_moon = agreed("moon.example.org", "10.1.0.0/16", "10.2.0.0/16")?;
//! let (now, mut buf) = (Instant::START, [0; 2048]);
//! let path = NetworkPath::new("192.0.2.2:500".parse()?, "192.0.2.1:500".parse()?, PathEncapsulation::Udp);
//! let id = carol.initiate(now, path, agreed("carol.example.org", "10.2.0.0/16", "10.1.0.0/16")?)?;
//!
//! let mut seen = Vec::new();
//! loop {
//!     for host in [&mut carol, &mut moon] {
//!         while let Some((_, event)) = host.poll_event() {
//!             match event {
//!                 Event::Ask(ask) => match ask.question {
//!                     // Here a program looks the peer up.
//!                     Inquiry::PeerConfig { .. } => host.decide(now, ask.token, Decision::Peer(of_moon.clone().into()))?,
//!                     _ => host.decide(now, ask.token, Decision::Refuse)?,
//!                 },
//!                 // Here it installs the SAs.
//!                 Event::ChildInstall { token, .. } => host.decide(now, token, Decision::Installed)?,
//!                 Event::Established(up) => seen.push(format!("up with {}", up.peer)),
//!                 Event::ChildUp(_) => seen.push("child".into()),
//!                 _ => {}
//!             }
//!         }
//!     }
//!     // In place of sockets: what one sends, the other gets, by the same path seen from its end.
//!     let (to, sent) = match carol.poll_transmit(now, &mut buf)? {
//!         Some(sent) => (&mut moon, sent),
//!         None => match moon.poll_transmit(now, &mut buf)? {
//!             Some(sent) => (&mut carol, sent),
//!             None => break,
//!         },
//!     };
//!     let path = NetworkPath { local: sent.path.peer, peer: sent.path.local, ..sent.path };
//!     assert_eq!(to.handle(now, path, &mut buf[..sent.len]), Handled::Consumed);
//! }
//! assert_eq!(seen, ["up with carol.example.org", "child", "up with moon.example.org", "child"]);
//! assert_eq!(carol.view(id).map(|sa| sa.children().count()), Some(1));
//! // From here on, both wait for their timers: liveness checks and rekeys.
//! assert!(carol.poll_timeout() > Some(now));
//! # }
//! # Ok::<(), Box<dyn core::error::Error>>(())
//! ```

mod algorithms;
mod ask;
mod authentication;
mod child;
mod claims;
mod close;
mod collision;
mod command;
mod config;
mod configuration;
mod connection;
mod context;
mod drive;
mod eap;
mod endpoint;
mod event;
mod half_open;
mod handle;
mod id;
mod ignored;
mod ike_sa;
mod key_exchange;
mod limits;
mod mobike;
mod names;
mod own;
mod path;
mod peer;
mod phase;
mod ppk;
mod preset;
mod redirect;
mod reply;
mod rivals;
mod route;
mod sa;
mod serve;
mod serving;
mod stateless;
mod step;
mod task;
mod timeout;
mod tunnel;
mod view;
mod waiting;
mod watch;

pub use ask::{Ask, Decision, Inquiry, Stale, ToSign};
pub use authentication::{LocalAuth, LocalSignature, RemoteAuth, RemoteSignature, SharedKey};
pub use close::{AuthFailure, CloseReason, Refusing, Violation};
pub use config::{Config, CookieDemand, Lifetimes};
pub use configuration::{AddressAssignment, ConfigurationSet};
pub use eap::{EapAuth, EapSuccess, Msk, ShortMsk};
pub use endpoint::{CommandError, Endpoint, Handled, InitiateError, ShortBuffer, Transmission};
pub use event::{ChildInstall, ChildLifetime, DirectionKeys, Established, Event, IkeKeyMaterial, Nat, OwnRequest};
pub use handle::SaHandle;
pub use id::{ChildId, SaId, Token};
pub use ignored::Ignored;
pub use limits::Limits;
pub use path::{NetworkPath, PathEncapsulation};
pub use peer::{ChildConfig, ChildMode, PeerConfig};
pub use ppk::Ppk;
pub use preset::Preset;
pub use redirect::RedirectTarget;
pub use route::{DatagramRoute, route};
pub use view::SaView;
pub use watch::{Sighting, Watch};
