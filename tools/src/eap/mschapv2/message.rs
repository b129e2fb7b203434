//! Packets of EAP-MSCHAPv2, draft-kamath-pppext-eap-mschapv2-02 section 2, from after the Type.
//!
//! ```text
//! OpCode(1) MS-CHAPv2-ID(1) MS-Length(2) ...
//! 1 Challenge   Value-Size(1) = 16, Challenge(16), Name
//! 2 Response    Value-Size(1) = 49, Peer-Challenge(16), Reserved(8), NT-Response(24), Flags(1), Name
//! 3 Success     Message; of a response nothing but the OpCode
//! 4 Failure     Message; of a response nothing but the OpCode
//! ```

use super::fault::{ErrorCode, Fault, Refusal};

const CHALLENGE: u8 = 1;
const RESPONSE: u8 = 2;
pub(super) const SUCCESS: u8 = 3;
pub(super) const FAILURE: u8 = 4;

#[derive(Clone, Copy)]
pub(super) enum Message<'a> {
    Challenge {
        id: u8,
        challenge: &'a [u8; 16],
    },
    Response {
        id: u8,
        peer_challenge: &'a [u8; 16],
        nt_response: &'a [u8; 24],
        user: &'a [u8],
    },
    Success {
        text: &'a [u8],
    },
    Failure {
        text: &'a [u8],
    },
    /// Success or Failure as a response has it.
    Acknowledged {
        opcode: u8,
    },
}

impl<'a> Message<'a> {
    pub(super) fn read(data: &'a [u8]) -> Result<Self, Fault> {
        match data {
            [] => Err(Fault::Malformed(0)),
            [opcode @ (SUCCESS | FAILURE)] => Ok(Self::Acknowledged { opcode: *opcode }),
            [opcode @ CHALLENGE..=FAILURE, id, hi, lo, value @ ..] if usize::from(u16::from_be_bytes([*hi, *lo])) == data.len() => {
                Self::value(*opcode, *id, value).ok_or(Fault::Malformed(*opcode))
            }
            [opcode @ CHALLENGE..=FAILURE, ..] => Err(Fault::Malformed(*opcode)),
            [opcode, ..] => Err(Fault::Unexpected(*opcode)),
        }
    }

    fn value(opcode: u8, id: u8, value: &'a [u8]) -> Option<Self> {
        match opcode {
            CHALLENGE => {
                let (challenge, _name) = value.strip_prefix(&[16])?.split_first_chunk()?;
                Some(Self::Challenge { id, challenge })
            }
            RESPONSE => {
                let (peer_challenge, rest) = value.strip_prefix(&[49])?.split_first_chunk()?;
                let (_reserved, rest) = rest.split_first_chunk::<8>()?;
                let (nt_response, rest) = rest.split_first_chunk()?;
                let (_flags, user) = rest.split_first()?;
                Some(Self::Response { id, peer_challenge, nt_response, user })
            }
            SUCCESS => Some(Self::Success { text: value }),
            _ => Some(Self::Failure { text: value }),
        }
    }

    pub(super) const fn opcode(&self) -> u8 {
        match self {
            Self::Challenge { .. } => CHALLENGE,
            Self::Response { .. } => RESPONSE,
            Self::Success { .. } => SUCCESS,
            Self::Failure { .. } => FAILURE,
            Self::Acknowledged { opcode } => *opcode,
        }
    }
}

pub(super) fn challenge(id: u8, challenge: &[u8; 16], name: &[u8]) -> Vec<u8> {
    write(CHALLENGE, id, &[&[16], challenge, name])
}

pub(super) fn response(id: u8, peer_challenge: &[u8; 16], nt_response: &[u8; 24], user: &[u8]) -> Vec<u8> {
    write(RESPONSE, id, &[&[49], peer_challenge, &[0; 8], nt_response, &[0], user])
}

/// A Success request, RFC 2759 section 5.
pub(super) fn success(id: u8, authenticator_response: &[u8; 20]) -> Vec<u8> {
    write(SUCCESS, id, &[b"S=", hex(authenticator_response).as_bytes(), b" M=OK"])
}

/// A Failure request, RFC 2759 section 6: no other try is heard.
pub(super) fn failure(id: u8, error: ErrorCode, challenge: &[u8; 16]) -> Vec<u8> {
    write(FAILURE, id, &[format!("E={} R=0 C={} V=3 M=Authentication failed", error.0, hex(challenge)).as_bytes()])
}

fn write(opcode: u8, id: u8, parts: &[&[u8]]) -> Vec<u8> {
    let value = parts.concat();
    // A name has 256 octets at most.
    let [hi, lo] = u16::try_from(value.len().saturating_add(4)).unwrap_or(u16::MAX).to_be_bytes();
    [&[opcode, id, hi, lo], &*value].concat()
}

fn hex(octets: &[u8]) -> String {
    octets.iter().map(|octet| format!("{octet:02X}")).collect()
}

/// The authenticator's response in the text of a Success request: 40 hexadecimal digits after `S=`.
pub(super) fn proof(text: &[u8]) -> Option<[u8; 20]> {
    let (digits, after) = text.strip_prefix(b"S=")?.split_first_chunk::<40>()?;
    let mut octets = [0; 20];
    for (to, pair) in octets.iter_mut().zip(digits.chunks_exact(2)) {
        let digits = std::str::from_utf8(pair).ok().filter(|pair| pair.bytes().all(|c| c.is_ascii_hexdigit()))?;
        *to = u8::from_str_radix(digits, 16).ok()?;
    }
    matches!(after, [] | [b' ', ..]).then_some(octets)
}

/// What the text of a Failure request says: `E=` and a number somewhere, `R=`, and what follows `M=`.
pub(super) fn refusal(text: &[u8]) -> Option<Refusal> {
    let (fields, message) = match text.windows(2).position(|two| two == b"M=") {
        Some(at) => (text.get(..at)?, text.get(at.saturating_add(2)..)?),
        None => (text, &[][..]),
    };
    let field = |name: &[u8; 2]| fields.split(|c| *c == b' ').find_map(|field| field.strip_prefix(name));
    let error = std::str::from_utf8(field(b"E=")?).ok()?.parse().ok()?;
    let message = message.iter().copied().take(256).collect();
    Some(Refusal { error: ErrorCode(error), retry: field(b"R=") == Some(b"1"), message })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_texts_are_read_as_servers_write_them() {
        let due = Refusal { error: ErrorCode::AUTHENTICATION_FAILURE, retry: true, message: b"no, M=x".to_vec() };
        assert_eq!(refusal(b"E=691 R=1 C=00112233445566778899AABBCCDDEEFF V=3 M=no, M=x"), Some(due.clone()));
        assert_eq!(refusal(b"E=691 R=1"), Some(Refusal { message: Vec::new(), ..due }));
        assert_eq!(refusal(b"R=1 V=3"), None);
        assert_eq!(refusal(b"E=x"), None);
        assert_eq!(refusal(b"E=648 R=0 V=3").unwrap().to_string(), "ERROR_PASSWD_EXPIRED (648)");
        assert_eq!(proof(b"S=407A5589115FD0D6209F510FE9C04566932CDA56 M=OK"), proof(b"S=407a5589115fd0d6209f510fe9c04566932cda56"));
        assert!(proof(b"S=407A5589115FD0D6209F510FE9C04566932CDA56").is_some());
        assert_eq!(proof(b"S=407A5589115FD0D6209F510FE9C04566932CDA5"), None);
        assert_eq!(proof(b"S=+07A5589115FD0D6209F510FE9C04566932CDA56"), None);
        assert_eq!(proof(b"S=407A5589115FD0D6209F510FE9C04566932CDA567"), None);
    }

    #[test]
    fn every_length_but_the_right_one_is_refused() {
        for whole in [challenge(7, &[1; 16], b"moon"), response(7, &[1; 16], &[2; 24], b"carol"), success(7, &[3; 20])] {
            assert!(Message::read(&whole).is_ok());
            for end in 2..whole.len() {
                assert!(Message::read(&whole[..end]).is_err(), "{end}");
                // With a length that fits, but too short for what has to be in it.
                let mut short = whole[..end].to_vec();
                if let Some(length) = short.get_mut(2..4) {
                    length.copy_from_slice(&u16::try_from(end).unwrap().to_be_bytes());
                    let _ = Message::read(&short);
                }
            }
            assert!(Message::read(&[&*whole, &[0]].concat()).is_err());
        }
        assert_eq!(Message::read(&[]).err(), Some(Fault::Malformed(0)));
        assert_eq!(Message::read(&[7, 0, 0, 4]).err(), Some(Fault::Unexpected(7)));
    }
}
