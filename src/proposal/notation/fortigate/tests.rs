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

use crate::proposal::notation::testing::{fault, groups, hostile, part, settings, short, there_and_back, told};
use crate::proposal::notation::{Hint, Notation, NotationErrorKind, read};
use crate::proposal::{NegotiationContext, notation};
use crate::registry::TransformType;
use alloc::string::String;
use alloc::vec;
use alloc::vec::Vec;

const FORTI: Notation = Notation::FortiGate;

const SITE: &str = r#"Hi all, tunnel to Azure does not come up, config below:

FGT60F # show vpn ipsec phase1-interface
config vpn ipsec phase1-interface
    edit "azure"
        set interface "wan1"
        set ike-version 2
        set keylife 28800
        set peertype one
        set proposal aes256-sha1 3des-sha1 aes256gcm-prfsha384 chacha20poly1305-prfsha256
        set localid "fgt.example.com"
        set dhgrp 2 20
        set fragmentation disable
        config ipv4-exclude-range
            edit 1
                set start-ip 10.0.0.1
            next
        end
        set peerid "azure.example.com"
        set psksecret ENC AAAA
    next
    edit "other"
        set proposal des-md5
    next
end
config vpn ipsec phase2-interface
    edit "p2-other"
        set phase1name "other"
        set proposal des-md5
    next
    edit "p2"
        set phase1name "azure"
        set proposal aes256-sha1 null-sha256 aes128-null aes256gcm
        set pfs disable
        set keylifeseconds 27000
        set keylifekbs 102400000
    next
end
config firewall policy
    edit 1
        set name "proposal"
    next
end
"#;

#[test]
fn a_site_with_two_tunnels() {
    let read = settings(SITE, FORTI);
    assert_eq!(
        short(&read.ike),
        [
            "aes256-sha1-modp1024-ecp384",
            "3des-sha1-modp1024-ecp384",
            "aes256gcm16-prfsha384-modp1024-ecp384",
            "chacha20poly1305-prfsha256-modp1024-ecp384"
        ]
    );
    assert_eq!(part(SITE, read.ike[2].span), "aes256gcm-prfsha384");
    assert_eq!(short(&read.esp)[..2], ["aes256-sha1", "null-sha256"]);
    assert_eq!(read.esp[2].value.of_type(TransformType::INTEG).count(), 0);
    assert_eq!((read.esp.len(), groups(&read)), (4, Some(vec![])));
    assert_eq!(part(SITE, read.pfs.as_ref().unwrap().span), "disable");
    assert_eq!(read.ike_lifetime.unwrap().value, 28800);
    assert_eq!(read.esp_lifetime.unwrap().value, 27000);
    assert_eq!(read.esp_octets, None);
    assert!(!read.fragmentation.unwrap().value);
    assert_eq!(read.remote_identity.as_ref().unwrap().value, "azure.example.com");
    for words in ["phase 1 entry other", "phase 2 entry p2-other", "keylifekbs does not count", "fgt.example.com"] {
        assert!(told(&read, words), "{words}: {:?}", read.remarks);
    }
}

#[test]
fn lines_without_a_block() {
    let text = "FGT (hq) # set proposal aes128gcm aes256-sha512\nFGT (hq) # set dhgrp 19\n";
    let read_it = settings(text, FORTI);
    assert_eq!((short(&read_it.ike), short(&read_it.esp)), (vec![], vec!["aes128gcm16-ecp256".into(), "aes256-sha512-ecp256".into()]));
    let text = "set proposal aes256-sha256\nset dhgrp 20 21\nset phase1name hq\nset proposal aes256-sha512\nset pfs enable\nset dhgrp 15";
    let read_it = settings(text, FORTI);
    assert_eq!(short(&read_it.ike), ["aes256-sha256-ecp384-ecp521"]);
    assert_eq!(short(&read_it.esp), ["aes256-sha512-modp3072"]);
    let text = "set proposal aes256-sha256";
    let child = Hint { context: Some(NegotiationContext::CreateChildSa), ..Hint::default() };
    assert_eq!(short(&settings(text, FORTI).ike), ["aes256-sha256-modp2048-modp1536"]);
    assert_eq!(short(&read(text, child).unwrap().esp), ["aes256-sha256-modp2048-modp1536"]);
    assert!(told(&settings(text, FORTI), "14 and 5"));
}

#[test]
fn a_page_that_lost_its_line_ends() {
    let text = "Phase1: config vpn ipsec phase1-interface edit \"ipsec\" set interface \"port1\" set ike-version 2 set proposal aes128-sha256 set \
        comments \"VPN: set by wizard\" set dhgrp 14 next end config vpn ipsec phase2-interface edit \"ipsec\" set phase1name \"ipsec\" set \
        proposal aes128-sha256 set dhgrp 19 next end";
    let read = settings(text, FORTI);
    assert_eq!((short(&read.ike), short(&read.esp)), (vec!["aes128-sha256-modp2048".into()], vec!["aes128-sha256-ecp256".into()]));
}

#[test]
fn defaults_stand_where_a_line_is_not() {
    let text = "config vpn ipsec phase1\nedit a\nset remote-gw 192.0.2.1\nnext\nend\nconfig vpn ipsec phase2\nedit b\nset phase1name a\nset esn require\nend";
    let read = settings(text, FORTI);
    assert_eq!((read.ike.len(), read.esp.len(), groups(&read)), (5, 7, Some(vec![14, 5])));
    assert_eq!(short(&read.ike)[4], "chacha20poly1305-prfsha256-modp2048-modp1536");
    assert!(read.ike.iter().chain(&read.esp).all(|proposal| proposal.span.is_none()));
    assert!(told(&read, "FortiOS takes IKEv1") && told(&read, "aes128-sha1 aes256-sha1"));
    let text = "config vpn ipsec phase1-interface\nedit a\nset ike-version 2\nset esn allow\nset proposal aria128-sha256 aes128-sha256\nset dhgrp 31\nset addke1 36 37\nnext\nend\n\
        config vpn ipsec phase2-interface\nedit b\nset phase1name a\nset proposal aes128gcm\nset dhgrp 31\nset keylife-type both\nset keylifekbs 2\nset keylifeseconds 9\nnext\nend";
    let read = settings(text, FORTI);
    assert_eq!(short(&read.ike), ["aes128-sha256-x25519-ke1_mlkem768-ke1_mlkem1024"]);
    assert_eq!(short(&read.esp), ["aes128gcm16-x25519-esn-noesn"]);
    assert_eq!((read.esp_octets.unwrap().value, read.esp_lifetime.unwrap().value), (2048, 9));
    assert!(told(&read, "aria128-sha256 is for IKEv1"));
}

const CHILD: &str = "2024-05-02 10:11:12.1 ike V=root:0:hq:94: my proposal, gw hq:
ike V=root:0:hq:94: proposal id = 1:
ike V=root:0:hq:94:   protocol = IKEv2:
ike V=root:0:hq:94:      encapsulation = IKEv2/none
ike V=root:0:hq:94:         type=ENCR, val=AES_GCM_16 (key_len = 256)
ike V=root:0:hq:94:         type=PRF, val=PRF_HMAC_SHA2_384
ike V=root:0:hq:94:         type=DH_GROUP, val=ECP384.
ike V=root:0:hq:94:         type=DH_GROUP, val=CURVE25519.
ike V=root:0:hq:94: incoming proposal:
ike V=root:0:hq:94: proposal id = 1:
ike V=root:0:hq:94:   protocol = IKEv2:
ike V=root:0:hq:94:         type=ENCR, val=3DES_CBC
ike V=root:0:hq:94:         type=INTEGR, val=AUTH_HMAC_MD5_96
ike V=root:0:hq:94:         type=PRF, val=PRF_HMAC_MD5
ike V=root:0:hq:94:         type=DH_GROUP, val=MODP1024.
ike V=root:0:hq:94:8: incoming child SA proposal:
ike V=root:0:hq:94:8: proposal id = 1:
ike V=root:0:hq:94:8:   protocol = ESP:
ike V=root:0:hq:94:8:      encapsulation = TUNNEL
ike V=root:0:hq:94:8:         type=ENCR, val=CHACHA20_POLY1305 (key_len = 256)
ike V=root:0:hq:94:8:         type=ENCR, val=SECRET_17
ike V=root:0:hq:94:8:         type=INTEGR, val=NULL
ike V=root:0:hq:94:8:         type=ESN, val=YES
ike V=root:0:hq:94:8:         PFS is disabled
ike V=root:0:hq:94:8: proposal id = 2:
ike V=root:0:hq:94:8:   protocol = ESP:
ike V=root:0:hq:94:8:         type=ENCR, val=AES_CBC (key_len = 256)
ike V=root:0:hq:94:8:         type=INTEGR, val=SHA256
ike V=root:0:hq:94:8:         type=ESN, val=NO
ike V=root:0:hq:94:8: matched proposal id 1
ike V=root:0:hq:94:8: proposal id = 1:
ike V=root:0:hq:94:8:   protocol = ESP:
ike V=root:0:hq:94:8:         type=ENCR, val=AES_CBC (key_len = 128)
";

#[test]
fn debug_output_of_both_sides() {
    let read = settings(CHILD, FORTI);
    assert_eq!(short(&read.ike), ["aes256gcm16-prfsha384-ecp384-x25519"]);
    assert_eq!(short(&read.esp), ["chacha20poly1305-esn", "aes256-sha256"]);
    assert_eq!(groups(&read), Some(vec![]));
    assert!(told(&read, "read is what this FortiGate has (my proposal)") && told(&read, "SECRET_17 is not known"));
    assert!(part(CHILD, read.esp[1].span).starts_with("proposal id = 2:") && part(CHILD, read.esp[1].span).ends_with("val=NO"));
    let v1 = "ike 0:a:1: incoming proposal:\nike 0:a:1: proposal id = 0:\nike 0:a:1:   trans_id = KEY_IKE.\nike 0:a:1:  type=OAKLEY_GROUP, val=MODP2048.";
    assert!(notation::read(v1, Hint::default()).is_err());
}

#[test]
fn misspelt_words_are_pointed_at() {
    let refused = |text: &'static str, token: &str, message: &str| {
        let (found, said) = fault(text, FORTI);
        assert!(found == token && said.contains(message), "{found}: {said}");
    };
    refused("set proposal aes256-sha265\n", "aes256-sha265", "did you mean aes256-sha256?");
    refused("set proposal aes256gcm-prfsha348\nset dhgrp 14", "aes256gcm-prfsha348", "did you mean aes256gcm-prfsha384?");
    refused("set proposal aes256-sha256\nset dhgrp 13", "13", "a group of FortiOS");
    refused("set proposal aes256-sha256\nset dhgrp 14,5", "14,5", "a group of FortiOS");
    refused("set interface wan1\nset proposal aes128gcm\nset dhgrp 14", "aes128gcm", "without pseudorandom function");
    refused("set phase1name a\nset proposal aes128gcm-prfsha256\n", "aes128gcm-prfsha256", "cannot be had for ESP");
    refused("config vpn ipsec phase1-interface\nend\n", "", "expected a proposal");
    let kind = read("set proposal null-sha1\nset interface a", Hint { notation: Some(FORTI), ..Hint::default() }).unwrap_err().error.kind;
    assert!(matches!(kind, NotationErrorKind::Protocol { .. }), "{kind}");
}

#[test]
fn what_is_written() {
    let back = notation::write(&settings(SITE, FORTI), FORTI).unwrap();
    assert_eq!(back.remarks, Vec::<String>::new());
    assert!(back.text.contains("set proposal aes256-sha1 null-sha256 aes128-null aes256gcm\n        set pfs disable\n"), "{}", back.text);
    let text = "aes256-aes128-sha256-sha512-modp2048,aes256gcm16-prfsha384-ecp384";
    let mut made = settings(SITE, FORTI);
    made.ike = notation::strongswan::parse_ike(text).unwrap().into_iter().map(notation::Stated::assumed).collect();
    let back = notation::write(&made, FORTI).unwrap();
    let words = "set proposal aes256-sha256 aes256-sha512 aes128-sha256 aes128-sha512 aes256gcm-prfsha384\n";
    assert!(back.text.contains(words) && back.text.contains("set dhgrp 14 20\n"), "{}", back.text);
    assert_eq!(back.remarks.len(), 2, "{:?}", back.remarks);
    there_and_back(FORTI);
}

#[test]
fn nothing_makes_it_panic() {
    hostile(&[SITE, CHILD], FORTI);
}
