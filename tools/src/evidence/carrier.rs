//! What carried a message.

use super::ports::Transport;
use crate::capture::{Sight, Time, Truncation};
use core::net::SocketAddr;

/// What is common to everything that came over the network.
#[derive(Clone, Debug)]
pub(crate) struct Carrier {
    /// Packet numbers of the capture, counted from 1.
    pub(crate) packets: Vec<u64>,
    pub(crate) time: Time,
    pub(crate) src: SocketAddr,
    pub(crate) dst: SocketAddr,
    pub(crate) transport: Transport,
    /// IP packets that carried it; 1: it came whole.
    pub(crate) ip_fragments: u32,
    /// Octets of IP payload in each IP fragment; empty when it came whole, and on TCP.
    pub(crate) fragment_sizes: Vec<usize>,
    /// Octets that were sent and are not in the capture.
    pub(crate) truncation: Option<Truncation>,
    pub(crate) sight: Option<Sight>,
}
