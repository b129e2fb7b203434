//! Proposals and transforms of an SA payload have the names of the values they stand for.

use ikev2::proposal::{Proposal, emit_offer, notation::strongswan};
use ikev2::registry::SecurityProtocol;
use ikev2::transform::Transform;
use ikev2::wire::Sa;

/// Two proposals of known transforms, and one with a type, a private id and a length that nothing names.
fn proposals() -> Vec<Proposal> {
    let plain = "aes128-3des-prfsha256-prfaescmac-sha256-aesxcbc-modp2048";
    let aead = "aes256gcm16-prfsha384-x25519-ke1_mlkem768-ke1_none";
    let mut proposals = strongswan::parse_ike(&format!("{plain},{aead}")).unwrap();
    proposals.push(Proposal::new(SecurityProtocol::ESP, [Transform::new(200.into(), 7), Transform::encr_bits(65_000.into(), 96)]));
    proposals
}

#[test]
fn octets_and_values_have_the_same_names() {
    for proposal in proposals() {
        let spi: &[u8] = if proposal.protocol == SecurityProtocol::IKE { &[] } else { &[1; 4] };
        let octets = emit_offer(std::slice::from_ref(&proposal), spi).unwrap();
        let read = Sa::parse(&octets).unwrap().proposals().next().unwrap();
        assert_eq!(read.to_string(), format!("proposal 1, {proposal}"));
        let values: Vec<_> = proposal.transforms.iter().map(Transform::to_string).collect();
        assert_eq!(read.transforms().map(|transform| transform.to_string()).collect::<Vec<_>>(), values);
        assert_eq!(read.transforms().map(|transform| transform.typed().to_string()).collect::<Vec<_>>(), values);
    }
}

#[test]
fn names_are_those_that_stacks_print() {
    let shown = proposals().iter().map(ToString::to_string).collect::<Vec<_>>();
    assert!(shown[0].starts_with("IKE: AES_CBC_128, 3DES, ") && shown[0].ends_with(", MODP_2048 (group 14)"), "{}", shown[0]);
    let aead = "IKE: AES_GCM_16_256, PRF_HMAC_SHA2_384, CURVE25519 (group 31), ADDKE1 ML_KEM_768 (36), ADDKE1 NONE";
    assert_eq!(shown[1..], [aead, "ESP: type 200 id 7, ENCR 65000_96"]);
}
