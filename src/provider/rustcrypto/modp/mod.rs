//! Diffie-Hellman in the MODP groups of RFC 7296 appendix B and RFC 3526, with generator 2.

mod primes;

use super::diffie_hellman::{PrivateKey, begin, respond};
use crate::error::CryptoError;
use crate::provider::{Algorithms, KeyExchangeRow, Random, SharedSecret};
use crate::registry::KeMethod;
use alloc::vec;
use alloc::vec::Vec;
use crypto_bigint::modular::{BoxedMontyForm, BoxedMontyParams};
use crypto_bigint::{BoxedUint, Odd};
use zeroize::Zeroizing;

macro_rules! rows {
    ($($method:ident, $exponent:literal;)+) => {
        &[$(KeyExchangeRow::new(
            KeMethod::$method,
            |random| begin(Exponent::draw(random, Group { prime: primes::$method, exponent: $exponent })?),
            |random, data| respond(Exponent::draw(random, Group { prime: primes::$method, exponent: $exponent })?, data),
        )),+]
    };
}

// Octets of a private exponent: the upper one of the two estimates of RFC 3526 section 8 (240, 320, 420, 480, 540 and 620 bits), in whole
// limbs. For 1024 bits, which RFC 3526 does not tell of, it is that of 1536.
pub(super) static ALGORITHMS: Algorithms = Algorithms::new("rustcrypto: ke-modp").with_key_exchanges(rows! {
    MODP_1024, 32;
    MODP_1536, 32;
    MODP_2048, 40;
    MODP_3072, 56;
    MODP_4096, 64;
    MODP_6144, 72;
    MODP_8192, 80;
});

/// A group: its prime in hexadecimal, and the octets of an exponent.
#[derive(Clone, Copy)]
struct Group {
    prime: &'static str,
    exponent: usize,
}

impl Group {
    fn bits(self) -> u32 {
        u32::try_from(self.prime.len()).unwrap_or(u32::MAX).saturating_mul(4)
    }

    fn prime(self) -> Result<Odd<BoxedUint>, CryptoError> {
        let prime = BoxedUint::from_be_hex(self.prime, self.bits()).into_option();
        prime.and_then(|prime| Odd::new(prime).into_option()).ok_or(CryptoError)
    }

    /// A number with as many limbs as the prime.
    fn number(self, octets: &[u8]) -> Result<BoxedUint, CryptoError> {
        BoxedUint::from_be_slice(octets, self.bits()).map_err(|_| CryptoError)
    }

    /// 1 < `public` < p - 1 (RFC 6989 section 2.1). The primes are safe ones and 2 generates the subgroup of order (p - 1) / 2, so that what
    /// is left is in a large subgroup: at most one bit of the exponent is told, and the order needs no check.
    fn check(self, public: &BoxedUint, prime: &Odd<BoxedUint>) -> Result<(), CryptoError> {
        let one = self.number(&[1])?;
        if *public > one && *public < prime.as_ref().wrapping_sub(&one) { Ok(()) } else { Err(CryptoError) }
    }
}

/// A private exponent.
struct Exponent {
    group: Group,
    octets: Zeroizing<Vec<u8>>,
}

impl Exponent {
    fn draw(random: &mut dyn Random, group: Group) -> Result<Self, CryptoError> {
        let mut octets = Zeroizing::new(vec![0; group.exponent]);
        random.fill(&mut octets)?;
        Ok(Self { group, octets })
    }

    /// `base` to this power, in time that depends on the lengths only.
    fn power(&self, base: BoxedUint, prime: Odd<BoxedUint>) -> Result<Zeroizing<BoxedUint>, CryptoError> {
        let bits = u32::try_from(self.octets.len()).unwrap_or(u32::MAX).saturating_mul(8);
        let exponent = Zeroizing::new(BoxedUint::from_be_slice(&self.octets, bits).map_err(|_| CryptoError)?);
        let params = BoxedMontyParams::new_vartime(prime);
        let power = Zeroizing::new(BoxedMontyForm::new(base, &params).pow(&exponent));
        Ok(Zeroizing::new(power.retrieve()))
    }
}

impl PrivateKey for Exponent {
    /// As long as the prime (RFC 7296 section 3.4). An exponent that gives 1, as zero does, is no key.
    fn public(&self) -> Result<Vec<u8>, CryptoError> {
        let prime = self.group.prime()?;
        let public = self.power(self.group.number(&[2])?, prime.clone())?;
        self.group.check(&public, &prime)?;
        Ok(public.to_be_bytes().into_vec())
    }

    /// g^ir, as long as the prime (RFC 7296 section 2.14).
    fn agree(&self, theirs: &[u8]) -> Result<SharedSecret, CryptoError> {
        let (theirs, prime) = (self.group.number(theirs)?, self.group.prime()?);
        self.group.check(&theirs, &prime)?;
        Ok(SharedSecret::new(self.power(theirs, prime)?.to_be_bytes().into_vec()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::provider::tests::key_exchanges::{refused, taken};

    const GROUPS: [(KeMethod, &str); 7] = [
        (KeMethod::MODP_1024, primes::MODP_1024),
        (KeMethod::MODP_1536, primes::MODP_1536),
        (KeMethod::MODP_2048, primes::MODP_2048),
        (KeMethod::MODP_3072, primes::MODP_3072),
        (KeMethod::MODP_4096, primes::MODP_4096),
        (KeMethod::MODP_6144, primes::MODP_6144),
        (KeMethod::MODP_8192, primes::MODP_8192),
    ];

    #[test]
    fn rfc_6989_section_2_1_a_public_value_is_above_1_and_below_p_minus_1() {
        for (method, prime) in GROUPS {
            let group = Group { prime, exponent: 32 };
            let (number, prime) = (|octet| group.number(&[octet]).unwrap(), group.prime().unwrap());
            let less = |octet| prime.wrapping_sub(number(octet));
            let more = prime.wrapping_add(number(1));
            let all_ones = group.number(&alloc::vec![0xff; prime.to_be_bytes().len()]).unwrap();
            for bad in [number(0), number(1), less(1), less(0), more, all_ones] {
                refused(method, &bad.to_be_bytes());
            }
            for good in [number(2), number(3), less(2)] {
                taken(method, &good.to_be_bytes());
            }
        }
    }
}
