//! The plan of an initiator.

use super::args::{Args, Move, Nat, Step};
use super::configure;
use super::failure::Failure;
use super::link::{Peer, Port};
use super::talk::{TICK, Talk};
use ikev2::registry::ExchangeType;
use ikev2::session::{InitiateError, SaId};
use std::io::Write;
use std::net::{IpAddr, SocketAddr};
use std::time::Duration;

pub(crate) fn run(args: Args, address: IpAddr, out: Box<dyn Write + Send>) -> Result<u8, Failure> {
    let mut talk = Talk::new(args, out)?;
    let outcome = shake(&mut talk, address);
    talk.link.release()?;
    Ok(talk.link.report.verdict(&outcome))
}

fn shake(talk: &mut Talk, address: IpAddr) -> Result<(), Failure> {
    let end = |port, socket| Peer { address: SocketAddr::new(address, port), port: socket };
    let path = match talk.args.tcp {
        true => talk.link.connect(SocketAddr::new(address, talk.args.natt_port))?,
        false => talk.link.path(end(talk.args.port, Port::Plain)),
    };
    let natt = talk.link.path(end(talk.args.natt_port, Port::Natt));
    let peer = configure::peer(&talk.args, &talk.credentials, Some(natt))?;
    let id = talk.endpoint.initiate(talk.link.now(), path, peer).map_err(|error| match error {
        InitiateError::NothingToOffer => Failure::Usage(error.to_string()),
        error => Failure::Protocol(error.to_string()),
    })?;
    establish(talk, id, natt)?;
    if !(talk.args.childless || talk.children.iter().any(|(sa, _)| *sa == id)) {
        // The IKE SA is up, and of no use without a child (RFC 7296 section 1.2).
        let phase = talk.link.report.seen.phase;
        let refused = talk.refused;
        let outcome = delete(talk, id);
        talk.link.report.seen.phase = refused.map(|(exchange, _)| exchange).or(phase);
        return outcome.and(refused.map_or(Ok(()), |(_, notify)| Err(Failure::Refused(notify))));
    }
    for step in talk.args.plan.clone() {
        carry_out(talk, id, &step)?;
        talk.link.report.seen.step(step.to_string());
    }
    Ok(())
}

/// Waits until the IKE SA is up, with its Child SA or the refusal of it.
fn establish(talk: &mut Talk, id: SaId, natt: ikev2::session::NetworkPath) -> Result<(), Failure> {
    let mut is_moved = talk.args.nat == Nat::Ignore;
    loop {
        wait(talk, id)?;
        let Some(view) = talk.endpoint.view(id) else { continue };
        if !is_moved && view.path() == natt {
            is_moved = true;
            let why = if view.is_esp_in_udp() { "a NAT is between us" } else { "there may be a NAT later" };
            talk.link.report.say(format_args!("   {why}: on to port {}", natt.peer.port()));
        }
        if view.is_up() && !view.is_busy() {
            return Ok(());
        }
    }
}

/// Goes on a little; an IKE SA that is over is an error.
fn wait(talk: &mut Talk, id: SaId) -> Result<(), Failure> {
    let until = talk.link.now() + TICK;
    talk.step(until)?;
    over(talk, id)
}

fn over(talk: &mut Talk, id: SaId) -> Result<(), Failure> {
    match talk.ended.iter().position(|(ended, _)| *ended == Some(id)) {
        None => Ok(()),
        Some(index) => match talk.ended.swap_remove(index).1 {
            Ok(()) => Err(Failure::Protocol("the peer has ended the IKE SA".into())),
            Err(failure) => Err(failure),
        },
    }
}

fn carry_out(talk: &mut Talk, id: SaId, step: &Step) -> Result<(), Failure> {
    talk.refused = None;
    match step {
        Step::Delete => return delete(talk, id),
        Step::Wait(time) => return pass(talk, id, *time),
        step => ask(talk, id, step)?,
    }
    loop {
        wait(talk, id)?;
        if let Some((exchange, notify)) = talk.refused {
            talk.link.report.seen.phase = Some(exchange);
            return Err(Failure::Refused(notify));
        }
        if talk.endpoint.view(id).is_none_or(|view| !view.is_busy()) {
            return Ok(());
        }
    }
}

/// Lets the time pass. A peer that deletes the IKE SA meanwhile does what it may: only a step after this one wants it.
fn pass(talk: &mut Talk, id: SaId, time: Duration) -> Result<(), Failure> {
    let until = talk.link.now() + time;
    while talk.link.now() < until {
        talk.step(until)?;
    }
    let ended = talk.ended.iter().position(|(ended, _)| *ended == Some(id));
    ended.map_or(Ok(()), |index| talk.ended.swap_remove(index).1)
}

/// Has the session begin a step.
fn ask(talk: &mut Talk, id: SaId, step: &Step) -> Result<(), Failure> {
    let now = talk.link.now();
    let child = talk.children.iter().rev().find(|(sa, _)| *sa == id).map(|(_, child)| *child);
    let child = || child.ok_or_else(|| Failure::Usage("there is no child SA".into()));
    let config = configure::child(&talk.args);
    let gone = || Failure::Protocol("the peer has ended the IKE SA".into());
    let mut sa = talk.endpoint.sa(id).ok_or_else(gone)?;
    let asked = match step {
        Step::Dpd => sa.ping(now),
        Step::RekeyChild => sa.rekey_child(now, child()?),
        Step::Child => sa.create_child(now, config),
        Step::DeleteChild => sa.delete_child(now, child()?),
        Step::RekeyIke => sa.rekey(now),
        Step::Move(to) => return go(talk, id, to),
        Step::Delete | Step::Wait(_) => return Ok(()),
    };
    asked.map_err(|error| Failure::Protocol(error.to_string()))
}

/// On to another address of ours, perhaps before a request is answered.
fn go(talk: &mut Talk, id: SaId, to: &Move) -> Result<(), Failure> {
    if let Some(amid) = &to.amid {
        ask(talk, id, amid)?;
        talk.step(talk.link.now())?;
        over(talk, id)?;
    }
    let path = talk.endpoint.view(id).map(|view| view.path()).ok_or_else(|| Failure::Protocol("the peer has ended the IKE SA".into()))?;
    let peer = talk.link.peer(path);
    talk.link.go(to.to)?;
    let path = talk.link.path(peer);
    let now = talk.link.now();
    let moved = talk.endpoint.sa(id).map_or(Ok(()), |mut sa| sa.update_path(now, path, to.mtu));
    moved.map_err(|error| Failure::Protocol(error.to_string()))
}

fn delete(talk: &mut Talk, id: SaId) -> Result<(), Failure> {
    let now = talk.link.now();
    if let Some(mut sa) = talk.endpoint.sa(id) {
        sa.delete(now);
    }
    loop {
        let until = talk.link.now() + TICK;
        talk.step(until)?;
        if let Some(index) = talk.ended.iter().position(|(ended, _)| *ended == Some(id)) {
            return talk.ended.swap_remove(index).1;
        }
        if talk.endpoint.view(id).is_none() {
            return Ok(());
        }
        talk.link.report.seen.phase = Some(ExchangeType::INFORMATIONAL);
    }
}
