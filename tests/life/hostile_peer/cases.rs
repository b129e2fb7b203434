//! Cases that a draw would find seldom.

use super::acts::notify;
use super::{NONE, Peer};
use crate::host::PLAIN;
use crate::rig::{CAROL, MOON};
use ikev2::registry::{ExchangeType, NotifyType};
use std::time::Duration;

impl Peer {
    /// Answers the other side's request that came last with a notify.
    fn answer_by(&mut self, ty: NotifyType) {
        let (on, read) = self.asked.pop().unwrap();
        let (first, content) = notify(ty, &[]);
        let header = self.forgers[on].header(read.header.exchange, true, read.header.message_id);
        let message = self.forgers[on].whole(header, (first, &content));
        self.put(message);
    }

    /// The peer's next request, on the newest generation.
    pub(crate) fn ask(&mut self, exchange: ExchangeType, (first, content): super::acts::Octets) {
        let on = self.forgers.len() - 1;
        let header = self.forgers[on].header(exchange, false, self.forgers[on].next);
        let message = self.forgers[on].whole(header, (first, &content));
        self.put(message);
    }

    /// The notify of the other side's last message, if it has one.
    pub(crate) fn last_notify(&self) -> Option<(NotifyType, Vec<u8>)> {
        let last = self.rig.wire.iter().rev().find(|seen| seen.to == CAROL)?;
        let read = self.forgers.iter().find_map(|forger| forger.read(&last.octets))?;
        let parts = read.chain().parts(&read.header).unwrap();
        parts.notifies().next().map(|notify| (notify.ty, notify.data.to_vec()))
    }

    pub(crate) fn sas(&self) -> usize {
        self.rig.hosts[MOON].endpoint.sas().count()
    }
}

#[test]
fn hostile_44_a_liveness_check_that_has_to_wait_is_not_due_all_the_time() {
    let mut peer = Peer::up(1, PLAIN, true);
    let id = peer.rig.hosts[MOON].endpoint.sas().next().unwrap();
    assert!(peer.rig.hosts[MOON].endpoint.sa(id).unwrap().rekey(peer.rig.now));
    peer.look();
    for _ in 0..5 {
        peer.answer_by(NotifyType::TEMPORARY_FAILURE);
        while peer.asked.is_empty() {
            peer.rig.pass_alone(MOON, Duration::from_secs(5));
            peer.ask(ExchangeType::INFORMATIONAL, (NONE, Vec::new()));
        }
    }
    peer.answer_by(NotifyType::TEMPORARY_FAILURE);
    // More than half a minute of waiting is left, and the peer is silent.
    peer.fall_silent();
}

#[test]
fn hostile_45_generations_of_an_ike_sa_are_few() {
    let mut peer = Peer::up(2, PLAIN, true);
    for _ in 0..1_000 {
        let rekey = peer.rekey(peer.forgers.len() - 1);
        peer.ask(ExchangeType::CREATE_CHILD_SA, rekey);
    }
    let id = peer.rig.hosts[MOON].endpoint.sas().next().unwrap();
    let octets = peer.rig.hosts[MOON].endpoint.view(id).unwrap().octets();
    assert!(octets < 10_000 && peer.forgers.len() < 20, "{octets} octets, {} generations", peer.forgers.len());
    // After a while, there is room for others.
    for _ in 0..6 {
        peer.rig.pass_alone(MOON, Duration::from_secs(25));
        peer.ask(ExchangeType::INFORMATIONAL, (NONE, Vec::new()));
    }
    let before = peer.forgers.len();
    let rekey = peer.rekey(before - 1);
    peer.ask(ExchangeType::CREATE_CHILD_SA, rekey);
    assert_eq!((peer.forgers.len(), peer.sas()), (before + 1, 1));
    peer.fall_silent();
}
