//! A message that a log tells of.

use core::net::SocketAddr;
use ikev2::Role;
use ikev2::registry::{AuthMethod, ExchangeType, KeMethod, NotifyType, PayloadType, SecurityProtocol, TransformType};
use ikev2::wire::IkeSpis;

/// Payloads of one message that are kept.
pub(super) const PAYLOADS: usize = 64;

/// A payload, as far as a log names it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Piece {
    Payload(PayloadType),
    Notify(NotifyType),
    /// Code and method: 1 and 13 are a request of EAP-TLS.
    Eap(u8, u8),
}

/// A transform as a log names it: type, number, and bits of the key.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Transform {
    pub(super) ty: TransformType,
    pub(super) id: u16,
    pub(super) bits: Option<u16>,
}

/// A proposal as a log names it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Proposal {
    pub(super) protocol: SecurityProtocol,
    pub(super) transforms: Vec<Transform>,
}

/// What a log says of the content of a message, in other lines than the one that names its payloads.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Hints {
    pub(super) proposals: Vec<Proposal>,
    pub(super) auth: Option<AuthMethod>,
    /// The group of the KE payload, or the one that INVALID_KE_PAYLOAD names.
    pub(super) group: Option<KeMethod>,
    /// Traffic selectors of initiator and responder: first and last address of a range.
    pub(super) selectors: Vec<(core::net::IpAddr, core::net::IpAddr)>,
    /// The gateway that REDIRECT names.
    pub(super) redirect: Option<core::net::IpAddr>,
    /// A TLS alert inside EAP.
    pub(super) alert: Option<u8>,
    /// What a Delete payload deletes.
    pub(super) deletes: Option<SecurityProtocol>,
    /// A payload that is not known and has the critical bit, or the one that UNSUPPORTED_CRITICAL_PAYLOAD names.
    pub(super) critical: Option<u8>,
    /// A translator stands before this side.
    pub(super) nat: Option<Role>,
    /// Vendor IDs.
    pub(super) vendors: Vec<Vec<u8>>,
}

/// The two ends of a message.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Ends {
    /// Of the daemon that wrote the log.
    pub(super) own: SocketAddr,
    pub(super) peer: SocketAddr,
}

/// A message that a log tells of.
#[derive(Clone, Debug)]
pub(super) struct Told {
    /// The numbers of the lines that tell of it.
    pub(super) lines: Vec<u64>,
    /// The daemon that wrote the log sent it.
    pub(super) outgoing: bool,
    pub(super) version: u8,
    pub(super) exchange: ExchangeType,
    pub(super) response: bool,
    pub(super) id: u32,
    /// Its payloads; `None`: the log does not name them.
    pub(super) pieces: Option<Vec<Piece>>,
    pub(super) hints: Hints,
    /// Octets of the IKE message.
    pub(super) octets: Option<usize>,
    /// Number and total of a fragment.
    pub(super) fragment: Option<(u16, u16)>,
    pub(super) spis: Option<IkeSpis>,
    /// It accepts what was offered, whatever stands in it: an answer to IKE_SA_INIT that the log does not show.
    pub(super) accepts: bool,
    /// What stands in it is told only of this payload, which comes first.
    pub(super) in_part: Option<PayloadType>,
    /// The message itself, where the log has it.
    pub(super) raw: Option<Vec<u8>>,
}

impl Told {
    pub(super) fn new(line: u64, outgoing: bool, exchange: ExchangeType, response: bool, id: u32) -> Self {
        Self {
            lines: vec![line],
            outgoing,
            version: 2,
            exchange,
            response,
            id,
            pieces: None,
            hints: Hints::default(),
            octets: None,
            fragment: None,
            spis: None,
            accepts: false,
            in_part: None,
            raw: None,
        }
    }

    /// Whether it begins an IKE SA.
    pub(super) fn is_init(&self) -> bool {
        self.exchange == ExchangeType::IKE_SA_INIT && self.version == 2
    }

    /// Whether it holds a notify.
    pub(super) fn has(&self, notify: NotifyType) -> bool {
        self.pieces.iter().flatten().any(|piece| *piece == Piece::Notify(notify))
    }

    /// Notes a line that tells of it.
    pub(super) fn note(&mut self, line: u64) {
        if self.lines.len() < 8 && !self.lines.contains(&line) {
            self.lines.push(line);
        }
    }

    /// The same in IKEv1, of which only the exchange is told.
    pub(super) const fn of_version_1(mut self) -> Self {
        self.version = 1;
        self
    }
}
