//! Datagrams lost, doubled and out of order, on both sides.

use super::pair::{carol, moon, shake};

const CHAIN: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../tests/data/handshake/rsa4096");

fn chain(who: &str, name: &str, more: &str) -> String {
    format!("--id {name}.example.org --cert {CHAIN}-{who}.pem --key {CHAIN}-{who}.key.pem --ca {CHAIN}-root.pem {more}")
}

#[test]
fn a_fifth_of_all_fragments_is_lost_and_the_handshake_ends() {
    let losses = "--loss 20 --reorder 10 --duplicate 10 --mtu 1280 --timeout 20 --retransmit 50";
    let (initiator, responder) = shake(
        &chain("server", "moon", "--seconds 30"),
        &chain("client", "carol", &format!("{losses} --seed 3 --do dpd,rekey-child,delete")),
    );
    initiator.is_established();
    assert!(initiator.number("retransmissions") > 0, "{}", initiator.text);
    assert!(initiator.text.contains("lost on purpose"));
    // The deletion itself may have been lost.
    assert!(responder.text.contains("IKE_AUTH response 1, 5 fragments"), "{}", responder.text);
}

#[test]
fn hostile_16_every_datagram_twice_is_every_answer_from_the_cache() {
    let twice = "--duplicate 100 --mtu 576";
    let (initiator, responder) = shake(
        &chain("server", "moon", twice),
        &chain("client", "carol", &format!("{twice} --do dpd,rekey-child,child,rekey-ike,dpd,delete")),
    );
    initiator.is_established();
    responder.is_established();
    assert_eq!(responder.steps(), "dpd,rekey-child,delete-child,child,rekey-ike,deleted,dpd,deleted");
    assert!(responder.text.contains("again"), "{}", responder.text);
}

#[test]
fn hostile_13_fragments_in_any_order() {
    let more = "--reorder 60 --mtu 576";
    for seed in 1..4 {
        let (initiator, responder) =
            shake(&chain("server", "moon", &format!("{more} --seed {seed}")), &chain("client", "carol", &format!("{more} --seed {seed}")));
        initiator.is_established();
        responder.is_established();
        assert!(initiator.text.contains("held back on purpose"), "{}", initiator.text);
    }
}

#[test]
fn a_lost_request_is_sent_again_as_it_was() {
    // IKE_SA_INIT, and the first of IKE_AUTH.
    let (initiator, responder) = shake(&moon(""), &carol("--drop 1,3 --retransmit 50"));
    initiator.is_established();
    responder.is_established();
    assert_eq!(initiator.number("retransmissions"), 2, "{}", initiator.text);
}

#[test]
fn the_path_is_probed_downward() {
    // IKE_AUTH goes out for packets of 9000 octets, in one piece, and is lost three times; then smaller ones come through.
    let (initiator, responder) = shake(
        &chain("server", "moon", "--mtu 1280"),
        &chain("client", "carol", "--mtu 9000 --fragmentation probe --drop 2,3 --retransmit 100 --do dpd,delete"),
    );
    initiator.is_established();
    responder.is_established();
    assert!(initiator.text.contains("no answer with packets of 9000 octets: 1280 are tried"), "{}", initiator.text);
    assert!(initiator.number("fragments_sent") >= 4, "{}", initiator.text);
}
