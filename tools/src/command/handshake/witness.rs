//! What the session sees and sends, kept until it is told.

use ikev2::registry::PayloadType;
use ikev2::session::{NetworkPath, Sighting, Watch};

/// A datagram that was seen.
#[derive(Debug)]
pub(crate) struct Sighted {
    pub(crate) path: NetworkPath,
    pub(crate) is_sent: bool,
    pub(crate) message: Vec<u8>,
    /// The payloads of the whole message, with the datagram that completes it.
    pub(crate) content: Option<(PayloadType, Vec<u8>)>,
}

/// Keeps what it is shown.
#[derive(Debug, Default)]
pub(crate) struct Witness {
    pub(crate) sighted: Vec<Sighted>,
}

impl Watch for Witness {
    fn message(&mut self, sighting: &Sighting<'_>) {
        let content = sighting.content.map(|(first, content)| (first, content.to_vec()));
        let sighted = Sighted { path: sighting.path, is_sent: sighting.is_sent, message: sighting.message.to_vec(), content };
        self.sighted.push(sighted);
    }
}
