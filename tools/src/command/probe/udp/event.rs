//! What came back, and how the threads that listen hand it on.

#[cfg(target_os = "linux")]
use ikev2::diagnose::IcmpError;
use ikev2::probe::ProbeSocket;
#[cfg(target_os = "linux")]
use std::net::IpAddr;
use std::net::SocketAddr;
use std::sync::mpsc::{SyncSender, TrySendError};

/// What came back.
#[derive(Debug)]
pub(crate) enum Back {
    Datagram(Vec<u8>),
    #[cfg(target_os = "linux")]
    Icmp {
        error: IcmpError,
        sender: Option<IpAddr>,
        /// The beginning of the datagram that it quotes.
        quoted: Vec<u8>,
    },
    /// The system says no more than that.
    #[cfg(not(target_os = "linux"))]
    Refused,
}

/// What came back, and to which socket.
#[derive(Debug)]
pub(crate) struct Event {
    pub(crate) socket: ProbeSocket,
    /// The source of a datagram; of an error, where our datagram went, if the system tells.
    pub(crate) from: Option<SocketAddr>,
    pub(crate) back: Back,
}

/// What a thread that listens hands on.
pub(super) enum Incoming {
    Event(Event),
    /// There is something in the error queue of a socket.
    Trouble,
}

/// Hands a datagram on; false when nobody is there any more.
pub(super) fn hand(sender: &SyncSender<Incoming>, socket: ProbeSocket, from: SocketAddr, octets: &[u8]) -> bool {
    tell(sender, Incoming::Event(Event { socket, from: Some(from), back: Back::Datagram(octets.to_vec()) }))
}

/// Tells of something; false when nobody is there any more.
pub(super) fn tell(sender: &SyncSender<Incoming>, what: Incoming) -> bool {
    !matches!(sender.try_send(what), Err(TrySendError::Disconnected(_)))
}
