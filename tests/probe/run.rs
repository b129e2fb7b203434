//! A prober in a world, from the first datagram to the last.

use crate::world::{Back, CLIENT, Dice, HEADERS, SERVER, What, World};
use core::time::Duration;
use ikev2::Instant;
use ikev2::diagnose::IcmpError;
use ikev2::probe::{ProbeArrival, ProbePlan, ProbeReport, Prober};
use std::collections::BTreeSet;

/// The marker and the SPI after it: what a request of the second port begins with.
fn spi(port: u16, datagram: &[u8]) -> [u8; 8] {
    datagram[if port == 4500 { 4 } else { 0 }..][..8].try_into().unwrap()
}

pub(crate) fn run(world: &mut World, seed: u64) -> ProbeReport {
    let plan = ProbePlan::new(SERVER).with_local_mtu(world.local_mtu as u16).with_local(CLIENT);
    run_with(world, seed, plan, 80)
}

pub(crate) fn run_with(world: &mut World, seed: u64, plan: ProbePlan, most: usize) -> ProbeReport {
    lived(world, seed, plan, most).report()
}

/// A prober at its end, in a world of few words.
pub(crate) fn finished(world: &mut World, plan: ProbePlan) -> Prober<Dice> {
    lived(world, 1, plan, 80)
}

fn lived(world: &mut World, seed: u64, plan: ProbePlan, most: usize) -> Prober<Dice> {
    let mut prober = Prober::new(plan, Dice(seed ^ 0xd1ce));
    let (mut now, mut way) = (Instant::START, Vec::<Back>::new());
    let (mut sent, mut octets, mut seen) = (Vec::new(), 0, BTreeSet::new());
    while !prober.is_done() {
        if let Some(out) = prober.poll_transmit(now) {
            assert_eq!(out.to.ip(), SERVER);
            assert!(out.datagram.len() + HEADERS <= 3000, "never above 3000 octets");
            sent.push(now);
            octets += out.datagram.len() as u64;
            seen.insert(spi(out.to.port(), &out.datagram));
            way.extend(world.carry(now, &out));
            way.sort_by_key(|back| back.at);
        }
        let then = prober.poll_timeout().unwrap_or(now);
        match way.first() {
            Some(back) if back.at <= then && !prober.is_done() => {
                let back = way.remove(0);
                now = now.max(back.at);
                give(&mut prober, now, &back);
            }
            _ => now = now.max(then),
        }
        assert!(sent.len() <= most, "{} datagrams", sent.len());
        assert!(now < Instant::START + Duration::from_secs(600), "it ends");
    }
    for window in sent.windows(11) {
        assert!(window[10] - window[0] > Duration::from_secs(1), "at most ten in a second");
    }
    let report = prober.report();
    assert_eq!((report.verdict().sent.datagrams, report.verdict().sent.octets), (sent.len(), octets), "everything is counted");
    for window in world.made.windows(3) {
        assert!(window[2] - window[0] >= Duration::from_secs(59), "at most two states in 60 seconds: {:?}", world.made);
    }
    prober
}

fn give(prober: &mut Prober<Dice>, now: Instant, back: &Back) {
    match &back.what {
        What::Datagram(octets) => prober.handle(now, back.socket, back.from, ProbeArrival::Datagram(octets)),
        What::Refused => prober.handle(now, back.socket, back.from, ProbeArrival::Refused),
        What::TooBig { mtu, length } => {
            // ProbeArrival::Icmp is built by field: the sender is not known.
            let arrival = ProbeArrival::Icmp { error: IcmpError::TooBig(Some(*mtu)), sender: None, length: Some(*length) };
            prober.handle(now, back.socket, back.from, arrival);
        }
    }
}
