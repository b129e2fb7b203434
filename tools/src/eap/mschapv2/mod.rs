//! EAP-MSCHAPv2 (draft-kamath-pppext-eap-mschapv2-02): MS-CHAPv2 (RFC 2759) in EAP, and its keys (RFC 3079) as MSK.
//!
//! ```text
//! server                          client
//! Challenge                  ->
//!                            <-   Response    the client knows the password
//! Success (S=..)             ->               the server knows it too
//!                            <-   Success
//! ```
//!
//! Whoever sees the exchange can find the password by trying all keys of DES: it is safe only inside of what protects it, as the SA of
//! IKEv2 does once the certificate of the server is verified.
//!
//! One try is made. A password that has expired (E=648) is named and not changed.

mod client;
mod crypto;
mod fault;
mod message;
mod server;

pub use client::Client;
pub use crypto::NtHash;
pub use fault::{ErrorCode, Fault, Refusal};
pub use server::{Passwords, Server};
