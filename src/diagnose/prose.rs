//! Findings in words, for somebody who has never seen IKE.

use super::kind::{Kind, Split, exchange_name, notify_name};
use crate::proposal::Transform;
use crate::registry::{ExchangeType, NotifyType};
use crate::role::Role;
use core::fmt;

/// Missing fragment numbers told one by one.
const NUMBERS: usize = 12;
/// Octets of an IP packet above which a path may drop it: what IPv6 guarantees.
pub(super) const SAFE: usize = 1280;

/// The finding as a sentence or two.
impl fmt::Display for Kind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::FragmentationNotOffered { side: Some(side) } => write!(
                f,
                "the {} does not announce IKE fragmentation, so large messages travel as IP fragments although the {} could do better",
                side.name(),
                side.other().name()
            ),
            Self::FragmentationNotOffered { side: None } => {
                f.write_str(
                "neither side announces IKE fragmentation (a responder does so only if the initiator does): large messages travel as IP fragments",
            )
            }
            Self::FragmentationNegotiated => f.write_str("both sides announce IKE fragmentation (RFC 7383)"),
            Self::IpFragmentsSent { sender, exchange, sizes } => {
                write!(
                    f,
                    "the {exchange} message of the {} travels as {} IP fragments (",
                    sender.name(),
                    sizes.len(),
                    exchange = exchange_name(*exchange)
                )?;
                for (n, size) in sizes.iter().enumerate() {
                    write!(f, "{}{size}", if n == 0 { "" } else { " + " })?;
                }
                f.write_str(" octets): it needs every router and firewall on the way to pass those")
            }
            Self::IpFragmentLost { sender, exchange, transmissions, arrived, total } => {
                f.write_str("a message")?;
                if let Some(exchange) = exchange {
                    write!(f, " of {exchange}", exchange = exchange_name(*exchange))?;
                }
                write!(f, " from the {} is cut into IP fragments", sender.name())?;
                match (arrived, total) {
                    (Some(arrived), Some(total)) => {
                        write!(f, ", and of its {total} octets only {arrived} arrive")?;
                    }
                    (Some(arrived), None) => {
                        write!(f, ", and only the first {arrived} octets of it arrive (or a capture filter by port left the others out)")?;
                    }
                    (None, _) => f.write_str(", and the other side never answers it: most likely the fragments are dropped on the way")?,
                }
                write!(f, " (sent {}). A firewall, router or carrier drops IP fragments", times(*transmissions))
            }
            Self::RequestUnanswered { sender, exchange, transmissions, largest, port, eap, .. } => {
                write!(
                    f,
                    "the {exchange} request of the {} to port {port} ({largest} octets as an IP packet) was sent {}, and no complete answer came back",
                    sender.name(),
                    times(*transmissions),
                    exchange = exchange_name(*exchange)
                )?;
                if *eap {
                    f.write_str(
                        "; it carries EAP, so the answer depends on the RADIUS server behind the VPN server, whose packets may be lost \
                         when they are large",
                    )?;
                }
                if is_later(*exchange) {
                    f.write_str(
                        "; the two had come through IKE_AUTH before, so the peer has gone since, has forgotten this IKE SA (a restart, or \
                         another connection in its place), or the way to it is cut",
                    )?;
                } else if *exchange == ExchangeType::IKE_AUTH {
                    tight(f, *largest)?;
                }
                Ok(())
            }
            Self::ResponseNotReceived { asker, exchange, repeats, largest } => {
                write!(
                    f,
                    "the {} answers the {exchange} request (largest IP packet of the answer: {largest} octets), and the {} keeps asking \
                     ({} more): the answer does not reach it",
                    asker.other().name(),
                    asker.name(),
                    times(*repeats),
                    exchange = exchange_name(*exchange)
                )?;
                tight(f, *largest)
            }
            Self::PortBlocked { port, told: true } => write!(
                f,
                "an ICMP error says that UDP port {port} of the responder cannot be reached: no VPN service listens there, a firewall refuses \
                 the packets, or the host is away"
            ),
            Self::PortBlocked { port: port @ 4500, told: false } => write!(
                f,
                "IKE_SA_INIT went well, but nothing ever comes back from UDP port {port}: it is blocked on the way, or a load balancer \
                 sends it to another server than the first port"
            ),
            Self::PortBlocked { port, told: false } => {
                write!(f, "nothing ever comes back from UDP port {port}: it is blocked on the way, or no VPN server is there")
            }
            Self::AuthNeverSeen => f.write_str(
                "the responder answered IKE_SA_INIT, and the next message of the initiator (IKE_AUTH, mostly on UDP port 4500) never came \
                 by here: the port is blocked before this point, or the message is lost there as IP fragments, or the answer never \
                 reached the initiator",
            ),
            Self::NoProposalChosen { exchange, offer, profile, difference, .. } => {
                let exchange = exchange_name(*exchange);
                match offer.len() {
                    1 => write!(f, "the responder does not accept the proposal offered in {exchange}")?,
                    0 => write!(f, "the responder accepts no proposal offered in {exchange}")?,
                    n => write!(f, "the responder accepts none of the {n} proposals offered in {exchange}")?,
                }
                match profile {
                    Some((name, true)) => write!(f, "; the offer is exactly that of {name}")?,
                    Some((name, false)) => write!(f, "; the offer is most like that of {name}")?,
                    None => {}
                }
                match difference {
                    Some(difference) => write!(f, ". Against the policy given: {}", difference.trim_end_matches('.')),
                    None => Ok(()),
                }
            }
            Self::InvalidKeRetry { wanted } => {
                write!(
                    f,
                    "the responder wanted {wanted} for the key exchange, and the initiator tried again with it: one round trip more",
                    wanted = Transform::ke(*wanted)
                )
            }
            Self::InvalidKeLoop { wanted, offered: false, .. } => {
                write!(
                    f,
                    "the responder insists on {wanted} for the key exchange, which the initiator does not offer",
                    wanted = Transform::ke(*wanted)
                )
            }
            Self::InvalidKeLoop { wanted, rounds, offered: true } => write!(
                f,
                "the responder answered INVALID_KE_PAYLOAD {} (last it wanted {wanted}), and the two do not get any further",
                times(*rounds),
                wanted = Transform::ke(*wanted)
            ),
            Self::CookieChallenge => {
                f.write_str("the responder asked for a cookie, as it does under load or attack; the initiator sent it back")
            }
            Self::CookieLoop { rounds } => write!(f, "the responder asked for a cookie {} and never took one", times(*rounds)),
            Self::ErrorInClear { exchange, notify } => write!(
                f,
                "{exchange} was answered with the error {notify}, not encrypted",
                exchange = exchange_name(*exchange),
                notify = notify_name(*notify)
            ),
            Self::AuthenticationFailed { by, notify, certificates, status } => {
                write!(f, "the {} does not accept how the {} proves who it is", by.name(), by.other().name())?;
                match notify {
                    Some(notify) => write!(f, " ({notify})", notify = notify_name(*notify))?,
                    None => f.write_str(" (read from the size of the encrypted refusal; keys would tell for sure)")?,
                }
                match certificates {
                    Some(true) => f.write_str(
                        "; certificates are in use: one is expired, of the wrong authority or purpose, or its name does not fit",
                    )?,
                    Some(false) => f.write_str("; a shared key is in use: it, or the names that go with it, differ")?,
                    None => {}
                }
                match status {
                    Some(status) => write!(f, "; the peer sent the Windows error {status}"),
                    None => Ok(()),
                }
            }
            Self::EapFailed { largest } => write!(
                f,
                "the user's authentication (EAP) was refused: wrong name or password, or a policy of the RADIUS server (largest IKE message \
                 with EAP: {largest} octets)"
            ),
            Self::ChildSaRefused { exchange, notify } => {
                write!(
                    f,
                    "the IKE SA stands, but its child SA, which would carry the traffic, was refused in {exchange}",
                    exchange = exchange_name(*exchange)
                )?;
                match notify {
                    Some(NotifyType::TS_UNACCEPTABLE) => f.write_str(": TS_UNACCEPTABLE, the networks of both sides do not fit together"),
                    Some(NotifyType::NO_PROPOSAL_CHOSEN) => f.write_str(": NO_PROPOSAL_CHOSEN, no common proposal for ESP"),
                    Some(notify) => write!(f, ": {notify}", notify = notify_name(*notify)),
                    None => f.write_str(" (read from the size of the encrypted answer; keys would tell why)"),
                }?;
                // IKE_AUTH has no key exchange of its own, so that a mismatch there shows only when the first rekeying comes.
                if is_pfs(*exchange, *notify) {
                    f.write_str("; where the first tunnel came up, mostly only one side wants PFS (a group among its ESP proposals)")?;
                }
                Ok(())
            }
            Self::SpiUnknownOnNatPort { split: Split::Possible } => f.write_str(
                "it may also be that the two ports lead to different servers, of which the second does not know this IKE SA and keeps silent: a \
                 capture on the server would tell",
            ),
            Self::SpiUnknownOnNatPort { split } => write!(
                f,
                "the server that gets the second request does not know this IKE SA{}: the two ports lead to different servers",
                if *split == Split::Told { " and says so (INVALID_IKE_SPI)" } else { "" }
            ),
            Self::SpiUnknown => f.write_str("the peer does not know this IKE SA any more (INVALID_IKE_SPI): it was restarted, or replaced"),
            Self::NatDetected { side } => write!(f, "there is a NAT before the {}", side.name()),
            Self::IncompleteFragmentSet { sender, exchange, total, missing, largest, .. } => {
                write!(
                    f,
                    "of the {total} IKE fragments of the {exchange} message of the {}, number",
                    sender.name(),
                    exchange = exchange_name(*exchange)
                )?;
                for (n, number) in missing.iter().take(NUMBERS).enumerate() {
                    write!(f, "{}{number}", if n == 0 { " " } else { ", " })?;
                }
                if missing.len() > NUMBERS {
                    f.write_str(" and more")?;
                }
                f.write_str(" never come by here")?;
                // The last one is the rest, and has room for less than the others.
                if usize::from(*total) == missing.len().saturating_add(1) && !missing.contains(total) {
                    write!(f, "; only the last does, the smallest ({largest} octets): the others are too large for the path, as it seems")?;
                } else if *largest > SAFE {
                    write!(f, "; packets of {largest} octets may be too large for the path")?;
                }
                Ok(())
            }
            Self::FragmentsRefusedByLimit { exchange, fragments, octets, limits } => {
                write!(
                    f,
                    "the {exchange} message came in {fragments} IKE fragments with about {octets} octets, and is not answered; that is more than ",
                    exchange = exchange_name(*exchange)
                )?;
                for (n, limit) in limits.iter().enumerate() {
                    write!(f, "{}{limit}", if n == 0 { "" } else { ", or " })?;
                }
                Ok(())
            }
            Self::RetransmissionStorm { sender, exchange, copies } => {
                write!(
                    f,
                    "the same {exchange} message of the {} went by {}",
                    sender.name(),
                    times(*copies),
                    exchange = exchange_name(*exchange)
                )
            }
            Self::OneSidedCapture { seen } => write!(
                f,
                "only what the {} sent is in this capture: what the {} answered cannot be judged",
                seen.name(),
                seen.other().name()
            ),
            Self::FollowsRekey => f.write_str("this IKE SA takes the place of one that was rekeyed before"),
            Self::CaptureStartsMidway => f.write_str("the capture does not hold the beginning of this IKE SA"),
            Self::Unfinished => f.write_str(
                "the capture ends before it can be told how this goes on; if it was left running for longer than its last packet shows, what \
                 should follow is lost before this point",
            ),
            Self::Clean => f.write_str("IKE_SA_INIT and IKE_AUTH went well, and so did everything after"),
        }
    }
}

/// Whether perfect forward secrecy on one side only may be what is refused.
fn is_pfs(exchange: ExchangeType, notify: Option<NotifyType>) -> bool {
    exchange == ExchangeType::CREATE_CHILD_SA && notify.is_none_or(|notify| notify == NotifyType::NO_PROPOSAL_CHOSEN)
}

/// Whether the exchange is one of an IKE SA that stands.
const fn is_later(exchange: ExchangeType) -> bool {
    matches!(exchange, ExchangeType::CREATE_CHILD_SA | ExchangeType::INFORMATIONAL)
}

/// What may be wrong with packets that fit most links, but not every path.
fn tight(f: &mut fmt::Formatter<'_>, largest: usize) -> fmt::Result {
    if is_tight(largest) { f.write_str("; packets of this size may be too large for the path") } else { Ok(()) }
}

/// Between what every path should take and what Ethernet does.
pub(super) const fn is_tight(largest: usize) -> bool {
    matches!(largest, SAFE..=1500)
}

fn times(n: u32) -> Times {
    Times(n)
}

struct Times(u32);

impl fmt::Display for Times {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.0 {
            1 => f.write_str("once"),
            2 => f.write_str("twice"),
            n => write!(f, "{n} times"),
        }
    }
}

impl Kind {
    /// The cause and the cure in one sentence, for the first line of a report; `None` for a kind that is never the cause of a
    /// failure.
    #[must_use]
    pub const fn headline(&self) -> Option<&'static str> {
        Some(match self {
            Self::IpFragmentLost { .. } => {
                "A large IKE message is cut into IP fragments and they are dropped on the way: switch on IKE fragmentation on both sides."
            }
            Self::IncompleteFragmentSet { .. } => {
                "Some IKE fragments never arrive: they are still too large for the path, or somebody drops them; make them smaller."
            }
            Self::FragmentsRefusedByLimit { .. } => {
                "The IKE_AUTH message is larger than the other side takes, even in fragments: use smaller certificates or raise its limit."
            }
            Self::FragmentationNotOffered { .. } => "IKE fragmentation is not on at both sides: switch it on where it is missing.",
            Self::SpiUnknownOnNatPort { .. } => {
                "UDP ports 500 and 4500 lead to different servers: make the load balancer keep both on one server."
            }
            Self::PortBlocked { told: true, .. } => {
                "The VPN server's UDP port cannot be reached: see that the VPN service runs there and that firewalls let UDP 500 and 4500 pass."
            }
            Self::PortBlocked { .. } => "The VPN server's UDP port does not answer: open UDP 500 and 4500 in both directions.",
            Self::AuthNeverSeen => {
                "The second message never gets here: open UDP 4500, and switch on IKE fragmentation so that it needs no IP fragments."
            }
            Self::NoProposalChosen { .. } => {
                "The two sides have no encryption settings in common: set the same proposal on client and server."
            }
            Self::InvalidKeLoop { .. } => "The two sides cannot agree on a key exchange group: allow a common one on both.",
            Self::CookieLoop { .. } => {
                "The server asks for a cookie for ever: it is overloaded, or something on the way changes addresses."
            }
            Self::ErrorInClear { .. } => "The other side refuses the message as it is: the error code says why.",
            Self::EapFailed { .. } => "The user was refused (EAP): check name, password and the RADIUS or NPS policy.",
            Self::AuthenticationFailed { .. } => {
                "The proof of identity was refused: check certificates and their authorities, the shared key, and that each side is set up for \
                 the other's name."
            }
            Self::ChildSaRefused { exchange: ExchangeType::CREATE_CHILD_SA, .. } => {
                "A further tunnel, or the renewal of one, was refused: compare ESP proposals (above all PFS) and networks of both sides."
            }
            Self::ChildSaRefused { .. } => {
                "The IKE SA stands but the tunnel for the traffic was refused: compare ESP proposals and networks of both sides."
            }
            Self::ResponseNotReceived { largest, .. } if is_tight(*largest) => {
                "The answer does not reach the one who asked: look at the way back, and make the answer's packets smaller."
            }
            Self::ResponseNotReceived { .. } => "The answer does not reach the one who asked: look at the way back.",
            Self::RequestUnanswered { exchange, .. } if is_later(*exchange) => {
                "The peer was there and fell silent: see whether it was restarted or has dropped this connection, and look at the way to it."
            }
            Self::RequestUnanswered { .. } => "A request is never answered: look at the peer and at the way to it.",
            Self::SpiUnknown => "The peer has forgotten this connection: it was restarted; connect again.",
            Self::RetransmissionStorm { .. } => "One message is repeated far too often: a peer or the path is misbehaving.",
            Self::Clean => "Nothing is wrong.",
            Self::FragmentationNegotiated
            | Self::IpFragmentsSent { .. }
            | Self::InvalidKeRetry { .. }
            | Self::CookieChallenge
            | Self::NatDetected { .. }
            | Self::OneSidedCapture { .. }
            | Self::FollowsRekey
            | Self::CaptureStartsMidway
            | Self::Unfinished => return None,
        })
    }

    /// Who must change something; `None` where nobody must.
    #[must_use]
    pub const fn who(&self) -> Option<&'static str> {
        Some(match self {
            Self::FragmentationNotOffered { side: Some(Role::Initiator) } => "the initiator (client)",
            Self::FragmentationNotOffered { side: Some(Role::Responder) } => "the responder (server)",
            Self::FragmentationNotOffered { side: None } | Self::IpFragmentLost { .. } => {
                "both sides; or whoever runs the firewall between them"
            }
            Self::PortBlocked { told: true, .. } => "whoever runs the VPN server, or the firewall before it",
            Self::PortBlocked { .. } | Self::AuthNeverSeen => "whoever runs the firewalls between the two",
            Self::SpiUnknownOnNatPort { .. } => "whoever runs the load balancer",
            Self::NoProposalChosen { .. } | Self::InvalidKeLoop { .. } => "the client or the server, whichever is the weaker",
            Self::AuthenticationFailed { by, .. } => match by {
                Role::Responder => "the initiator's credentials, or the responder's trust in them",
                Role::Initiator => "the responder's credentials, or the initiator's trust in them",
            },
            Self::EapFailed { .. } => "the user's credentials, or the policy of the RADIUS server",
            Self::ChildSaRefused { .. } => "the side whose ESP proposals or networks are the narrower",
            Self::IncompleteFragmentSet { sender, .. } => match sender {
                Role::Initiator => "the initiator's fragment size, or the path",
                Role::Responder => "the responder's fragment size, or the path",
            },
            Self::FragmentsRefusedByLimit { .. } => "the sender's certificates, or the receiver's limit",
            Self::RequestUnanswered { .. } | Self::ResponseNotReceived { .. } | Self::CookieLoop { .. } => "the path, or the silent side",
            Self::ErrorInClear { .. } | Self::SpiUnknown | Self::RetransmissionStorm { .. } => "the side that sends it",
            Self::FragmentationNegotiated
            | Self::IpFragmentsSent { .. }
            | Self::InvalidKeRetry { .. }
            | Self::CookieChallenge
            | Self::NatDetected { .. }
            | Self::OneSidedCapture { .. }
            | Self::FollowsRekey
            | Self::CaptureStartsMidway
            | Self::Unfinished
            | Self::Clean => return None,
        })
    }
}
