#![allow(clippy::unwrap_used, clippy::indexing_slicing, clippy::string_slice, reason = "a test fails by panicking")]

use super::super::strongswan::emit;
use super::super::{Confidence, Hint, Notation, NotationErrorKind as Kind, Pfs, Settings, detect, read};
use crate::registry::{KeMethod, SecurityProtocol, TransformType};
use alloc::string::{String, ToString};
use alloc::vec;
use alloc::vec::Vec;

fn settings(text: &str) -> Settings {
    let found = detect(text).unwrap();
    assert_eq!((found.notation, found.confidence), (Notation::Android, Confidence::Certain), "{text}");
    read(text, Hint::default()).unwrap()
}

fn spell(list: &[super::Stated<crate::proposal::Proposal>]) -> Vec<String> {
    list.iter().map(|stated| emit(&stated.value).unwrap()).collect()
}

#[test]
fn several_builders_and_transforms() {
    let text = "
        // IkeSaProposal.Builder().addDhGroup(DH_GROUP_1024_BIT_MODP)
        val strong: IkeSaProposal.Builder = IkeSaProposal.Builder()
        val child = ChildSaProposal.Builder()
        strong.addEncryptionAlgorithm(ENCRYPTION_ALGORITHM_AES_CBC, KEY_LEN_AES_256)
        child.addEncryptionAlgorithm(ENCRYPTION_ALGORITHM_AES_GCM_12, KEY_LEN_AES_128)
        child.addDhGroup(DH_GROUP_CURVE_25519); child.addDhGroup(DH_GROUP_NONE)
        strong.addEncryptionAlgorithm(12, 128).addIntegrityAlgorithm(INTEGRITY_ALGORITHM_AES_XCBC_96)
        strong.addPseudorandomFunction(PSEUDORANDOM_FUNCTION_AES128_XCBC); strong.addDhGroup(DH_GROUP_4096_BIT_MODP)
        val second = IkeSaProposal.Builder().apply {
            addEncryptionAlgorithm(SaProposal.ENCRYPTION_ALGORITHM_AES_GCM_16, SaProposal.KEY_LEN_AES_192)
            addPseudorandomFunction(SaProposal.PSEUDORANDOM_FUNCTION_SHA2_384)
            addDhGroup(SaProposal.DH_GROUP_3072_BIT_MODP)
            addDhGroup(SaProposal.DH_GROUP_2048_BIT_MODP)
        }.build()";
    let read = settings(text);
    assert_eq!(spell(&read.ike), ["aes256-aes128-aesxcbc-prfaesxcbc-modp4096", "aes192gcm16-prfsha384-modp3072-modp2048"]);
    assert_eq!(spell(&read.esp), ["aes128gcm12-x25519-none"]);
    assert_eq!(read.pfs.unwrap().value, Pfs::Groups(vec![KeMethod::CURVE25519, KeMethod::NONE]));
    let span = read.ike[1].span.unwrap();
    assert!(
        text[span.at..span.at + span.len].starts_with("IkeSaProposal.Builder") && text[..span.at + span.len].ends_with("2048_BIT_MODP")
    );
}

/// The way the platform's own code has it.
#[test]
fn builders_in_a_list() {
    let read = settings(
        "final IkeSaProposal.Builder normal = new IkeSaProposal.Builder();
        normal.addEncryptionAlgorithm(ENCRYPTION_ALGORITHM_AES_CTR, KEY_LEN_AES_256);
        normal.addIntegrityAlgorithm(INTEGRITY_ALGORITHM_HMAC_SHA2_512_256);
        final IkeSaProposal.Builder aead = new IkeSaProposal.Builder();
        aead.addEncryptionAlgorithm(ENCRYPTION_ALGORITHM_CHACHA20_POLY1305, KEY_LEN_UNUSED);
        for (final IkeSaProposal.Builder builder : Arrays.asList(normal, aead)) {
            builder.addDhGroup(DH_GROUP_4096_BIT_MODP);
            builder.addPseudorandomFunction(PSEUDORANDOM_FUNCTION_SHA2_512);
        }",
    );
    assert_eq!(spell(&read.ike), ["aes256ctr-sha512-prfsha512-modp4096", "chacha20poly1305-prfsha512-modp4096"]);
    assert!(read.esp.is_empty() && read.pfs.is_none());
}

#[test]
fn the_client_of_the_platform() {
    let read = settings(
        "Ikev2VpnProfile profile = new Ikev2VpnProfile.Builder(\"vpn.example.com\", \"id\").setAuthPsk(key)
            .setAllowedAlgorithms(Arrays.asList(IpSecAlgorithm.AUTH_CRYPT_AES_GCM, IpSecAlgorithm.CRYPT_AES_CBC, IpSecAlgorithm.AUTH_HMAC_SHA256))
            .build();",
    );
    assert_eq!(read.ike.len(), 2);
    assert_eq!(spell(&read.esp)[0], "aes256-aes192-aes128-sha256");
    assert!(spell(&read.esp)[1].starts_with("aes256gcm16-aes256gcm12-") && read.esp.len() == 2);
    assert!(read.remarks.iter().any(|remark| remark.text.contains("cannot be set")));
    let read = settings("val p = Ikev2VpnProfile.Builder(\"a\", \"b\").build()");
    assert_eq!((read.ike.len(), read.esp.len()), (2, 2));
}

fn fault(text: &str) -> (&str, Kind) {
    let error = read(text, Hint::default()).unwrap_err().error;
    (&text[error.at..error.at + error.len], error.kind)
}

#[test]
fn what_the_builders_refuse() {
    let builder = "new ChildSaProposal.Builder().addEncryptionAlgorithm(SaProposal.ENCRYPTION_ALGORITHM_AES_CBC, 256)";
    let text = builder.replace("AES_CBC", "AES_CBD");
    let (token, kind) = fault(&text);
    assert_eq!(token, "ENCRYPTION_ALGORITHM_AES_CBD");
    assert!(kind.to_string().contains("did you mean ENCRYPTION_ALGORITHM_AES_CBC?"));
    let text = builder.replace("256", "KEY_LEN_UNUSED");
    assert!(matches!(fault(&text), ("KEY_LEN_UNUSED", Kind::KeyBits(_))));
    let text = alloc::format!("{builder}.addPseudorandomFunction(5)");
    assert!(matches!(fault(&text), ("5", Kind::Protocol { .. })));
    let text = alloc::format!("{builder}.addEncryptionAlgorithm(20, 256)");
    assert_eq!(fault(&text).1, Kind::AeadMixed);
    let ike = builder.replace("Child", "Ike");
    assert_eq!(fault(&ike).1, Kind::Missing { protocol: SecurityProtocol::IKE, ty: TransformType::INTEG });
    let text = alloc::format!("{ike}.addIntegrityAlgorithm(12)");
    assert_eq!(fault(&text).1, Kind::Missing { protocol: SecurityProtocol::IKE, ty: TransformType::PRF });
}
