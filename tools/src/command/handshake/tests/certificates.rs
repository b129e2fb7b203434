//! Signatures and chains. The certificates of `tests/data/handshake` were made with OpenSSL; a private key there guards nothing.

use super::pair::{Side, shake};

fn side(who: &str, family: &str, trusted: &str, more: &str) -> String {
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/../tests/data/handshake");
    let (own, peer) = if who == "server" { ("moon", "carol") } else { ("carol", "moon") };
    format!(
        "--id {own}.example.org --peer-id {peer}.example.org --cert {folder}/{family}-{who}.pem --key {folder}/{family}-{who}.key.pem \
         --ca {folder}/{trusted}-root.pem {more}"
    )
}

fn both(family: &str, responder: &str, initiator: &str) -> (Side, Side) {
    shake(&side("server", family, family, responder), &side("client", family, family, initiator))
}

#[test]
fn a_chain_of_rsa_4096_in_fragments() {
    for (mtu, fewest) in [(576, 9), (1280, 4)] {
        let (initiator, responder) = both("rsa4096", &format!("--mtu {mtu}"), &format!("--mtu {mtu} --signature pss"));
        initiator.is_established();
        responder.is_established();
        assert!(initiator.text.contains("by RSA PKCS#1 v1.5 with SHA2-256, certificate of CN=moon.example.org"), "{}", initiator.text);
        assert!(initiator.text.contains("below a trust anchor 3 up"), "{}", initiator.text);
        assert!(responder.text.contains("by RSASSA-PSS with SHA2-256"), "{}", responder.text);
        for side in [initiator, responder] {
            assert!(side.number("fragments_sent") >= fewest && side.number("fragments_received") >= fewest, "{}", side.text);
            assert!(side.number("largest_sent") <= mtu - 28, "{}", side.text);
        }
    }
}

#[test]
fn without_fragmentation_a_chain_is_one_large_datagram() {
    let (initiator, responder) = both("rsa4096", "", "--fragmentation off");
    initiator.is_established();
    responder.is_established();
    assert!(initiator.number("largest_sent") > 4000 && initiator.number("fragments_sent") == 0, "{}", initiator.text);
}

#[test]
fn curves_sign_as_well() {
    for (family, how) in [("p256", "by ECDSA with SHA2-256"), ("p384", "by ECDSA with SHA2-384"), ("ed25519", "by Ed25519")] {
        let (initiator, responder) = both(family, "", "--do rekey-ike,delete");
        initiator.is_established();
        responder.is_established();
        assert!(initiator.text.contains(how) && responder.text.contains(how), "{}", initiator.text);
    }
}

#[test]
fn an_anchor_that_is_not_theirs_is_not_enough() {
    let (initiator, responder) = shake(&side("server", "p256", "p256", ""), &side("client", "p256", "p384", ""));
    initiator.is(4, "protocol_error", "IKE_AUTH", None);
    assert!(initiator.text.contains("nobody vouches for CN=moon.example.org"), "{}", initiator.text);
    // The responder was content, and is told.
    responder.is(1, "refused", "INFORMATIONAL", Some("AUTHENTICATION_FAILED"));

    let (initiator, responder) = shake(&side("server", "p256", "ed25519", ""), &side("client", "p256", "p256", ""));
    initiator.is(1, "refused", "IKE_AUTH", Some("AUTHENTICATION_FAILED"));
    responder.is(4, "protocol_error", "IKE_AUTH", Some("AUTHENTICATION_FAILED"));
    assert!(responder.text.contains("nobody vouches for CN=carol.example.org"), "{}", responder.text);
}

#[test]
fn a_name_that_is_not_in_the_certificate_is_refused() {
    let impostor = side("server", "p256", "p256", "").replace("--id moon", "--id mars");
    let (initiator, _) = shake(&impostor, &side("client", "p256", "p256", ""));
    initiator.is(4, "protocol_error", "IKE_AUTH", None);
    let trusting = side("client", "p256", "p256", "").replace("--peer-id moon", "--peer-id mars");
    let (initiator, _) = shake(&impostor, &trusting);
    initiator.is(4, "protocol_error", "IKE_AUTH", None);
    assert!(initiator.text.contains("is not for mars.example.org"), "{}", initiator.text);
    let (initiator, responder) = shake(&impostor, &format!("{trusting} --any-cert"));
    initiator.is_established();
    responder.is_established();
}

#[test]
fn a_subject_is_an_identity() {
    let server = side("server", "ed25519", "ed25519", "").replace("--id moon.example.org", "");
    let client =
        side("client", "ed25519", "ed25519", "").replace("--peer-id moon.example.org", "--peer-id CN=moon.example.org,O=ikev2~tests,C=XX");
    let (initiator, responder) = shake(&server, &client);
    initiator.is_established();
    responder.is_established();
}
