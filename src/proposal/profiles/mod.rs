//! What vendors' stacks offer and accept by default, as far as it is publicly known, each row with its source and how sure it is.
//!
//! A profile is the list of one stack for one protocol. It stands on either side of a negotiation: [`Profile::offer`] writes it as an
//! SA payload body, [`Profile::policy`] makes it a policy. [`compare`] says what two of them would agree on and in what they differ.
//! Nothing here is a promise about a peer: [`Profile::confidence`] and [`Profile::notes`] belong to every conclusion.
//!
//! ```
//! use ikev2::proposal::{NegotiationContext, Refusal, negotiate, profiles, Question};
//! use ikev2::registry::KeMethod;
//! let windows = profiles::find("windows10").ok_or("no such profile")?;
//! let azure = profiles::find("azure").ok_or("no such profile")?;
//! assert_eq!(windows.name, "windows10-client-default-ike");
//! let offer = windows.offer(NegotiationContext::IkeSaInit, &[])?;
//! let policy = azure.policy(azure.dialect, NegotiationContext::IkeSaInit)?;
//! let selection = negotiate(&offer, Question::new(NegotiationContext::IkeSaInit, Some(KeMethod::MODP_1024)), &policy).map_err(|refusal| refusal.response()).unwrap();
//! assert_eq!(selection.number(), 10);
//! # Ok::<(), Box<dyn core::error::Error>>(())
//! ```

mod android;
mod apple;
mod aws;
mod compare;
mod index;
mod libreswan;
mod microsoft;
mod openiked;
mod profile;
mod routers;
mod strongswan;
mod transforms;

pub use compare::{Caveat, Comparison, Difference, compare};
pub use index::{ALIASES, ALL, Alias, find, find_for};
pub use profile::{Profile, ProfileError, ProfileProposal, Roles, SourceConfidence};
