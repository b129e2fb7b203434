//! Key exchanges by every method of the build: RFC 7748 section 6.1, RFC 5903 section 8, and what is refused.

use super::hex;
use crate::error::CryptoError;
use crate::provider::{Algorithms, KeyExchangeInProgress, KeyExchangeRow, Provider, Random, SharedSecret};
use crate::registry::{KeFamily, KeMethod};
use alloc::boxed::Box;
use alloc::collections::VecDeque;
use alloc::format;
use alloc::vec;

/// Gives these octets, each once, and then none.
struct Told(VecDeque<u8>);

impl Random for Told {
    fn fill(&mut self, octets: &mut [u8]) -> Result<(), CryptoError> {
        octets.iter_mut().try_for_each(|octet| self.0.pop_front().map(|told| *octet = told)).ok_or(CryptoError)
    }
}

fn told(digits: &str) -> Told {
    Told(hex(digits).into())
}

/// Always the same octet.
struct Stuck(u8);

impl Random for Stuck {
    fn fill(&mut self, octets: &mut [u8]) -> Result<(), CryptoError> {
        octets.fill(self.0);
        Ok(())
    }
}

/// Octets that differ, from a start (an LCG).
pub(crate) struct Varied(pub(crate) u64);

impl Random for Varied {
    fn fill(&mut self, octets: &mut [u8]) -> Result<(), CryptoError> {
        for octet in octets {
            self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
            *octet = self.0.to_be_bytes()[0];
        }
        Ok(())
    }
}

/// The methods of the build.
fn methods() -> impl Iterator<Item = KeMethod> {
    KeMethod::ASSIGNED.iter().copied().filter(|method| Provider::builtin().has_key_exchange(*method))
}

fn family(method: KeMethod) -> KeFamily {
    method.facts().unwrap().family
}

/// Both sides of a vector, if the build has the method.
fn check(method: KeMethod, [i, public_i, r, public_r, secret]: [&str; 5]) {
    let Ok(function) = Provider::builtin().key_exchange(method) else { return };
    let begun = function.begin(&mut told(i)).unwrap();
    assert_eq!(begun.public(), hex(public_i), "{method}");
    let (answer, of_responder) = function.respond(&mut told(r), begun.public()).unwrap();
    assert_eq!(answer, hex(public_r), "{method}");
    assert_eq!(of_responder.as_octets(), hex(secret), "{method}");
    assert_eq!(begun.finish(&answer).unwrap().as_octets(), hex(secret), "{method}");
}

#[test]
fn rfc_7748_section_6_1() {
    check(
        KeMethod::CURVE25519,
        [
            "77076d0a7318a57d3c16c17251b26645df4c2f87ebc0992ab177fba51db92c2a",
            "8520f0098930a754748b7ddcb43ef75a0dbf3a0d26381af4eba4a98eaa9b4e6a",
            "5dab087e624a8a4b79e17f8b83800ee66f3bb1292618b6fd1c2f8b27ff88e0eb",
            "de9edb7d7b7dc1b4d35b61c2ece435373f8343c85b78674dadfc7e146f882b4f",
            "4a5d9d5ba4ce2de1728e3bf480350f25e07e21c947d19e3376f09b3c1e161742",
        ],
    );
}

/// The second one has a bit in front that does not count.
#[test]
fn rfc_7748_section_5_2() {
    let Ok(function) = Provider::builtin().key_exchange(KeMethod::CURVE25519) else { return };
    for [scalar, u, out] in [
        [
            "a546e36bf0527c9d3b16154b82465edd62144c0ac1fc5a18506a2244ba449ac4",
            "e6db6867583030db3594c1a424b15f7c726624ec26b3353b10a903a6d0ab1c4c",
            "c3da55379de9c6908e94ea4df28d084f32eccf03491c71f754b4075577a28552",
        ],
        [
            "4b66e9d4d1b4673c5ad22691957d6af5c11b6421e0ea01d42ca4169e7918ba0d",
            "e5210f12786811d3f4b7959d0538ae2c31dbe7106fc03c3efc4cd549c715a493",
            "95cbde9476e8907d7aade45cb4b873f88b595a68799fa152e6f8f7647aac7957",
        ],
    ] {
        let secret = function.begin(&mut told(scalar)).unwrap().finish(&hex(u)).unwrap();
        assert_eq!(secret.as_octets(), hex(out));
    }
}

#[test]
fn rfc_5903_section_8_1() {
    check(
        KeMethod::ECP_256,
        [
            "c88f01f510d9ac3f70a292daa2316de544e9aab8afe84049c62a9c57862d1433",
            "dad0b65394221cf9b051e1feca5787d098dfe637fc90b9ef945d0c3772581180\
             5271a0461cdb8252d61f1c456fa3e59ab1f45b33accf5f58389e0577b8990bb3",
            "c6ef9c5d78ae012a011164acb397ce2088685d8f06bf9be0b283ab46476bee53",
            "d12dfb5289c8d4f81208b70270398c342296970a0bccb74c736fc7554494bf63\
             56fbf3ca366cc23e8157854c13c58d6aac23f046ada30f8353e74f33039872ab",
            "d6840f6b42f6edafd13116e0e12565202fef8e9ece7dce03812464d04b9442de",
        ],
    );
}

#[test]
fn rfc_5903_section_8_2() {
    check(
        KeMethod::ECP_384,
        [
            "099f3c7034d4a2c699884d73a375a67f7624ef7c6b3c0f160647b67414dce655e35b538041e649ee3faef896783ab194",
            "667842d7d180ac2cde6f74f37551f55755c7645c20ef73e31634fe72b4c55ee6de3ac808acb4bdb4c88732aee95f41aa\
             9482ed1fc0eeb9cafc4984625ccfc23f65032149e0e144ada024181535a0f38eeb9fcff3c2c947dae69b4c634573a81c",
            "41cb0779b4bdb85d47846725fbec3c9430fab46cc8dc5060855cc9bda0aa2942e0308312916b8ed2960e4bd55a7448fc",
            "e558dbef53eecde3d3fccfc1aea08a89a987475d12fd950d83cfa41732bc509d0d1ac43a0336def96fda41d0774a3571\
             dcfbec7aacf3196472169e838430367f66eebe3c6e70c416dd5f0c68759dd1fff83fa40142209dff5eaad96db9e6386c",
            "11187331c279962d93d604243fd592cb9d0a926f422e47187521287e7156c5c4d603135569b9e9d09cf5d4a270f59746",
        ],
    );
}

#[test]
fn rfc_5903_section_8_3() {
    check(
        KeMethod::ECP_521,
        [
            "0037ade9319a89f4dabdb3ef411aaccca5123c61acab57b5393dce47608172a095aa85a30fe1c2952c6771d937ba9777\
             f5957b2639bab072462f68c27a57382d4a52",
            "0015417e84dbf28c0ad3c278713349dc7df153c897a1891bd98bab4357c9ecbee1e3bf42e00b8e380aeae57c2d107564\
             941885942af5a7f4601723c4195d176ced3e\
             017cae20b6641d2eeb695786d8c946146239d099e18e1d5a514c739d7cb4a10ad8a788015ac405d7799dc75e7b7d5b6c\
             f2261a6a7f1507438bf01beb6ca3926f9582",
            "0145ba99a847af43793fdd0e872e7cdfa16be30fdc780f97bccc3f078380201e9c677d600b343757a3bdbf2a3163e4c2\
             f869cca7458aa4a4effc311f5cb151685eb9",
            "00d0b3975ac4b799f5bea16d5e13e9af971d5e9b984c9f39728b5e5739735a219b97c356436adc6e95bb0352f6be64a6\
             c2912d4ef2d0433ced2b6171640012d9460f\
             015c68226383956e3bd066e797b623c27ce0eac2f551a10c2c724d9852077b87220b6536c5c408a1d2aebb8e86d678ae\
             49cb57091f4732296579ab44fcd17f0fc56a",
            "01144c7d79ae6956bc8edb8e7c787c4521cb086fa64407f97894e5e6b2d79b04d1427e73ca4baa240a34786859810c06\
             b3c715a3a8cc3151f2bee417996d19f3ddea",
        ],
    );
}

#[test]
fn both_sides_share_a_secret_and_every_other_length_is_refused() {
    for method in methods() {
        let function = Provider::builtin().key_exchange(method).unwrap();
        assert_eq!((function.method(), format!("{function:?}")), (method, format!("{method:?}")));
        let begin = || function.begin(&mut Varied(1)).unwrap();
        let begun = begin();
        let (answer, of_responder) = function.respond(&mut Varied(2), begun.public()).unwrap();
        assert_eq!(method.data_len(), Some((begun.public().len(), answer.len())));
        let mut longer = [begun.public(), &[1]].concat();
        for data in [&[][..], &begun.public()[1..], &longer] {
            assert_eq!(function.respond(&mut Varied(2), data).map(drop), Err(CryptoError), "{method}");
        }
        longer = [&answer[..], &[1]].concat();
        for data in [&[][..], &answer[1..], &longer] {
            assert_eq!(begin().finish(data).map(drop), Err(CryptoError), "{method}");
        }
        let of_initiator = begun.finish(&answer).unwrap();
        assert_eq!(of_initiator.as_octets(), of_responder.as_octets(), "{method}");
        assert!(of_initiator.as_octets().iter().any(|octet| *octet != 0), "{method}");
        let printed = format!("{of_initiator:?}");
        assert_eq!(printed, format!("SharedSecret({} octets)", of_initiator.as_octets().len()));
    }
}

#[test]
fn without_randomness_there_is_no_key() {
    for method in methods() {
        let function = Provider::builtin().key_exchange(method).unwrap();
        assert_eq!(function.begin(&mut told("")).map(drop), Err(CryptoError), "{method}");
        let theirs = function.begin(&mut Varied(1)).unwrap();
        assert_eq!(function.respond(&mut told("0102"), theirs.public()).map(drop), Err(CryptoError), "{method}");
        // Zero is no exponent and no scalar; nor is what is above the order of a curve, however often it is drawn.
        for stuck in [0, 0xff] {
            let refused = match family(method) {
                KeFamily::Modp => stuck == 0,
                KeFamily::Ecp => true,
                _ => false,
            };
            assert_eq!(function.begin(&mut Stuck(stuck)).is_err(), refused, "{method}");
        }
    }
}

/// Neither side takes these Key Exchange Data from the other.
#[cfg(any(feature = "ke-x25519", feature = "ke-ecp", feature = "ke-modp"))]
pub(crate) fn refused(method: KeMethod, data: &[u8]) {
    let function = Provider::builtin().key_exchange(method).unwrap();
    assert_eq!(function.begin(&mut Varied(1)).unwrap().finish(data).map(drop), Err(CryptoError), "{method}");
    assert_eq!(function.respond(&mut Varied(1), data).map(drop), Err(CryptoError), "{method}");
}

/// Both sides take them.
#[cfg(any(feature = "ke-x25519", feature = "ke-ecp", feature = "ke-modp"))]
pub(crate) fn taken(method: KeMethod, data: &[u8]) {
    let function = Provider::builtin().key_exchange(method).unwrap();
    let secret = function.begin(&mut Varied(1)).unwrap().finish(data).unwrap();
    let (_, of_responder) = function.respond(&mut Varied(1), data).unwrap();
    assert_eq!(secret.as_octets(), of_responder.as_octets(), "{method}");
}

/// A row of one's own whose lengths are wrong: the registry's hold.
#[test]
fn the_lengths_of_every_row_are_held_against_the_registry() {
    struct Short;
    impl KeyExchangeInProgress for Short {
        fn public(&self) -> &[u8] {
            &[1; 32]
        }

        fn finish(&self, data: &[u8]) -> Result<SharedSecret, CryptoError> {
            Ok(SharedSecret::new(data.to_vec()))
        }
    }
    const fn row(method: KeMethod) -> KeyExchangeRow {
        KeyExchangeRow::new(method, |_| Ok(Box::new(Short)), |_, data| Ok((vec![1; 32], SharedSecret::new(data.to_vec()))))
    }
    const UNKNOWN: KeMethod = KeMethod(1025);
    static OWN: Algorithms = Algorithms::new("own").with_key_exchanges(&[row(KeMethod::CURVE25519), row(KeMethod::CURVE448), row(UNKNOWN)]);
    static PROVIDER: Provider = Provider::new(&[&OWN]);
    let function = |method| PROVIDER.key_exchange(method).unwrap();
    let refused = Some(CryptoError);
    assert_eq!(function(KeMethod::CURVE25519).respond(&mut Stuck(1), &[1; 32]).unwrap().0, [1; 32]);
    assert_eq!(function(KeMethod::CURVE25519).respond(&mut Stuck(1), &[1; 31]).err(), refused);
    assert_eq!(function(KeMethod::CURVE25519).begin(&mut Stuck(1)).unwrap().finish(&[1; 33]).err(), refused);
    // X448 has 56 octets, which this row does not give.
    assert_eq!(function(KeMethod::CURVE448).begin(&mut Stuck(1)).err(), refused);
    assert_eq!(function(KeMethod::CURVE448).respond(&mut Stuck(1), &[1; 56]).err(), refused);
    assert_eq!(function(UNKNOWN).respond(&mut Stuck(1), &[]).err(), refused);
    assert_eq!(function(UNKNOWN).begin(&mut Stuck(1)).unwrap().finish(&[9]).unwrap().as_octets(), [9]);
    assert_eq!(format!("{:?}", OWN.key_exchanges[0]), "KeyExchangeRow { method: KeMethod(31 Curve25519), .. }");
}
