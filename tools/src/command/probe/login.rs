//! A login without credentials: IKE_SA_INIT on the first port, then an IKE_AUTH request without AUTH on the second, which asks for EAP (RFC 7296
//! section 2.16). Nothing is sent after the answer.

use super::record::Record;
use super::udp::{Back, Event as Arrived, Udp};
use crate::random::System;
use ikev2::Instant;
use ikev2::exchange::RetransmissionSchedule;
use ikev2::identity::Identity;
use ikev2::probe::{LoginSeen, MarkedPort, ProbeSocket, VENDOR_ID};
use ikev2::proposal::Policy;
use ikev2::provider::Provider;
use ikev2::registry::ExchangeType;
use ikev2::session::{
    ChildConfig, CloseReason, Config, EapAuth, Endpoint, Event, Inquiry, LocalAuth, NetworkPath, PathEncapsulation, PeerConfig, RemoteAuth,
    RemoteSignature,
};
use std::io;
use std::net::{IpAddr, SocketAddr};
use std::time::Duration;

const PROVIDER: Provider = Provider::builtin();
/// When a request is sent again, and when it is given up: nothing is claimed of silence once.
const FIRST: Duration = Duration::from_secs(1);
const LONGEST: Duration = Duration::from_secs(3);
const GIVE_UP: Duration = Duration::from_secs(9);
/// Trust anchors that the request names, 20 octets each: with that many, as a Windows client names, it is larger than a packet of Ethernet.
const ANCHORS: usize = 80;

/// How a request that is too large for a packet is cut.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Form {
    IpFragments,
    /// For packets of so many octets.
    IkeFragments(u16),
}

/// Where, as whom, and with what offer.
#[derive(Clone, Debug)]
pub(super) struct Login {
    pub(super) address: IpAddr,
    pub(super) ike: MarkedPort,
    pub(super) natt: MarkedPort,
    pub(super) identity: Identity,
    pub(super) ike_policy: Policy,
    pub(super) child: ChildConfig,
}

/// What came of one.
enum Outcome {
    /// The server did not accept IKE_SA_INIT.
    NotBegun,
    Silent,
    /// It answered IKE_AUTH, with these certificates.
    Answered(Vec<Vec<u8>>),
}

struct Attempt<'a> {
    endpoint: Endpoint,
    udp: Udp,
    began: std::time::Instant,
    record: Option<&'a mut Record>,
    seen: &'a mut LoginSeen,
    has_begun: bool,
    /// It is cut into IP fragments, and not before.
    is_whole: bool,
}

/// Makes one login, and notes what came of it; gives the certificates of the server, in DER.
pub(super) fn attempt(login: &Login, form: Form, record: Option<&mut Record>, seen: &mut LoginSeen) -> io::Result<Vec<Vec<u8>>> {
    let udp = Udp::open(login.address, 0)?;
    let (mtu, is_on) = match form {
        Form::IpFragments => (u16::MAX, false),
        Form::IkeFragments(mtu) => (mtu, true),
    };
    let config = Config::new(&PROVIDER, &login.ike_policy)
        .with_schedule(RetransmissionSchedule::doubling(FIRST, LONGEST, GIVE_UP))
        .with_mtu(mtu)
        .with_fragmentation(is_on)
        .with_vendor_ids(&[VENDOR_ID])
        .with_nat_keepalive(None);
    let endpoint = Endpoint::new(config, PROVIDER, Box::new(System));
    let mut attempt = Attempt { endpoint, udp, began: std::time::Instant::now(), record, seen, has_begun: false, is_whole: !is_on };
    let outcome = attempt.run(login)?;
    let is_answered = match &outcome {
        Outcome::NotBegun => None,
        Outcome::Silent => Some(false),
        Outcome::Answered(_) => Some(true),
    };
    match form {
        Form::IpFragments => seen.by_ip_fragments = is_answered,
        Form::IkeFragments(_) => seen.by_ike_fragments = is_answered,
    }
    Ok(if let Outcome::Answered(certificates) = outcome { certificates } else { Vec::new() })
}

impl Attempt<'_> {
    fn now(&self) -> Instant {
        Instant::START + self.began.elapsed()
    }

    fn run(&mut self, login: &Login) -> io::Result<Outcome> {
        let local = self.udp.first()?;
        let path = |port: MarkedPort| {
            let kind = if port.marker { PathEncapsulation::NonEspMarker } else { PathEncapsulation::Udp };
            NetworkPath::new(local, SocketAddr::new(login.address, port.port), kind)
        };
        let anchors = (0..ANCHORS).map(|number| [u8::try_from(number).unwrap_or(0); 20]).collect::<Vec<_>>();
        let remote = RemoteAuth::Signature(RemoteSignature::new().with_authorities(anchors).with_sha1(true));
        let peer = PeerConfig::new(login.identity.clone(), LocalAuth::Eap(EapAuth::new()), remote)
            .with_child(login.child.clone())
            .with_any_identity(true)
            .with_nat_path(path(login.natt))
            .with_forced_nat(true);
        self.endpoint.initiate(self.now(), path(login.ike), peer).map_err(io::Error::other)?;
        loop {
            if let Some(outcome) = self.events() {
                return Ok(outcome);
            }
            self.send(login.natt)?;
            let now = self.now();
            let wait = self.endpoint.poll_timeout().map_or(FIRST, |then| then - now);
            if let Some(Arrived { from: Some(from), back: Back::Datagram(mut octets), .. }) = self.udp.next(wait) {
                self.note(from, local, &octets);
                let port = if from.port() == login.natt.port { login.natt } else { login.ike };
                let arrived = path(port);
                if from == arrived.peer {
                    // No ESP comes: there is no Child SA.
                    let _ = self.endpoint.handle(self.now(), arrived, &mut octets);
                }
            }
            self.endpoint.handle_timeout(self.now());
        }
    }

    /// What the session says, as far as it ends the attempt.
    fn events(&mut self) -> Option<Outcome> {
        while let Some((_, event)) = self.endpoint.poll_event() {
            match event {
                Event::Ask(ask) => match ask.question {
                    Inquiry::VerifyChain { certificates, .. } => {
                        return Some(Outcome::Answered(certificates.iter().map(|der| der.to_vec()).collect()));
                    }
                    Inquiry::Eap { .. } => return Some(Outcome::Answered(Vec::new())),
                    _ => {}
                },
                Event::Closed(reason) => return Some(self.end(&reason)),
                _ => {}
            }
        }
        None
    }

    /// A refusal is an answer, too.
    const fn end(&self, reason: &CloseReason) -> Outcome {
        match reason {
            CloseReason::NoResponse(ExchangeType::IKE_AUTH) => Outcome::Silent,
            CloseReason::Refused { exchange: ExchangeType::IKE_AUTH, .. }
            | CloseReason::NotAuthenticated
            | CloseReason::Authentication(_)
            | CloseReason::EapFailed => Outcome::Answered(Vec::new()),
            _ if self.has_begun => Outcome::Answered(Vec::new()),
            _ => Outcome::NotBegun,
        }
    }

    fn send(&mut self, natt: MarkedPort) -> io::Result<()> {
        let mut buf = vec![0; usize::from(u16::MAX)];
        let now = self.now();
        while let Some(sent) = self.endpoint.poll_transmit(now, &mut buf).map_err(io::Error::other)? {
            let datagram = buf.get(..sent.len).unwrap_or_default();
            self.has_begun |= sent.path.peer.port() == natt.port;
            self.seen.datagrams = self.seen.datagrams.saturating_add(1);
            self.seen.octets_sent = self.seen.octets_sent.saturating_add(u64::try_from(datagram.len()).unwrap_or(u64::MAX));
            if self.is_whole {
                self.seen.octets = self.seen.octets.max(datagram.len());
            }
            self.udp.send_as_it_fits(ProbeSocket::First, datagram, sent.path.peer)?;
            if let Some(record) = &mut self.record {
                record.note(sent.path.local, sent.path.peer, false, datagram);
            }
        }
        Ok(())
    }

    fn note(&mut self, from: SocketAddr, local: SocketAddr, octets: &[u8]) {
        if let Some(record) = &mut self.record {
            record.note(from, local, false, octets);
        }
    }
}
