//! A `Diagnoser` that looks on: a gateway explains itself in the codes in which a capture is explained.

use crate::host::{Host, PLAIN, Proposals, config, path, policy};
use crate::toy::{PROVIDER, Seeded};
use crate::toy_eap::ToyEap;
use ikev2::Instant;
use ikev2::diagnose::{Capabilities, Diagnoser, State, Verdict, WatchLimits};
use ikev2::selectors::Selector;
use ikev2::session::{
    AddressAssignment, ChildConfig, ConfigurationSet, Decision, EapAuth, Endpoint, Event, Handled, Inquiry, LocalAuth, NetworkPath,
    PeerConfig, Ppk, RemoteAuth, SharedKey, Watch,
};
use std::sync::Arc;
use std::time::Duration;

fn child(local: &str, remote: &str) -> ChildConfig {
    let selector = |text: &str| [text.parse::<Selector>().unwrap()];
    ChildConfig::new(&PROVIDER, &policy(PLAIN.esp, false), selector(local), selector(remote))
}

/// What the responder says to everything that it is asked, and the initiator begins with.
struct Case {
    offered: &'static str,
    initiator: PeerConfig,
    responder: PeerConfig,
    eap: ToyEap,
    gives: Option<ConfigurationSet>,
    uses_ppk: bool,
}

impl Case {
    /// Shared keys on both sides, and a Child SA.
    fn new() -> Self {
        let key = SharedKey::new("secret of both");
        Self::by(
            (LocalAuth::SharedKey(key.clone()), RemoteAuth::SharedKey(key.clone())),
            (LocalAuth::SharedKey(key.clone()), RemoteAuth::SharedKey(key)),
        )
    }

    /// EAP for the initiator.
    fn by_eap() -> Self {
        let (key, eap) = (SharedKey::new("secret of both"), EapAuth::new());
        Self::by((LocalAuth::Eap(eap), RemoteAuth::SharedKey(key.clone())), (LocalAuth::SharedKey(key), RemoteAuth::Eap(eap)))
    }

    fn by(moon: (LocalAuth, RemoteAuth), carol: (LocalAuth, RemoteAuth)) -> Self {
        let peer = |own: &str, (local, remote)| PeerConfig::new(own.parse().unwrap(), local, remote);
        Self {
            offered: PLAIN.ike,
            initiator: peer("moon", moon).with_child(child("10.1.0.0/16", "10.2.0.0/16")),
            responder: peer("carol", carol).with_child(child("10.2.0.0/16", "10.1.0.0/16")),
            eap: ToyEap::default(),
            gives: None,
            uses_ppk: false,
        }
    }

    /// Takes the events of the responder.
    fn agree<W: Watch>(&mut self, endpoint: &mut Endpoint<W>, now: Instant) {
        while let Some((id, event)) = endpoint.poll_event() {
            match event {
                Event::Ask(ask) => {
                    let decision = match ask.question {
                        Inquiry::PeerConfig { .. } => Decision::Peer(Arc::new(self.responder.clone())),
                        Inquiry::Eap { packet, is_first, .. } => self.eap.decide(id, packet.as_deref(), is_first),
                        Inquiry::Address { .. } => self.gives.clone().map_or(Decision::Refuse, Decision::Address),
                        question => panic!("{question:?}"),
                    };
                    endpoint.decide(now, ask.token, decision).unwrap();
                }
                Event::ChildInstall { token, .. } => endpoint.decide(now, token, Decision::Installed).unwrap(),
                _ => {}
            }
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

/// The state and the codes of a verdict.
fn judged(case: Case) -> (State, Vec<&'static str>) {
    let verdict = verdict(case);
    (verdict.state, verdict.codes)
}

/// What a responder's `Diagnoser` makes of a handshake.
fn verdict(mut case: Case) -> Verdict {
    let (moon, carol) = ("192.0.2.1:500", "198.51.100.2:500");
    let mut host = Host::new("moon", path(moon, carol), PLAIN, config(Proposals { ike: case.offered, ..PLAIN }), 1);
    host.eap.wants.clone_from(&case.eap.wants);
    let limits = WatchLimits::default();
    let diagnoser = Diagnoser::new(limits, Capabilities { sha1: PROVIDER.sha1().ok() }, Some(policy(PLAIN.ike, true)));
    let mut responder = Endpoint::watched(config(PLAIN).with_ppk(case.uses_ppk), PROVIDER, Box::new(Seeded(2)), diagnoser);
    let mut now = Instant::START;
    host.endpoint.initiate(now, host.path, case.initiator.clone()).unwrap();
    for _ in 0..100 {
        let forth = carry(&mut host.endpoint, &mut responder, now);
        case.agree(&mut responder, now);
        let back = carry(&mut responder, &mut host.endpoint, now);
        host.events(now);
        host.decide(now);
        now += if forth || back { Duration::from_millis(10) } else { Duration::from_secs(1) };
        host.endpoint.handle_timeout(now);
        responder.handle_timeout(now);
    }
    // What it sees are messages: that time has passed without any, it is told.
    responder.watch().advance(now);
    std::mem::replace(responder.watch(), Diagnoser::new(limits, Capabilities::default(), None)).finish().1
}

fn fault(code: &'static str) -> (State, Vec<&'static str>) {
    (State::Fault, vec![code])
}

#[test]
fn a_gateway_explains_itself_in_the_codes_of_a_capture() {
    assert_eq!(judged(Case::new()).0, State::Healthy);
    let offered = "aes128gcm16-prfsha256-ecp256";
    assert_eq!(judged(Case { offered, ..Case::new() }), fault("NoProposalChosen"));
    let another = SharedKey::new("another");
    let distrusting = PeerConfig::new("carol".parse().unwrap(), LocalAuth::SharedKey(another.clone()), RemoteAuth::SharedKey(another));
    assert_eq!(judged(Case { responder: distrusting, ..Case::new() }), fault("AuthenticationFailed"));
    let key = SharedKey::new("secret of both");
    let childless = PeerConfig::new("carol".parse().unwrap(), LocalAuth::SharedKey(key.clone()), RemoteAuth::SharedKey(key));
    assert_eq!(judged(Case { responder: childless, ..Case::new() }), fault("ChildSaRefused"));
}

#[test]
fn a_gateway_explains_what_became_of_eap() {
    assert_eq!(judged(Case::by_eap()).0, State::Healthy);
    let refuses = ToyEap { is_content: false, ..ToyEap::default() };
    assert_eq!(judged(Case { eap: refuses, ..Case::by_eap() }), fault("EapFailed"));
    // The client does not do the method (RFC 3748 section 5.3.1).
    for (wanted, says) in [(vec![13, 25], "set up for EAP-TLS or PEAP"), (vec![0], "neither that nor another")] {
        let eap = ToyEap { wants: Some(wanted), ..ToyEap::default() };
        let verdict = verdict(Case { eap, ..Case::by_eap() });
        assert_eq!((verdict.state, &*verdict.codes), (State::Fault, &["EapFailed"][..]));
        assert!(
            verdict.text.contains("No common EAP method: the server asks for EAP type 253") && verdict.text.contains(says),
            "{}",
            verdict.text
        );
    }
    // The method has succeeded, and the keys are others.
    let another = ToyEap { password: 8, ..ToyEap::default() };
    assert_eq!(judged(Case { eap: another, ..Case::by_eap() }), fault("AuthenticationFailed"));
    // The initiator does not believe the responder, and says nothing of itself.
    let (another, eap) = (SharedKey::new("another"), EapAuth::new());
    let distrusting = PeerConfig::new("moon".parse().unwrap(), LocalAuth::Eap(eap), RemoteAuth::SharedKey(another));
    let distrusting = Case { initiator: distrusting.with_child(child("10.1.0.0/16", "10.2.0.0/16")), ..Case::by_eap() };
    assert_eq!(judged(distrusting), fault("AuthenticationFailed"));
    // One side wants it, and the other does not.
    let wants = Case { initiator: Case::by_eap().initiator, ..Case::new() };
    assert_eq!(judged(wants), fault("EapMismatch"));
}

#[test]
fn a_gateway_explains_what_became_of_an_address() {
    let asking = |case: Case| Case { initiator: case.initiator.with_configuration_request(ConfigurationSet::any_address()), ..case };
    let giving = |case: Case, how| Case { responder: case.responder.with_address_assignment(how), ..case };
    let gives = Some(ConfigurationSet::new().with_address("10.1.0.7".parse().unwrap()));
    let given = Case { gives: gives.clone(), ..giving(asking(Case::new()), AddressAssignment::OnRequest) };
    assert_eq!(judged(given).0, State::Healthy);
    assert_eq!(judged(giving(asking(Case::new()), AddressAssignment::OnRequest)), fault("AddressPoolEmpty"));
    assert_eq!(judged(Case { gives, ..giving(Case::new(), AddressAssignment::Required) }), fault("AddressRequired"));
}

#[test]
fn a_gateway_explains_what_became_of_a_ppk() {
    let ppk = |secret: &str| Ppk::new("ppk", secret);
    let must = |secret: &str| ppk(secret).with_mandatory(true);
    let with = |initiator: Option<Ppk>, responder: Option<Ppk>| {
        let case = Case { uses_ppk: responder.is_some(), ..Case::new() };
        let add = |peer: PeerConfig, ppk: Option<Ppk>| match ppk {
            Some(ppk) => peer.with_ppk(ppk),
            None => peer,
        };
        Case { initiator: add(case.initiator, initiator), responder: add(case.responder, responder), ..case }
    };
    assert_eq!(judged(with(Some(ppk("one")), Some(must("one")))).0, State::Healthy);
    assert_eq!(judged(with(Some(ppk("one")), None)).0, State::Healthy);
    // The initiator goes no further; the responder has to have it, and the initiator does not.
    assert_eq!(judged(with(Some(must("one")), None)), fault("PpkMismatch"));
    assert_eq!(judged(with(None, Some(must("one")))), fault("AuthenticationFailed"));
    let another = verdict(with(Some(ppk("two")), Some(ppk("one"))));
    assert_eq!((another.state, &*another.codes), (State::Fault, &["AuthenticationFailed"][..]));
    assert!(another.text.contains("check the post-quantum preshared key (PPK)"), "{}", another.text);
}
