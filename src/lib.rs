//! A pure, sans-IO IKEv2 protocol library (RFC 7296) with fragmentation (RFC 7383).
//!
//! The crate never opens a socket, reads a clock, spawns a thread or logs, and never draws a random number but for the signers of
//! feature `ring-os-random`: time, randomness, keys and limits are arguments. Octets from a peer are borrowed, checked once and never
//! trusted; an error says which element, which octet and why, and which Notify it deserves.
//!
//! The default features do no AES-CBC, which some peers offer and nothing else: take `aes-cbc` or `rustcrypto`. They pull `ring`, whose
//! licence, Apache-2.0 AND ISC, a program under GPL-2.0 alone cannot take: `default-features = false` is free of it.
//!
//! A datagram in, an answer out, with neither an allocator nor a feature:
//!
//! ```
//! use ikev2::error::{ParseError, ParseErrorKind};
//! use ikev2::registry::{KeMethod, NotifyType};
//! use ikev2::wire::{Header, Message, MessageBuilder, NotifyData};
//! # use ikev2::registry::ExchangeType;
//! # use ikev2::wire::{IkeSpis, KeyExchange, Payload};
//!
//! /// Asks who comes to IKE_SA_INIT with another key exchange than group 31 to come again with that. `None` is silence.
//! fn answer<'b>(datagram: &[u8], buf: &'b mut [u8]) -> Option<&'b [u8]> {
//!     let asked = Header::peek(datagram).ok()?.header;
//!     if asked.response {
//!         return None;
//!     }
//!     let mut answer = MessageBuilder::new(buf, &Header { initiator: false, response: true, ..asked });
//!     match Message::parse(datagram).and_then(|message| message.parts()).map(|request| request.key_exchange) {
//!         Ok(Some(ke)) if ke.method == KeMethod::CURVE25519 => return None,
//!         Ok(Some(_)) => answer.notify(NotifyData::InvalidKePayload(KeMethod::CURVE25519)),
//!         Ok(None) => answer.notify(NotifyData::Empty(NotifyType::INVALID_SYNTAX)),
//!         Err(ParseError { kind: ParseErrorKind::UnsupportedCritical(ty), .. }) => {
//!             answer.notify(NotifyData::UnsupportedCriticalPayload(ty))
//!         }
//!         Err(fault) => answer.notify(NotifyData::Empty(fault.notify()?)),
//!     };
//!     answer.finish().ok().map(|octets| &*octets)
//! }
//!
//! # let spis = IkeSpis { initiator: 1, responder: 0 };
//! # let header = Header { spis, exchange: ExchangeType::IKE_SA_INIT, initiator: true, response: false, message_id: 0 };
//! # let ke = KeyExchange { method: KeMethod::ECP_256, data: &[4; 64] };
//! # let mut buf = [0; 128];
//! # let datagram = MessageBuilder::new(&mut buf, &header).push(Payload::KeyExchange(ke)).finish()?;
//! # let wrong = { let mut wrong = datagram.to_vec(); wrong[31] += 1; wrong };
//! let mut buf = [0; 64];
//! let octets = answer(datagram, &mut buf).ok_or("no answer")?;
//! let notify = Message::parse(octets)?.parts()?.error().ok_or("no error")?;
//! assert_eq!(notify.typed_data()?, NotifyData::InvalidKePayload(KeMethod::CURVE25519));
//! # let octets = answer(&wrong, &mut buf).ok_or("no answer")?;
//! # assert_eq!(Message::parse(octets)?.parts()?.error().map(|notify| notify.ty), Some(NotifyType::INVALID_SYNTAX));
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! The way of a received message through the modules, each arrow one call:
//!
//! ```text
//! datagram -> wire::transport        UDP 500, UDP 4500, ESP, keepalive, TCP
//!          -> wire::Message          header and payload chain
//!          -> protect::open          SK and SKF: integrity first, then in place
//!          -> fragment::Reassembler  only what was opened can be pushed
//!          -> wire::Payload          every payload to its last field
//! ```
//!
//! and of one to send: [`wire::MessageBuilder`], then `fragment::Splitter` or [`protect::seal`].
//!
//! # Features
//!
//! | for | in Cargo.toml | goes without |
//! |---|---|---|
//! | a monitor | `default-features = false`; `features = ["alloc"]` for what would be chosen | ciphers, C and assembly |
//! | a gateway | `features = ["session", "ke-x25519"]`; with `"x509", "ring-os-random"` for certificates | AES-CBC, P-521, other key exchanges |
//! | a gateway with a state machine of its own | the default | AES-CBC, P-521, signatures made, key exchanges |
//! | a gateway for older peers too | `features = ["session", "rustcrypto", "ring-os-random", "x509"]` | |
//! | a gateway without ring | `default-features = false, features = ["session", "rustcrypto"]` | Ed25519, RSA signatures made |
//! | a fuzzer | `features = ["arbitrary", "rustcrypto"]` | |
//! | firmware | `default-features = false, features = ["aes-gcm", "hmac-sha"]`, or other families | std, signatures, key exchanges |
//! | research | `default-features = false, features = ["sim"]` | ciphers |
//!
//! | feature | brings | turns on | Rust | bare metal |
//! |---|---|---|---|---|
//! | none | `registry`, `error`, `transform`, `wire`, `fingerprint`; of `protect` its traits, `open`, `seal`, `Suite` as a value | | 1.85 | yes |
//! | `alloc` | `auth`, `cert`, `exchange`, `fragment`, `identity`, `ke`, `keys`, `proposal`, `provider`, `selectors`; `protect::IvSequence` | | 1.85 | yes |
//! | `std` (default) | nothing by itself: some features are built on it | `alloc` | 1.85 | no |
//! | `ring` (default) | `Provider::ring`: AES-GCM-16, ChaCha20-Poly1305, HMAC; RSA, P-256, P-384 and Ed25519 verified | `std` | 1.85 | no |
//! | `ring-os-random` | `provider::SigningKey`: such signatures made, with random numbers of the operating system | `ring` | 1.85 | no |
//! | `x509` | `cert::Certificate`: the names, keys and dates in CERT payloads, their signatures; `cert::Extensions`: what they are for; `cert::validate`: paths up to a trust anchor, or a `cert::PathError` | `std` | 1.85 | no |
//! | `aes-gcm` | AES-GCM with ICVs of 8, 12 and 16 octets | `alloc` | 1.87 | yes |
//! | `aes-ccm` | AES-CCM with ICVs of 8, 12 and 16 octets | `alloc` | 1.87 | yes |
//! | `chacha20poly1305` | ChaCha20-Poly1305 | `alloc` | 1.87 | yes |
//! | `aes-cbc` | AES-CBC | `alloc` | 1.85 | yes |
//! | `aes-ctr` | AES-CTR | `alloc` | 1.85 | yes |
//! | `camellia` | Camellia-CBC | `alloc` | 1.85 | yes |
//! | `hmac-sha` | HMAC-SHA-1 and HMAC-SHA-2, for integrity and as PRF; the SHA-1 of NAT detection | `alloc` | 1.87 | yes |
//! | `aes-mac` | AES-XCBC and AES-CMAC, for integrity and as PRF | `alloc` | 1.87 | yes |
//! | `legacy` | 3DES, HMAC-MD5, the uncut HMACs of RFC 4595, and NULL encryption: for old captures and for tests | `alloc` | 1.87 | yes |
//! | `ecc` | `provider::EcdsaKey`: P-256, P-384 and P-521 verified, and made without random numbers (RFC 6979) | `alloc` | 1.87 | yes |
//! | `rsa` | RSA signatures verified, by PKCS#1 v1.5 and by PSS; nothing is done with private keys | `alloc` | 1.87 | yes |
//! | `ke-x25519` | X25519; like every key exchange, with random octets of the caller (`provider::Random`) | `alloc` | 1.85 | yes |
//! | `ke-ecp` | ECDH on P-256, P-384 and P-521 | `alloc` | 1.87 | yes |
//! | `ke-modp` | Diffie-Hellman in the MODP groups 2, 5 and 14 to 18 | `alloc` | 1.87 | yes |
//! | `ke-ml-kem` | ML-KEM-512, ML-KEM-768 and ML-KEM-1024 | `alloc` | 1.87 | yes |
//! | `rustcrypto` | the fifteen families above, of the RustCrypto crates and curve25519-dalek | the fifteen | 1.87 | yes |
//! | `profiles` | `proposal::profiles`: what vendors' stacks offer and accept by default | `alloc` | 1.85 | yes |
//! | `notations` | `proposal::notation`: configurations, logs and profiles of twenty products read, seven written | `profiles` | 1.85 | yes |
//! | `diagnose` | `diagnose`: why a tunnel does not come up, from what was seen | `profiles` | 1.85 | yes |
//! | `session` | `session`: the life of an IKE SA without I/O; ciphers and key exchanges come of the features above | `alloc` | 1.85 | yes |
//! | `probe` | `probe`: the way to a gateway, checked by IKE_SA_INIT without credentials | `diagnose` | 1.85 | yes |
//! | `sim` | `sim`: fragmentation strategies compared on modelled paths | `alloc` | 1.85 | yes |
//! | `arbitrary` | `arbitrary`: generators of valid and nearly valid messages, for fuzzers | `std` | 1.85 | no |
//! | `serde` | code points, headers, errors, findings and reports for serde | | 1.85 | yes |
//! | `full` | all of them | all | 1.87 | no |
//!
//! The random numbers of `ring-os-random` are the only ones that the crate draws by itself.
#![no_std]
#![cfg_attr(docsrs, feature(doc_cfg))]
#![forbid(unsafe_code)]
#![warn(clippy::alloc_instead_of_core, clippy::std_instead_of_alloc, clippy::std_instead_of_core)]

#[cfg(any(feature = "alloc", test))]
extern crate alloc;
#[cfg(any(feature = "std", test))]
extern crate std;

#[cfg(feature = "arbitrary")]
pub mod arbitrary;
#[cfg(feature = "alloc")]
pub mod auth;
#[cfg(feature = "alloc")]
pub mod cert;
#[cfg(feature = "alloc")]
mod der;
#[cfg(feature = "diagnose")]
pub mod diagnose;
pub mod error;
#[cfg(feature = "alloc")]
pub mod exchange;
pub mod fingerprint;
mod fnv;
#[cfg(feature = "alloc")]
pub mod fragment;
#[cfg(feature = "alloc")]
pub mod identity;
mod instant;
#[cfg(feature = "alloc")]
pub mod ke;
#[cfg(feature = "alloc")]
pub mod keys;
mod known;
#[cfg(feature = "probe")]
pub mod probe;
#[cfg(feature = "alloc")]
pub mod proposal;
pub mod protect;
#[cfg(feature = "alloc")]
pub mod provider;
pub mod registry;
mod role;
#[cfg(feature = "alloc")]
pub mod selectors;
#[cfg(feature = "session")]
pub mod session;
#[cfg(feature = "alloc")]
mod signature;
#[cfg(feature = "sim")]
pub mod sim;
pub mod transform;
pub mod wire;

pub use instant::Instant;
pub use role::Role;

/// The examples of the README are tests.
#[cfg(all(doctest, feature = "full"))]
#[doc = include_str!("../README.md")]
struct Readme;
