//! Texts as people paste them, what is written, and what is refused.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::arithmetic_side_effects,
    clippy::string_slice,
    reason = "a test fails by panicking"
)]

use crate::proposal::notation;
use crate::proposal::notation::testing::{fault, groups, hostile, part, settings, short, there_and_back, told};
use crate::proposal::notation::{Hint, Notation};
use crate::registry::{Encr, Integ, SecurityProtocol};
use crate::transform::Transform;
use alloc::vec;

const IOS: Notation = Notation::CiscoIos;

const FLEX: &str = "!
crypto ikev2 proposal OLD
 encryption 3des
 integrity sha1
 group 2
crypto ikev2 proposal GCM
 encryption aes-gcm-256 aes-gcm-128
 prf sha384 sha256
 group 20 19
crypto ikev2 proposal CBC
 encryption aes-cbc-256
 integrity sha512
 prf sha384
 group 14
!
crypto ikev2 policy POL
 match fvrf any
 proposal GCM
 proposal CBC
!
crypto ikev2 profile PROF
 match identity remote fqdn hub.example.com
 lifetime 43200
 authentication remote rsa-sig
!
crypto ikev2 fragmentation mtu 1300
!
crypto isakmp policy 10
 encryption aes
 group 2
!
crypto ipsec security-association lifetime kilobytes 4608000
crypto ipsec transform-set A esp-gcm 256
 mode transport
crypto ipsec transform-set B esp-aes esp-sha-hmac
crypto ipsec transform-set C esp-3des esp-md5-hmac
crypto ipsec transform-set L ah-sha256-hmac comp-lzs
!
crypto ipsec profile IPSEC
 set transform-set B A L
 set pfs group20
 set security-association lifetime seconds 1800
 set ikev2-profile PROF
!
crypto map CM 10 ipsec-isakmp
 set peer 192.0.2.9
 set transform-set C
 match address 100
!
interface Tunnel0
 tunnel protection ipsec profile IPSEC
";

#[test]
fn a_router_with_several_of_each() {
    let read = settings(FLEX, IOS);
    assert_eq!(short(&read.ike), ["aes256gcm16-aes128gcm16-prfsha384-prfsha256-ecp384-ecp256", "aes256-sha512-prfsha384-modp2048"]);
    assert_eq!(part(FLEX, read.ike[1].span).lines().count(), 5);
    assert_eq!(short(&read.esp)[..2], ["aes128-sha1-ecp384", "aes256gcm16-ecp384"]);
    let ah = &read.esp[2].value;
    assert_eq!((ah.protocol, ah.transforms[0]), (SecurityProtocol::AH, Transform::integ(Integ::AUTH_HMAC_SHA2_256_128)));
    assert_eq!(part(FLEX, read.esp[0].span), "crypto ipsec transform-set B esp-aes esp-sha-hmac");
    assert_eq!((groups(&read), read.esp_lifetime.unwrap().value, read.ike_lifetime.unwrap().value), (Some(vec![20]), 1800, 43200));
    assert_eq!(read.esp_octets.unwrap().value, 4_608_000 * 1024);
    assert_eq!(read.remote_identity.as_ref().unwrap().value, "hub.example.com");
    assert!(read.fragmentation.unwrap().value);
    for words in ["proposal OLD is in no policy", "transform set C", "entry CM 10", "comp-lzs", "IKEv1 as well"] {
        assert!(told(&read, words), "{words}: {:?}", read.remarks);
    }
}

#[test]
fn typed_at_the_prompt() {
    let text = "R1(config)#crypto ikev2 proposal P\nR1(config-ikev2-proposal)#encryption aes-cbc-128\nR1(config-ikev2-proposal)#integrity sha1\n\
        R1(config-ikev2-proposal)#group 5\nR1(config-ikev2-proposal)#exit\nR1(config)#crypto ipsec transform-set T esp-gmac 192\n\
        R1(cfg-crypto-trans)#exit\nR1(config)#crypto map M 1 ipsec-isakmp\nR1(config-crypto-map)#set transform-set T\nR1(config-crypto-map)#set pfs\n";
    let read = settings(text, IOS);
    assert_eq!(short(&read.ike), ["aes128-sha1-modp1536"]);
    assert_eq!(read.esp[0].value.transforms[0], Transform::encr_bits(Encr::ENCR_NULL_AUTH_AES_GMAC, 192));
    assert_eq!(groups(&read), Some(vec![1]));
    let text = " encryption aes-cbc-256\n integrity sha384\n group 19\n";
    assert_eq!(short(&settings(text, IOS).ike), ["aes256-sha384-ecp256"]);
}

#[test]
fn smart_defaults() {
    let text = "crypto ikev2 keyring K\n peer A\ncrypto ikev2 profile default\n match identity remote address 192.0.2.1\n\ncrypto ipsec profile default\n set ikev2-profile default\n";
    let read = settings(text, IOS);
    assert_eq!(short(&read.ike), ["aes256-sha512-sha384-ecp256-modp2048-ecp521-modp1536"]);
    assert_eq!(short(&read.esp), ["aes128-sha1"]);
    assert!(read.ike[0].span.is_none() && told(&read, "IOS takes its default"));
    assert_eq!(read.remote_identity.unwrap().value, "192.0.2.1");
}

#[test]
fn shown_proposals() {
    let text = "vEDGE01#sh crypto ikev2 proposal
 IKEv2 proposal: default
     Encryption : AES-CBC-256
     Integrity  : SHA512 SHA384
     PRF        : SHA512 SHA384
     DH Group   : DH_GROUP_256_ECP/Group 19 DH_GROUP_2048_MODP/Group 14 DH_GROUP_521_ECP/Group 21 DH_GROUP_1536_MODP/Group 5
 IKEv2 proposal: ikev2_proposal
     Encryption : AES-CBC-128 AES-CBC-192
     Integrity  : SHA96 MD596
     PRF        : SHA1 MD5
     DH Group   : DH_GROUP_2048_MODP/Group 14
                  DH_GROUP_384_ECP/Group 20
     PQC        : ML-KEM-768 ML-KEM-1024 Optional
vEDGE01#";
    let read = settings(text, IOS);
    assert_eq!(short(&read.ike), ["aes128-aes192-sha1-md5-modp2048-ecp384-ke1_mlkem768-ke1_mlkem1024-ke1_none"]);
    let only = text.split(" IKEv2 proposal: ikev2_proposal").next().unwrap();
    assert_eq!(short(&settings(only, IOS).ike), ["aes256-sha512-sha384-ecp256-modp2048-ecp521-modp1536"]);
}

#[test]
fn shown_and_debugged_sas() {
    let text = "R1#show crypto ikev2 sa detailed\nTunnel-id Local Remote fvrf/ivrf Status\n1 10.0.0.1/500 10.0.0.2/500 none/none READY\n      \
        Encr: AES-CBC, keysize: 256, PRF: SHA512, Hash: SHA512, DH Grp:19, Auth sign: PSK, Auth verify: PSK\n      Life/Active Time: 86400/115 sec\n";
    let read = settings(text, IOS);
    assert_eq!((short(&read.ike), read.ike_lifetime.unwrap().value), (vec!["aes256-sha512-ecp256".into()], 86400));
    assert!(told(&read, "what an IKE SA negotiated"));
    let text = "*Nov 11 20:28:34.003: IKEv2:(SA ID = 1):Received Policies:\n: Proposal 1:  AES-CBC-256 SHA1 SHA96 DH_GROUP_1024_MODP/Group 2\n\
        : Proposal 2:  AES-GCM-256 SHA384 DH_GROUP_384_ECP/Group 20\n\n*Nov 11 20:28:34.003: IKEv2:(SA ID = 1):Expected Policies:\n\
        : Proposal 1:  AES-CBC-256 SHA512 SHA512 DH_GROUP_256_ECP/Group 19\n";
    let read = settings(text, IOS);
    assert_eq!(short(&read.ike), ["aes256-sha1-modp1024", "aes256gcm16-prfsha384-ecp384"]);
    assert!(told(&read, "further proposals"));
    let text = "*Nov 11: IKEv2:(SA ID = 1):Next payload: KE, version: 2.0\n  Proposal: 1, Protocol id: IKE, SPI size: 0, #trans: 4\n   \
        AES-CBC   SHA256   SHA384   DH_GROUP_2048_MODP/Group 14\nIKEv2:ESP Proposal: 1, SPI size: 4 (IPSec negotiation), Num. transforms: 3\n   \
        AES-GCM-256   Don't use ESN\n";
    let read = settings(text, IOS);
    assert_eq!(short(&read.ike), ["aes256-aes192-aes128-sha384-prfsha256-modp2048"]);
    assert_eq!(short(&read.esp), ["aes256gcm16"]);
    assert!(told(&read, "no key length for proposal 1"));
    let text = "  Proposal: 1, Protocol id: IKE, SPI size: 0, #trans: 4    last transform: 0x3, reserved: 0x0: length: 8\n    type: 1, reserved: 0x0, id: 3DES\n    \
        last transform: 0x3, reserved: 0x0: length: 8\n    type: 2, reserved: 0x0, id: SHA1\n    type: 3, reserved: 0x0, id: SHA96\n    \
        type: 4, reserved: 0x0, id: DH_GROUP_1024_MODP/Group 2\n";
    assert_eq!(short(&settings(text, IOS).ike), ["3des-sha1-modp1024"]);
}

#[test]
fn misspelt_words_are_pointed_at() {
    let refused = |text: &'static str, token: &str, message: &str| {
        let (found, said) = fault(text, IOS);
        assert!(found == token && said.contains(message), "{found}: {said}");
    };
    refused("crypto ikev2 proposal P\n encryption aes-cbc-265\n", "aes-cbc-265", "did you mean aes-cbc-256?");
    refused("crypto ikev2 proposal P\n encryption aes-cbc-256\n integrity sha265\n", "sha265", "did you mean sha256?");
    refused("crypto ikev2 proposal P\n encryption aes-cbc-256\n integrity sha256\n group 25\n", "25", "a group of IOS");
    refused("crypto ipsec transform-set T esp-ase 256 esp-sha-hmac\n", "esp-ase", "did you mean esp-aes?");
    refused("crypto ipsec transform-set T esp-aes 512 esp-sha-hmac\n", "512", "does not come with that key length");
    refused(
        "crypto ikev2 proposal P\n encryption aes-gcm-256\n group 19\n",
        "crypto ikev2 proposal P\n encryption aes-gcm-256\n group 19",
        "without pseudorandom",
    );
    refused(
        "crypto ikev2 proposal P\n encryption aes-cbc-256\n group 19",
        "crypto ikev2 proposal P\n encryption aes-cbc-256\n group 19",
        "without integrity",
    );
}

#[test]
fn what_is_written() {
    let text = "crypto ikev2 proposal PROPOSAL-1\n encryption aes-cbc-256\n integrity sha256\n group 14 19\n!\ncrypto ikev2 policy POLICY\n proposal PROPOSAL-1\n!\n\
        crypto ipsec transform-set SET-1 esp-aes 256 esp-sha256-hmac\n mode tunnel\n!\ncrypto ipsec profile IPSEC\n set transform-set SET-1\n set pfs group19\n!\n";
    let written = notation::write(&settings(text, IOS), IOS).unwrap();
    assert_eq!((written.text.as_str(), written.remarks.len()), (text, 0));
    let mut two = settings(text, IOS);
    two.ike = notation::strongswan::parse_ike("chacha20poly1305-prfsha256-x25519,aes256-sha256-x25519-x448")
        .unwrap()
        .into_iter()
        .map(notation::Stated::assumed)
        .collect();
    let written = notation::write(&two, IOS).unwrap();
    assert!(written.text.contains(" group 31\n"), "{}", written.text);
    assert_eq!(written.remarks.len(), 3, "{:?}", written.remarks);
    there_and_back(IOS);
}

#[test]
fn nothing_makes_it_panic() {
    let shown = "IKEv2 proposal: P\n Encryption : AES-CBC-128\n Integrity : SHA96\n PRF : SHA1\n DH Group : DH_GROUP_2048_MODP/Group 14\n";
    let debug =
        ": Proposal 1:  AES-CBC SHA1 SHA96 DH_GROUP_1024_MODP/Group 2\nEncr: AES-CBC, keysize: 256, PRF: SHA512, Hash: SHA512, DH Grp:19\n";
    hostile(&[FLEX, shown, debug], IOS);
    let _ = notation::read("", Hint { notation: Some(IOS), ..Hint::default() });
}
