//! Key Exchange Data that a responder has to take, made without computing anything.
//!
//! A probe derives no keys: it needs a value that passes the checks of RFC 6989 section 2 and RFC 7748, and knows no private key to it.

use crate::error::CryptoError;
use crate::provider::Random;
use crate::registry::{KeFamily, KeMethod};
use alloc::vec;
use alloc::vec::Vec;

/// The base point of P-256, P-384 and P-521 (RFC 5903 section 3): a point on the curve, as RFC 6989 section 2.3 asks for.
const P_256: &str = "6b17d1f2e12c4247f8bce6e563a440f277037d812deb33a0f4a13945d898c296\
                     4fe342e2fe1a7f9b8ee7eb4a7c0f9e162bce33576b315ececbb6406837bf51f5";
const P_384: &str = "aa87ca22be8b05378eb1c71ef320ad746e1d3b628ba79b9859f741e082542a385502f25dbf55296c3a545e3872760ab7\
                     3617de4a96262c6f5d9e98bf9292dc29f8f41dbd289a147ce9da3113b5f0b8c00a60b1ce1d7e819d7a431d7c90ea0e5f";
const P_521: &str = "00c6858e06b70404e9cd9e3ecb662395b4429c648139053fb521f828af606b4d3dbaa14b5e77efe75928fe1dc127a2ffa8de3348b3c1856a429bf97e7e31c2e5bd66\
                     011839296a789a3bc0045c8a5fb42c7d1bd998f54449579b446817afbd17273e662c97ee72995ef42640c550b9013fad0761353c7086a272c24088be94769fd16650";

/// The modulus of ML-KEM (FIPS 203 section 2.4.1).
const Q: u16 = 3329;
/// Octets of the seed that ends an encapsulation key (FIPS 203 section 5.1).
const SEED: usize = 32;

/// A value for KEi: `None` if none is known that a responder would take.
///
/// # Errors
/// [`CryptoError`] if there is no randomness.
pub(super) fn public_value(method: KeMethod, random: &mut dyn Random) -> Result<Option<Vec<u8>>, CryptoError> {
    let Some(facts) = method.facts() else { return Ok(None) };
    let mut octets = vec![0; facts.data_len_i];
    Ok(match (facts.family, method) {
        (KeFamily::Modp, _) => {
            // Below the prime, whose first octet is 0xff, and neither 0, 1 nor the prime less 1 (RFC 6989 section 2.1).
            random.fill(&mut octets)?;
            if let Some(first) = octets.first_mut() {
                *first = 0x7f;
            }
            Some(octets)
        }
        (KeFamily::Montgomery, _) => {
            random.fill(&mut octets)?;
            Some(octets)
        }
        (KeFamily::MlKem, _) => {
            random.fill(&mut octets)?;
            let coefficients = octets.len().saturating_sub(SEED);
            octets.get_mut(..coefficients).into_iter().flat_map(|octets| octets.chunks_exact_mut(3)).for_each(reduce);
            Some(octets)
        }
        (KeFamily::Ecp, KeMethod::ECP_256) => Some(octets_of(P_256)),
        (KeFamily::Ecp, KeMethod::ECP_384) => Some(octets_of(P_384)),
        (KeFamily::Ecp, KeMethod::ECP_521) => Some(octets_of(P_521)),
        _ => None,
    })
}

/// Two coefficients of twelve bits, each below the modulus, as FIPS 203 section 7.2 has a responder check.
fn reduce(octets: &mut [u8]) {
    let [a, b, c] = octets else { return };
    let (low, high) = (u16::from(*a) | u16::from(*b & 15) << 8, u16::from(*b >> 4) | u16::from(*c) << 4);
    let (low, high) = (low % Q, high % Q);
    let ([low1, low0], [high1, high0]) = (low.to_be_bytes(), (high << 4).to_be_bytes());
    (*a, *b, *c) = (low0, low1 | high0, high1);
}

fn octets_of(hex: &str) -> Vec<u8> {
    let digit = |digit: u8| char::from(digit).to_digit(16).and_then(|digit| u8::try_from(digit).ok()).unwrap_or(0);
    hex.as_bytes().chunks_exact(2).map(|pair| pair.iter().fold(0u8, |octet, next| octet << 4 | digit(*next))).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// 0xff without end: the worst that a generator can give.
    struct Ones;

    impl Random for Ones {
        fn fill(&mut self, octets: &mut [u8]) -> Result<(), CryptoError> {
            octets.fill(0xff);
            Ok(())
        }
    }

    #[test]
    fn each_value_is_as_long_as_the_method_says() {
        let known = [2, 5, 14, 15, 16, 17, 18, 19, 20, 21, 31, 32, 35, 36, 37].map(KeMethod);
        for method in known {
            let value = public_value(method, &mut Ones).unwrap().unwrap();
            assert_eq!(value.len(), method.facts().unwrap().data_len_i, "{method:?}");
        }
        for method in [0, 26, 30, 33, 1023].map(KeMethod) {
            assert_eq!(public_value(method, &mut Ones).unwrap(), None, "{method:?}");
        }
    }

    #[test]
    fn no_coefficient_of_ml_kem_reaches_the_modulus() {
        let value = public_value(KeMethod::ML_KEM_768, &mut Ones).unwrap().unwrap();
        for pair in value[..1152].chunks(3) {
            let (low, high) = (u16::from(pair[0]) | u16::from(pair[1] & 15) << 8, u16::from(pair[1] >> 4) | u16::from(pair[2]) << 4);
            assert_eq!((low, high), (4095 % Q, 4095 % Q));
        }
        assert_eq!(value[1152..], [0xff; 32]);
    }
}
