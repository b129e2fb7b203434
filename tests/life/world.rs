//! Two hosts and the network between them, by one seed.

use crate::host::{Host, PLAIN, Proposals, config, path};
use crate::toy::Seeded;
use ikev2::Instant;
use ikev2::exchange::Discarded;
use ikev2::session::{Config, Handled, Ignored, NetworkPath, SaId};
use std::collections::{BTreeMap, BTreeSet};
use std::net::{IpAddr, Ipv4Addr};
use std::time::Duration;

/// What the network does to datagrams, in percent, and the longest that one is on its way.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Weather {
    pub(crate) loss: u64,
    pub(crate) double: u64,
    pub(crate) delay: Duration,
    pub(crate) shortest: Duration,
}

pub(crate) const FINE: Weather = Weather { loss: 0, double: 0, delay: Duration::from_millis(10), shortest: Duration::from_millis(10) };

/// Datagrams that were sent and not carried, each with its path.
pub(crate) type Kept = Vec<(NetworkPath, Vec<u8>)>;

pub(crate) struct World {
    pub(crate) now: Instant,
    pub(crate) hosts: [Host; 2],
    pub(crate) weather: Weather,
    pub(crate) random: Seeded,
    /// Datagrams on their way: when each arrives, where, and by which path.
    network: BTreeMap<(Instant, u64), (usize, NetworkPath, Vec<u8>)>,
    number: u64,
    pub(crate) datagrams: u64,
    /// What a host sends and does not arrive yet, if it is kept back.
    held: [Option<Kept>; 2],
    /// Which datagrams of which host never arrive.
    pub(crate) is_lost: Option<fn(usize, &[u8]) -> bool>,
    /// TCP connections that are broken, as either end sees them: what goes by them does not arrive.
    broken: BTreeSet<NetworkPath>,
    /// The requests that went by each TCP connection: none goes twice.
    streams: BTreeSet<(NetworkPath, Vec<u8>)>,
    /// What a NAT makes of the path, as the receiver sees it, of a datagram of this host.
    pub(crate) translate: Option<fn(usize, NetworkPath) -> NetworkPath>,
    /// Datagrams that did not open, though an IKE SA has their SPIs: keys were confused.
    pub(crate) unopened: u64,
    /// Answers to IKE_SA_INIT that came after another one.
    pub(crate) rivals: u64,
    /// Addresses that nobody has any more.
    pub(crate) gone: BTreeSet<IpAddr>,
    addresses: u32,
}

impl World {
    pub(crate) fn new(seed: u64, proposals: Proposals, change: impl Fn(Config) -> Config) -> Self {
        let mut random = Seeded(seed);
        let (moon, carol) = ("192.0.2.1:500", "198.51.100.2:500");
        let seeds = [random.next(), random.next()];
        let host = |name, own, other, seed| Host::new(name, path(own, other), proposals, change(config(proposals)), seed);
        Self::of([host("moon", moon, carol, seeds[0]), host("carol", carol, moon, seeds[1])], random)
    }

    pub(crate) fn of(hosts: [Host; 2], random: Seeded) -> Self {
        Self {
            now: Instant::START,
            hosts,
            weather: FINE,
            random,
            network: BTreeMap::new(),
            number: 0,
            datagrams: 0,
            held: [None, None],
            is_lost: None,
            broken: BTreeSet::new(),
            streams: BTreeSet::new(),
            translate: None,
            unopened: 0,
            rivals: 0,
            gone: BTreeSet::new(),
            addresses: u32::from_be_bytes([100, 64, 0, 0]),
        }
    }

    /// An address that nobody has had.
    pub(crate) fn fresh_address(&mut self) -> IpAddr {
        self.addresses += 1;
        Ipv4Addr::from(self.addresses).into()
    }

    /// From here on, what a host sends is kept back.
    pub(crate) fn hold(&mut self, from: usize) {
        self.held[from].get_or_insert_default();
    }

    /// What was kept back, which no longer is from here on.
    pub(crate) fn seize(&mut self, from: usize) -> Kept {
        self.settle();
        self.held[from].take().unwrap_or_default()
    }

    /// What was kept back goes on its way.
    pub(crate) fn resume(&mut self, from: usize, kept: Kept) {
        for (path, octets) in kept {
            self.carry(from, path, octets);
        }
    }

    /// A TCP connection breaks: what is on its way by it is lost.
    pub(crate) fn cut(&mut self, path: NetworkPath) {
        let ends = [path, NetworkPath { local: path.peer, peer: path.local, ..path }];
        self.broken.extend(ends);
        self.network.retain(|_, (_, by, _)| !ends.contains(by));
    }

    /// A frame cannot be taken yet: it comes a little later, and what follows it on its connection comes after it.
    fn wait(&mut self, to: usize, path: NetworkPath, octets: Vec<u8>) {
        let later = |at: Instant| at + Duration::from_millis(10);
        let behind: Vec<_> = self.network.iter().filter(|(_, (_, by, _))| *by == path).map(|(key, _)| *key).collect();
        for key in behind.into_iter().rev() {
            let entry = self.network.remove(&key).unwrap();
            self.network.insert((later(key.0.max(self.now)), key.1), entry);
        }
        self.network.insert((later(self.now), 0), (to, path, octets));
    }

    fn carry(&mut self, from: usize, path: NetworkPath, octets: Vec<u8>) {
        let span = self.weather.delay.saturating_sub(self.weather.shortest);
        let drawn = Duration::from_micros(self.random.below(u64::try_from(span.as_micros()).unwrap() + 1));
        // What goes by one connection stays in order.
        let wait = if path.is_tcp() { Duration::ZERO } else { drawn };
        self.number += 1;
        let back = NetworkPath { local: path.peer, peer: path.local, ..path };
        let back = self.translate.map_or(back, |translate| translate(from, back));
        self.network.insert((self.now + self.weather.shortest + wait, self.number), (1 - from, back, octets));
    }

    pub(crate) fn fine() -> Self {
        Self::new(1, PLAIN, |config| config)
    }

    /// Sends what the hosts have to send.
    fn send(&mut self) {
        let mut buf = vec![0; 65535];
        for from in 0..2 {
            while let Some(transmit) = self.hosts[from].endpoint.poll_transmit(self.now, &mut buf).unwrap() {
                self.datagrams += 1;
                let octets = buf[..transmit.len].to_vec();
                if let Some(held) = &mut self.held[from] {
                    held.push((transmit.path, octets));
                    continue;
                }
                let is_lost = self.is_lost.is_some_and(|is_lost| is_lost(from, &octets));
                if is_lost || self.gone.contains(&transmit.path.local.ip()) {
                    continue;
                }
                if transmit.path.is_tcp() {
                    let is_response = octets.get(25).is_some_and(|flags| flags & 0x20 != 0);
                    let is_new = is_response || self.streams.insert((transmit.path, octets.clone()));
                    assert!(is_new, "{} goes twice by one connection\n{}", sent(&octets), self.log());
                    let host = &mut self.hosts[from];
                    host.note(self.now, || format!("{} by {}", sent(&octets), transmit.path));
                    if !self.broken.contains(&transmit.path) {
                        self.carry(from, transmit.path, octets);
                    }
                    continue;
                }
                let host = &mut self.hosts[from];
                host.note(self.now, || sent(&octets));
                let copies =
                    if self.random.percent(self.weather.loss) { 0 } else { 1 + u64::from(self.random.percent(self.weather.double)) };
                for _ in 0..copies {
                    self.carry(from, transmit.path, octets.clone());
                }
            }
        }
    }

    /// Takes what is there to be taken at this moment.
    pub(crate) fn settle(&mut self) {
        for host in &mut self.hosts {
            host.events(self.now);
            host.decide(self.now);
            host.events(self.now);
        }
        self.send();
    }

    fn next(&self) -> Option<Instant> {
        let arrival = self.network.keys().next().map(|(at, _)| *at);
        let timeouts = self.hosts.iter().filter_map(|host| host.endpoint.poll_timeout());
        let decisions = self.hosts.iter().filter_map(Host::next_decision);
        arrival.into_iter().chain(timeouts).chain(decisions).min()
    }

    /// Lets the time pass until `end`.
    pub(crate) fn run(&mut self, end: Instant) {
        self.settle();
        let mut wakeups = 0;
        while let Some(at) = self.next().filter(|at| *at <= end) {
            wakeups = if at > self.now { 0 } else { wakeups + 1 };
            assert!(wakeups < 50, "a timer that is always due\n{}", self.log());
            self.now = self.now.max(at);
            while let Some(entry) = self.network.first_entry().filter(|entry| entry.key().0 <= self.now) {
                let (to, path, mut octets) = entry.remove();
                if self.gone.contains(&path.local.ip()) {
                    continue;
                }
                let host = &mut self.hosts[to];
                let handled = host.endpoint.handle(self.now, path, &mut octets);
                if path.is_tcp() && handled == Handled::Ignored(Ignored::Busy) {
                    self.wait(to, path, octets);
                    continue;
                }
                if let Handled::Ignored(why) = handled {
                    self.unopened += u64::from(matches!(why, Ignored::Discarded(Discarded::Open(_))));
                    self.rivals += u64::from(why == Ignored::HeldBack);
                    host.note(self.now, || format!("ignored: {why:?}"));
                }
                host.events(self.now);
            }
            for host in &mut self.hosts {
                host.endpoint.handle_timeout(self.now);
            }
            self.settle();
        }
        self.now = self.now.max(end);
    }

    pub(crate) fn pass(&mut self, span: Duration) {
        let end = self.now + span;
        self.run(end);
    }

    /// Both hosts have the same IKE SAs, and the same Child SAs with the same keys.
    pub(crate) fn check_agreement(&self) {
        if let Some(what) = self.disagreement() {
            panic!("{what}\n{}", self.log());
        }
    }

    /// What the hosts do not agree on.
    pub(crate) fn disagreement(&self) -> Option<String> {
        let spis = |host: &Host| {
            let mut spis: Vec<_> =
                host.endpoint.sas().map(|id| host.endpoint.view(id).unwrap()).map(|view| (view.is_up(), view.spis())).collect();
            spis.sort_by_key(|(_, spis)| spis.map(|spis| (spis.initiator, spis.responder)));
            spis
        };
        let [moon, carol] = &self.hosts;
        let (one, other) = (spis(moon), spis(carol));
        if one != other || one.iter().any(|(is_up, _)| !is_up) {
            return Some(format!("IKE SAs: {one:?} and {other:?}"));
        }
        if let Some(what) = self.translate.is_none().then(|| self.lost_way()).flatten() {
            return Some(what);
        }
        if moon.children.len() != carol.children.len() {
            return Some(format!("Child SAs: {:?} and {:?}", moon.children.keys(), carol.children.keys()));
        }
        for (id, child) in &moon.children {
            let other = carol.children.iter().find(|(other, _)| other.spi() == child.outbound);
            let Some((_, other)) = other else { return Some(format!("{id} of moon has no other end")) };
            if (other.outbound, &other.keys_in, &other.keys_out) != (id.spi(), &child.keys_out, &child.keys_in) {
                return Some(format!("{id} of moon has other keys on the other end"));
            }
            if !child.is_up || !other.is_up {
                return Some(format!("{id} of moon is not up"));
            }
        }
        self.hosts.iter().find_map(|host| {
            let listed: usize = host.endpoint.sas().map(|id| host.endpoint.view(id).unwrap().children().count()).sum();
            (listed != host.children.len()).then(|| format!("{} has {listed} Child SAs, and installed {}", host.name, host.children.len()))
        })
    }

    /// An IKE SA of which the hosts take the ends to be elsewhere, or whose Child SAs go another way.
    fn lost_way(&self) -> Option<String> {
        let way = |host: &Host, id| host.endpoint.view(id).map(|view| (view.spis(), (id, view.path()))).unwrap();
        let ways = |host: &Host| host.endpoint.sas().map(|id| way(host, id)).collect::<Vec<_>>();
        let [moon, carol] = &self.hosts;
        for (spis, (id, path)) in ways(moon) {
            let Some((_, (other, back))) = ways(carol).into_iter().find(|(other, _)| *other == spis) else { continue };
            if (path.local, path.peer, path.encapsulation) != (back.peer, back.local, back.encapsulation) {
                return Some(format!("{id} of moon goes by {path}, and {other} of carol by {back}"));
            }
            for (host, id, path) in [(moon, id, path), (carol, other, back)] {
                if host.tunnels.get(&id).is_some_and(|tunnel| *tunnel != path) {
                    return Some(format!("{id} of {} goes by {path}, and its Child SAs by {}", host.name, host.tunnels[&id]));
                }
            }
        }
        None
    }

    pub(crate) fn log(&self) -> String {
        let mut lines: Vec<_> = self.hosts.iter().flat_map(|host| host.log.iter().cloned()).collect();
        lines.sort_by_key(|line| line.split_once("s ").map(|(time, _)| time.len()));
        self.hosts.iter().map(|host| host.log.join("\n")).collect::<Vec<_>>().join("\n--\n")
    }

    pub(crate) fn only_sa(&self, host: usize) -> SaId {
        let sas: Vec<_> = self.hosts[host].endpoint.sas().collect();
        assert_eq!(sas.len(), 1, "{}", self.log());
        sas[0]
    }
}

/// What is sent: the exchange type, or a NAT keepalive.
fn sent(octets: &[u8]) -> String {
    // A frame of a TCP connection has its length field before the marker.
    let framed = octets.get(2..).and_then(|octets| octets.strip_prefix(&[0; 4]));
    let message = octets.strip_prefix(&[0; 4]).or(framed).unwrap_or(octets);
    match message.get(18..20) {
        Some([exchange, flags]) => format!("sends {exchange} {}", if flags & 0x20 == 0 { "request" } else { "response" }),
        _ => String::from("sends a keepalive"),
    }
}
