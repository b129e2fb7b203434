//! EAP (RFC 3748) in both roles, as IKEv2 carries it (RFC 7296 section 2.16): EAP-MSCHAPv2 and EAP-TLS.
//!
//! Packets go in, packets come out; whoever drives this carries them, in IKE_AUTH for one. A [`Supplicant`] is the client and an
//! [`Authenticator`] the server, each with one method. At the end both have the same [`Msk`], and a [`Proof`] of who the other side is.
//! A method that makes no key, as MD5-Challenge, is answered with a Nak.
//!
//! No sockets and no clock: random octets and the time are arguments, but for those that TLS draws itself (see [`tls`]).
//!
//! ```
//! use ikev2_tools::eap::{Authenticator, First, Name, Step, Supplicant, mschapv2};
//!
//! let password = mschapv2::NtHash::of_password("secret");
//! let user = Name::new("carol")?;
//! // The challenges are 16 random octets each.
//! let mut client = Supplicant::new(user.clone(), mschapv2::Client::new(user, password.clone(), [1; 16]));
//! let users: mschapv2::Passwords = Box::new(move |user| (user == b"carol").then(|| password.clone()));
//! let mut server = Authenticator::new(First::Identity, mschapv2::Server::new(Name::new("moon")?, users, [2; 16]));
//!
//! let mut request = server.start()?;
//! let (success, of_server) = loop {
//!     let Step::Send(response) = client.handle(&request)? else { panic!("the client has failed") };
//!     match server.handle(&response)? {
//!         Step::Send(next) => request = next,
//!         Step::Done { packet: Some(success), msk, .. } => break (success, msk),
//!         failed => panic!("{failed:?}"),
//!     }
//! };
//! let Step::Done { msk: of_client, .. } = client.handle(&success)? else { panic!("the client has failed") };
//! assert_eq!(of_client.octets(), of_server.octets());
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

mod authenticator;
mod discard;
mod failure;
mod limits;
mod method;
pub mod mschapv2;
mod name;
mod packet;
mod step;
mod supplicant;
#[cfg(test)]
mod tests;
pub mod tls;
mod types;

pub use authenticator::{Authenticator, First};
pub use discard::Discard;
pub use failure::Failure;
pub use limits::{Limit, MAX_OCTETS, MAX_ROUNDS};
pub use method::{ClientMethod, ClientTurn, Established, Msk, Proof, ServerMethod, ServerTurn};
pub use name::{Name, NameTooLong};

pub use step::Step;
pub use supplicant::Supplicant;
pub use types::Type;
