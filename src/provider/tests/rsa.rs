//! RSA signatures, right ones and wrong ones; `tests/crypto/rsa_signatures.rs` has many more.

use super::{hex, providers};
use crate::registry::HashAlgorithm;
use crate::signature::{EcdsaForm, KeyType, SignatureScheme};

const KEY: &str = "\
    3082010a02820101008e091526a0b8eb6b28863d9c06b266366e1555e13545e87b1c3234d7a15c75e93f241a1dd9486a514d7b505291cc0c22228c7c\
    05326983ddc5160bb471622a4e6ce4c73ee3cb58e1f310c257c4d4cfc621c044d55fff3683fd840731b100f5e6ff48c51ef03a0543355489f37cadee\
    8a9f67005389b62755f316acdae3074165198df359fbad90f4a2f2003cc1874a3044edcf27bec31a8fa3d646a3705d7048005a7319dd487f353c6a54\
    adcbc4d6a3396e13c6cf69e19753f73e4ef0feebc552e81673c3a381ca3a3e60d76b7bd44021c8ee52cb41edb4462b060369b9195ca46bad40d94268\
    28ebe4320382a3a718413cfcaed6ca2d4f2446fe954a887b290203010001";
const OCTETS: &str = "\
    000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f202122232425262728292a2b2c2d2e2f303132333435363738393a3b\
    3c3d3e3f404142434445464748494a4b4c4d4e4f505152535455565758595a5b5c5d5e5f606162636465666768696a6b6c6d6e6f7071727374757677\
    78797a7b7c7d7e7f808182838485868788898a8b8c8d8e8f909192939495969798999a9b9c9d9e9fa0a1a2a3a4a5a6a7a8a9aaabacadaeafb0b1b2b3\
    b4b5b6b7b8b9babbbcbdbebfc0c1c2c3c4c5c6c7c8c9cacbcccdcecfd0d1d2d3d4d5d6d7d8d9dadbdcdddedfe0e1e2e3e4e5e6e7e8e9eaebecedeeef\
    f0f1f2f3f4f5f6f7f8f9fafbfcfdfeff000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f202122232425262728292a2b\
    2c2d2e2f303132333435363738393a3b3c3d3e3f404142434445464748494a4b4c4d4e4f505152535455565758595a5b5c5d5e5f6061626364656667\
    68696a6b6c6d6e6f707172737475767778797a7b7c7d7e7f808182838485868788898a8b8c8d8e8f909192939495969798999a9b9c9d9e9fa0a1a2a3\
    a4a5a6a7a8a9aaabacadaeafb0b1b2b3b4b5b6b7b8b9babbbcbdbebfc0c1c2c3c4c5c6c7c8c9cacbcccdcecfd0d1d2d3d4d5d6d7d8d9dadbdcdddedf\
    e0e1e2e3e4e5e6e7e8e9eaebecedeeeff0f1f2f3f4f5f6f7f8f9fafbfcfdfeff000102030405060708090a0b0c0d0e0f101112131415161718191a1b\
    1c1d1e1f738d39a6ce1763a4ad48976fb1efab05f9fc847d1b067fd2dedd2bf5ac6e7ee5";
const PKCS1: &str = "\
    74724a583603ff82641fe4543857c669fa01154fbb2879e933aeb19c642bdd1565584ac15a917450c1567727fe9dd8af04738dabbaeaaa25ea4f2457\
    2023e61d1160682afb20e37bf8a77d4f19fae5e375740d14dba20c48cade37a22cc09d76c7a2a4f23cffed94449619d32b48894059a49a45b2a502c0\
    88239f3f718fe50b85c5a057660318b76f712eaf12ba33fa748621aa213100241be8ca31ea14dfb92c5a14c867fd10b523060ec8b95532516a046863\
    a77351de22fbc7610f410671985df6175b1ff36d448a4b9fde14e9ea4f8d69dcf60b01a94107f5101261f82e5431e5b14ee07ac2d0ab00604a5ea03f\
    05f729d57194562315cbf2eae8d1c549";
const PSS: &str = "\
    6ee02db4468e1644ef0d053505b5d14d58183a102d1c8440bf5c2d044c4b255837c09dbe0ceb2af5ace1487e595a73f41e15c3926c6d01f4f6027176\
    5f92b38947df612242ef2c60ecd49597dd3719a508297afa52794955971deb88d6d6d86a2da33490a9cbbe4e881c4c36e1124c2f942327233b80ec39\
    6ff7bde4c32a79bd2b253c547ed494f4ba1cc7fc9188c94ee29d69ebc8bbeecc5dde6a0488dfdcaf7f4027964119f1b9ce062e4e2862b991b9f5c9b9\
    e9a154baf0bd4948d9675e2866bc557e070c3ccdca6a2d8a7f0fbfaa0c255939e9836b02a8af8dfa68299351252e7f6192cc2e44844d9d4cf53943ba\
    3d0409bbdd159f0bce2a14ee98140639";

#[test]
fn each_provider_with_rsa_verifies_both_schemes() {
    let (key, octets) = (hex(KEY), hex(OCTETS));
    let (pkcs1, pss) = (SignatureScheme::RsaPkcs1(HashAlgorithm::SHA2_256), SignatureScheme::pss(HashAlgorithm::SHA2_256, 32));
    let mut verified = 0;
    for provider in providers() {
        for (scheme, of, signature) in [(pkcs1, KeyType::Rsa, PKCS1), (pss, KeyType::Rsa, PSS), (pss, KeyType::RsaPss, PSS)] {
            let Some(row) = provider.verifier(scheme, of, EcdsaForm::Der) else { continue };
            let signature = hex(signature);
            assert!(row.verify(&key, &octets, &signature).is_ok(), "{provider:?}: {scheme}");
            assert!(row.verify(&key, &octets[1..], &signature).is_err(), "{provider:?}: {scheme}");
            assert!(row.verify(&key, &octets, &signature[1..]).is_err(), "{provider:?}: {scheme}");
            let other = hex(if scheme == pss { PKCS1 } else { PSS });
            assert!(row.verify(&key, &octets, &other).is_err(), "{provider:?}: {scheme}");
            verified += 1;
        }
    }
    assert_eq!(verified, if cfg!(feature = "ring") { 3 } else { 0 } + if cfg!(feature = "rsa") { 3 } else { 0 });
}
