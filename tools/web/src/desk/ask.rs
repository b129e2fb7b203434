//! What was handed over.

use std::io::Read;

/// Opens a file from its first octet.
type Open = Box<dyn Fn() -> Box<dyn Read>>;

/// A file.
pub struct Handed {
    /// What it is called.
    pub name: String,
    /// Its octets.
    pub octets: u64,
    open: Open,
}

impl Handed {
    /// A file of so many octets, which `open` opens from the first one on.
    pub fn new(name: String, octets: u64, open: impl Fn() -> Box<dyn Read> + 'static) -> Self {
        Self { name, octets, open: Box::new(open) }
    }

    /// The file from its first octet on.
    #[must_use]
    pub fn open(&self) -> Box<dyn Read> {
        (self.open)()
    }
}

/// What is asked beside the files.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Ask {
    /// A text of the client, the initiator: a configuration, a profile's name, a log, certificates.
    pub client: String,
    /// The same of the server, the responder. With a capture or a log it is the policy that explains a refusal.
    pub server: String,
    /// Whose rules decide; empty for those of the product.
    pub dialect: String,
    /// The name that clients connect to, or a client's own name, for certificates.
    pub name: String,
    /// `server` or `client`, for certificates; empty for what their extended key usage says.
    pub role: String,
    /// Clock times are so far ahead of UTC, `+HH:MM`; empty for UTC.
    pub utc_offset: String,
    /// Every IKE SA is shown with its messages.
    pub all: bool,
    /// Seconds since 1970 at which certificates are judged.
    pub now: i64,
}
