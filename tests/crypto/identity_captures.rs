//! Identities and traffic selectors of the captures: what strongSwan, libreswan and OpenIKED sent, offered and answered.

use crate::kit::handshake::{Scenario, chain, scenarios};
use crate::kit::recorded::figure;
use ikev2::cert::Certificate;
use ikev2::identity::Identity;
use ikev2::registry::{IdType, PayloadType};
use ikev2::selectors::{Selector, narrow, narrow_to_one, read, within};
use ikev2::wire::{Id, TrafficSelectors};
use std::collections::BTreeMap;

/// Type and body of the first payload of each type, of each message whose content is known.
fn contents(scenario: &Scenario) -> Vec<(&crate::kit::handshake::Message, BTreeMap<u8, Vec<u8>>)> {
    // Of several certificates the first is that of the sender.
    let of = |(first, content): (u8, Vec<u8>)| chain(first, &content).into_iter().rev().map(|payload| (payload.ty, payload.body)).collect();
    scenario.messages.iter().filter_map(|message| Some((message, of(message.content()?)))).collect()
}

#[test]
fn rfc_7296_section_3_5_identities_of_daemons_are_read_and_written() {
    let (mut seen, mut certified) = (BTreeMap::new(), 0);
    for scenario in scenarios() {
        for (_, payloads) in contents(&scenario) {
            for ty in [PayloadType::IDI, PayloadType::IDR] {
                let Some(body) = payloads.get(&ty.0) else { continue };
                let identity = Identity::of(&Id::parse(body).unwrap());
                assert_eq!(&identity.to_body(), body);
                assert_eq!(Identity::new(identity.ty(), identity.data().to_vec()).as_ref(), Ok(&identity));
                let again: Identity = identity.to_string().parse().unwrap();
                assert!(again.matches(&identity) && identity.matches(&again), "{identity}");
                *seen.entry(identity.to_string()).or_insert(0_usize) += 1;
                let certificate = payloads.get(&PayloadType::CERT.0).map(|body| body[1..].to_vec());
                let Some(certificate) = certificate.as_deref().map(|der| Certificate::parse(der).unwrap()) else { continue };
                // IDr of an initiator is whom it wants; its certificate is its own.
                let is_own = ty == PayloadType::IDI || !payloads.contains_key(&PayloadType::IDI.0);
                assert_eq!(identity.matches_certificate(&certificate), is_own, "{}: {identity}", scenario.name);
                certified += usize::from(is_own);
                let subject = Identity::of(&Id { ty: IdType::ID_DER_ASN1_DN, data: certificate.subject().as_der() });
                let text = certificate.subject().to_string();
                assert!(text.parse::<Identity>().unwrap().matches(&subject), "{text}");
                assert!(subject.to_string().parse::<Identity>().unwrap().matches(&subject), "{subject}");
            }
        }
    }
    assert!(certified >= figure(10, 2), "{certified}");
    assert!(seen.contains_key("moon.peer.test") && seen.contains_key("carol.peer.test"), "{seen:?}");
}

/// TSi and TSr of a request, and of the response to it.
#[test]
fn rfc_7296_section_2_9_daemons_narrow_what_was_offered() {
    let (mut pairs, mut narrowed) = (0, 0);
    for scenario in scenarios() {
        let messages = contents(&scenario);
        for (response, answer) in messages.iter().filter(|(message, _)| message.response()) {
            let fits = |message: &&crate::kit::handshake::Message| {
                !message.response()
                    && ["spi_i", "spi_r", "exchange", "message_id"].iter().all(|field| message.row[*field] == response.row[*field])
                    && message.source == response.destination
            };
            let Some((_, offer)) = messages.iter().rfind(|(message, _)| fits(message)) else { continue };
            for ty in [PayloadType::TSI, PayloadType::TSR] {
                let (Some(offered), Some(answered)) = (offer.get(&ty.0), answer.get(&ty.0)) else { continue };
                let list = |body: &[u8]| read(&TrafficSelectors::parse(body).unwrap());
                let ((offered, false), (answered, false)) = (list(offered), list(answered)) else { panic!("{}", scenario.name) };
                assert!(within(&answered, &offered), "{}: {answered:?} of {offered:?}", scenario.name);
                // With what it answered as policy, we would have answered the same.
                assert_eq!(narrow(&offered, &answered), answered, "{}: {offered:?}", scenario.name);
                assert_eq!(narrow_to_one(&offered, &answered).as_ref(), answered.first(), "{}", scenario.name);
                for selector in offered.iter().chain(&answered) {
                    assert_eq!(selector.to_string().parse::<Selector>().as_ref(), Ok(selector));
                }
                pairs += 1;
                narrowed += usize::from(answered != offered);
            }
        }
    }
    assert!(pairs >= figure(100, 10) && narrowed >= figure(1, 0), "{pairs}, {narrowed}");
}
