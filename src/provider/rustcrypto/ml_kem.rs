//! ML-KEM-512, ML-KEM-768 and ML-KEM-1024 (FIPS 203, draft-ietf-ipsecme-ikev2-mlkem).

use crate::error::CryptoError;
use crate::provider::{Algorithms, KeyExchangeInProgress, KeyExchangeRow, SharedSecret};
use crate::registry::KeMethod;
use ::ml_kem::{B32, Decapsulate, DecapsulationKey, EncapsulationKey, KeyExport, MlKem512, MlKem768, MlKem1024, Seed};
use alloc::boxed::Box;
use alloc::vec::Vec;
use zeroize::Zeroizing;

macro_rules! row {
    ($method:ident, $parameters:ty) => {
        KeyExchangeRow::new(
            KeMethod::$method,
            |random| {
                // d and z of ML-KEM.KeyGen (FIPS 203 algorithm 19).
                let mut seed = Zeroizing::new(Seed::default());
                random.fill(seed.as_mut_slice())?;
                let key = DecapsulationKey::<$parameters>::from_seed(*seed);
                let public = key.encapsulation_key().to_bytes().to_vec();
                Ok(Box::new(Ongoing { key, public }))
            },
            |random, data| {
                // The modulus check of FIPS 203 section 7.2: each coefficient is below q.
                let data = data.try_into().map_err(|_| CryptoError)?;
                let key = EncapsulationKey::<$parameters>::new(data).map_err(|_| CryptoError)?;
                // m of ML-KEM.Encaps (FIPS 203 algorithm 20).
                let mut message = Zeroizing::new(B32::default());
                random.fill(message.as_mut_slice())?;
                let (ciphertext, secret) = key.encapsulate_deterministic(&message);
                Ok((ciphertext.to_vec(), SharedSecret::new(Zeroizing::new(secret).to_vec())))
            },
        )
    };
}

pub(super) static ALGORITHMS: Algorithms = Algorithms::new("rustcrypto: ke-ml-kem").with_key_exchanges(&[
    row!(ML_KEM_512, MlKem512),
    row!(ML_KEM_768, MlKem768),
    row!(ML_KEM_1024, MlKem1024),
]);

/// A decapsulation key, which is erased on drop, and its encapsulation key as KE payloads have it.
struct Ongoing<K> {
    key: K,
    public: Vec<u8>,
}

macro_rules! in_progress {
    ($($parameters:ty),+) => {$(
        impl KeyExchangeInProgress for Ongoing<DecapsulationKey<$parameters>> {
            fn public(&self) -> &[u8] {
                &self.public
            }

            /// Of a ciphertext, the length alone can be wrong (FIPS 203 section 7.3). One that was not made with our key gives a secret
            /// that nobody else has, and the first message that is protected with it does not open.
            fn finish(&self, data: &[u8]) -> Result<SharedSecret, CryptoError> {
                let secret = Zeroizing::new(self.key.decapsulate_slice(data).map_err(|_| CryptoError)?);
                Ok(SharedSecret::new(secret.to_vec()))
            }
        }
    )+};
}

in_progress!(MlKem512, MlKem768, MlKem1024);

#[cfg(test)]
mod tests {
    use super::*;
    use crate::provider::Provider;
    use crate::provider::tests::key_exchanges::Varied;

    const METHODS: [KeMethod; 3] = [KeMethod::ML_KEM_512, KeMethod::ML_KEM_768, KeMethod::ML_KEM_1024];

    /// Sets a coefficient of an encapsulation key, which has 12 bits (FIPS 203 algorithm 5).
    fn set(key: &mut [u8], at: usize, coefficient: u16) {
        let [low, high] = coefficient.to_le_bytes();
        let pair = key.chunks_mut(3).nth(at / 2).unwrap();
        match at % 2 {
            0 => (pair[0], pair[1]) = (low, pair[1] & 0xf0 | high),
            _ => (pair[1], pair[2]) = (pair[1] & 0x0f | low << 4, high << 4 | low >> 4),
        }
    }

    #[test]
    fn fips_203_section_7_2_each_coefficient_is_below_q() {
        for method in METHODS {
            let function = Provider::rustcrypto().key_exchange(method).unwrap();
            let begun = function.begin(&mut Varied(1)).unwrap();
            // 32 octets of rho stand behind the coefficients.
            let coefficients = (begun.public().len() - 32) / 3 * 2;
            for at in [0, 1, 2, 255, 256, coefficients - 2, coefficients - 1] {
                for (value, fits) in [(0, true), (3328, true), (3329, false), (4095, false)] {
                    let mut key = begun.public().to_vec();
                    set(&mut key, at, value);
                    assert_eq!(function.respond(&mut Varied(2), &key).is_ok(), fits, "{method}: {value} at {at}");
                }
            }
        }
    }

    /// FIPS 203 algorithm 18: a ciphertext that is changed gives another secret, and the same each time.
    #[test]
    fn fips_203_section_6_3_implicit_rejection() {
        for method in METHODS {
            let function = Provider::rustcrypto().key_exchange(method).unwrap();
            let begin = || function.begin(&mut Varied(1)).unwrap();
            let (mut ciphertext, secret) = function.respond(&mut Varied(2), begin().public()).unwrap();
            ciphertext[7] ^= 1;
            let [one, two] = [(); 2].map(|()| begin().finish(&ciphertext).unwrap());
            assert_eq!(one.as_octets(), two.as_octets());
            assert_ne!(one.as_octets(), secret.as_octets());
        }
    }
}
