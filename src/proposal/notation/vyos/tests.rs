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
use crate::proposal::notation::{Notation, Pfs, Unwritable, emit};
use alloc::vec;

const VYOS: Notation = Notation::Vyos;

const CURLY: &str = "vyos@vyos:~$ show configuration
vpn {
    ipsec {
        esp-group OTHER {
            proposal 1 {
                encryption 3des
            }
        }
        esp-group ESP {
            compression disable
            lifetime 1800
            life-bytes 1000000
            mode tunnel
            proposal 20 {
                encryption aes256
                hash sha512
            }
            proposal 3 {
                encryption aes128gcm128
                hash sha256
            }
        }
        ike-group IKE {
            key-exchange ikev1
            lifetime 3600
            proposal 10 {
                dh-group \"14\"
                encryption aes256gcm128
                hash sha384
            }
            proposal 9 {
                dh-group 31
                encryption chacha20poly1305
                prf prfsha256
            }
        }
        site-to-site {
            peer OFF {
                disable
                ike-group NONE
            }
            peer 192.0.2.1 {
                authentication {
                    mode pre-shared-secret
                    remote-id hq.example.com
                }
                ike-group IKE
                vti {
                    bind vti0
                    esp-group ESP
                }
            }
        }
    }
}
";

#[test]
fn with_braces() {
    let read = settings(CURLY, VYOS);
    assert_eq!(short(&read.ike), ["chacha20poly1305-prfsha256-x25519", "aes256gcm16-prfsha384-modp2048"]);
    assert_eq!(short(&read.esp), ["aes128gcm16", "aes256-sha512"]);
    assert_eq!((read.pfs.as_ref().unwrap().value.clone(), read.pfs.as_ref().unwrap().span), (Pfs::IkeGroup, None));
    assert_eq!(
        (read.ike_lifetime.unwrap().value, read.esp_lifetime.unwrap().value, read.esp_octets.unwrap().value),
        (3600, 1800, 1_000_000)
    );
    assert_eq!(read.remote_identity.as_ref().unwrap().value, "hq.example.com");
    assert!(told(&read, "ikev1") && told(&read, "ESP group OTHER"));
    assert!(part(CURLY, read.esp[1].span).starts_with("encryption aes256") && part(CURLY, read.esp[1].span).ends_with("sha512"));
    assert_eq!(emit(&read, VYOS), Err(Unwritable::ReadOnly));
}

#[test]
fn set_lines() {
    let text = "vyos@vyos# set vpn ipsec ike-group A proposal 1 dh-group '19'\nvyos@vyos# set vpn ipsec ike-group A proposal 1 encryption 'aes192ctr'\n\
        vyos@vyos# set vpn ipsec ike-group A proposal 1 hash 'aescmac'\nset vpn ipsec ike-group B proposal 1 encryption aes256\n\
        set vpn ipsec esp-group A pfs 'disable'\nset vpn ipsec esp-group A proposal 1 encryption null\nset vpn ipsec esp-group A proposal 1 hash md5\n\
        set vpn ipsec site-to-site peer x tunnel 0 esp-group A\nset vpn ipsec site-to-site peer x ike-group A\n";
    let read = settings(text, VYOS);
    assert_eq!((short(&read.ike), short(&read.esp)), (vec!["aes192ctr-aescmac-ecp256".into()], vec!["null-md5".into()]));
    assert_eq!(groups(&read), Some(vec![]));
    assert!(told(&read, "IKE group B"));
}

#[test]
fn defaults_stand_where_a_node_is_not() {
    let text = "ike-group IKE {\n  proposal 1 {\n  }\n  proposal 2 { encryption aes256 }\n}\nesp-group ESP { pfs dh-group20\n proposal 1 { hash sha256 }\n}\n";
    let read = settings(text, VYOS);
    assert_eq!(short(&read.ike), ["aes256-sha1-modp1024"]);
    assert_eq!((short(&read.esp), groups(&read)), (vec!["aes128-sha256-ecp384".into()], Some(vec![20])));
    for words in ["no dh-group", "no hash", "ESP proposal 1 has no encryption"] {
        assert!(told(&read, words), "{words}: {:?}", read.remarks);
    }
    let text = "set vpn ipsec ike-group A proposal 1\n";
    assert_eq!(short(&settings(text, VYOS).ike), ["aes128-sha1-modp1024"]);
}

#[test]
fn misspelt_words_are_pointed_at() {
    let refused = |text: &'static str, token: &str, message: &str| {
        let (found, said) = fault(text, VYOS);
        assert!(found == token && said.contains(message), "{found}: {said}");
    };
    refused("set vpn ipsec ike-group A proposal 1 encryption 'aes265'", "aes265", "did you mean aes256?");
    refused("set vpn ipsec esp-group A proposal 1 encryption aes256gcm127", "aes256gcm127", "did you mean aes256gcm128?");
    refused("set vpn ipsec ike-group A proposal 1 hash sha-256", "sha-256", "did you mean sha256?");
    refused("set vpn ipsec ike-group A proposal 1 dh-group 3", "3", "a group of VyOS");
    refused("set vpn ipsec esp-group A pfs dh-group3", "dh-group3", "enable, disable");
    refused("set vpn ipsec esp-group A lifetime 1h", "1h", "a lifetime in seconds");
}

#[test]
fn nothing_makes_it_panic() {
    hostile(&[CURLY], VYOS);
}
