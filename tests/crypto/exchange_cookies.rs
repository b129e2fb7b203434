//! Cookies against the computation written out, and against everything a stranger may send instead.

use ikev2::exchange::{CookieError, CookieInput, CookieIssuer};
use ikev2::keys::PrfFunction;
use ikev2::provider::Provider;
use ikev2::registry;
use std::net::IpAddr;

fn cookies(secret: u8) -> CookieIssuer {
    CookieIssuer::new(PrfFunction::new(&Provider::builtin(), registry::Prf::PRF_HMAC_SHA2_256).unwrap(), [secret; 32])
}

fn claim(nonce: &[u8]) -> CookieInput<'_> {
    CookieInput { nonce, address: IpAddr::from([192, 0, 2, 1]), port: 500, spi_i: 0x1122_3344_5566_7788 }
}

#[test]
fn a_cookie_is_version_and_mac_of_the_claim() {
    let nonce = [5; 16];
    let cookie = cookies(3).issue(&claim(&nonce));
    let data =
        [&[0, 0, 0, 0, 0, 0, 0, 16][..], &nonce, &[0, 0, 0, 4, 192, 0, 2, 1, 1, 0xf4], &0x1122_3344_5566_7788_u64.to_be_bytes()].concat();
    let mac = PrfFunction::new(&Provider::builtin(), registry::Prf::PRF_HMAC_SHA2_256).unwrap().compute(&[3; 32], &[&data]);
    assert_eq!(cookie[..4], [0; 4]);
    assert_eq!(cookie[4..], *mac.as_octets());
}

#[test]
fn hostile_08_no_changed_octet_and_no_other_length_is_taken() {
    let (ours, nonce) = (cookies(3), [5; 32]);
    let cookie = ours.issue(&claim(&nonce));
    assert_eq!(ours.check(&claim(&nonce), &cookie), Ok(()));
    for bit in 0..cookie.len() * 8 {
        let mut changed = cookie;
        changed[bit / 8] ^= 1 << (bit % 8);
        let fault = if bit < 32 { CookieError::Version } else { CookieError::Mismatch };
        assert_eq!(ours.check(&claim(&nonce), &changed), Err(fault), "bit {bit}");
    }
    for len in (0..cookie.len()).chain([cookie.len() + 1, 64, 65, 70000]) {
        let mut other = cookie.to_vec();
        other.resize(len, 0);
        assert_eq!(ours.check(&claim(&nonce), &other), Err(CookieError::Length(len)));
        let text = format!("a cookie of {len} octets; this responder issues cookies of 36 octets");
        assert_eq!(CookieError::Length(len).to_string(), text);
    }
}

#[test]
fn a_cookie_is_for_one_claim_only() {
    let (ours, nonce) = (cookies(3), [5; 32]);
    let cookie = ours.issue(&claim(&nonce));
    let own = claim(&nonce);
    let v6 = "::ffff:192.0.2.1".parse().unwrap();
    for other in [
        CookieInput { nonce: &nonce[..31], ..own },
        CookieInput { nonce: &[], ..own },
        CookieInput { address: IpAddr::from([192, 0, 2, 2]), ..own },
        CookieInput { address: v6, ..own },
        CookieInput { port: 4500, ..own },
        CookieInput { spi_i: 0, ..own },
    ] {
        assert_eq!(ours.check(&other, &cookie), Err(CookieError::Mismatch), "{other:?}");
    }
    assert_eq!(cookies(4).check(&own, &cookie), Err(CookieError::Mismatch));
}

#[test]
fn two_secrets_are_valid_at_a_time() {
    let (mut ours, nonce) = (cookies(0), [5; 32]);
    let mut made = Vec::new();
    for round in 1..=20_u8 {
        made.push(ours.issue(&claim(&nonce)));
        let newest = made.len();
        for (age, cookie) in made.iter().rev().enumerate() {
            let due = if age < 2 { Ok(()) } else { Err(CookieError::Version) };
            assert_eq!(ours.check(&claim(&nonce), cookie), due, "{age} of {newest}");
        }
        ours.rotate([round; 32]);
    }
}

#[test]
fn a_version_to_come_is_not_taken() {
    let (ours, nonce) = (cookies(0), [5; 32]);
    let mut cookie = ours.issue(&claim(&nonce));
    cookie[..4].copy_from_slice(&u32::MAX.to_be_bytes());
    assert_eq!(ours.check(&claim(&nonce), &cookie), Err(CookieError::Version));
    assert!(!format!("{ours:?}").contains("secret"));
}
