//! What comes of a packet, in both roles.

use super::failure::Failure;
use super::method::{Msk, Proof};

/// What comes of a packet.
#[derive(Debug)]
pub enum Step {
    /// Send this packet; more is to come.
    Send(Vec<u8>),
    /// The other side is authenticated.
    Done {
        /// EAP-Success, which an authenticator has to send; nothing for a supplicant.
        packet: Option<Vec<u8>>,
        /// The key that both sides have.
        msk: Msk,
        /// What the other side has proved.
        proof: Proof,
    },
    /// The conversation is over.
    Failed {
        /// A last packet: EAP-Failure, or what tells the server why.
        packet: Option<Vec<u8>>,
        /// Why.
        why: Failure,
    },
}
