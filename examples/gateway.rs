//! A gateway over the UDP ports of IKE: `session` keeps the IKE SAs, this program has the sockets, the clock, the randomness and the answers.
//!
//! `cargo run --features session,ke-x25519 --example gateway` has a client in the same process shake hands with it, rekey and leave; with
//! an address, two ports and a shared key behind it (`-- 127.0.0.1 5500 5501 secret`) it serves whoever comes.

use ikev2::Instant;
use ikev2::error::CryptoError;
use ikev2::identity::Identity;
use ikev2::proposal::{Dialect, Policy, notation::strongswan};
use ikev2::provider::{Provider, Random};
use ikev2::selectors::{Selector, narrow};
use ikev2::session::{
    ChildConfig, ChildInstall, Config, Decision, Endpoint, Event, Handled, Inquiry, LocalAuth, NetworkPath, PathEncapsulation, PeerConfig,
    RemoteAuth, SaId, SharedKey,
};
use std::net::{SocketAddr, UdpSocket};
use std::sync::mpsc::{Receiver, channel};
use std::{error::Error, io::Read};

/// SPIs, nonces and private values come of the operating system.
struct SystemRandom(std::fs::File);

impl Random for SystemRandom {
    fn fill(&mut self, octets: &mut [u8]) -> Result<(), CryptoError> {
        self.0.read_exact(octets).map_err(|_| CryptoError)
    }
}

/// An endpoint, and the world around it.
pub(crate) struct Host {
    name: &'static str,
    endpoint: Endpoint,
    peer: PeerConfig,
    /// Of UDP port 500, and of port 4500, where IKE has a marker before it.
    pub(crate) sockets: [UdpSocket; 2],
    arrived: Receiver<(NetworkPath, Vec<u8>)>,
    started: std::time::Instant,
}

impl Host {
    pub(crate) fn new(name: &'static str, local: [SocketAddr; 2], secret: &str) -> Result<Self, Box<dyn Error>> {
        let provider = Provider::builtin();
        let ike = "aes256gcm16-aes128gcm16-prfsha384-prfsha256-x25519,chacha20poly1305-prfsha256-x25519";
        let ike = Policy::new(Dialect::Rfc, strongswan::parse_ike(ike)?)?;
        let esp = Policy::new(Dialect::Rfc, strongswan::parse_esp("aes256gcm16-aes128gcm16,chacha20poly1305")?)?;
        let everything = ["0.0.0.0/0".parse()?, "::/0".parse()?];
        let child = ChildConfig::new(&provider, &esp, everything, everything).with_narrow_asked(true);
        let key = SharedKey::new(secret);
        let peer = PeerConfig::new(name.parse()?, LocalAuth::SharedKey(key.clone()), RemoteAuth::SharedKey(key)).with_child(child);
        let random = SystemRandom(std::fs::File::open("/dev/urandom")?);
        let endpoint = Endpoint::new(Config::new(&provider, &ike), provider, Box::new(random));
        let sockets = [UdpSocket::bind(local[0])?, UdpSocket::bind(local[1])?];
        let (arrivals, arrived) = channel();
        for (socket, encapsulation) in sockets.iter().zip([PathEncapsulation::Udp, PathEncapsulation::NonEspMarker]) {
            let (socket, local, arrivals) = (socket.try_clone()?, socket.local_addr()?, arrivals.clone());
            std::thread::spawn(move || {
                let mut buf = [0; 65_535];
                while let Ok((len, peer)) = socket.recv_from(&mut buf) {
                    let datagram = buf.get(..len).unwrap_or_default().to_vec();
                    let _nobody_listens = arrivals.send((NetworkPath::new(local, peer, encapsulation), datagram));
                }
            });
        }
        Ok(Self { name, endpoint, peer, sockets, arrived, started: std::time::Instant::now() })
    }

    fn now(&self) -> Instant {
        Instant::since_start(self.started.elapsed())
    }

    /// What has happened is told and answered, what is to be sent goes out; then it waits until something comes or is due.
    pub(crate) fn run(&mut self, mut goes_on: impl FnMut(&mut Endpoint, Instant, SaId, &Event) -> bool) -> Result<(), Box<dyn Error>> {
        let mut buf = vec![0; 65_535];
        let mut is_over = false;
        while !is_over {
            while let Some((id, event)) = self.endpoint.poll_event() {
                let now = self.now();
                is_over |= !goes_on(&mut self.endpoint, now, id, &event);
                self.answer(id, event);
            }
            while let Some(due) = self.endpoint.poll_transmit(self.now(), &mut buf)? {
                let [plain, marked] = &self.sockets;
                let socket = if due.path.encapsulation == PathEncapsulation::Udp { plain } else { marked };
                let _lost_as_on_the_way = socket.send_to(buf.get(..due.len).unwrap_or_default(), due.path.peer);
            }
            let wait = self.endpoint.poll_timeout().map_or(std::time::Duration::MAX, |at| at - self.now());
            if let Some((path, mut datagram)) = (!is_over).then(|| self.arrived.recv_timeout(wait).ok()).flatten() {
                match self.endpoint.handle(self.now(), path, &mut datagram) {
                    Handled::Esp { spi } => println!("{}: ESP under {spi:08x}, for the kernel", self.name),
                    Handled::Ignored(why) => println!("{}: from {}, ignored: {why}", self.name, path.peer),
                    Handled::Consumed | Handled::Keepalive => {}
                }
            }
            self.endpoint.handle_timeout(self.now());
        }
        Ok(())
    }

    /// What the endpoint wants to know; an answer may also come later, until the deadline.
    fn answer(&mut self, id: SaId, event: Event) {
        let answered = match event {
            Event::Ask(ask) => self.endpoint.decide(self.now(), ask.token, self.decide(ask.question)),
            Event::ChildInstall { token, install, .. } => match install_in_kernel(&install) {
                Ok(()) => self.endpoint.decide(self.now(), token, Decision::Installed),
                Err(_) => self.endpoint.decide(self.now(), token, Decision::Refuse),
            },
            Event::Established(up) => return println!("{} {id}: up with {}", self.name, up.peer),
            Event::Closed(why) => return println!("{} {id}: {why}", self.name),
            event => return println!("{} {id}: {event:?}", self.name),
        };
        answered.unwrap_or_else(|stale| println!("{} {id}: {stale}", self.name));
    }

    fn decide(&self, question: Inquiry) -> Decision {
        let is_known = |peer: &Identity| peer.to_string().ends_with(".example.org");
        let mine: Vec<Selector> = ["10.0.0.0/8", "fd00::/8"].into_iter().flat_map(str::parse).collect();
        match question {
            Inquiry::PeerConfig { peer, .. } if is_known(&peer) => Decision::Peer(self.peer.clone().into()),
            Inquiry::Narrow { local, remote, .. } => Decision::Narrowed { local: narrow(&local, &mine), remote },
            _ => Decision::Refuse,
        }
    }
}

/// Here a gateway gives both directions to the kernel: inbound under `id`, outbound under `outbound_spi`.
fn install_in_kernel(install: &ChildInstall) -> std::io::Result<()> {
    println!("  in {} with {} octets of keys, out {:08x}", install.id, install.inbound_keys().encr.len(), install.outbound_spi);
    Ok(())
}

fn main() -> Result<(), Box<dyn Error>> {
    if let [_, local, port, natt_port, secret] = std::env::args().collect::<Vec<_>>().as_slice() {
        let local = [SocketAddr::new(local.parse()?, port.parse()?), SocketAddr::new(local.parse()?, natt_port.parse()?)];
        return Host::new("moon.example.org", local, secret)?.run(|_, _, _, _| true);
    }
    let any = [SocketAddr::from(([127, 0, 0, 1], 0)); 2];
    let (mut gateway, mut client) = (Host::new("moon.example.org", any, "secret")?, Host::new("carol.example.org", any, "secret")?);
    let path = NetworkPath::new(client.sockets[0].local_addr()?, gateway.sockets[0].local_addr()?, PathEncapsulation::Udp);
    std::thread::spawn(move || gateway.run(|_, _, _, _| true).map_err(|error| error.to_string()));
    client.endpoint.initiate(client.now(), path, client.peer.clone())?;
    client.run(|endpoint, now, id, event| {
        match (event, endpoint.sa(id)) {
            (Event::ChildUp(child), Some(mut sa)) => return sa.rekey_child(now, *child).is_ok(),
            (Event::ChildRekeyed { .. }, Some(mut sa)) => return sa.rekey(now).is_ok(),
            (Event::Rekeyed { .. }, Some(mut sa)) => sa.delete(now),
            _ => {}
        }
        !matches!(event, Event::Closed(_))
    })
}
