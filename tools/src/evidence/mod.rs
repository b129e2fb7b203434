//! From captures and texts to what can be judged: IKE messages, opened where there are keys; offers and policies; a diagnosis.
//!
//! ```text
//! walk.rs       datagrams and streams -> IKE messages, ESP, keepalives, and what is none of them, told to a Report
//!   ports.rs    which traffic may be IKE
//!   speakers.rs who spoke IKE with whom
//!   connections.rs  TCP connections of a capture, within a bound
//!     stream.rs octets of a TCP stream -> frames
//! carrier.rs    what carried a message
//! decode.rs     a message's payloads, and the first fault
//! keys.rs       texts with keys
//!   unchecked.rs  keys whose ICV nobody checks
//! unlock.rs     SK and SKF opened with the keys of their IKE SA, fragments put together
//! around/       what lies around IKEv2: IKEv1, ESP, TLS, DNS
//! summary.rs    what is counted; IKE SAs in sas.rs
//! notation.rs   proposals as people write them
//! offers.rs     names, notations, hexadecimal and captures -> offers and policies
//! logs/         logs of daemons -> the same as IKE messages
//! diagnosis/    IKE messages -> ikev2::diagnose, and the messages of each IKE SA as they are to be shown
//! ```

pub(crate) mod around;
pub(crate) mod carrier;
pub(crate) mod connections;
pub(crate) mod decode;
pub mod diagnosis;
pub mod keys;
pub mod logs;
pub(crate) mod notation;
pub mod offers;
pub(crate) mod ports;
pub(crate) mod sas;
pub(crate) mod speakers;
pub(crate) mod stream;
pub(crate) mod summary;
pub(crate) mod unchecked;
pub(crate) mod unlock;
pub(crate) mod walk;
