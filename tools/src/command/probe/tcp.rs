//! Whether TCP ports take connections: 4500 (RFC 9329), and 443, where SSTP would be.

use ikev2::probe::ProbeQuestion;
use std::net::{IpAddr, SocketAddr, TcpStream};
use std::thread::{self, JoinHandle};
use std::time::Duration;

/// How long a connection may take to come up.
const PATIENCE: Duration = Duration::from_secs(3);

/// The attempts, which run while UDP is asked.
pub(super) struct Attempts(Vec<(ProbeQuestion, JoinHandle<bool>)>);

impl Attempts {
    pub(super) fn begin(address: IpAddr) -> Self {
        let begin = |(question, port)| {
            let at = SocketAddr::new(address, port);
            (question, thread::spawn(move || TcpStream::connect_timeout(&at, PATIENCE).is_ok()))
        };
        Self([(ProbeQuestion::Tcp4500, 4500), (ProbeQuestion::Tcp443, 443)].map(begin).into())
    }

    /// What became of them.
    pub(super) fn end(self) -> impl Iterator<Item = (ProbeQuestion, bool)> {
        self.0.into_iter().filter_map(|(question, thread)| Some((question, thread.join().ok()?)))
    }
}
