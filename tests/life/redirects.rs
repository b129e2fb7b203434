//! REDIRECT, RFC 5685.

use crate::forger::Forger;
use crate::host::Host;
use crate::rig::{CAROL, MOON, Rig, Seen};
use ikev2::exchange::MessageContent;
use ikev2::registry::{ExchangeType, NotifyType};
use ikev2::session::{CloseReason, Handled, Ignored, PeerConfig, RedirectTarget};
use ikev2::wire::{Gateway, Header, Message, MessageBuilder, NotifyData, Parts};
use std::time::Duration;

fn begin(rig: &mut Rig, change: impl Fn(PeerConfig) -> PeerConfig) -> Seen {
    let host = &mut rig.hosts[CAROL];
    let peer = change(host.peer_config("carol", "moon"));
    host.endpoint.initiate(rig.now, host.path, peer).unwrap();
    rig.sent(CAROL).remove(0)
}

fn parts(seen: &Seen) -> Parts<'_> {
    Message::parse(&seen.octets).unwrap().parts().unwrap()
}

/// An answer to IKE_SA_INIT that sends the initiator elsewhere, with this nonce.
fn redirect(request: &Seen, nonce: &[u8]) -> Seen {
    let header = Header::peek(&request.octets).unwrap().header;
    let header = Header { initiator: false, response: true, ..header };
    let mut buf = [0; 256];
    let name = NotifyData::Redirect(Gateway::Fqdn(b"vpn2.example.org"), nonce);
    let octets = MessageBuilder::new(&mut buf, &header).notify(name).finish().unwrap().to_vec();
    let path = ikev2::session::NetworkPath { local: request.path.peer, peer: request.path.local, ..request.path };
    Seen { to: CAROL, path, octets }
}

fn log(host: &Host) -> String {
    host.log.join("\n")
}

#[test]
fn rfc_5685_section_3_it_is_announced_where_it_is_wanted() {
    let mut rig = Rig::plain(1);
    let request = begin(&mut rig, |peer| peer);
    assert!(parts(&request).notify(NotifyType::REDIRECT_SUPPORTED).is_none());
    let request = begin(&mut Rig::plain(2), |peer| peer.with_redirects(true));
    assert!(parts(&request).notify(NotifyType::REDIRECT_SUPPORTED).is_some());
    // Whoever was sent on says by whom.
    let from = RedirectTarget::Address("192.0.2.1".parse().unwrap());
    let request = begin(&mut Rig::plain(3), |peer| peer.with_redirects(true).with_redirected_from(from.clone()));
    let notify = parts(&request).notify(NotifyType::REDIRECTED_FROM).unwrap();
    assert_eq!(notify.typed_data(), Ok(NotifyData::RedirectedFrom(Gateway::Address("192.0.2.1".parse().unwrap()), &[])));
    assert!(parts(&request).notify(NotifyType::REDIRECT_SUPPORTED).is_none());
}

#[test]
fn rfc_5685_section_3_who_has_not_seen_the_request_sends_nobody_elsewhere() {
    let mut rig = Rig::plain(4);
    let request = begin(&mut rig, |peer| peer.with_redirects(true));
    let nonce = parts(&request).nonce.unwrap().data.to_vec();
    for wrong in [&nonce[1..], &[7; 32], &[]] {
        assert!(matches!(rig.give(&redirect(&request, wrong)), Handled::Ignored(Ignored::Unprotected(_))));
    }
    assert!(!log(&rig.hosts[CAROL]).contains("Redirected"));
    // With the nonce it counts, unless the peer's own answer comes in time.
    let late = redirect(&request, &nonce);
    assert_eq!(rig.give(&late), Handled::Ignored(Ignored::HeldBack));
    assert!(log(&rig.hosts[CAROL]).contains("is_authentic: false"), "{}", log(&rig.hosts[CAROL]));
    let _ = rig.give(&request);
    rig.talk();
    assert_eq!(rig.hosts.each_ref().map(|host| host.established.len()), [1, 1]);
    // Else the IKE SA is over.
    let mut rig = Rig::plain(5);
    let request = begin(&mut rig, |peer| peer.with_redirects(true));
    let nonce = parts(&request).nonce.unwrap().data.to_vec();
    let _ = rig.give(&redirect(&request, &nonce));
    rig.pass_alone(CAROL, Duration::from_secs(2));
    assert_eq!(rig.hosts[CAROL].closed.values().copied().collect::<Vec<_>>(), [CloseReason::Redirected]);
}

/// A responder sends its initiator on later, in an exchange of its own: it is answered, and the application told.
#[test]
fn rfc_5685_section_5_an_ike_sa_that_is_up_is_told() {
    for (is_initiator, is_told) in [(false, true), (true, false)] {
        let mut rig = Rig::plain(6);
        rig.set_up(if is_initiator { MOON } else { CAROL });
        // Moon's words, as responder or as initiator.
        let mut moon = Forger::after_init(&rig.wire[0].octets, &rig.wire[1].octets, is_initiator);
        moon.next = if is_initiator { 2 } else { 0 };
        let content = MessageContent::build(|chain| {
            chain.notify(NotifyData::Redirect(Gateway::Address("192.0.2.9".parse().unwrap()), &[]));
        });
        let content = content.unwrap();
        let header = moon.header(ExchangeType::INFORMATIONAL, false, moon.next);
        let octets = moon.whole(header, (content.first_payload(), content.octets()));
        let path = rig.hosts[CAROL].path;
        assert_eq!(rig.give(&Seen { to: CAROL, path, octets }), Handled::Consumed);
        assert_eq!(rig.sent(CAROL).len(), 1);
        let log = log(&rig.hosts[CAROL]);
        assert_eq!(log.contains("Redirected { to: Address(192.0.2.9), is_authentic: true }"), is_told, "{log}");
        assert!(rig.hosts[CAROL].closed.is_empty());
    }
}
