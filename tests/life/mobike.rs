//! MOBIKE, RFC 4555: Carol begins the IKE SA and moves, Moon goes along, or does not.

mod moves;
mod nats;
mod reach;

use crate::forger::Forger;
use crate::host::{Host, PLAIN, Proposals, natt};
use crate::rig::{CAROL, MOON, Rig, Seen};
use ikev2::registry::{ExchangeType, NotifyType};
use ikev2::session::{Config, NetworkPath, PeerConfig, SaId};
use std::time::Duration;

const HOME: &str = "198.51.100.2";
const CAFE: &str = "203.0.113.7";
const TRAIN: &str = "203.0.113.99";

/// Carol's path to Moon from an address of hers.
fn from(address: &str) -> NetworkPath {
    natt(NetworkPath::new(
        format!("{address}:4500").parse().unwrap(),
        "192.0.2.1:4500".parse().unwrap(),
        ikev2::session::PathEncapsulation::NonEspMarker,
    ))
}

/// The same as Moon sees it.
fn mirrored(path: NetworkPath) -> NetworkPath {
    NetworkPath { local: path.peer, peer: path.local, ..path }
}

type Change = fn(PeerConfig) -> PeerConfig;

const AS_USUAL: Change = |peer| peer;

/// An IKE SA with MOBIKE is up, of which Moon thinks as `moon` says.
fn up_with((proposals, config): (Proposals, fn(Config) -> Config), carol: Change, moon: Change) -> (Rig, SaId) {
    let mut rig = Rig::new(7, proposals, config);
    let id = begin(&mut rig, carol, moon);
    rig.talk();
    assert_eq!(rig.hosts.each_ref().map(|host| host.children.len()), [1, 1], "{}", log(&rig));
    (rig, id)
}

fn begin(rig: &mut Rig, carol: Change, moon: Change) -> SaId {
    rig.hosts.iter_mut().for_each(|host| host.is_mobile = true);
    rig.hosts[MOON].answers_with = Some(moon(rig.hosts[MOON].peer_config("moon", "carol")));
    let peer = carol(rig.hosts[CAROL].peer_config("carol", "moon"));
    let path = rig.hosts[CAROL].path;
    rig.hosts[CAROL].endpoint.initiate(rig.now, path, peer).unwrap()
}

fn up() -> (Rig, SaId) {
    up_with((PLAIN, |config| config), AS_USUAL, AS_USUAL)
}

fn log(rig: &Rig) -> String {
    rig.hosts.iter().map(|host| host.log.join("\n")).collect::<Vec<_>>().join("\n--\n")
}

fn go(rig: &mut Rig, id: SaId, path: NetworkPath, mtu: Option<u16>) {
    rig.hosts[CAROL].endpoint.sa(id).unwrap().update_path(rig.now, path, mtu).unwrap();
}

/// Where a host takes the IKE SA and its Child SAs to be.
fn seen(host: &Host) -> (NetworkPath, NetworkPath) {
    let id = host.endpoint.sas().next().unwrap();
    (host.endpoint.view(id).unwrap().path(), host.tunnels[&id])
}

/// What goes to an address that Carol has left is lost.
fn is_there(rig: &Rig, seen: &Seen) -> bool {
    let id = rig.hosts[CAROL].endpoint.sas().next();
    let at = id.map(|id| rig.hosts[CAROL].endpoint.view(id).unwrap().path().local);
    seen.to == MOON || at.is_none_or(|at| at == seen.path.local)
}

/// Both talk, and time passes where somebody waits.
fn settle(rig: &mut Rig) {
    settle_within(rig, u16::MAX);
}

/// The same, where Carol's path takes IP packets of so many octets.
fn settle_within(rig: &mut Rig, mtu: u16) {
    for _ in 0..40 {
        loop {
            let mut sent = rig.sent(MOON);
            sent.extend(rig.sent(CAROL));
            if sent.is_empty() {
                break;
            }
            for seen in sent {
                let fits = seen.to == CAROL || seen.octets.len() + 28 <= usize::from(mtu);
                if fits && is_there(rig, &seen) {
                    let _ = rig.give(&seen);
                }
            }
        }
        rig.now += Duration::from_millis(500);
        for host in &mut rig.hosts {
            host.endpoint.handle_timeout(rig.now);
        }
        rig.decide(MOON);
        rig.decide(CAROL);
    }
}

/// Both sides agree that Carol is there, and on all else.
fn check(rig: &Rig, path: NetworkPath) {
    assert_eq!(seen(&rig.hosts[CAROL]), (path, path), "{}", log(rig));
    assert_eq!(seen(&rig.hosts[MOON]), (mirrored(path), mirrored(path)), "{}", log(rig));
    for at in [MOON, CAROL] {
        rig.check(at);
        assert!(rig.hosts[at].closed.is_empty(), "{}", log(rig));
    }
    let spis = rig.hosts.each_ref().map(|host| host.endpoint.view(host.endpoint.sas().next().unwrap()).unwrap().spis());
    assert_eq!(spis[0], spis[1]);
}

fn changes(host: &Host) -> usize {
    host.log.iter().filter(|line| line.contains("PathChanged")).count()
}

/// What Carol's and Moon's messages say, with the keys of the first generation: of stand-ins, both follow from the wire.
fn said(rig: &Rig, to: usize) -> Vec<Vec<NotifyType>> {
    let reader = Forger::after_init(&rig.wire[0].octets, &rig.wire[1].octets, to == CAROL);
    let read = rig.wire.iter().skip(2).filter(|seen| seen.to == to).filter_map(|seen| reader.read(seen.message()?));
    let is_informational = read.filter(|read| read.header.exchange == ExchangeType::INFORMATIONAL);
    is_informational.map(|read| read.chain().parts(&read.header).unwrap().notifies().map(|notify| notify.ty).collect()).collect()
}

/// Carol's keys in the hands of a test.
fn forger(rig: &Rig, as_carol: bool) -> Forger {
    Forger::after_init(&rig.wire[0].octets, &rig.wire[1].octets, as_carol)
}

fn count(rig: &Rig, to: usize, ty: NotifyType) -> usize {
    said(rig, to).iter().filter(|said| said.contains(&ty)).count()
}
