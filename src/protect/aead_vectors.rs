//! Published vectors of every AEAD cipher, through every provider that has it.
#![allow(clippy::arithmetic_side_effects, clippy::as_conversions, reason = "a test fails by panicking")]

use super::{IvSequence, Suite};
use crate::provider::tests::{hex, providers};
use crate::registry::Encr;
use alloc::vec;

struct Vector {
    encr: Encr,
    key_bits: u16,
    key: &'static str,
    nonce: &'static str,
    aad: &'static str,
    plain: &'static str,
    sealed: &'static str,
    icv: &'static str,
}

/// Each vector by every provider that has the cipher. Returns how many pairs of provider and vector there were.
fn check_all(vectors: &[Vector]) -> usize {
    let mut checked = 0;
    for v in vectors {
        for provider in providers().iter().filter(|provider| provider.has_cipher(v.encr, v.key_bits)) {
            let suite = Suite::new(v.encr, Some(v.key_bits), None).expect("a suite");
            let (key, nonce) = (hex(v.key), hex(v.nonce));
            let (salt, due_iv) = nonce.split_at(suite.sk_e_len() - key.len());
            let sk_e = [&key, salt].concat();
            let start = u64::from_be_bytes(due_iv.try_into().expect("8 octets"));
            let mut sealer = suite.sealer(provider, &sk_e, &[], IvSequence::new(&[0; 16]).with_range(start..=start)).expect("a sealer");
            let (aad, mut text) = (hex(v.aad), hex(v.plain));
            let (mut iv, mut icv) = (vec![0; sealer.iv_len()], vec![0; sealer.icv_len()]);
            sealer.seal(&aad, &mut iv, &mut text, &mut icv).expect("sealed");
            assert_eq!((iv.as_slice(), &text, &icv), (due_iv, &hex(v.sealed), &hex(v.icv)), "{suite:?} of {provider:?}");
            suite.opener(provider, &sk_e, &[]).expect("an opener").open(&aad, &iv, &mut text, &icv).expect("opened");
            assert_eq!(text, hex(v.plain), "{suite:?} of {provider:?}");
            checked += 1;
        }
    }
    checked
}

/// How many pairs there must be, by the features of the build.
fn expected(vectors: &[Vector]) -> usize {
    let in_ring = |v: &Vector| matches!(v.encr, Encr::ENCR_CHACHA20_POLY1305) || (v.encr == Encr::ENCR_AES_GCM_16 && v.key_bits != 192);
    let in_rustcrypto = |v: &Vector| match v.encr {
        Encr::ENCR_CHACHA20_POLY1305 => cfg!(feature = "chacha20poly1305"),
        Encr::ENCR_AES_GCM_8 | Encr::ENCR_AES_GCM_12 | Encr::ENCR_AES_GCM_16 => cfg!(feature = "aes-gcm"),
        _ => cfg!(feature = "aes-ccm"),
    };
    let count = |has: &dyn Fn(&Vector) -> bool| vectors.iter().filter(|v| has(v)).count();
    count(&|v| cfg!(feature = "ring") && in_ring(v)) + count(&in_rustcrypto)
}

#[test]
fn gcm_nist() {
    assert_eq!(check_all(GCM), expected(GCM));
}

#[test]
fn ccm_nist() {
    assert_eq!(check_all(CCM_16), expected(CCM_16));
}

#[test]
fn ccm_short_icv() {
    assert_eq!(check_all(CCM_8_12), expected(CCM_8_12));
}

#[test]
fn chacha20_poly1305_rfc_8439_and_rfc_7634() {
    assert_eq!(check_all(CHACHA20_POLY1305), expected(CHACHA20_POLY1305));
}

/// NIST CAVS 14.0, gcmEncryptExtIV{128,192,256}.rsp, Count = 3 of groups with IVlen = 96.
const GCM: &[Vector] = &[
    Vector {
        encr: Encr::ENCR_AES_GCM_8,
        key_bits: 128,
        key: "8ea0db08f4adad48722203b252af3196",
        nonce: "04e40b1a74038ad87ccdc709",
        aad: "e5955147047e4bfc2c0588d549d16f1cf8b7bd9813562e0a03d85251316878e5b12e01b1271f53d647f30b912655e266f676bb4a6fef265cbc9bd0802e466033fba51041f43d5f29701f2f76d9f0f0087a18ba5d9f4afbbf5380",
        plain: "",
        sealed: "",
        icv: "3afa3b6ec98d20a5",
    },
    Vector {
        encr: Encr::ENCR_AES_GCM_8,
        key_bits: 128,
        key: "66e2b119e1b3c1ef6d4f5d2fe0d92167",
        nonce: "6b818351cef0e556be0d372b",
        aad: "",
        plain: "a11d256705a9bf47f2a6eaabbbf31110",
        sealed: "0b6f1d29578e9d9739c12d7a9d0c4700",
        icv: "cdaa6a19ee750872",
    },
    Vector {
        encr: Encr::ENCR_AES_GCM_8,
        key_bits: 128,
        key: "6ff992b728dcacac7e3297550acac89c",
        nonce: "7a7b8789655abf3ea9edcbff",
        aad: "aeb089f516a908204c8569072a06d951632c4f72",
        plain: "c4de011a3f0437495b1eae67db06f3d96fe7894cb7e87333bbb3cfce8dfd28d6d36555de45ca731bce0e06110e12b2238fa1c0",
        sealed: "87c3593df4cb27df66285f8449d2e65164ebbd7184ca7bf030d04d990396811577e8edc583eb30abd95f2d11c8f3af14464bf8",
        icv: "3454d021e2346b19",
    },
    Vector {
        encr: Encr::ENCR_AES_GCM_12,
        key_bits: 128,
        key: "697387e75296cd9c06b4d028c0ca6ca8",
        nonce: "cf2f827fcdb6ac7a43c88a83",
        aad: "f77431f4ab9a1f67c6648405d9141a519d01c65a4047f7947126c4b7a17f86691ec33f770580899c940d9e31894e776b",
        plain: "00e441b51adab93a8a5357bb04",
        sealed: "42d0781437347d550fab5d7195",
        icv: "91da4e01f96b1e278ab00558",
    },
    Vector {
        encr: Encr::ENCR_AES_GCM_12,
        key_bits: 128,
        key: "4327e7d4a4c5a69b75176f30b9281468",
        nonce: "2b6e1e248d3fdc29c0b9f0eb",
        aad: "2a6725af7315d0dab0b7c632a1308fc2fd5a91d3",
        plain: "4b473df993c463d56d81311d7b14b455f3b1b8c88d5a07ce61b58fd213796959ad53bbac6b5fe3f995a5367df3b270bfe52e77",
        sealed: "d57fb49d7b1829a2f3cdd8fbe086dffa60975c8acd1b0b14b28f941b08cf84df7d49fc76a4bd1d9b3c8b505cea47a10fccca68",
        icv: "f1e3e5dead0c85ea9d4fd7c9",
    },
    Vector {
        encr: Encr::ENCR_AES_GCM_16,
        key_bits: 128,
        key: "b69d82e78b22a473af6234066b891778",
        nonce: "0415ab2f32d2a15006c3bdd5",
        aad: "f0be65105e1cd4fd1a272f7f6db958040b44edd0608b2225789cf34217cfcd6a5879b8e79dfa7d24345ad20f0c4f9a1c",
        plain: "d4ab346edaca5c84d45b45c6fe",
        sealed: "ad77c91c6ba6cb29eb5e4f6071",
        icv: "f67061dbded1a8df55fe9fcd68f61168",
    },
    Vector {
        encr: Encr::ENCR_AES_GCM_16,
        key_bits: 128,
        key: "4f66f21817d1865c2fb62d4de344e085",
        nonce: "4c780a2707f56747b24a4aa0",
        aad: "4c0ec2531542bc801b3ddf593c2e1ba4afeb603e",
        plain: "04eade2d68dc3c5d83f2d3f1c44240bf86127c9f6b3966085ef41ef50107d042b18bbe80bd43cdd1585fc5a99df8271b9b8767",
        sealed: "dcdf8d2b0d388072ce273ad3502dea5122bac0020a7ae3b97705d3a2bb49a5cb4f95e6cbd74183758c2eabc9ea38155c7ef647",
        icv: "2558c59cc7d71a2fcedd13f1c6659a63",
    },
    Vector {
        encr: Encr::ENCR_AES_GCM_8,
        key_bits: 192,
        key: "ff42012148146effc89b498fa386c305066812d5ad5ecec1",
        nonce: "bd4dba12591c976a27ca5d3b",
        aad: "e8acdbd5f59087eb9bd3a8430d465997194d380bb24847a1158ae5374bedabcfa3ab15d5a5518dd00196ee18568cfcf8ac795530e022941d7fa4874cbd252dd4c66291900ee3b05712c139f6843a77739ce89f19b81bfd7ddbb9",
        plain: "",
        sealed: "",
        icv: "60d95af72009c2ed",
    },
    Vector {
        encr: Encr::ENCR_AES_GCM_8,
        key_bits: 192,
        key: "340b992029c5d51cbf300460333bee290145d41789cd6390",
        nonce: "033f34322efbf18c023c23a9",
        aad: "",
        plain: "36077bcf105882b9cad6de8ad1f5f0a4",
        sealed: "c316d8b15e4cfebca8f8503d28b686e0",
        icv: "529d6617ac305876",
    },
    Vector {
        encr: Encr::ENCR_AES_GCM_8,
        key_bits: 192,
        key: "ccfd3b3784eda4566c81032e8546d4a0daec490f5c877f24",
        nonce: "aac04815cea05243c995553d",
        aad: "a0ca775a131a096eace0150f43f578ccdcd425ee",
        plain: "9dc7701805315d11a378bbcaabb1f76295066b6070a0e23eda241192092a8a045c098db0fe285e2543c712f39c0d884671ea84",
        sealed: "a3ad4d51c9b836f79aecd439d99b49827bf80d10451f94883d019fe4e816644a7dd8713eb9d00aaaff55888025c408e1f707ac",
        icv: "7e72f6db111b6d89",
    },
    Vector {
        encr: Encr::ENCR_AES_GCM_12,
        key_bits: 192,
        key: "6f3716007c45cfb6de66ccf216b803f5bcb93816a6e83fc8",
        nonce: "195707ac4693965a6cb78d4b",
        aad: "da68fe3c5a8d24fb1ff6b1507a39bbeb2c09b1da36b886a31e9a1df863565bc3bf0619a98d472c341c2e7f7d8645b84e",
        plain: "81da03479da593b88ca64fd02b",
        sealed: "a90127dfedce8b2425b521638b",
        icv: "49e8bdc90eb80e776dba8ba6",
    },
    Vector {
        encr: Encr::ENCR_AES_GCM_12,
        key_bits: 192,
        key: "a22a0a7451160a20a4be34619320ec67f39ad90ff8c86c08",
        nonce: "bb6fa91702872b9f804eadcd",
        aad: "b5e4bd82f5ed35fdf0c8024f6e3f5b2d6a6a5e9d",
        plain: "bc06a2331af2b5a790df05ebddb26520fe3589f9382b286641ad1647e54906e578943c1f8dc79ea7d6e6adcdc5677e7219bef3",
        sealed: "eb7ea15535a54866e3291b38b62efd24b6f3d9b31b535f0d8419fe4a1ebaff8c1cc94f2c0c7bf092b9aff31312eef1c604ed25",
        icv: "0801330b491f18379a3f8088",
    },
    Vector {
        encr: Encr::ENCR_AES_GCM_16,
        key_bits: 192,
        key: "81b00335e1b5a434953ec8e229858f3a83b258e3e7a0bdd5",
        nonce: "23c5bcc5b938572ef9bd6009",
        aad: "343addab94d2d610a3e744d7bec84edb94a14d2cdafc835c451e847a5ffd33b41e932a74d3d599cef6cfee7303216af6",
        plain: "a355a753a776c5f1f27efd2d6a",
        sealed: "df9151d338bf2a5c3ea1fca9c7",
        icv: "b6ddac1a3334a20b4197ceb08d4998a6",
    },
    Vector {
        encr: Encr::ENCR_AES_GCM_16,
        key_bits: 192,
        key: "910368f7839f6dccec9c733ebb6af4e59508a9af821356e6",
        nonce: "ad0a76ed563a1a5cc9ceb27b",
        aad: "16ccf22ab7bbabca34c4b649cb25f4b775103bc0",
        plain: "06c34b29f60fb0e7631310ee1c2703d3f5c97940b0637042ce9212dd25527435cff36b2b6b6f528645e05862387eccd567a977",
        sealed: "e2680def23bc6584ee7da55123213605c51ebfd30c4369c05fad8a047cf10dfcfca19c6ab53676c7489844d28f6c494fc5471a",
        icv: "d43bcfffc69fc6f95d5f98c508fbe043",
    },
    Vector {
        encr: Encr::ENCR_AES_GCM_8,
        key_bits: 256,
        key: "386b956c0276e018ebbcd041babac78d9bbfdf0be50ebfa92b05bb48f39f2ae7",
        nonce: "fdf378335a7f3ff5cc0d223e",
        aad: "fc892a2d24003d3cf70f0945ea26ce722055d9d1eb76e11dc3dbbab2109ce4d7b5488b16930ffc386444c52638d8d53afb7d34437b1ad8607848f29b0c7de90dbd592fea5ff61fe9782a0c68a270cf71b28a4df4244e7efe0ceb",
        plain: "",
        sealed: "",
        icv: "7edb28fc1df67bc4",
    },
    Vector {
        encr: Encr::ENCR_AES_GCM_8,
        key_bits: 256,
        key: "4571181ea80445dd83b0e7bf3b3e6a6207f4f65e0c19c374bac22607dd9409b4",
        nonce: "1db6fdec4fc57cfca911859f",
        aad: "",
        plain: "ccc9da0935e72ec3ce2f15b85cd5e26a",
        sealed: "537cce33beba3144693db40d97af3d4f",
        icv: "1e62aa4a9e8f8862",
    },
    Vector {
        encr: Encr::ENCR_AES_GCM_8,
        key_bits: 256,
        key: "a08f3dcaac5c836fd00c259eade871bc0a8f799f1f1ab84e3d62073dad6bb2d7",
        nonce: "88aa99bc517823ffbdee1a82",
        aad: "dca0eaad80eafdfc7cbcf10fa652a57b569338ea",
        plain: "8acbd90537a58f7769ca99065de675367049199867ccc2f1e636d1a80bd7e7447bba2cd02c39f3f213a61d9fd7b087cb1bff0d",
        sealed: "fb8d61391dafed8d732d25069f9ce8a4fe2a3a6639177f813b87679249a1d29ad15764e3590fb4f11c33d8bd6d0c3da1c9bfcd",
        icv: "8ae5d13cb2f17fc5",
    },
    Vector {
        encr: Encr::ENCR_AES_GCM_12,
        key_bits: 256,
        key: "3f8a8ae3243186497ebcfb1b187938e566f630b52bb568ef9a6ffe2395f44c6a",
        nonce: "3581796437d8ed159b8cfc99",
        aad: "1ec3f8a3191df82fcf0e38ce9abdaa993855f02a88aea854e91bd473dec7c028101183dc9f6ed99855a5a4820d3b0f0b",
        plain: "1fe657e119ac7dcfe18b9c744c",
        sealed: "468270e152ca5a88a22863413e",
        icv: "88fbc5da48eae5058216bc85",
    },
    Vector {
        encr: Encr::ENCR_AES_GCM_12,
        key_bits: 256,
        key: "469b5532117bcb3ffee3dec1356230f520574b36b1560536885db86a582c09b9",
        nonce: "01c50cab4cab9b3f49f22e23",
        aad: "749435b170fd574a742b33094013b49b0ad67a88",
        plain: "62a2ce5c4fc990085f4debb0ef0e81651d976146156e1150b13d2f8be58c79f59867f4906988f9eee312bf1291b6bdaed745b4",
        sealed: "bd222664a9c1c57837de156e9240793a7ed66d503593b259a6677f8861f894b883001f95aed34d0ce32e0110921b307112e47e",
        icv: "f791b51703080758cb4a7362",
    },
    Vector {
        encr: Encr::ENCR_AES_GCM_16,
        key_bits: 256,
        key: "42d3ff74284395fb9db9b8c7a444fa400f7fc6b985a7fec2478667c7f17cf3ba",
        nonce: "89230fbed59d1226a093ad28",
        aad: "60342f97310446266b2e47b18e008979d07fc181151ac0939b495e7f31de1d0e74042532840ab91686efd7a402d27a94",
        plain: "d8339e3618ba57a243a27c85d6",
        sealed: "9bb6fa36fa167016109d521ac0",
        icv: "600909ef32ca62951ecbdc811caa7778",
    },
    Vector {
        encr: Encr::ENCR_AES_GCM_16,
        key_bits: 256,
        key: "2426e2d1cd9545ec2fb7ab9137ad852734333925bfc5674763d6ee906e81c091",
        nonce: "49a094a71d393b36daa4a591",
        aad: "177309cfc913e3f5c093e8b1319ba81826d43ce5",
        plain: "7cbe7982d365a55d147c954583f9760a09948ab73ebbe1b2c1d69ed58e092a347392192cfe8bce18ca43ee19af7652331bd92c",
        sealed: "cab992e17cf6ec69fd3c67ea0424bcd67475a7f1f16e6733c4419d1b5a755f78d6eda8e368360d403800a08f0d52b4bc0aa0ab",
        icv: "b125f8caee9e54b9f9414b1c09021ed8",
    },
];

/// NIST CAVS, VNT{128,192,256}.rsp, the first two of Nlen = 11.
const CCM_16: &[Vector] = &[
    Vector {
        encr: Encr::ENCR_AES_CCM_16,
        key_bits: 128,
        key: "e6ab9e70a4fb51b01c2e262233e64c0d",
        nonce: "74e689eb5af9441dd690a6",
        aad: "42f6518ee0fbe42f28e13b4bb2eb60517b37c9744394d9143393a879c3e107c7",
        plain: "ba15916733550d7aa82b2f6b117cd3f54c83ddc16cd0288a",
        sealed: "dcc151443288f35d39ed8fae6f0ce1d1eb656f4f7fd65c0b",
        icv: "16f322ce85d7c54e71ac560fd4da9651",
    },
    Vector {
        encr: Encr::ENCR_AES_CCM_16,
        key_bits: 128,
        key: "e6ab9e70a4fb51b01c2e262233e64c0d",
        nonce: "eb118fb41284bfcb1bc338",
        aad: "b5a6067fbac46578cfc8d3fe04108588c9de077eb009249374f205553bba9d02",
        plain: "863da00c7accf45418d47c1eda72338734dcc49cd599f328",
        sealed: "d64de7a56146b971e21bf5784d67bab32dd837cfb81591da",
        icv: "4a0177883346dc896eb39e8a32bc1393",
    },
    Vector {
        encr: Encr::ENCR_AES_CCM_16,
        key_bits: 192,
        key: "af84c6f302c59aeee6d5728ed5da2e3c64a5a781c52c4d1b",
        nonce: "df990c42a268950677c433",
        aad: "a6ab5d78427f297a4b7e21f1091ff3a5b20caa3fe1cbcb09459d9df596a6c8e1",
        plain: "6db41aeb5f7c24df8929dbc30483b3c7934b3bd1cdce5bb9",
        sealed: "8c9328258bf71970d33e23a3ff81cc1c9cbe196a1294264b",
        icv: "fd6a7255e4801963bb30a63de3fc5b82",
    },
    Vector {
        encr: Encr::ENCR_AES_CCM_16,
        key_bits: 192,
        key: "af84c6f302c59aeee6d5728ed5da2e3c64a5a781c52c4d1b",
        nonce: "b7ea72641bbe2dca6d85e7",
        aad: "4e0f2ddf183281ec131693bdcea3fc9743733c07a486a42d5737735b3f6e3fdf",
        plain: "726844e41b1e4d883024b32fee0dcea38c889cb328885b7c",
        sealed: "9a133e4582c2ebc445862a9c6f2f4e39223c84081e322c8f",
        icv: "262de30da6ef505fe640c53d765f672c",
    },
    Vector {
        encr: Encr::ENCR_AES_CCM_16,
        key_bits: 256,
        key: "97bc7482a87ba005475dfa3448f59d4b3f9c4c969d08b39b1b21ef965c0f5125",
        nonce: "0bcf78103ec52d6df28887",
        aad: "049c10f0cb37ae08eae2d0766563b7c5a8454f841c2061a4f71a0a2158ae6ce5",
        plain: "b99bf4dc781795fc4d3a8467b06e1665d4e543657f23129f",
        sealed: "0d3891fa0caac1f7ebe41b480920ffd34d4155064c24f3b1",
        icv: "7a483163dd8f228d1f20cd4f86cf38fd",
    },
    Vector {
        encr: Encr::ENCR_AES_CCM_16,
        key_bits: 256,
        key: "97bc7482a87ba005475dfa3448f59d4b3f9c4c969d08b39b1b21ef965c0f5125",
        nonce: "ab6374c6b2faefd92fa3d3",
        aad: "f19c044023e5cf339203738ee70e76527519763664c06ae00e002a5ba94c32c6",
        plain: "a2e5c51f516db01688b64c173bb25645182a005018022ee1",
        sealed: "f70c598df3c64d3527ebb7fc8408b7de2cfaa1da7984ec36",
        icv: "1f1ad61758d828b70d4881b7d6ae8cd0",
    },
];

/// No published vector has an 11-octet nonce and a short ICV: computed with OpenSSL 4.0.0.
const CCM_8_12: &[Vector] = &[
    Vector {
        encr: Encr::ENCR_AES_CCM_8,
        key_bits: 128,
        key: "020910171e252c333a41484f565d646b",
        nonce: "a0a1a2a3a4a5a6a7a8a9aa",
        aad: "404142434445464748494a4b4c4d4e4f505152535455565758595a5b5c5d5e5f",
        plain: "636f6e74656e74206f6620616e20534b207061796c6f61643a203337206f63746574732e2e",
        sealed: "c552b7e62b65186af6b8136cbfdc0f9f9524864c0edb498daf2dd204f69102f3d79caa4e0a",
        icv: "5c6314c1c8e347b7",
    },
    Vector {
        encr: Encr::ENCR_AES_CCM_12,
        key_bits: 128,
        key: "020910171e252c333a41484f565d646b",
        nonce: "a0a1a2a3a4a5a6a7a8a9aa",
        aad: "404142434445464748494a4b4c4d4e4f505152535455565758595a5b5c5d5e5f",
        plain: "636f6e74656e74206f6620616e20534b207061796c6f61643a203337206f63746574732e2e",
        sealed: "c552b7e62b65186af6b8136cbfdc0f9f9524864c0edb498daf2dd204f69102f3d79caa4e0a",
        icv: "b79d26075bd08dc8d83488f2",
    },
    Vector {
        encr: Encr::ENCR_AES_CCM_8,
        key_bits: 192,
        key: "030a11181f262d343b424950575e656c737a81888f969da4",
        nonce: "a0a1a2a3a4a5a6a7a8a9aa",
        aad: "404142434445464748494a4b4c4d4e4f505152535455565758595a5b5c5d5e5f",
        plain: "636f6e74656e74206f6620616e20534b207061796c6f61643a203337206f63746574732e2e",
        sealed: "21313f5a75d16b90de8175706b63da4f9f4bad6b6a933d0d2b493cd09340fd1b9d5b2e39ab",
        icv: "794fa02e0c6549bb",
    },
    Vector {
        encr: Encr::ENCR_AES_CCM_12,
        key_bits: 192,
        key: "030a11181f262d343b424950575e656c737a81888f969da4",
        nonce: "a0a1a2a3a4a5a6a7a8a9aa",
        aad: "404142434445464748494a4b4c4d4e4f505152535455565758595a5b5c5d5e5f",
        plain: "636f6e74656e74206f6620616e20534b207061796c6f61643a203337206f63746574732e2e",
        sealed: "21313f5a75d16b90de8175706b63da4f9f4bad6b6a933d0d2b493cd09340fd1b9d5b2e39ab",
        icv: "87bd3cee16613e5cb9420753",
    },
    Vector {
        encr: Encr::ENCR_AES_CCM_8,
        key_bits: 256,
        key: "040b121920272e353c434a51585f666d747b828990979ea5acb3bac1c8cfd6dd",
        nonce: "a0a1a2a3a4a5a6a7a8a9aa",
        aad: "404142434445464748494a4b4c4d4e4f505152535455565758595a5b5c5d5e5f",
        plain: "636f6e74656e74206f6620616e20534b207061796c6f61643a203337206f63746574732e2e",
        sealed: "b08c2d2d6e3240f8dca5d2e96e046c4025525fb265f1732b1adb3f8db21913bfc007d53edd",
        icv: "d8e68f7caf1e8080",
    },
    Vector {
        encr: Encr::ENCR_AES_CCM_12,
        key_bits: 256,
        key: "040b121920272e353c434a51585f666d747b828990979ea5acb3bac1c8cfd6dd",
        nonce: "a0a1a2a3a4a5a6a7a8a9aa",
        aad: "404142434445464748494a4b4c4d4e4f505152535455565758595a5b5c5d5e5f",
        plain: "636f6e74656e74206f6620616e20534b207061796c6f61643a203337206f63746574732e2e",
        sealed: "b08c2d2d6e3240f8dca5d2e96e046c4025525fb265f1732b1adb3f8db21913bfc007d53edd",
        icv: "b23b4cf33b9a125d92f104cd",
    },
];

/// RFC 8439 section 2.8.2 and RFC 7634 appendix B (an INFORMATIONAL message, Pad Length included).
const CHACHA20_POLY1305: &[Vector] = &[
    Vector {
        encr: Encr::ENCR_CHACHA20_POLY1305,
        key_bits: 256,
        key: "808182838485868788898a8b8c8d8e8f909192939495969798999a9b9c9d9e9f",
        nonce: "070000004041424344454647",
        aad: "50515253c0c1c2c3c4c5c6c7",
        plain: "4c616469657320616e642047656e746c656d656e206f662074686520636c617373206f66202739393a204966204920636f756c64206f6666657220796f75206f6e6c79206f6e652074697020666f7220746865206675747572652c2073756e73637265656e20776f756c642062652069742e",
        sealed: "d31a8d34648e60db7b86afbc53ef7ec2a4aded51296e08fea9e2b5a736ee62d63dbea45e8ca9671282fafb69da92728b1a71de0a9e060b2905d6a5b67ecd3b3692ddbd7f2d778b8c9803aee328091b58fab324e4fad675945585808b4831d7bc3ff4def08e4b7a9de576d26586cec64b6116",
        icv: "1ae10b594f09e26a7e902ecbd0600691",
    },
    Vector {
        encr: Encr::ENCR_CHACHA20_POLY1305,
        key_bits: 256,
        key: "808182838485868788898a8b8c8d8e8f909192939495969798999a9b9c9d9e9f",
        nonce: "a0a1a2a31011121314151617",
        aad: "c0c1c2c3c4c5c6c7d0d1d2d3d4d5d6d72e202500000000090000004529000029",
        plain: "0000000c000040010000000a00",
        sealed: "610394701f8d017f7c12924889",
        icv: "6b71bfe25236efd7cdc67066906315b2",
    },
];
