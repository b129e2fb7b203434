//! Additional key exchanges without a first one (RFC 9370 section 2.2.4): their secrets would be in no key. Found live: such a rekey ran
//! ML-KEM, said so, and mixed nothing.

use super::pair::{Responder, carol, initiate, initiate_changed, moon};
use crate::command::handshake::args::Args;
use ikev2::proposal::notation::strongswan;
use ikev2::proposal::{Dialect, Policy};

/// A side whose policy for Child SAs adds to nothing; dialects of daemons hold one, and ours does not.
fn adds_to_nothing(args: &mut Args) {
    args.esp = Policy::new(Dialect::StrongSwan6, strongswan::parse_esp("aes256gcm16-ke1_mlkem768").unwrap()).unwrap();
}

#[test]
fn a_responder_refuses_a_child_that_adds_to_no_key_exchange() {
    let responder = Responder::start(&moon("--seconds 5 --esp aes256gcm16-x25519-ke1_mlkem768"));
    let initiator = initiate_changed(responder.ports, &carol("--esp aes256gcm16 --do rekey-child"), adds_to_nothing);
    initiator.is(1, "refused", "CREATE_CHILD_SA", Some("NO_PROPOSAL_CHOSEN"));
    let responder = responder.end();
    // One Child SA each, that of IKE_AUTH, and no key exchange was run for another.
    assert_eq!((initiator.fingerprints().len(), responder.fingerprints().len()), (1, 1), "{}", responder.text);
    assert!(!responder.text.contains("IKE_FOLLOWUP_KE") && !initiator.text.contains("IKE_FOLLOWUP_KE"), "{}", responder.text);
}

#[test]
fn an_initiator_refuses_an_answer_that_adds_to_no_key_exchange() {
    let responder = Responder::start_changed(&moon("--seconds 5 --esp aes256gcm16"), adds_to_nothing);
    // Both offer and choose by a daemon's rules; `check_response` has our own, and refuses what comes back.
    let initiator = initiate_changed(responder.ports, &carol("--esp aes256gcm16 --do rekey-child"), adds_to_nothing);
    assert_ne!(initiator.status, 0, "{}", initiator.text);
    assert_eq!(initiator.fingerprints().len(), 1, "{}", initiator.text);
    assert!(!initiator.text.contains("IKE_FOLLOWUP_KE"), "{}", initiator.text);
    responder.end();
}

#[test]
fn what_a_build_cannot_do_is_neither_offered_nor_chosen() {
    let responder = Responder::start(&moon("--ike aes256gcm16-prfsha384-x25519,aes256-sha256-curve448"));
    let initiator = initiate(responder.ports, &carol("--ike serpent256-sha256-x25519,aes256gcm16-prfsha384-curve448-x25519 --do delete"));
    initiator.is_established();
    assert_eq!(initiator.verdict["ike"], "aes256gcm16-prfsha384-x25519");
    assert!(initiator.text.contains("left out, for it cannot be done here: "), "{}", initiator.text);
    responder.end().is_established();
}
