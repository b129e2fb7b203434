//! Lives by the thousand: two hosts, a network in all weathers, and whatever the applications think of, all by one seed.
//!
//! `LIFE_SCHEDULES=n` is how many are run over stand-ins, `LIFE_REAL=n` how many over real algorithms, from `LIFE_FIRST=n` on; `LIFE_SEED=n cargo test --all-features --test life schedules` runs one again
//! and prints what happened in it.

use crate::host::{ADDITIONAL, BOTH, Host, Line, PLAIN, Proposals, SECOND, Style, config_of, path};
use crate::toy::{PROVIDER, Seeded};
use crate::world::{FINE, Weather, World};
use ikev2::provider::Provider;
use ikev2::session::{CloseReason, Config, ConfigurationSet, CookieDemand, Lifetimes, Limits, NetworkPath, Ppk, SaId};
use std::collections::BTreeSet;
use std::net::SocketAddr;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::time::Duration;

const SECOND_OF_TIME: Duration = Duration::from_secs(1);
/// IKE SAs and Child SAs of a host, beyond which its application asks for no more.
const MOST: usize = 4;

/// What a seed makes of the world.
struct Schedule {
    world: World,
    draw: Seeded,
    provider: Provider,
    proposals: [Proposals; 2],
    configs: [Config; 2],
    /// Keys are replaced by timers too.
    has_lifetimes: bool,
    may_crash: bool,
    /// Nothing is lost, and one side begins: then no IKE SA ends but by command.
    gentle: Option<usize>,
    /// A PPK may replace the keys before IKE_AUTH: late copies of what came before cannot be opened.
    has_early_ppks: bool,
}

impl Schedule {
    fn new(provider: Provider, seed: u64, is_logged: bool) -> Self {
        let mut draw = Seeded(seed);
        let proposals = match draw.below(4) {
            0 => [PLAIN, PLAIN],
            1 => [ADDITIONAL, ADDITIONAL],
            2 => [BOTH, SECOND],
            _ => [BOTH, BOTH],
        };
        let has_lifetimes = draw.percent(40);
        let lifetimes = (20 + draw.below(100), 20 + draw.below(60));
        // By the seed, so that it leaves what is drawn as it is.
        let has_early_ppks = seed % 2 == 0;
        let early_ppks = if has_early_ppks { vec![Ppk::new("ppk", "one")] } else { Vec::new() };
        let mut config = |proposals| {
            let span = |seconds| has_lifetimes.then(|| Duration::from_secs(seconds));
            let config = config_of(&provider, proposals).with_lifetimes(Lifetimes { ike: span(lifetimes.0), child: span(lifetimes.1) });
            let config = if draw.percent(20) { config.with_limits(Limits { children: 3, ..Limits::small() }) } else { config };
            let config = if draw.percent(30) { config.with_mtu(576) } else { config }.with_ppk(true);
            let config = config.with_intermediate_ppks(early_ppks.clone());
            if draw.percent(20) { config.with_cookies(CookieDemand::Always) } else { config }
        };
        let configs = proposals.map(&mut config);
        let gentle = draw.percent(25).then(|| index(draw.below(2)));
        let may_crash = gentle.is_none() && draw.percent(25);
        let mut hosts = [0, 1].map(|side| host(provider, side, &proposals, &configs, draw.next(), is_logged));
        for host in &mut hosts {
            let longest = if gentle.is_some() { 2 } else { 4 };
            let hesitation = if draw.percent(60) { 0 } else { [500, 5_000, 20_000, 40_000][index(draw.below(longest))] };
            host.hesitation = Duration::from_millis(hesitation);
            host.narrows = draw.percent(20);
            host.refusals = if draw.percent(80) { 0 } else { draw.below(30) };
            host.is_mobile = draw.percent(70);
        }
        // By a stream of its own, so that what a seed draws here leaves the rest of its life as it is.
        styles(&mut hosts, &mut Seeded(seed ^ 0xea9), gentle.is_some());
        let world = World::of(hosts, Seeded(draw.next()));
        Self { world, draw, provider, proposals, configs, has_lifetimes, may_crash, gentle, has_early_ppks }
    }

    /// The commands and the weather of one life.
    fn live(&mut self) {
        self.weather();
        let first = self.gentle.unwrap_or_else(|| self.side());
        self.initiate(first);
        if self.draw.percent(30) {
            self.initiate(1 - first);
        }
        for _ in 0..10 + self.draw.below(30) {
            let span = match self.draw.below(4) {
                0 => self.draw.below(50),
                1 => self.draw.below(1_000),
                2 => self.draw.below(5_000),
                _ => self.draw.below(20_000),
            };
            self.world.pass(Duration::from_millis(span));
            self.act();
        }
    }

    fn side(&mut self) -> usize {
        index(self.draw.below(2))
    }

    fn weather(&mut self) {
        let shortest = Duration::from_millis(1 + self.draw.below(100));
        if self.gentle.is_some() {
            let delay = shortest + Duration::from_millis(self.draw.below(400));
            self.world.weather = Weather { loss: 0, double: self.draw.below(10), delay, shortest };
            return;
        }
        let spread = [0, 20, 300, 5_000][index(self.draw.below(4))];
        let loss = if self.draw.percent(10) { 100 } else { self.draw.below(41) };
        self.world.weather = Weather {
            loss: if self.draw.percent(30) { 0 } else { loss },
            double: self.draw.below(30),
            delay: shortest + Duration::from_millis(self.draw.below(spread + 1)),
            shortest,
        };
    }

    fn act(&mut self) {
        let what = self.draw.below(100);
        let sides = if self.draw.percent(40) { vec![0, 1] } else { vec![self.side()] };
        match what {
            0..10 => self.weather(),
            10..12 if self.may_crash => self.crash(sides[0]),
            12 => {
                for side in sides {
                    self.delete(side);
                }
            }
            _ => {
                for side in sides {
                    self.command(side, what);
                }
            }
        }
    }

    fn command(&mut self, side: usize, what: u64) {
        let now = self.world.now;
        let Some(id) = self.pick_sa(side) else { return self.initiate(side) };
        let child = self.pick_child(side, id);
        let host = &mut self.world.hosts[side];
        let config = host.child_config();
        let Some(mut sa) = host.endpoint.sa(id) else { return };
        let (done, name) = match (what, child) {
            (..20, _) => return self.initiate(side),
            (20..50, Some(child)) => (sa.rekey_child(now, child), "rekey child"),
            (50..70, _) => (sa.rekey(now), "rekey"),
            (70..80, _) if host.children.len() < MOST => (sa.create_child(now, config), "create child"),
            (80..90, Some(child)) => {
                if let Some((_, line)) = host.lines.get(&child) {
                    host.ended.insert(*line);
                }
                (sa.delete_child(now, child), "delete child")
            }
            (90..95, _) => return self.move_away(side, id),
            _ => (sa.ping(now), "ping"),
        };
        host.note(now, || format!("{id} asks: {name} {child:?} {done:?}"));
    }

    /// The host has another address for an IKE SA, and perhaps no longer the one that it had.
    fn move_away(&mut self, side: usize, id: SaId) {
        let (now, fresh) = (self.world.now, self.world.fresh_address());
        let mtu = [None, None, Some(1280), Some(576), Some(300)][index(self.draw.below(5))];
        let host = &mut self.world.hosts[side];
        let before = host.endpoint.view(id).unwrap().path();
        // Sometimes it only asks how the responder sees it.
        let local = if self.draw.percent(10) { before.local } else { SocketAddr::new(fresh, before.local.port()) };
        let path = NetworkPath { local, ..before };
        let done = host.endpoint.sa(id).unwrap().update_path(now, path, mtu);
        host.note(now, || format!("{id} asks: move to {path} {mtu:?} {done:?}"));
        if done.is_ok() && local != before.local && self.draw.percent(70) {
            self.world.gone.insert(before.local.ip());
        }
    }

    fn pick_sa(&mut self, side: usize) -> Option<SaId> {
        let sas: Vec<_> = self.world.hosts[side].endpoint.sas().collect();
        let drawn = self.draw.next();
        (!sas.is_empty()).then(|| sas[index(drawn % u64::try_from(sas.len()).unwrap())])
    }

    fn pick_child(&mut self, side: usize, id: SaId) -> Option<ikev2::session::ChildId> {
        let children: Vec<_> = self.world.hosts[side].endpoint.view(id)?.children().collect();
        // Mostly the same on both sides, so that their rekeys cross.
        let drawn = if self.draw.percent(70) { 0 } else { self.draw.next() };
        (!children.is_empty()).then(|| children[index(drawn % u64::try_from(children.len()).unwrap())])
    }

    fn initiate(&mut self, side: usize) {
        let fresh = self.world.fresh_address();
        let host = &mut self.world.hosts[side];
        if host.is_mobile {
            // An address of its own for each IKE SA, which goes where it goes.
            host.path.local.set_ip(fresh);
        }
        let is_up = |id| host.endpoint.view(id).is_some_and(|view| view.is_up());
        let may = self.gentle.is_none_or(|first| first == side && host.endpoint.sas().all(is_up));
        if host.endpoint.sas().count() < MOST && may {
            let id = host.initiate(self.world.now);
            host.note(self.world.now, || format!("{id} begins"));
        }
    }

    fn delete(&mut self, side: usize) {
        let Some(id) = self.pick_sa(side) else { return };
        let host = &mut self.world.hosts[side];
        if self.gentle.is_some() && !host.endpoint.view(id).unwrap().is_up() {
            // The peer would not be told, and have it up for a while.
            return;
        }
        host.note(self.world.now, || format!("{id} asks: delete"));
        host.endpoint.sa(id).unwrap().delete(self.world.now);
    }

    /// The host forgets everything.
    fn crash(&mut self, side: usize) {
        let is_logged = self.world.hosts[side].is_logged;
        let fresh = host(self.provider, side, &self.proposals, &self.configs, self.draw.next(), is_logged);
        let old = std::mem::replace(&mut self.world.hosts[side], fresh);
        let host = &mut self.world.hosts[side];
        (host.log, host.hesitation, host.refusals, host.ended) = (old.log, old.hesitation, old.refusals, old.ended);
        (host.style, host.gives, host.is_mobile) = (old.style, old.gives, old.is_mobile);
        (host.eap.rounds, host.eap.password) = (old.eap.rounds, old.eap.password);
        host.note(self.world.now, || String::from("crashes"));
    }

    /// The weather clears up, and nobody asks for anything.
    fn settle(&mut self) {
        self.world.weather = FINE;
        for host in &mut self.world.hosts {
            (host.hesitation, host.refusals) = (Duration::ZERO, 0);
            host.note(self.world.now, || String::from("-- all is quiet"));
        }
        self.world.pass(Duration::from_secs(500));
        // Where timers replace keys, there is a moment between two rekeys.
        for _ in 0..if self.has_lifetimes { 300 } else { 0 } {
            if self.disagreement().is_none() {
                break;
            }
            self.world.pass(SECOND_OF_TIME);
        }
        if let Some(what) = self.disagreement() {
            panic!("{what}\n{}", self.world.log());
        }
        for host in &self.world.hosts {
            let is_asked = |reason: &CloseReason| matches!(reason, CloseReason::Requested | CloseReason::Deleted | CloseReason::HalfOpen);
            assert!(self.gentle.is_none() || host.closed.values().all(is_asked), "{:?}\n{}", host.closed, self.world.log());
            assert_eq!(host.endpoint.half_open(), 0, "{}", self.world.log());
            let ids: Vec<_> = host.endpoint.sas().collect();
            assert!(ids.iter().all(|id| host.endpoint.view(*id).unwrap().octets() < 20_000), "{}", self.world.log());
            if !self.has_lifetimes {
                let held = (ids.len(), host.children.len());
                assert_eq!(host.endpoint.spis_in_use(), held, "SPIs of {}\n{}", host.name, self.world.log());
            }
        }
        // A host that has forgotten an IKE_SA_INIT request answers a late copy of it anew: the initiator's SPI then stands for two.
        if self.proposals[0].ike == PLAIN.ike && self.world.rivals == 0 && !self.has_early_ppks {
            assert_eq!(self.world.unopened, 0, "{}", self.world.log());
        }
    }

    /// Nothing is left once both shut down.
    fn end(&mut self) {
        for host in &mut self.world.hosts {
            host.endpoint.shutdown(self.world.now);
        }
        self.world.pass(Duration::from_secs(200));
        for host in &self.world.hosts {
            assert_eq!(host.endpoint.sas().count(), 0, "{}", self.world.log());
            assert_eq!(host.endpoint.spis_in_use(), (0, 0), "SPIs of {}\n{}", host.name, self.world.log());
            assert_eq!(host.endpoint.poll_timeout(), None, "{}", self.world.log());
            assert!(host.children.is_empty(), "{}", self.world.log());
        }
    }

    /// What the hosts do not agree on, or a line of Child SAs of which there is not exactly one.
    fn disagreement(&self) -> Option<String> {
        let ended: BTreeSet<Line> = self.world.hosts.iter().flat_map(|host| host.ended.iter().copied()).collect();
        self.world.disagreement().or_else(|| {
            let mut lines = self.world.hosts.iter().flat_map(|host| host.up.iter().map(move |line| (host, line)));
            lines.find_map(|(host, (id, line))| {
                host.endpoint.view(*id)?;
                let members = host.children.keys().filter(|child| host.lines[child] == (*id, *line)).count();
                let is_wrong = if ended.contains(line) { members > 1 } else { members != 1 };
                is_wrong.then(|| format!("{} has {members} Child SAs of the line {:08x} {:08x}", host.name, line.0, line.1))
            })
        })
    }
}

/// How the hosts authenticate themselves, and what they ask for. Where nothing may go wrong, it fits and the applications are quick.
fn styles(hosts: &mut [Host; 2], draw: &mut Seeded, is_gentle: bool) {
    let eap = draw.percent(30).then(|| draw.percent(40));
    let has_addresses = draw.percent(30);
    let is_wrong = !is_gentle && draw.percent(15);
    let mut ppk = |has_secret: bool| {
        let secret = if has_secret { "one" } else { "two" };
        let has_one = draw.percent(40);
        let (is_mandatory, is_early) = (is_wrong && draw.percent(50), draw.percent(50));
        has_one.then(|| Ppk::new("ppk", secret).with_mandatory(is_mandatory).with_intermediate(is_early))
    };
    let ppks = [ppk(true), ppk(!is_wrong)];
    for ((host, ppk), gives) in hosts.iter_mut().zip(ppks).zip(["10.2.0.7", "10.1.0.7"]) {
        host.style = Style { eap, ppk, has_addresses };
        host.gives = Some(ConfigurationSet::new().with_address(gives.parse().unwrap()));
        host.eap.rounds = 1 + u8::try_from(draw.below(6)).unwrap();
        host.eap.password = if is_wrong && draw.percent(30) { 8 } else { 7 };
        if eap.is_some() && is_gentle {
            host.hesitation = host.hesitation.min(Duration::from_millis(500));
        }
    }
}

fn index(number: u64) -> usize {
    usize::try_from(number).unwrap()
}

fn host(provider: Provider, side: usize, proposals: &[Proposals; 2], configs: &[Config; 2], seed: u64, is_logged: bool) -> Host {
    let ends = ["192.0.2.1:500", "198.51.100.2:500"];
    let path = path(ends[side], ends[1 - side]);
    let mut host = Host::of(provider, ["moon", "carol"][side], path, proposals[side], configs[side].clone(), seed);
    host.is_logged = is_logged;
    host
}

fn run(provider: Provider, seed: u64, is_logged: bool) {
    let mut schedule = Schedule::new(provider, seed, is_logged);
    schedule.live();
    schedule.settle();
    schedule.end();
    if is_logged {
        println!("{}", schedule.world.log());
    }
}

fn number(name: &str) -> Option<u64> {
    std::env::var(name).ok().map(|text| text.parse().unwrap())
}

fn run_all(provider: Provider, name: &str, (asked, count): (&str, u64)) {
    if let Some(seed) = number("LIFE_SEED") {
        return run(provider, seed, true);
    }
    let first = number("LIFE_FIRST").unwrap_or(0);
    let count = number(asked).unwrap_or(count);
    let fails = |seed: &u64| catch_unwind(AssertUnwindSafe(|| run(provider, *seed, false))).is_err();
    let failed: Vec<_> = (first..first + count).filter(fails).take(number("LIFE_FAILURES").map_or(1, index)).collect();
    assert!(failed.is_empty(), "LIFE_SEED={} cargo test --all-features --test life {name} (of {failed:?})", failed[0]);
}

#[test]
fn schedules_of_stand_ins() {
    run_all(PROVIDER, "schedules_of_stand_ins", ("LIFE_SCHEDULES", 3_000));
}

#[test]
fn schedules_of_real_algorithms() {
    run_all(Provider::builtin(), "schedules_of_real_algorithms", ("LIFE_REAL", 20));
}
