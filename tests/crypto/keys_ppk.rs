//! Post-quantum preshared keys in IKE_INTERMEDIATE, RFC 9867.
//!
//! The RFC has no vectors. These came of Python's hmac module and prf+ written from RFC 7296 section 2.13:
//!
//! ```text
//! seed = prfplus(ppk, sk_d, n)                            # n: octets of the hash
//! keys = prfplus(seed, ni + nr + spi_i + spi_r, 3*n + 2*36)
//! confirmation = hmac.new(ppk, ni + nr + spi_i + spi_r, hash).digest()[:8]
//! ```

use ikev2::keys::{IkeKeys, KeyLengths, Nonces, PrfFunction, Skeyseed, ppk_confirmation};
use ikev2::provider::Provider;
use ikev2::registry::Prf;
use ikev2::wire::IkeSpis;

const NONCES: Nonces<'_> = Nonces { initiator: &[0x11; 32], responder: &[0x22; 32] };
const SPIS: IkeSpis = IkeSpis { initiator: 0x0102_0304_0506_0708, responder: 0x1112_1314_1516_1718 };
const SHA2_256: Vector = Vector {
    id: Prf::PRF_HMAC_SHA2_256,
    seed: "630dcdfbc302209459978110562917c301c4126be7c02c7144e0661a96a43190",
    sk_d: "e3c64e9f17b821062b5f9e7546297067d3cc3c824df082d183347750b96c3cb9",
    sk_ei: "b517effea512219d365be0ee3ecefa2414faf3fdb5f216271ff3d9833ac3837b8ece5440",
    sk_pr: "77fb1d4867bbe8dc996b0792949f6a2af0f39eda42e563f396f2ae7c80caa41d",
    confirmation: "2636fc937a5c2926",
};
const SHA2_512: Vector = Vector {
    id: Prf::PRF_HMAC_SHA2_512,
    seed: "d838e63bf902bebcd0a40f1439c0a5c28754362d3b62b8f0dc746efd9cd44cbc07c3cfdc86e573bc5d677bfcca988353f34aaa2cb6858d0779b823065ddb19ed",
    sk_d: "856ace2f7b0c5f30bc946f51b6e8eb1f09ddc7e21d97057cdad75a860e1a72f9dfa0159ba2d438b91da9dba1a364569ab3c6139fb3a9228d6310e1b51f22a57d",
    sk_ei: "d3ad6716ee603e34aede4a1a00a2d39315ddfd0a0a800a0d9754668b742ad47625acfd16",
    sk_pr: "3b63f1da796f0dd5d6e3806bc5e54fc5bfb64310fa997692d09a3270fa6859b53970448df4534b4eb8b98464295921eb6f203e0bb5847320586c5956871eb7d9",
    confirmation: "91de44791a9d3312",
};

struct Vector {
    id: Prf,
    seed: &'static str,
    sk_d: &'static str,
    sk_ei: &'static str,
    sk_pr: &'static str,
    confirmation: &'static str,
}

fn hex(octets: &[u8]) -> String {
    octets.iter().map(|octet| format!("{octet:02x}")).collect()
}

fn counted(from: u8, len: usize) -> Vec<u8> {
    (from..).take(len).collect()
}

#[test]
fn rfc_9867_section_3_1_keys_and_confirmation() {
    let ppk = counted(0x40, 32);
    for vector in [SHA2_256, SHA2_512] {
        let prf = PrfFunction::new(&Provider::builtin(), vector.id).unwrap();
        let seed = Skeyseed::with_ppk(prf, &counted(0, prf.output_len()), &ppk);
        let keys = IkeKeys::derive(prf, &seed, NONCES, SPIS, KeyLengths { encr: 36, integ: 0 }).unwrap();
        let found = [seed.as_octets(), keys.sk_d(), keys.sk_ei(), keys.sk_pr()].map(hex);
        assert_eq!(found, [vector.seed, vector.sk_d, vector.sk_ei, vector.sk_pr]);
        assert_eq!(hex(&ppk_confirmation(prf, &ppk, NONCES, SPIS).unwrap()), vector.confirmation);
    }
}

/// With keys of the AES functions, too, which take a PPK of any length.
#[test]
fn rfc_9867_section_3_1_the_seed_is_prf_plus() {
    for id in [Prf::PRF_HMAC_SHA1, Prf::PRF_HMAC_SHA2_384, Prf::PRF_AES128_XCBC, Prf::PRF_AES128_CMAC] {
        let Ok(prf) = PrfFunction::new(&Provider::builtin(), id) else { continue };
        let (sk_d, ppk) = (counted(0, prf.output_len()), counted(0x40, 32));
        let mut plus = vec![0; prf.output_len()];
        prf.prf_plus(&ppk, &[&sk_d], &mut plus).unwrap();
        assert_eq!(Skeyseed::with_ppk(prf, &sk_d, &ppk).as_octets(), plus);
    }
}
