//! IKE_AUTH of somebody who has the shared key, and says what an honest peer does not.

use crate::forger::Forger;
use crate::rig::{CAROL, MOON, Rig, Seen};
use ikev2::exchange::MessageContent;
use ikev2::identity::Identity;
use ikev2::registry::{AuthMethod, ConfigurationAttributeType, ConfigurationType, ExchangeType, NotifyType};
use ikev2::session::{AddressAssignment, AuthFailure, CloseReason, ConfigurationSet, PeerConfig, Ppk};
use ikev2::wire::{Auth, ChainBuilder, Message, Payload};
use std::time::Duration;

const SECRET: &[u8] = b"secret of both";

/// Carol begins in this way, and moon's answer in IKE_AUTH is the forger's: IDr, AUTH without a PPK, and this.
fn answered(change: impl Fn(PeerConfig) -> PeerConfig, more: impl Fn(&mut ChainBuilder<'_>)) -> Rig {
    answered_by(SECRET, change, more)
}

/// The same of whoever has this for the shared key.
pub(crate) fn answered_by(secret: &[u8], change: impl Fn(PeerConfig) -> PeerConfig, more: impl Fn(&mut ChainBuilder<'_>)) -> Rig {
    let mut rig = Rig::new(1, crate::host::PLAIN, |config| config.with_ppk(true));
    let host = &mut rig.hosts[CAROL];
    let peer = change(host.peer_config("carol", "moon"));
    host.endpoint.initiate(rig.now, host.path, peer).unwrap();
    let request = rig.sent(CAROL).remove(0);
    let _ = rig.give(&request);
    let response = rig.sent(MOON).remove(0);
    let _ = rig.give(&response);
    let mut moon = Forger::after_init(&request.octets, &response.octets, false);
    let asked = moon.read(&rig.sent(CAROL)[0].octets).unwrap();
    let id: Identity = "moon".parse().unwrap();
    let nonce = Message::parse(&request.octets).unwrap().parts().unwrap().nonce.unwrap().data.to_vec();
    let data = moon.auth(secret, &response.octets, &nonce, &id.to_body());
    let content = MessageContent::build(|chain| {
        chain.push(Payload::IdR(id.id()));
        chain.push(Payload::Auth(Auth { method: AuthMethod::SHARED_KEY_MIC, data: &data }));
        more(chain);
    });
    let content = content.unwrap();
    let header = moon.header(ExchangeType::IKE_AUTH, true, asked.header.message_id);
    let octets = moon.whole(header, (content.first_payload(), content.octets()));
    let _ = rig.give(&Seen { octets, ..response });
    rig
}

fn refuses_child(chain: &mut ChainBuilder<'_>) {
    chain.notify(ikev2::wire::NotifyData::Empty(NotifyType::TS_UNACCEPTABLE));
}

fn closed(rig: &mut Rig) -> Vec<CloseReason> {
    rig.pass_alone(CAROL, Duration::from_secs(61));
    rig.hosts[CAROL].closed.values().copied().collect()
}

#[test]
fn rfc_8784_section_3_a_responder_that_leaves_out_a_mandatory_ppk_is_not_believed() {
    let optional = answered(|peer| peer.with_ppk(Ppk::new("ppk", "one")), refuses_child);
    assert_eq!(optional.hosts[CAROL].told.iter().map(|up| up.has_ppk).collect::<Vec<_>>(), [false]);
    let mut mandatory = answered(|peer| peer.with_ppk(Ppk::new("ppk", "one").with_mandatory(true)), refuses_child);
    assert!(mandatory.hosts[CAROL].told.is_empty());
    assert_eq!(closed(&mut mandatory), [CloseReason::Authentication(AuthFailure::NoPpk)]);
}

#[test]
fn rfc_7296_section_2_19_what_was_not_asked_for_is_not_taken() {
    let gives = |ty: ConfigurationType| {
        move |chain: &mut ChainBuilder<'_>| {
            chain.configuration(ty, |attributes| {
                attributes.attribute(ConfigurationAttributeType::INTERNAL_IP4_ADDRESS, &[10, 2, 0, 9]);
            });
            refuses_child(chain);
        }
    };
    let ask = |peer: PeerConfig| peer.with_configuration_request(ConfigurationSet::any_address());
    let given = |rig: Rig| rig.hosts[CAROL].told[0].configuration.addresses().count();
    assert_eq!(given(answered(ask, gives(ConfigurationType::CFG_REPLY))), 1);
    assert_eq!(given(answered(|peer| peer, gives(ConfigurationType::CFG_REPLY))), 0);
    assert_eq!(given(answered(ask, gives(ConfigurationType::CFG_SET))), 0);
}

/// CFG_SET asks for nothing (RFC 7296 section 3.15): moon, which wants to be asked, says so.
#[test]
fn rfc_7296_section_3_15_another_type_is_no_request() {
    let mut rig = Rig::plain(2);
    let host = &mut rig.hosts[MOON];
    host.answers_with = Some(host.peer_config("moon", "carol").with_address_assignment(AddressAssignment::Required));
    host.gives = Some(ConfigurationSet::new().with_address("10.2.0.9".parse().unwrap()));
    rig.hosts[CAROL].initiate(rig.now);
    let request = rig.sent(CAROL).remove(0);
    let _ = rig.give(&request);
    let response = rig.sent(MOON).remove(0);
    let mut carol = Forger::after_init(&request.octets, &response.octets, true);
    let _ = rig.give(&response);
    // What carol asks for, with CFG_SET in front of it.
    let moon = Forger::after_init(&request.octets, &response.octets, false);
    let asked = moon.read(&rig.sent(CAROL)[0].octets).unwrap();
    let content = MessageContent::build(|chain| {
        chain.configuration(ConfigurationType::CFG_SET, |attributes| {
            attributes.attribute(ConfigurationAttributeType::INTERNAL_IP4_ADDRESS, &[]);
        });
        for raw in asked.chain().payloads() {
            chain.push(raw.parse().unwrap());
        }
    });
    let content = content.unwrap();
    let header = carol.header(ExchangeType::IKE_AUTH, false, 1);
    let octets = carol.whole(header, (content.first_payload(), content.octets()));
    let _ = rig.give(&Seen { octets, ..request });
    let log = rig.hosts[MOON].log.join("\n");
    assert!(log.contains("FAILED_CP_REQUIRED") && rig.hosts[MOON].told[0].configuration.is_empty(), "{log}");
}
