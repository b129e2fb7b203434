//! SUPPORTED_AUTH_METHODS, RFC 9593.

use crate::forger::Forger;
use crate::host::PLAIN;
use crate::rig::{CAROL, MOON, Rig};
use ikev2::registry::NotifyType;
use ikev2::wire::{Message, NotifyData, Parts};

fn methods(parts: &Parts<'_>) -> Option<Vec<u8>> {
    match parts.notify(NotifyType::SUPPORTED_AUTH_METHODS)?.typed_data() {
        Ok(NotifyData::SupportedAuthMethods(announced)) => Some(announced.map(|one| one.method.0).collect()),
        other => panic!("{other:?}"),
    }
}

/// A responder says it in IKE_SA_INIT, an initiator in IKE_AUTH, if the responder has; and neither, if it is not to.
#[test]
fn rfc_9593_section_3_1_the_responder_says_it_first() {
    for (moon, carol) in [(true, true), (true, false), (false, true), (false, false)] {
        let mut rig = Rig::plain(1);
        for (at, announces) in [(MOON, moon), (CAROL, carol)] {
            rig.hosts[at].endpoint.set_config(crate::host::config(PLAIN).with_announced_methods(announces));
        }
        rig.set_up(CAROL);
        let response = Message::parse(&rig.wire[1].octets).unwrap().parts().unwrap();
        let said = methods(&response);
        assert_eq!(said.is_some(), moon);
        assert!(said.is_none_or(|said| said.contains(&2) && said.contains(&14)));
        let reader = Forger::after_init(&rig.wire[0].octets, &rig.wire[1].octets, false);
        let asked = reader.read(&rig.wire[2].octets).unwrap();
        // A shared key is all that carol takes.
        assert_eq!(methods(&asked.chain().parts(&asked.header).unwrap()), (moon && carol).then(|| vec![2]));
    }
}
