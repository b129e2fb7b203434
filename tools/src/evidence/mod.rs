//! From captures and texts to what can be judged: IKE messages, opened where there are keys; offers and policies; a diagnosis.
//!
//! ```text
//! walk.rs       datagrams and streams -> IKE messages, ESP, keepalives, and what is none of them, told to a Report
//!   ports.rs    which traffic may be IKE
//!   speakers.rs who spoke IKE with whom
//!   connections.rs  TCP connections of a capture, within a bound
//!     stream.rs octets of a TCP stream -> frames
//! carrier.rs    what carried a message
//! file_kind.rs  what a file is, from its first octets
//! text.rs       octets of a file as text
//! decode.rs     a message's payloads, and the first fault
//! keys.rs       texts with keys
//!   unchecked.rs  keys whose ICV nobody checks
//! unlock.rs     SK and SKF opened with the keys of their IKE SA, fragments put together
//! around/       what lies around IKEv2: IKEv1, ESP, TLS, DNS
//! summary.rs    what is counted; IKE SAs in sas.rs
//! negotiation/  names, notations, hexadecimal and captures -> what two sides agree on
//! certificate/  files of certificates -> what they are good for (feature `x509`)
//! measured.rs   what `ike probe` measured of a path
//! logs/         logs of daemons -> the same as IKE messages
//! diagnosis/    IKE messages -> ikev2::diagnose, and the messages of each IKE SA as they are to be shown
//! ```

pub(crate) mod around;
pub(crate) mod carrier;
#[cfg(feature = "x509")]
pub mod certificate;
pub(crate) mod connections;
pub(crate) mod decode;
pub mod diagnosis;
pub mod file_kind;
pub mod keys;
pub mod logs;
#[cfg(any(feature = "compare", feature = "handshake"))]
pub mod measured;
pub mod negotiation;
pub(crate) mod ports;
pub(crate) mod sas;
pub(crate) mod speakers;
pub(crate) mod stream;
pub(crate) mod summary;
pub mod text;
pub(crate) mod unchecked;
pub(crate) mod unlock;
pub(crate) mod walk;
