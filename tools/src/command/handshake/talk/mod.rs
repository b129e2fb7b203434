//! The run loop over a session: sockets on one side, the report on the other.

mod events;
mod received;
mod sent;

use super::args::Args;
use super::configure;
use super::credentials::Credentials;
use super::eap::Methods;
use super::failure::Failure;
use super::link::{Link, Received};
use super::suite::{self, PROVIDER};
use super::witness::{Sighted, Witness};
use crate::random::System;
use ikev2::Instant;
use ikev2::fragment::FragmentationSupport;
use ikev2::identity::Identity;
use ikev2::protect::Suite;
use ikev2::registry::{ExchangeType, NotifyType, PayloadType};
use ikev2::session::{ChildId, Endpoint, NetworkPath, PathEncapsulation, SaId};
use ikev2::wire::transport::{NON_ESP_MARKER, ike_frame_head};
use std::io::Write;
use std::net::SocketAddr;
use std::time::Duration;

/// How often the loop looks whether its time is over.
pub(crate) const TICK: Duration = Duration::from_millis(200);
/// Between two attempts to open a TCP connection anew.
const AGAIN: Duration = Duration::from_secs(1);

/// What is known of an IKE SA, also after it is over.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Facts {
    pub(crate) suite: Suite,
    pub(crate) path: NetworkPath,
    pub(crate) mtu: u16,
    pub(crate) fragments: bool,
}

/// A request of the peer that is being answered: what it is a step of.
struct Asked {
    message_id: u32,
    step: Option<&'static str>,
}

/// A session, its sockets, and what is told of it.
pub(crate) struct Talk {
    pub(crate) args: Args,
    pub(crate) link: Link,
    pub(crate) endpoint: Endpoint<Witness>,
    pub(crate) credentials: Credentials,
    methods: Methods,
    /// The Child SAs that are up, the newest last.
    pub(crate) children: Vec<(SaId, ChildId)>,
    /// What the peer has refused since this was last looked at.
    pub(crate) refused: Option<(ExchangeType, NotifyType)>,
    /// IKE SAs whose TCP connection has ended, with the peer's end of it, and when another was last tried.
    cut_off: Vec<(SaId, SocketAddr)>,
    tried: Option<Instant>,
    /// How the IKE SAs ended that are over, for the verdicts.
    pub(crate) ended: Vec<(Option<SaId>, Result<(), Failure>)>,
    /// The request of ours that waits: its exchange, and its payloads.
    request: Option<(ExchangeType, (PayloadType, Vec<u8>))>,
    asked: Option<Asked>,
    /// The IKE_SA_INIT message that was sent last.
    init: Vec<u8>,
    facts: Option<Facts>,
    claimed: Option<Identity>,
    scheme: Option<String>,
    /// How the peer's certificate was found to be its own, or why not.
    vouched: Option<String>,
    doubt: Option<String>,
}

impl Talk {
    pub(crate) fn new(args: Args, out: Box<dyn Write + Send>) -> Result<Self, Failure> {
        let credentials = Credentials::load(&args)?;
        let mut link = Link::new(&args, out)?;
        if !args.left_out.is_empty() {
            link.report.say(format_args!("   left out, for it cannot be done here: {}", args.left_out.join(", ")));
        }
        let config = configure::config(&args, &credentials);
        let endpoint = Endpoint::watched(config, PROVIDER, Box::new(System), Witness::default());
        Ok(Self {
            args,
            link,
            endpoint,
            credentials,
            methods: Methods::default(),
            children: Vec::new(),
            refused: None,
            cut_off: Vec::new(),
            tried: None,
            ended: Vec::new(),
            request: None,
            asked: None,
            init: Vec::new(),
            facts: None,
            claimed: None,
            scheme: None,
            vouched: None,
            doubt: None,
        })
    }

    /// Goes on until something has come, or the clock reaches `until`.
    pub(crate) fn step(&mut self, until: Instant) -> Result<(), Failure> {
        self.flush()?;
        self.connections();
        let next = self.endpoint.poll_timeout().unwrap_or(until).min(until);
        if let Some(received) = self.link.receive(next)? {
            self.receive(received)?;
        }
        let now = self.link.now();
        if self.endpoint.poll_timeout().is_some_and(|at| at <= now) {
            self.endpoint.handle_timeout(now);
        }
        self.flush()
    }

    /// Tells the session of TCP connections that have ended; an initiator opens another one.
    fn connections(&mut self) {
        for path in self.link.closed() {
            self.link.report.say(format_args!("   the TCP connection is closed: {path}"));
            let carried = self.endpoint.connection_lost(self.link.now(), path);
            if self.args.peer.is_some() {
                self.cut_off.extend(carried.into_iter().map(|id| (id, path.peer)));
            }
        }
        let now = self.link.now();
        if self.cut_off.is_empty() || self.tried.is_some_and(|at| now - at < AGAIN) {
            return;
        }
        self.tried = Some(now);
        for (id, address) in std::mem::take(&mut self.cut_off) {
            if self.endpoint.view(id).is_none() {
                continue;
            }
            match self.link.connect(address) {
                Ok(path) => {
                    let now = self.link.now();
                    let _ = self.endpoint.sa(id).map(|mut sa| sa.reconnect(now, path));
                }
                Err(error) => {
                    self.link.report.say(format_args!("   {error}"));
                    self.cut_off.push((id, address));
                }
            }
        }
    }

    /// Tells events, and sends what there is to send, until there is nothing more.
    fn flush(&mut self) -> Result<(), Failure> {
        loop {
            self.send()?;
            let Some((id, event)) = self.endpoint.poll_event() else { return Ok(()) };
            self.event(id, event)?;
        }
    }

    fn send(&mut self) -> Result<(), Failure> {
        let now = self.link.now();
        let mut buf = vec![0; usize::from(u16::MAX)];
        let mut datagrams = Vec::new();
        while let Ok(Some(sent)) = self.endpoint.poll_transmit(now, &mut buf) {
            datagrams.push((sent.path, buf.get(..sent.len).unwrap_or_default().to_vec()));
        }
        let sighted = std::mem::take(&mut self.endpoint.watch().sighted);
        self.look(&sighted);
        self.tell_sent(&sighted);
        datagrams.into_iter().try_for_each(|(path, datagram)| self.link.send(path, datagram))
    }

    /// Keeps what an explanation may need later.
    fn look(&mut self, sighted: &[Sighted]) {
        let Some(last) = sighted.last() else { return };
        let ids: Vec<_> = self.endpoint.sas().collect();
        let views = ids.into_iter().filter_map(|id| self.endpoint.view(id)).filter(|view| view.path() == last.path);
        for view in views {
            let Some(selection) = view.selection() else { continue };
            self.link.report.seen.ike = Some(suite::notation(selection));
            if let Ok(suite) = selection.suite() {
                let fragments = view.fragmentation() == Some(FragmentationSupport::Both);
                self.facts = Some(Facts { suite, path: view.path(), mtu: view.mtu(), fragments });
            }
        }
    }

    /// Takes a datagram.
    fn receive(&mut self, received: Received) -> Result<(), Failure> {
        let path = self.link.path(received.from);
        let mut datagram = match path.encapsulation {
            PathEncapsulation::NonEspMarker => [&NON_ESP_MARKER[..], &received.octets].concat(),
            PathEncapsulation::Udp => received.octets.clone(),
            PathEncapsulation::Tcp => [&ike_frame_head(received.octets.len())?[..], &received.octets].concat(),
        };
        let handled = self.endpoint.handle(self.link.now(), path, &mut datagram);
        let sighted: Vec<_> = std::mem::take(&mut self.endpoint.watch().sighted);
        let content = sighted.into_iter().filter(|sighted| !sighted.is_sent).find_map(|sighted| sighted.content);
        self.tell_received(&received, content.as_ref(), handled)
    }
}
