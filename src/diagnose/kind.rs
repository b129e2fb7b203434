//! The kinds of findings: data to match on.

use crate::proposal::{Proposal, Transform};
use crate::registry::{ExchangeType, KeMethod, NotifyType};
use crate::role::Role;
use alloc::string::{String, ToString};
use alloc::vec::Vec;

/// What was found. [`code`](Self::code) is stable; `Display` explains, [`remedy`](Self::remedy) helps.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Kind {
    /// Not both sides announced IKEV2_FRAGMENTATION_SUPPORTED (RFC 7383 section 2.3).
    FragmentationNotOffered {
        /// Who did not; `None`: neither.
        side: Option<Role>,
    },
    /// Both sides announced it.
    FragmentationNegotiated,
    /// A message was sent as IP fragments.
    IpFragmentsSent {
        /// By whom.
        sender: Role,
        /// In which exchange.
        exchange: ExchangeType,
        /// Octets of IP payload in each packet.
        sizes: Vec<usize>,
    },
    /// IP fragments of a message are lost on the way.
    IpFragmentLost {
        /// Who sent the message.
        sender: Role,
        /// In which exchange; `None` when its first fragment did not arrive.
        exchange: Option<ExchangeType>,
        /// How often it was sent.
        transmissions: u32,
        /// Octets of IP payload that arrived of one transmission; `None` when all did, here, and the peer stays silent.
        arrived: Option<u64>,
        /// Octets of IP payload it has, if known.
        total: Option<u64>,
    },
    /// A request got no answer.
    RequestUnanswered {
        /// Who asked.
        sender: Role,
        /// In which exchange.
        exchange: ExchangeType,
        /// Message ID.
        message_id: u32,
        /// How often it was sent.
        transmissions: u32,
        /// Octets of the largest IP packet it would take, or took, not fragmented by IP.
        largest: usize,
        /// The port it was sent to.
        port: u16,
        /// Whether it carried EAP: then the answer depends on an authentication server behind the peer.
        eap: bool,
    },
    /// The answer is in the capture and does not reach the one who asked.
    ResponseNotReceived {
        /// Who asked.
        asker: Role,
        /// In which exchange.
        exchange: ExchangeType,
        /// How often the request came again after the answer.
        repeats: u32,
        /// Octets of the largest IP packet of the answer.
        largest: usize,
    },
    /// Nothing comes back from a UDP port.
    PortBlocked {
        /// The port.
        port: u16,
        /// An ICMP error said so.
        told: bool,
    },
    /// IKE_SA_INIT went well and the IKE_AUTH request never came by here.
    AuthNeverSeen,
    /// The responder takes none of the proposals.
    NoProposalChosen {
        /// In which exchange.
        exchange: ExchangeType,
        /// What was offered, as far as it can be read.
        offer: Vec<Proposal>,
        /// The vendor profile the offer is most like, and whether it is the very same.
        profile: Option<(&'static str, bool)>,
        /// Why a policy refuses it; `None` without a policy or when that policy would take it.
        difference: Option<String>,
        /// A change that would do, by that policy.
        change: Option<String>,
    },
    /// The responder wanted another group, and got it.
    InvalidKeRetry {
        /// The group wanted.
        wanted: KeMethod,
    },
    /// The responder asks for another group again and again, or for one that was not offered.
    InvalidKeLoop {
        /// The group wanted last.
        wanted: KeMethod,
        /// How often.
        rounds: u32,
        /// Whether the initiator offers that group at all.
        offered: bool,
    },
    /// The responder asked for a cookie (RFC 7296 section 2.6).
    CookieChallenge,
    /// It asks for a cookie every time.
    CookieLoop {
        /// How often.
        rounds: u32,
    },
    /// IKE_SA_INIT, or a later request, was refused in clear with another error.
    ErrorInClear {
        /// In which exchange.
        exchange: ExchangeType,
        /// The error.
        notify: NotifyType,
    },
    /// One side does not accept the other's proof of identity.
    AuthenticationFailed {
        /// Who refused.
        by: Role,
        /// The error, if it could be read.
        notify: Option<NotifyType>,
        /// Whether certificates are in use, if that can be told.
        certificates: Option<bool>,
        /// A Windows error code the peer sent along.
        status: Option<u32>,
    },
    /// The user's authentication failed.
    EapFailed {
        /// Octets of the largest IKE message that carried EAP.
        largest: usize,
    },
    /// The IKE SA stands, its child SA does not.
    ChildSaRefused {
        /// In which exchange.
        exchange: ExchangeType,
        /// The error, if it could be read.
        notify: Option<NotifyType>,
    },
    /// The one who answers does not know this IKE SA, on the port to which the initiator moved after IKE_SA_INIT.
    SpiUnknownOnNatPort {
        /// How that is known.
        split: Split,
    },
    /// The peer says that it does not know this IKE SA any more.
    SpiUnknown,
    /// A network address translator stands before one side (RFC 7296 section 2.23).
    NatDetected {
        /// Which side.
        side: Role,
    },
    /// Fragments of a message are missing, however often it was sent (RFC 7383 section 2.5).
    IncompleteFragmentSet {
        /// Who sent it.
        sender: Role,
        /// In which exchange.
        exchange: ExchangeType,
        /// Message ID.
        message_id: u32,
        /// Total Fragments.
        total: u16,
        /// The first 64 of the numbers missing.
        missing: Vec<u16>,
        /// Octets of the largest IP packet of the set.
        largest: usize,
    },
    /// All fragments of a message went by, more than some stacks take, and there is no answer.
    FragmentsRefusedByLimit {
        /// In which exchange.
        exchange: ExchangeType,
        /// Total Fragments.
        fragments: u16,
        /// Octets of content, about.
        octets: usize,
        /// Stacks whose limit it exceeds.
        limits: Vec<&'static str>,
    },
    /// One message went by too often.
    RetransmissionStorm {
        /// Who sent it.
        sender: Role,
        /// In which exchange.
        exchange: ExchangeType,
        /// How often.
        copies: u32,
    },
    /// Only one side's packets are in the capture.
    OneSidedCapture {
        /// Whose.
        seen: Role,
    },
    /// The IKE SA follows another one between the same two that was to be rekeyed: its beginning is encrypted in that.
    FollowsRekey,
    /// The capture does not hold the beginning of the IKE SA.
    CaptureStartsMidway,
    /// The capture ends before it can be told how it goes on.
    Unfinished,
    /// IKE_SA_INIT and IKE_AUTH went well, and so did everything after.
    Clean,
}

/// How it is known that two ports lead to different servers.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Split {
    /// INVALID_IKE_SPI says so.
    Told,
    /// The capture shows it: other addresses, a server without the beginning, or a port that answers others.
    Seen,
    /// Silence on the second port alone: it may as well be blocked.
    Possible,
}

/// A value of [`Kind::details`].
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Detail {
    /// Not known.
    Null,
    /// Yes or no.
    Bool(bool),
    /// A count, a size in octets, a port.
    Number(u64),
    /// Several of them.
    Numbers(Vec<u64>),
    /// A name or a sentence.
    Text(String),
    /// Several of them.
    Texts(Vec<String>),
}

fn number(n: impl TryInto<u64>) -> Detail {
    n.try_into().map_or(Detail::Null, Detail::Number)
}

fn text(t: impl ToString) -> Detail {
    Detail::Text(t.to_string())
}

fn maybe<T>(value: Option<T>, detail: impl FnOnce(T) -> Detail) -> Detail {
    value.map_or(Detail::Null, detail)
}

impl Kind {
    /// The stable name.
    #[must_use]
    pub const fn code(&self) -> &'static str {
        self.row().0
    }

    /// Name, and importance as the reason of a failure: the smaller, the nearer to the cause.
    const fn row(&self) -> (&'static str, u8) {
        match self {
            Self::IpFragmentLost { .. } => ("IpFragmentLost", 10),
            Self::IncompleteFragmentSet { .. } => ("IncompleteFragmentSet", 12),
            Self::FragmentsRefusedByLimit { .. } => ("FragmentsRefusedByLimit", 14),
            Self::FragmentationNotOffered { .. } => ("FragmentationNotOffered", 16),
            Self::SpiUnknownOnNatPort { .. } => ("SpiUnknownOnNatPort", 20),
            Self::PortBlocked { .. } => ("PortBlocked", 22),
            Self::AuthNeverSeen => ("AuthNeverSeen", 23),
            Self::NoProposalChosen { exchange: ExchangeType::IKE_SA_INIT, .. } => ("NoProposalChosen", 30),
            Self::NoProposalChosen { .. } => ("NoProposalChosen", 43),
            Self::InvalidKeLoop { .. } => ("InvalidKeLoop", 32),
            Self::CookieLoop { .. } => ("CookieLoop", 33),
            Self::ErrorInClear { .. } => ("ErrorInClear", 34),
            Self::EapFailed { .. } => ("EapFailed", 40),
            Self::AuthenticationFailed { .. } => ("AuthenticationFailed", 41),
            Self::ChildSaRefused { .. } => ("ChildSaRefused", 42),
            Self::ResponseNotReceived { .. } => ("ResponseNotReceived", 50),
            Self::RequestUnanswered { .. } => ("RequestUnanswered", 51),
            Self::SpiUnknown => ("SpiUnknown", 52),
            Self::RetransmissionStorm { .. } => ("RetransmissionStorm", 60),
            Self::IpFragmentsSent { .. } => ("IpFragmentsSent", 70),
            Self::FragmentationNegotiated => ("FragmentationNegotiated", 71),
            Self::InvalidKeRetry { .. } => ("InvalidKeRetry", 72),
            Self::CookieChallenge => ("CookieChallenge", 73),
            Self::NatDetected { .. } => ("NatDetected", 74),
            Self::OneSidedCapture { .. } => ("OneSidedCapture", 75),
            Self::FollowsRekey => ("FollowsRekey", 76),
            Self::CaptureStartsMidway => ("CaptureStartsMidway", 76),
            Self::Unfinished => ("Unfinished", 77),
            Self::Clean => ("Clean", 78),
        }
    }

    /// Importance as a cause: the smaller, the more.
    pub(super) const fn rank(&self) -> u8 {
        self.row().1
    }

    pub(super) fn windows_error(&self, windows: bool) -> Option<u32> {
        use crate::proposal::profiles;
        match self {
            Self::IpFragmentLost { .. }
            | Self::IncompleteFragmentSet { .. }
            | Self::FragmentsRefusedByLimit { .. }
            | Self::SpiUnknownOnNatPort { .. }
            | Self::PortBlocked { .. }
            | Self::AuthNeverSeen
            | Self::ResponseNotReceived { .. }
            | Self::CookieLoop { .. } => Some(809),
            Self::RequestUnanswered { exchange, .. } => {
                matches!(*exchange, ExchangeType::IKE_SA_INIT | ExchangeType::IKE_AUTH | ExchangeType::IKE_INTERMEDIATE).then_some(809)
            }
            Self::NoProposalChosen { exchange: ExchangeType::IKE_SA_INIT, profile, .. } => {
                // With NativeProtocolType = IKEv2 the client's own offer goes out, and the mismatch has a number of its own.
                let default = profile.is_some_and(|(name, same)| same && name != profiles::WINDOWS_CLIENT_CUSTOM_IKE_EXAMPLE.name);
                Some(if windows && !default { 13868 } else { 800 })
            }
            Self::NoProposalChosen { .. } | Self::ChildSaRefused { notify: Some(NotifyType::NO_PROPOSAL_CHOSEN), .. } => Some(13868),
            Self::AuthenticationFailed { status: Some(status @ (13801 | 13868 | 812 | 809 | 800)), .. } => Some(*status),
            Self::AuthenticationFailed { .. } => Some(13801),
            Self::EapFailed { .. } => Some(812),
            Self::FragmentationNotOffered { .. }
            | Self::FragmentationNegotiated
            | Self::IpFragmentsSent { .. }
            | Self::InvalidKeRetry { .. }
            | Self::InvalidKeLoop { .. }
            | Self::CookieChallenge
            | Self::ErrorInClear { .. }
            | Self::ChildSaRefused { .. }
            | Self::SpiUnknown
            | Self::NatDetected { .. }
            | Self::RetransmissionStorm { .. }
            | Self::OneSidedCapture { .. }
            | Self::FollowsRekey
            | Self::CaptureStartsMidway
            | Self::Unfinished
            | Self::Clean => None,
        }
    }

    /// The parameters, for programs: names and values.
    #[must_use]
    pub fn details(&self) -> Vec<(&'static str, Detail)> {
        let exchange = |e: &ExchangeType| ("exchange", text(exchange_name(*e)));
        let sender = |p: &Role| ("sender", text(p.name()));
        match self {
            Self::FragmentationNotOffered { side } => alloc::vec![("side", text(side.map_or("both", Role::name)))],
            Self::IpFragmentsSent { sender: s, exchange: e, sizes } => {
                alloc::vec![
                    sender(s),
                    exchange(e),
                    ("sizes", Detail::Numbers(sizes.iter().filter_map(|n| u64::try_from(*n).ok()).collect()))
                ]
            }
            Self::IpFragmentLost { sender: s, exchange: e, transmissions, arrived, total } => alloc::vec![
                sender(s),
                ("exchange", maybe(*e, |e| text(exchange_name(e)))),
                ("transmissions", number(*transmissions)),
                ("arrived_octets", maybe(*arrived, number)),
                ("total_octets", maybe(*total, number)),
                ("seen_here", Detail::Bool(arrived.is_some())),
            ],
            Self::RequestUnanswered { sender: s, exchange: e, message_id, transmissions, largest, port, eap } => alloc::vec![
                sender(s),
                exchange(e),
                ("message_id", number(*message_id)),
                ("transmissions", number(*transmissions)),
                ("largest_datagram", number(*largest)),
                ("port", number(*port)),
                ("eap", Detail::Bool(*eap)),
            ],
            Self::ResponseNotReceived { asker, exchange: e, repeats, largest } => alloc::vec![
                ("asker", text(asker.name())),
                exchange(e),
                ("repeats", number(*repeats)),
                ("largest_datagram", number(*largest)),
            ],
            Self::PortBlocked { port, told } => alloc::vec![("port", number(*port)), ("icmp", Detail::Bool(*told))],
            Self::NoProposalChosen { exchange: e, offer, profile, difference, change } => alloc::vec![
                exchange(e),
                ("offer", Detail::Texts(offer.iter().map(ToString::to_string).collect())),
                ("nearest_profile", maybe(*profile, |(name, _)| text(name))),
                ("profile_exact", maybe(*profile, |(_, same)| Detail::Bool(same))),
                ("difference", maybe(difference.as_ref(), text)),
                ("change", maybe(change.as_ref(), text)),
            ],
            Self::InvalidKeRetry { wanted } => alloc::vec![("wanted", text(Transform::ke(*wanted))), ("group", number(wanted.0))],
            Self::InvalidKeLoop { wanted, rounds, offered } => alloc::vec![
                ("wanted", text(Transform::ke(*wanted))),
                ("group", number(wanted.0)),
                ("rounds", number(*rounds)),
                ("offered", Detail::Bool(*offered)),
            ],
            Self::CookieLoop { rounds } => alloc::vec![("rounds", number(*rounds))],
            Self::ErrorInClear { exchange: e, notify } => alloc::vec![exchange(e), ("notify", text(notify_name(*notify)))],
            Self::AuthenticationFailed { by, notify, certificates, status } => alloc::vec![
                ("by", text(by.name())),
                ("notify", maybe(*notify, |n| text(notify_name(n)))),
                ("certificates", maybe(*certificates, Detail::Bool)),
                ("windows_status", maybe(*status, number)),
            ],
            Self::EapFailed { largest } => alloc::vec![("largest_eap_message", number(*largest))],
            Self::ChildSaRefused { exchange: e, notify } => alloc::vec![exchange(e), ("notify", maybe(*notify, |n| text(notify_name(n))))],
            Self::SpiUnknownOnNatPort { split } => {
                let known = match split {
                    Split::Told => "told",
                    Split::Seen => "seen",
                    Split::Possible => "possible",
                };
                alloc::vec![("known", text(known))]
            }
            Self::NatDetected { side } | Self::OneSidedCapture { seen: side } => alloc::vec![("side", text(side.name()))],
            Self::IncompleteFragmentSet { sender: s, exchange: e, message_id, total, missing, largest } => alloc::vec![
                sender(s),
                exchange(e),
                ("message_id", number(*message_id)),
                ("total", number(*total)),
                ("missing", Detail::Numbers(missing.iter().map(|n| u64::from(*n)).collect())),
                ("largest_datagram", number(*largest)),
            ],
            Self::FragmentsRefusedByLimit { exchange: e, fragments, octets, limits } => alloc::vec![
                exchange(e),
                ("fragments", number(*fragments)),
                ("octets", number(*octets)),
                ("limits", Detail::Texts(limits.iter().map(ToString::to_string).collect())),
            ],
            Self::RetransmissionStorm { sender: s, exchange: e, copies } => {
                alloc::vec![sender(s), exchange(e), ("copies", number(*copies))]
            }
            Self::FragmentationNegotiated
            | Self::AuthNeverSeen
            | Self::CookieChallenge
            | Self::SpiUnknown
            | Self::FollowsRekey
            | Self::CaptureStartsMidway
            | Self::Unfinished
            | Self::Clean => Vec::new(),
        }
    }
}

/// `IKE_AUTH`, or the number in words.
#[must_use]
pub fn exchange_name(exchange: ExchangeType) -> String {
    exchange.name().map_or_else(|| alloc::format!("exchange type {}", exchange.0), String::from)
}

/// `TS_UNACCEPTABLE`, or the number in words.
#[must_use]
pub fn notify_name(notify: NotifyType) -> String {
    notify.name().map_or_else(|| alloc::format!("error {}", notify.0), String::from)
}
