//! Each class once, with the words an administrator reads, and controls.

use super::{lint_offer, lint_policy};
use crate::proposal::notation::libreswan::{self, Release};
use crate::proposal::notation::strongswan;
use crate::proposal::{Dialect, NegotiationContext, Policy, Proposal, emit_offer};
use crate::registry::{Encr, Integ, SecurityProtocol, SequenceNumbers};
use crate::transform::Transform;
use alloc::string::{String, ToString};
use alloc::vec::Vec;

fn ike(text: &str) -> Vec<Proposal> {
    strongswan::parse_ike(text).unwrap()
}

fn of_policy(context: NegotiationContext, dialect: Dialect, proposals: Vec<Proposal>) -> Vec<String> {
    let policy = Policy::new(dialect, proposals).unwrap();
    lint_policy(context, &policy).iter().map(ToString::to_string).collect()
}

#[test]
fn forbidden_and_weak_algorithms_are_told_once_with_every_proposal() {
    let lints = of_policy(NegotiationContext::IkeSaInit, Dialect::Rfc, ike("aes128-md5-modp768,aes256-md5-modp1024"));
    assert_eq!(
        lints,
        [
            "forbidden: HMAC_MD5_96 in this side's proposals 1 and 2: RFC 8247 says MUST NOT",
            "forbidden: PRF_HMAC_MD5 in this side's proposals 1 and 2: RFC 8247 says MUST NOT",
            "forbidden: MODP_768 (group 1) in this side's proposal 1: RFC 8247 says MUST NOT",
            "weak: MODP_1024 (group 2) in this side's proposal 2: RFC 8247 says SHOULD NOT",
        ]
    );
    assert!(of_policy(NegotiationContext::IkeSaInit, Dialect::StrongSwan5, ike("aes256gcm16-prfsha384-ecp384")).is_empty());
    assert!(of_policy(NegotiationContext::IkeSaInit, Dialect::Rfc, ike("aes256-sha256-modp3072")).is_empty());
}

#[test]
fn null_encryption_is_forbidden_for_ike_and_allowed_for_esp() {
    let offer = emit_offer(&ike("null-sha256-modp2048"), &[]).unwrap();
    let lints = lint_offer(&offer, NegotiationContext::IkeSaInit, Dialect::Rfc);
    assert_eq!(lints[0].to_string(), "forbidden: NULL in the peer's proposal 1: RFC 7296 says MUST NOT");
    let esp = strongswan::parse_esp("null-sha256").unwrap();
    assert!(of_policy(NegotiationContext::IkeAuth, Dialect::Rfc, esp).is_empty());
}

#[test]
fn encryption_without_integrity_is_forbidden() {
    let cbc = Transform::encr_bits(Encr::ENCR_AES_CBC, 256);
    let sn = Transform::sn(SequenceNumbers::SEQUENTIAL_32);
    let none = Transform::integ(Integ::NONE);
    let sha = Transform::integ(Integ::AUTH_HMAC_SHA2_256_128);
    let gcm = Transform::encr_bits(Encr::ENCR_AES_GCM_16, 256);
    let lints = |transforms: &[Transform]| {
        of_policy(NegotiationContext::IkeAuth, Dialect::Rfc, Vec::from([Proposal::new(SecurityProtocol::ESP, transforms)]))
    };
    let told = "forbidden: AES_CBC_256 without integrity in this side's proposal 1: RFC 8221 section 4 says MUST NOT";
    assert_eq!(lints(&[cbc, sn]), [told]);
    assert_eq!(lints(&[cbc, none, sn]), [told]);
    assert_eq!(lints(&[cbc, sha, none, sn]), [told]);
    assert!(lints(&[cbc, sha, sn]).is_empty());
    assert!(lints(&[gcm, none, sn]).is_empty());
    assert!(lints(&[gcm, sn]).is_empty());
}

#[test]
fn what_a_build_lacks_is_told() {
    let proposals = |text: &str| libreswan::parse_ike(text, Release::V4).unwrap();
    let lints = of_policy(NegotiationContext::IkeSaInit, Dialect::Libreswan4, proposals("aes256-sha2;dh22+dh14"));
    let told = "not in this build: MODP_1024_160 (group 22) in this side's proposal 1: the usual builds of libreswan 4.10 do not have it";
    assert!(lints.iter().any(|lint| lint.starts_with(told)), "{lints:?}");
    let lints = of_policy(NegotiationContext::IkeSaInit, Dialect::Libreswan4, proposals("aes256-sha2;modp1536"));
    assert!(lints.iter().all(|lint| !lint.starts_with("not in this build")), "{lints:?}");
}

#[test]
fn libreswan_loads_one_esp_group_or_none() {
    let child = NegotiationContext::CreateChildSa;
    let lints = |dialect, text: &str| {
        let all = of_policy(child, dialect, strongswan::parse_esp(text).unwrap());
        all.into_iter().filter(|lint| lint.starts_with("refused by the daemon: ")).count()
    };
    for dialect in [Dialect::Libreswan4, Dialect::Libreswan5] {
        assert_eq!(lints(dialect, "aes256-sha256-modp2048,aes256-sha256-modp3072"), 1);
        assert_eq!(lints(dialect, "aes256-sha256-modp2048,aes128-sha256"), 1);
        assert_eq!(lints(dialect, "aes256-sha256-modp2048,aes128-sha256-modp2048"), 0);
        assert_eq!(lints(dialect, "aes256-sha256,aes128-sha256"), 0);
    }
    assert_eq!(lints(Dialect::StrongSwan6, "aes256-sha256-modp2048,aes128-sha256"), 0);
}

#[test]
fn the_offer_of_a_stranger_is_read_without_a_word_of_it_believed() {
    for octets in [&[][..], &[0; 3], &[0, 0, 255, 255, 1, 1, 0, 255], &[2, 0, 0, 8, 1, 1, 0, 0]] {
        for dialect in Dialect::ALL {
            assert!(lint_offer(octets, NegotiationContext::IkeSaInit, dialect).is_empty());
        }
    }
}
