//! Two providers in one build: whatever both have gives the same octets.

use ikev2::keys::PrfFunction;
use ikev2::protect::{IvSequence, Suite};
use ikev2::provider::Provider;
use ikev2::registry::{self, Encr, Integ};

fn octets(len: usize, seed: u8) -> Vec<u8> {
    (0..len).map(|at| (at as u8).wrapping_mul(37) ^ seed).collect()
}

#[test]
fn ciphers_seal_alike_and_open_each_other() {
    let (ring, rustcrypto) = (Provider::ring(), Provider::rustcrypto());
    let mut suites = Vec::new();
    for (encr, bits) in [(Encr::ENCR_AES_GCM_16, 128), (Encr::ENCR_AES_GCM_16, 256), (Encr::ENCR_CHACHA20_POLY1305, 256)] {
        suites.push(Suite::new(encr, Some(bits), None).unwrap());
    }
    for suite in suites {
        for len in [0, 1, 15, 16, 17, 64, 1280] {
            let sk_e = octets(suite.sk_e_len(), 3);
            let sealed = [&ring, &rustcrypto].map(|provider| {
                let mut sealer = suite.sealer(provider, &sk_e, &[], IvSequence::new(&[9; 16])).unwrap();
                let (mut iv, mut icv, mut text) = (vec![0; suite.iv_len()], vec![0; suite.icv_len()], octets(len, 5));
                sealer.seal(b"aad", &mut iv, &mut text, &mut icv).unwrap();
                (iv, text, icv)
            });
            assert_eq!(sealed[0], sealed[1], "{suite:?}, {len} octets");
            let (iv, text, icv) = &sealed[0];
            for provider in [&ring, &rustcrypto] {
                let mut text = text.clone();
                suite.opener(provider, &sk_e, &[]).unwrap().open(b"aad", iv, &mut text, icv).unwrap();
                assert_eq!(text, octets(len, 5));
            }
        }
    }
}

#[test]
fn macs_prfs_and_sha1_agree() {
    let (ring, rustcrypto) = (Provider::ring(), Provider::rustcrypto());
    let mut count = 0;
    // NULL encryption makes the MAC visible: the mode is RustCrypto's, the MAC is that of the provider which comes first.
    for integ in Integ::ASSIGNED.iter().filter(|integ| ring.has_mac(**integ)) {
        let suite = Suite::new(Encr::ENCR_NULL, None, Some(*integ)).unwrap();
        for len in [0, 1, 63, 64, 65, 200] {
            let icvs = [Provider::builtin(), rustcrypto].map(|provider| {
                let mut sealer = suite.sealer(&provider, &[], &octets(suite.sk_a_len(), 1), IvSequence::new(&[9; 16])).unwrap();
                let (mut text, mut icv) = (octets(len, 7), vec![0; suite.icv_len()]);
                sealer.seal(b"aad", &mut [], &mut text, &mut icv).unwrap();
                icv
            });
            assert_eq!(icvs[0], icvs[1], "{integ}");
            count += 1;
        }
    }
    for id in registry::Prf::ASSIGNED.iter().filter(|id| ring.has_prf(**id)) {
        // Keys below, at and above the block size of the hash.
        for len in [0, 1, 32, 64, 65, 128, 129, 300] {
            let outputs = [&ring, &rustcrypto].map(|provider| {
                let prf = PrfFunction::new(provider, *id).unwrap();
                let mut long = vec![0; 200];
                prf.prf_plus(&octets(len, 2), &[b"Ni", b"Nr"], &mut long).unwrap();
                (prf.compute(&octets(len, 2), &[b"data"]).as_octets().to_vec(), long)
            });
            assert_eq!(outputs[0], outputs[1], "{id}");
            count += 1;
        }
    }
    assert_eq!(count, 4 * 6 + 4 * 8);
    let parts: &[&[u8]] = &[b"SPIi", &[], b"address"];
    assert_eq!(ring.sha1().unwrap()(parts), rustcrypto.sha1().unwrap()(parts));
}

/// Engines that fail: one says so, one says nothing and writes nothing.
mod failing {
    use ikev2::error::CryptoError;
    use ikev2::provider::{Algorithms, Mac, MacRow, PrfRow, Provider};
    use ikev2::registry::{Integ, Prf};

    struct Engine(Result<(), CryptoError>);

    impl Mac for Engine {
        fn compute(&self, _: &mut dyn Iterator<Item = &[u8]>, _: &mut [u8]) -> Result<(), CryptoError> {
            self.0
        }
    }

    const HONEST: Algorithms = Algorithms::new("a failing engine")
        .with_macs(&[MacRow::new(Integ::AUTH_HMAC_SHA2_256_128, |_| Ok(Box::new(Engine(Err(CryptoError)))))])
        .with_prfs(&[PrfRow::new(Prf::PRF_HMAC_SHA2_256, 32, |_| Box::new(Engine(Err(CryptoError))))]);
    const SILENT: Algorithms =
        Algorithms::new("a silent engine").with_macs(&[MacRow::new(Integ::AUTH_HMAC_SHA2_256_128, |_| Ok(Box::new(Engine(Ok(())))))]);
    /// For NULL encryption, which leaves the MAC alone to decide.
    const NULL: &Algorithms =
        &Algorithms::new("null")
            .with_modes(&[ikev2::provider::ModeRow::new(ikev2::registry::Encr::ENCR_NULL, 0, |_, _| Ok(Box::new(Clear)))]);

    struct Clear;

    impl ikev2::provider::Mode for Clear {
        fn derive_iv(&self, _: u64, _: &[u8; 16], _: &mut [u8]) -> Result<(), CryptoError> {
            Ok(())
        }

        fn encrypt(&self, _: &[u8], _: &mut [u8]) -> Result<(), CryptoError> {
            Ok(())
        }

        fn decrypt(&self, _: &[u8], _: &mut [u8]) -> Result<(), CryptoError> {
            Ok(())
        }
    }

    pub(crate) const PROVIDERS: [Provider; 2] = [Provider::new(&[&HONEST, NULL]), Provider::new(&[&SILENT, NULL])];
}

#[test]
fn hostile_23_a_mac_that_failed_verifies_nothing() {
    let suite = Suite::new(Encr::ENCR_NULL, None, Some(Integ::AUTH_HMAC_SHA2_256_128)).unwrap();
    for provider in failing::PROVIDERS {
        let opener = suite.opener(&provider, &[], &[1; 32]).unwrap();
        for octet in 0..=255 {
            assert!(opener.open(b"aad", &[], &mut [0; 16], &[octet; 16]).is_err(), "{provider:?}");
        }
    }
    let mut sealer = suite.sealer(&failing::PROVIDERS[0], &[], &[1; 32], IvSequence::new(&[0; 16])).unwrap();
    assert!(sealer.seal(b"aad", &mut [], &mut [0; 16], &mut [0; 16]).is_err());
}

#[test]
fn a_prf_that_failed_gives_no_keys() {
    let prf = PrfFunction::new(&failing::PROVIDERS[0], registry::Prf::PRF_HMAC_SHA2_256).unwrap();
    let output = prf.compute(b"key", &[b"data"]);
    assert!(output.as_octets().is_empty() && !output.ct_eq(&[]) && !output.ct_eq(&[0; 32]));
    let mut out = [7; 40];
    assert!(prf.prf_plus(b"key", &[b"seed"], &mut out).is_err());
    assert_eq!(out, [0; 40]);
    let cookies = ikev2::exchange::CookieIssuer::new(prf, [3; 32]);
    let claim = ikev2::exchange::CookieInput { nonce: &[1; 32], address: [192, 0, 2, 1].into(), port: 500, spi_i: 1 };
    assert!(cookies.check(&claim, &cookies.issue(&claim)).is_err());
}
