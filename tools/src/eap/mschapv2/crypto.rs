//! The computations of RFC 2759 section 8 and RFC 3079 section 3.

use crate::eap::method::Msk;
use des::Des;
use des::cipher::{BlockCipherEncrypt, KeyInit};
use md4::{Digest, Md4};
use sha1::Sha1;
use std::fmt;
use zeroize::Zeroizing;

/// NtPasswordHash, RFC 2759 section 8.3: MD4 of the password in UTF-16. It is worth as much as the password to whoever steals it; it is
/// erased when it is dropped, and not printed.
#[derive(Clone)]
pub struct NtHash(Zeroizing<[u8; 16]>);

impl NtHash {
    /// The hash of a password.
    #[must_use]
    pub fn of_password(password: &str) -> Self {
        let utf16: Zeroizing<Vec<u8>> = Zeroizing::new(password.encode_utf16().flat_map(u16::to_le_bytes).collect());
        Self(Zeroizing::new(Md4::digest(&*utf16).into()))
    }

    /// A hash that is stored in the place of a password.
    #[must_use]
    pub fn from_octets(octets: [u8; 16]) -> Self {
        Self(Zeroizing::new(octets))
    }

    /// HashNtPasswordHash, RFC 2759 section 8.4.
    fn hash(&self) -> Zeroizing<[u8; 16]> {
        Zeroizing::new(Md4::digest(*self.0).into())
    }
}

impl fmt::Debug for NtHash {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("NtHash(..)")
    }
}

/// What both sides have said of one authentication.
#[derive(Clone, Copy)]
pub(super) struct Exchange<'a> {
    pub(super) authenticator_challenge: &'a [u8; 16],
    pub(super) peer_challenge: &'a [u8; 16],
    /// With the domain, if there is one.
    pub(super) user: &'a [u8],
}

impl Exchange<'_> {
    /// ChallengeHash, RFC 2759 section 8.2: "only the user name (as presented by the peer and excluding any prepended domain name) is used".
    fn challenge(&self) -> [u8; 8] {
        let user = self.user.rsplit(|c| *c == b'\\').next().unwrap_or_default();
        let [a, b, c, d, e, f, g, h, ..] = sha1(&[self.peer_challenge, self.authenticator_challenge, user]);
        [a, b, c, d, e, f, g, h]
    }

    /// GenerateNTResponse, RFC 2759 section 8.1.
    pub(super) fn nt_response(&self, password: &NtHash) -> [u8; 24] {
        let challenge = self.challenge();
        let mut response = [0; 24];
        // ChallengeResponse, section 8.5: three keys of seven octets, of which the last is filled up with zeros.
        for (block, key) in response.chunks_exact_mut(8).zip(password.0.chunks(7)) {
            block.copy_from_slice(&encrypt(key, challenge));
        }
        response
    }

    /// GenerateAuthenticatorResponse, RFC 2759 section 8.7, before it is written in hexadecimal digits.
    pub(super) fn authenticator_response(&self, password: &NtHash, nt_response: &[u8; 24]) -> [u8; 20] {
        let digest = sha1(&[&*password.hash(), nt_response, b"Magic server to client signing constant"]);
        sha1(&[&digest, &self.challenge(), b"Pad to make it do more than one iteration"])
    }
}

/// The MSK: MasterReceiveKey and MasterSendKey of the authenticator (RFC 3079 section 3.4), 16 octets each, and 32 zeros.
pub(super) fn msk(password: &NtHash, nt_response: &[u8; 24]) -> Msk {
    let master = master_key(password, nt_response);
    // What the client sends, the server receives: the same constant for both, whichever side computes.
    let receive = start_key(&master, b"On the client side, this is the send key; on the server side, it is the receive key.");
    let send = start_key(&master, b"On the client side, this is the receive key; on the server side, it is the send key.");
    let mut octets = Zeroizing::new([0; 64]);
    for (to, from) in octets.iter_mut().zip(receive.iter().chain(&*send)) {
        *to = *from;
    }
    Msk::new(octets)
}

/// GetMasterKey, RFC 3079 section 3.4.
fn master_key(password: &NtHash, nt_response: &[u8; 24]) -> Zeroizing<[u8; 16]> {
    first_16(sha1(&[&*password.hash(), nt_response, b"This is the MPPE Master Key"]))
}

/// GetAsymmetricStartKey, RFC 3079 section 3.4, for a session key of 16 octets.
fn start_key(master: &[u8; 16], magic: &[u8; 84]) -> Zeroizing<[u8; 16]> {
    first_16(sha1(&[master, &[0; 40], magic, &[0xf2; 40]]))
}

fn first_16(digest: [u8; 20]) -> Zeroizing<[u8; 16]> {
    let [key @ .., _, _, _, _] = digest;
    Zeroizing::new(key)
}

fn sha1(parts: &[&[u8]]) -> [u8; 20] {
    parts.iter().fold(Sha1::new(), Sha1::chain_update).finalize().into()
}

/// DesEncrypt, RFC 2759 section 8.6: 56 bits of key, filled up with zeros, in eight octets with a bit of parity each.
fn encrypt(key: &[u8], block: [u8; 8]) -> [u8; 8] {
    let mut bits = Zeroizing::new([0; 8]);
    for (to, from) in bits.iter_mut().skip(1).zip(key) {
        *to = *from;
    }
    let bits = u64::from_be_bytes(*bits);
    let seven = |shift| {
        let [.., low] = bits.wrapping_shr(shift).to_be_bytes();
        low.wrapping_shl(1)
    };
    let key = Zeroizing::new([49, 42, 35, 28, 21, 14, 7, 0].map(seven));
    let mut block = block.into();
    Des::new((&*key).into()).encrypt_block(&mut block);
    block.into()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn hex<const N: usize>(text: &str) -> [u8; N] {
        let octets: Vec<_> = text.as_bytes().chunks(2).map(|pair| u8::from_str_radix(str::from_utf8(pair).unwrap(), 16).unwrap()).collect();
        octets.try_into().unwrap()
    }

    const USER: &[u8] = b"User";

    /// RFC 2759 section 9.2 and RFC 3079 section 3.5.3.
    #[test]
    fn the_examples_of_the_rfcs() {
        let (server, client) = (hex("5B5D7C7D7B3F2F3E3C2C602132262628"), hex("21402324255E262A28295F2B3A337C7E"));
        let exchange = Exchange { authenticator_challenge: &server, peer_challenge: &client, user: USER };
        let password = NtHash::of_password("clientPass");
        assert_eq!(exchange.challenge(), hex("D02E4386BCE91226"));
        assert_eq!(*password.0, hex("44EBBA8D5312B8D611474411F56989AE"));
        assert_eq!(*password.hash(), hex("41C00C584BD2D91C4017A2A12FA59F3F"));
        let response = exchange.nt_response(&password);
        assert_eq!(response, hex("82309ECD8D708B5EA08FAA3981CD83544233114A3D85D6DF"));
        assert_eq!(exchange.authenticator_response(&password, &response), hex("407A5589115FD0D6209F510FE9C04566932CDA56"));
        assert_eq!(*master_key(&password, &response), hex("FDECE3717A8C838CB388E527AE3CDD31"));
        // SendStartKey128 of the server is the second key of the MSK.
        let msk = msk(&password, &response);
        assert_eq!(msk.octets()[16..32], hex::<16>("8B7CDC149B993A1BA118CB153F56DCCB"));
        assert_eq!(msk.octets()[32..], [0; 32]);
        // MasterReceiveKey is in no RFC: this is what hashlib of Python makes of the same MasterKey.
        assert_eq!(msk.octets()[..16], hex::<16>("D5F0E9521E3EA9589645E86051C82226"));
    }

    #[test]
    fn the_domain_is_no_part_of_the_challenge() {
        let with = |user| Exchange { authenticator_challenge: &[1; 16], peer_challenge: &[2; 16], user }.challenge();
        assert_eq!(with(b"OFFICE\\User"), with(USER));
        assert_ne!(with(b"user"), with(USER));
        assert_ne!(with(b"User@office"), with(USER));
    }

    #[test]
    fn secrets_are_not_printed() {
        assert_eq!(format!("{:?}", NtHash::from_octets([7; 16])), "NtHash(..)");
        assert_eq!(format!("{:?}", msk(&NtHash::from_octets([7; 16]), &[0; 24])), "Msk(..)");
    }
}
