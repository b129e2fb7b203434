//! What charon says beside the messages it reads and makes.

use super::Charon;
use crate::evidence::logs::message::Ends;
use crate::evidence::logs::names;
use crate::evidence::logs::scene::{Scene, nowhere};
use crate::evidence::logs::text::{between, end, number, range};
use ikev2::Role;
use ikev2::diagnose::Said;
use ikev2::registry::{AuthMethod, PayloadType, SecurityProtocol};

/// Why an initiator cannot go on after IKE_SA_INIT.
const STOPS: [&str; 6] = [
    "no private key found for ",
    "no shared key found for ",
    "no certificate found for ",
    "no local identity ",
    "building local credentials failed",
    "PPK required but ",
];

impl Charon {
    pub(super) fn speech(&mut self, thread: u32, said: &str, line: u64, scene: &mut Scene) -> bool {
        self.about_content(thread, said, line) || self.about_fragments(thread, said, line) || self.about_fate(thread, said, line, scene)
    }

    /// What a message holds that was read, or that will be made.
    fn about_content(&mut self, thread: u32, said: &str, line: u64) -> bool {
        let one = self.thread(thread);
        if let Some(rest) = said.strip_prefix("received proposals: ") {
            one.selecting = true;
            if let Some((told, _)) = &mut one.incoming {
                told.hints.proposals = names::proposals(rest);
                told.note(line);
            }
        } else if let Some(rest) = said.strip_prefix("configured proposals: ") {
            if !core::mem::take(&mut one.selecting) {
                one.hints.proposals = names::proposals(rest);
            }
        } else if let Some(rest) = said.strip_prefix("selected proposal: ") {
            let chosen = names::proposals(rest);
            match &mut one.incoming {
                Some((told, _)) if told.response => told.hints.proposals = chosen,
                _ => one.hints.proposals = chosen,
            }
        } else if said.starts_with("selecting proposal") {
            one.selecting = true;
        } else if let Some(method) = between(said, " (myself) with ", "").filter(|_| said.starts_with("authentication of '")) {
            one.hints.auth = names::auth_method(method);
        } else if let Some(method) = between(said, "' with ", "").filter(|_| said.starts_with("authentication of '")) {
            if let Some((told, _)) = &mut one.incoming {
                told.hints.auth = names::auth_method(method).or(told.hints.auth);
                told.note(line);
            }
        } else if said.contains("MAC mismatched") || said.starts_with("no shared key found for ") && one.incoming.is_some() {
            if let Some((told, _)) = &mut one.incoming {
                told.hints.auth = Some(AuthMethod::SHARED_KEY_MIC);
                told.note(line);
            }
            // Whoever misses the key cannot make a message either.
            return said.contains("MAC mismatched");
        } else if let Some(group) = between(said, " unacceptable, requesting ", "") {
            one.hints.group = names::group(group);
        } else if let Some(group) = between(said, ", it requested ", "") {
            if let Some((told, _)) = &mut one.incoming {
                told.hints.group = names::group(group);
                told.note(line);
            }
        } else if let Some((own, peer)) = between(said, "traffic selectors ", " unacceptable").and_then(|both| both.split_once(" === ")) {
            if let (Some((told, _)), Some(own), Some(peer)) = (&mut one.incoming, range(own), range(peer)) {
                told.hints.selectors = vec![peer, own];
                told.note(line);
            }
        } else if let Some(gateway) = said.strip_prefix("redirected to ") {
            if let Some((told, _)) = &mut one.incoming {
                told.hints.redirect = gateway.split(' ').next().and_then(|gateway| gateway.parse().ok());
                told.note(line);
            }
        } else if let Some(alert) = between(said, "sending fatal TLS alert '", "'") {
            one.hints.alert = names::alert(alert);
        } else if let Some(alert) = between(said, "received fatal TLS alert '", "'") {
            if let Some((told, _)) = &mut one.incoming {
                told.hints.alert = names::alert(alert);
                told.note(line);
            }
        } else if let Some(vendor) = said.strip_prefix("received ").and_then(|rest| rest.strip_suffix(" vendor ID")) {
            if let (Some((told, _)), Some(vendor)) = (&mut one.incoming, vendor_id(vendor)) {
                told.hints.vendors.push(vendor.to_vec());
            }
        } else if said.starts_with("remote host is behind NAT") {
            if let Some((told, _)) = &mut one.incoming {
                told.hints.nat = Some(if told.response { Role::Responder } else { Role::Initiator });
            }
        } else {
            return self.about_deletes(thread, said);
        }
        true
    }

    fn about_deletes(&mut self, thread: u32, said: &str) -> bool {
        let what = |rest: &str| if rest.starts_with("IKE_SA") { SecurityProtocol::IKE } else { SecurityProtocol::ESP };
        let one = self.thread(thread);
        if let Some(rest) = said.strip_prefix("sending DELETE for ") {
            one.hints.deletes = Some(what(rest));
        } else if let Some(rest) = said.strip_prefix("received DELETE for ") {
            if let Some((told, _)) = &mut one.incoming {
                told.hints.deletes = Some(what(rest));
            }
        } else if let Some(number) = between(said, "payload type (", ") is not supported, but payload is critical") {
            if let Some((told, _)) = &mut one.incoming {
                told.hints.critical = number.parse().ok();
            }
            one.hints.critical = number.parse().ok();
        } else {
            return false;
        }
        true
    }

    fn about_fragments(&mut self, thread: u32, said: &str, line: u64) -> bool {
        let one = self.thread(thread);
        if said.starts_with("received fragment #") {
            one.reassembled |= said.contains("reassembled");
            if let Some((told, _)) = &mut one.incoming {
                told.note(line);
            }
            return true;
        }
        said.starts_with("splitting IKE message (")
    }

    /// What becomes of an IKE SA.
    fn about_fate(&mut self, thread: u32, said: &str, line: u64, scene: &mut Scene) -> bool {
        if let Some(rest) = said.strip_prefix("initiating IKE_SA ") {
            self.flush(thread, scene);
            let peer = between(rest, " to ", "").and_then(|peer| end(peer, 500));
            let one = self.thread(thread);
            let own = one.ends.filter(|ends| Some(ends.peer.ip()) == peer.map(|peer| peer.ip())).map_or(nowhere(500), |ends| ends.own);
            if let Some(peer) = peer {
                (one.ends, one.sa) = (Some(Ends { own, peer }), None);
            }
        } else if said.starts_with("received retransmit of request with ID ") {
            let id = between(said, "with ID ", "").and_then(number);
            self.flush(thread, scene);
            let one = self.thread(thread);
            one.again = Some((true, id));
            let received = one.received.take();
            if let Some(sa) = one.ends.and_then(|ends| self.at(ends, scene)) {
                scene.again(sa, false, false, id, received.map_or(line, |(_, received)| received));
            }
        } else if said.starts_with("retransmit ") {
            let id = between(said, "message ID ", "").and_then(number);
            self.flush(thread, scene);
            let one = self.thread(thread);
            one.again = Some((false, id));
        } else if let Some(rest) = said.strip_prefix("giving up after ") {
            self.flush(thread, scene);
            self.gave_up(thread, number(rest), line, scene);
        } else if let Some(peer) = between(said, "deleting half open IKE_SA with ", " after timeout") {
            let peer = end(peer, 500).map(|peer| peer.ip());
            let half_open = |(ends, sa): (&Ends, &crate::evidence::logs::scene::Sa)| {
                (Some(ends.peer.ip()) == peer && scene.is_in_init(*sa) && scene.own(*sa) == Some(Role::Responder)).then_some(*sa)
            };
            let sa = self.by_ends.iter().filter_map(half_open).min();
            let Some(sa) = sa else { return false };
            scene.said(sa, Said::NothingFollowed, line);
        } else if let Some(peer) = said.strip_prefix("ignoring IKE_SA setup from ").and_then(|rest| end(rest.split(',').next()?, 500)) {
            self.ignores(thread, peer, line, scene);
        } else if STOPS.iter().any(|stops| said.starts_with(stops)) {
            self.flush(thread, scene);
            let sa = self.thread(thread).sa.or(self.latest);
            if let Some(sa) = sa.filter(|sa| scene.is_in_init(*sa) && scene.own(*sa) == Some(Role::Initiator)) {
                scene.said(sa, Said::Stopped, line);
            }
        } else if let Some(name) = between(said, "payload type ", " could not be parsed") {
            let Some(sa) = self.thread(thread).ends.and_then(|ends| self.at(ends, scene)) else { return false };
            if scene.is_in_init(sa) && scene.own(sa) == Some(Role::Initiator) {
                scene.said(sa, Said::Unreadable(long_name(name)), line);
            }
        } else {
            return false;
        }
        true
    }
}

/// The vendor IDs by which a product is told, by the names of strongSwan (`ike_vendor.c`, `isakmp_vendor.c`).
fn vendor_id(name: &str) -> Option<&'static [u8]> {
    match name {
        "MS NT5 ISAKMPOAKLEY v9" => Some(b"\x1e\x2b\x51\x69\x05\x99\x1c\x7d\x7c\x96\xfc\xbf\xb5\x87\xe4\x61\x00\x00\x00\x09"),
        "strongSwan" => Some(b"\x88\x2f\xe5\x6d\x6f\xd2\x0d\xbc\x22\x51\x61\x3b\x2e\xbe\x5b\xeb"),
        _ => None,
    }
}

/// A payload by the long name of strongSwan (`payload_type_names`).
fn long_name(name: &str) -> PayloadType {
    match name.trim() {
        "SECURITY_ASSOCIATION" => PayloadType::SA,
        "KEY_EXCHANGE" => PayloadType::KE,
        "NONCE" => PayloadType::NONCE,
        "NOTIFY" => PayloadType::N,
        "CERTIFICATE_REQUEST" => PayloadType::CERTREQ,
        "VENDOR_ID" => PayloadType::V,
        _ => PayloadType::NO_NEXT_PAYLOAD,
    }
}
