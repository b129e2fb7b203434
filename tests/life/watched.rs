//! A `Diagnoser` that looks on: a gateway explains itself in the codes in which a capture is explained.

use crate::host::{Host, PLAIN, Proposals, config, path, policy};
use crate::toy::{PROVIDER, Seeded};
use ikev2::Instant;
use ikev2::diagnose::{Capabilities, Diagnoser, State, WatchLimits};
use ikev2::selectors::Selector;
use ikev2::session::{
    ChildConfig, Decision, Endpoint, Event, Handled, Inquiry, LocalAuth, NetworkPath, PeerConfig, RemoteAuth, SharedKey, Watch,
};
use std::sync::Arc;
use std::time::Duration;

/// Takes the events of an endpoint: everything is agreed to, with this shared key.
fn agree<W: Watch>(endpoint: &mut Endpoint<W>, now: Instant, (key, has_child): (&str, bool)) {
    while let Some((_, event)) = endpoint.poll_event() {
        match event {
            Event::Ask(ask) => {
                assert!(matches!(ask.question, Inquiry::PeerConfig { .. }));
                let key = SharedKey::new(key);
                let selector = |text: &str| [text.parse::<Selector>().unwrap()];
                let child = ChildConfig::new(&PROVIDER, &policy(PLAIN.esp, false), selector("10.2.0.0/16"), selector("10.1.0.0/16"));
                let peer = PeerConfig::new("carol".parse().unwrap(), LocalAuth::SharedKey(key.clone()), RemoteAuth::SharedKey(key));
                let peer = if has_child { peer.with_child(child) } else { peer };
                endpoint.decide(now, ask.token, Decision::Peer(Arc::new(peer))).unwrap();
            }
            Event::ChildInstall { token, .. } => endpoint.decide(now, token, Decision::Installed).unwrap(),
            _ => {}
        }
    }
}

fn carry<V: Watch, W: Watch>(from: &mut Endpoint<V>, to: &mut Endpoint<W>, now: Instant) -> bool {
    let (mut buf, mut any) = (vec![0; 65_535], false);
    while let Some(sent) = from.poll_transmit(now, &mut buf).unwrap() {
        let back = NetworkPath { local: sent.path.peer, peer: sent.path.local, ..sent.path };
        let handled = to.handle(now, back, &mut buf[..sent.len]);
        assert!(matches!(handled, Handled::Consumed | Handled::Ignored(_)), "{handled:?}");
        any = true;
    }
    any
}

/// What a responder's `Diagnoser` makes of a handshake with an initiator who offers this and has this shared key.
fn judged(offered: &'static str, key: &'static str, has_child: bool) -> (State, Vec<&'static str>) {
    let (moon, carol) = ("192.0.2.1:500", "198.51.100.2:500");
    let mut host = Host::new("moon", path(moon, carol), PLAIN, config(Proposals { ike: offered, ..PLAIN }), 1);
    let limits = WatchLimits::default();
    let diagnoser = Diagnoser::new(limits, Capabilities { sha1: PROVIDER.sha1().ok() }, Some(policy(PLAIN.ike, true)));
    let mut responder = Endpoint::watched(config(PLAIN), PROVIDER, Box::new(Seeded(2)), diagnoser);
    let mut now = Instant::START;
    host.initiate(now);
    for _ in 0..100 {
        let forth = carry(&mut host.endpoint, &mut responder, now);
        agree(&mut responder, now, (key, has_child));
        let back = carry(&mut responder, &mut host.endpoint, now);
        host.events(now);
        host.decide(now);
        now += if forth || back { Duration::from_millis(10) } else { Duration::from_secs(1) };
        host.endpoint.handle_timeout(now);
        responder.handle_timeout(now);
    }
    let (_, verdict) = std::mem::replace(responder.watch(), Diagnoser::new(limits, Capabilities::default(), None)).finish();
    (verdict.state, verdict.codes)
}

#[test]
fn a_gateway_explains_itself_in_the_codes_of_a_capture() {
    let key = "secret of both";
    let (state, codes) = judged(PLAIN.ike, key, true);
    assert_eq!(state, State::Healthy, "{codes:?}");
    for (offered, key, has_child, code) in [
        ("aes128gcm16-prfsha256-ecp256", key, true, "NoProposalChosen"),
        (PLAIN.ike, "another", true, "AuthenticationFailed"),
        (PLAIN.ike, key, false, "ChildSaRefused"),
    ] {
        assert_eq!(judged(offered, key, has_child), (State::Fault, vec![code]));
    }
}
