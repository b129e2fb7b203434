//! What an endpoint sees and sends, for whoever wants to look on.

use super::path::NetworkPath;
use crate::instant::Instant;
use crate::registry::PayloadType;

/// Looks on while an [`Endpoint`](super::Endpoint) works: it is shown each datagram that comes in or goes out, with what was encrypted.
///
/// `()` looks at nothing and costs nothing. With the feature `diagnose` a [`Diagnoser`](crate::diagnose::Diagnoser) looks on: a gateway then
/// explains its failures in the words in which `ike diagnose` explains a capture.
pub trait Watch {
    /// A datagram came in or goes out.
    fn message(&mut self, sighting: &Sighting<'_>) {
        let _ = sighting;
    }

    /// Whether it looks at all: datagrams are not copied for one that does not.
    fn is_watching(&self) -> bool {
        true
    }
}

impl Watch for () {
    fn is_watching(&self) -> bool {
        false
    }
}

/// One datagram, as it is shown to a [`Watch`].
#[derive(Clone, Copy, Debug)]
#[non_exhaustive]
pub struct Sighting<'a> {
    /// When.
    pub time: Instant,
    /// Between which ends.
    pub path: NetworkPath,
    /// Whether we send it.
    pub is_sent: bool,
    /// The IKE message, without its non-ESP marker, as it travels.
    pub message: &'a [u8],
    /// What was encrypted: of SK its content, of SKF that of the whole message, with the fragment that completes it.
    pub content: Option<(PayloadType, &'a [u8])>,
}

#[cfg(feature = "diagnose")]
mod diagnosed {
    use super::super::path::PathEncapsulation;
    use super::{Sighting, Watch};
    use crate::diagnose::{Decrypted, Diagnoser, Observation, Observed, Transport};

    impl<'a> Sighting<'a> {
        /// The same as a watcher on the network would observe it.
        #[must_use]
        pub fn observation(&self) -> Observation<'a> {
            let (src, dst) = if self.is_sent { (self.path.local, self.path.peer) } else { (self.path.peer, self.path.local) };
            let transport = match self.path.encapsulation {
                PathEncapsulation::Udp => Transport::Udp,
                PathEncapsulation::NonEspMarker => Transport::UdpNonEspMarker,
                PathEncapsulation::Tcp => Transport::Tcp,
            };
            let decrypted = self.content.map(|(first, content)| Decrypted::new(first, content));
            let observed = Observed::Message { octets: self.message, fragments: &[], decrypted };
            Observation::new(self.time, src, dst, transport, observed)
        }
    }

    impl Watch for Diagnoser {
        fn message(&mut self, sighting: &Sighting<'_>) {
            self.see_all_ports();
            self.observe(&sighting.observation());
        }
    }
}
