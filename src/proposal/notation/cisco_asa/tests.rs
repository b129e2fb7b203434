//! Texts as people paste them, and what is refused.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::arithmetic_side_effects,
    clippy::string_slice,
    reason = "a test fails by panicking"
)]

use crate::proposal::notation::testing::{fault, groups, hostile, part, settings, short, told};
use crate::proposal::notation::{Notation, Unwritable, emit};
use crate::registry::{Encr, TransformType};
use alloc::vec;

const ASA: Notation = Notation::CiscoAsa;

const SITE: &str = "ASA1# show run crypto
crypto ipsec ikev1 transform-set ESP-3DES esp-3des esp-md5-hmac
crypto ipsec ikev2 ipsec-proposal OLD
 protocol esp encryption des
 protocol esp integrity md5
crypto ipsec ikev2 ipsec-proposal GCM
 protocol esp encryption aes-gcm-256 aes-gcm
 protocol esp integrity null
crypto ipsec ikev2 ipsec-proposal CBC
 protocol esp encryption aes-256 3des
 protocol esp integrity sha-512 sha-1
crypto ipsec security-association lifetime seconds 28800
crypto map OUT 1 match address ACL
crypto map OUT 1 set pfs group21
crypto map OUT 1 set peer 192.0.2.1
crypto map OUT 1 set ikev2 ipsec-proposal GCM CBC
crypto map OUT 1 set security-association lifetime kilobytes unlimited
crypto map OUT 2 set ikev2 ipsec-proposal OLD
crypto map OUT interface outside
crypto ikev2 policy 20
 encryption aes-gcm-256
 integrity null
 group 21 20
 prf sha512 sha384
 lifetime seconds none
crypto ikev2 policy 3
 encryption aes-256
 integrity sha512
 group 24
 lifetime seconds 43200
crypto ikev2 enable outside
";

#[test]
fn a_site_with_two_map_entries() {
    let read = settings(SITE, ASA);
    assert_eq!(short(&read.ike), ["aes256-sha512-prfsha1-modp2048s256", "aes256gcm16-prfsha512-prfsha384-ecp521-ecp384"]);
    assert_eq!(short(&read.esp), ["aes256gcm16-aes128gcm16-ecp521", "aes256-3des-sha512-sha1-ecp521"]);
    assert!(part(SITE, read.esp[0].span).starts_with("crypto ipsec ikev2 ipsec-proposal GCM"));
    assert!(part(SITE, read.ike[0].span).ends_with("lifetime seconds 43200"));
    assert_eq!((read.ike_lifetime.unwrap().value, read.esp_lifetime.unwrap().value, read.esp_octets), (43200, 28800, None));
    for words in ["entry or IPsec profile OUT 2", "IPsec proposal OLD", "IKEv1", "policy 3 has no prf line"] {
        assert!(told(&read, words), "{words}: {:?}", read.remarks);
    }
    assert_eq!(emit(&read, ASA), Err(Unwritable::ReadOnly));
}

#[test]
fn a_tunnel_interface_at_the_prompt() {
    let text = "ciscoasa(config)# crypto ikev2 policy 1\nciscoasa(config-ikev2-policy)# encryption aes-192\nciscoasa(config-ikev2-policy)# integrity sha256\n\
        ciscoasa(config-ikev2-policy)# prf sha256\nciscoasa(config)# crypto ipsec ikev2 ipsec-proposal P\nciscoasa(config-ipsec-proposal)# protocol esp encryption aes-gmac-256\n\
        ciscoasa(config)# crypto ipsec profile PROFILE\nciscoasa(config-ipsec-profile)# set ikev2 ipsec-proposal P\nciscoasa(config-ipsec-profile)# set pfs group14\n\
        ciscoasa(config-ipsec-profile)# set security-association lifetime seconds 1200\n";
    let read = settings(text, ASA);
    assert_eq!(short(&read.ike), ["aes192-sha256-modp2048"]);
    let gmac = read.esp[0].value.of_type(TransformType::ENCR).next().unwrap();
    assert_eq!((Encr(gmac.id.0), gmac.key_bits, groups(&read)), (Encr::ENCR_NULL_AUTH_AES_GMAC, Some(256), Some(vec![14])));
    assert_eq!(read.esp_lifetime.unwrap().value, 1200);
    assert!(told(&read, "group 14 then, and group 2 before"));
}

#[test]
fn output() {
    let text = "ASA1# sh crypto ikev2 sa\nIKEv2 SAs:\nSession-id:1, Status:UP-ACTIVE, IKE count:1, CHILD count:1\n      \
        Encr: AES-CBC, keysize: 256, Hash: SHA96, DH Grp:5, Auth sign: PSK, Auth verify: PSK\n      Life/Active Time: 86400/20 sec\n";
    assert_eq!(short(&settings(text, ASA).ike), ["aes256-sha1-modp1536"]);
    let text = "IKEv2-PROTO-3: (16): Insert SA\n  last proposal: 0x2, reserved: 0x0, length: 52\n  Proposal: 1, Protocol id: IKE, SPI size: 0, #trans: 4\n    \
        last transform: 0x3, reserved: 0x0: length: 12\n    type: 1, reserved: 0x0, id: AES-CBC-256\n    type: 2, reserved: 0x0, id: SHA1\n    \
        type: 3, reserved: 0x0, id: SHA96\n    type: 4, reserved: 0x0, id: DH_GROUP_1536_MODP/Group 5\n  last proposal: 0x0, reserved: 0x0, length: 52\n  \
        Proposal: 2, Protocol id: IKE, SPI size: 0, #trans: 4\n    type: 1, reserved: 0x0, id: 3DES\n    type: 2, reserved: 0x0, id: MD5\n    \
        type: 3, reserved: 0x0, id: MD596\n    type: 4, reserved: 0x0, id: DH_GROUP_1024_MODP/Group 2\n";
    assert_eq!(short(&settings(text, ASA).ike), ["aes256-sha1-modp1536", "3des-md5-modp1024"]);
}

#[test]
fn misspelt_words_are_pointed_at() {
    let refused = |text: &'static str, token: &str, message: &str| {
        let (found, said) = fault(text, ASA);
        assert!(found == token && said.contains(message), "{found}: {said}");
    };
    refused("crypto ikev2 policy 1\n encryption aes-265\n", "aes-265", "did you mean aes-256?");
    refused("crypto ikev2 policy 1\n encryption aes\n integrity sha-256\n", "sha-256", "did you mean sha256?");
    refused(
        "crypto ipsec ikev2 ipsec-proposal P\n protocol esp encryption aes\n protocol esp integrity sha256\n",
        "sha256",
        "did you mean sha-256?",
    );
    refused("crypto ikev2 policy 1\n encryption aes\n group 13\n", "13", "a group of the ASA");
    refused("crypto ikev2 policy 1\n group 14\n", "crypto ikev2 policy 1\n group 14", "IKE proposal without encryption");
    refused(
        "crypto ipsec ikev2 ipsec-proposal P\n protocol esp integrity sha-1\n",
        "crypto ipsec ikev2 ipsec-proposal P\n protocol esp integrity sha-1",
        "without encryption",
    );
}

#[test]
fn nothing_makes_it_panic() {
    hostile(&[SITE], ASA);
}
