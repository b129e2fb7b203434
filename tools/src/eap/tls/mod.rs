//! EAP-TLS with TLS 1.2 (RFC 5216) and TLS 1.3 (RFC 9190), by rustls with the cryptography of ring.
//!
//! ```text
//! server                           client
//! Start                       ->
//!                             <-   ClientHello
//! ServerHello .. (fragments)  ->
//!                             <-   Certificate .. Finished (fragments)
//! TLS 1.2: Finished           ->
//! TLS 1.3: one octet of 0     ->
//!                             <-   empty
//! ```
//!
//! Both sides have a certificate. Sessions are not resumed. rustls draws its random numbers from the operating system, by ring; the time
//! is the caller's.

mod client;
mod config;
mod engine;
mod fault;
mod fragments;
mod server;
mod verify;

pub use client::Client;
pub use config::{Config, ConfigError, FRAGMENT, Versions};
pub use fault::{Fault, FramingFault, MAX_MESSAGE};
pub use rustls::AlertDescription;
pub use rustls::pki_types::{CertificateDer, PrivateKeyDer, ServerName, UnixTime};
pub use server::Server;
