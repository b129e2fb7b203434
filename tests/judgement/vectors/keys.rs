//! The key vectors of other projects' tests, read in place from the folder IKEV2_SHARED names.

use crate::kit::exchanges::{initial, secrets};
use ikev2::ke::KeyExchangeError;

use ikev2::auth::SignedOctets;
use ikev2::keys::{ChildKeys, IkeKeys, KeyLengths, Nonces, PrfFunction, Skeyseed, nat_detection_hash};
use ikev2::provider::Provider;
use ikev2::registry;
use ikev2::wire::IkeSpis;
use serde_json::Value;
use std::collections::BTreeMap;

fn hex(value: &Value) -> Vec<u8> {
    let text = value.as_str().unwrap();
    (0..text.len()).step_by(2).map(|at| u8::from_str_radix(&text[at..at + 2], 16).unwrap()).collect()
}

fn size(value: &Value) -> usize {
    usize::try_from(value.as_u64().unwrap()).unwrap()
}

fn spi(value: &Value) -> u64 {
    u64::from_str_radix(value.as_str().unwrap(), 16).unwrap()
}

fn prf(value: &Value) -> PrfFunction {
    let id = match value.as_str().unwrap() {
        "hmac-md5" => registry::Prf::PRF_HMAC_MD5,
        "hmac-sha1" => registry::Prf::PRF_HMAC_SHA1,
        "hmac-sha256" => registry::Prf::PRF_HMAC_SHA2_256,
        "hmac-sha384" => registry::Prf::PRF_HMAC_SHA2_384,
        "hmac-sha512" => registry::Prf::PRF_HMAC_SHA2_512,
        "aes128-xcbc" => registry::Prf::PRF_AES128_XCBC,
        "aes128-cmac" => registry::Prf::PRF_AES128_CMAC,
        other => panic!("{other}"),
    };
    PrfFunction::new(&Provider::builtin(), id).unwrap()
}

/// Ni and Nr, or both in one.
fn nonces(inputs: &Value) -> (Vec<u8>, Vec<u8>) {
    match inputs.get("nonces").or(inputs.get("seed")) {
        Some(both) => (hex(both), Vec::new()),
        None => (hex(&inputs["ni"]), hex(&inputs["nr"])),
    }
}

fn skeyseed(vector: &Value, inputs: &Value) -> Result<Skeyseed, KeyExchangeError> {
    let (ni, nr) = nonces(inputs);
    let nonces = Nonces { initiator: &ni, responder: &nr };
    let g_ir = hex(inputs.get("g_ir").unwrap_or(&vector["hex"]));
    let prf = prf(inputs.get("prf").unwrap_or(&inputs["old_prf"]));
    match inputs.get("old_sk_d") {
        Some(sk_d) => {
            let mut pending = crate::kit::exchanges::exchanges(1).start();
            pending.add_secret(crate::kit::exchanges::METHODS[0], &g_ir)?;
            Ok(Skeyseed::rekeyed(prf, &hex(sk_d), nonces, &pending.finish()?).unwrap())
        }
        None => initial(prf, nonces, &g_ir),
    }
}

fn check(vector: &Value, all: &[Value]) {
    let (inputs, expect) = (&vector["inputs"], &vector["expect"]);
    let name = &vector["name"];
    let length = |key: &str| expect.get(key).map_or(0, |octets| hex(octets).len());
    match vector["kind"].as_str().unwrap() {
        "prf" => {
            let output = prf(&inputs["prf"]).compute(&hex(&inputs["key"]), &[&hex(&vector["hex"])]);
            assert_eq!(output.as_octets(), hex(&expect["output"]), "{name}");
        }
        "prf_plus" => {
            let mut out = vec![0; size(&inputs["length"])];
            prf(&inputs["prf"]).prf_plus(&hex(&inputs["key"]), &[&hex(&inputs["seed"])], &mut out).unwrap();
            assert_eq!(out, hex(&expect["output"]), "{name}");
        }
        "skeyseed" => assert_eq!(skeyseed(vector, inputs).unwrap().as_octets(), hex(&expect["skeyseed"]), "{name}"),
        "ike_keys" => {
            let wanted = expect.get("skeyseed").unwrap_or(&inputs["skeyseed"]);
            // Where only SKEYSEED is given, another vector tells where it came from.
            let source = match inputs.get("g_ir") {
                Some(_) => vector,
                None => all.iter().find(|other| other["kind"] == "skeyseed" && other["expect"]["skeyseed"] == *wanted).unwrap(),
            };
            let skeyseed = skeyseed(source, &source["inputs"]).unwrap();
            let prf = prf(inputs.get("new_prf").unwrap_or(&inputs["prf"]));
            let (ni, nr) = nonces(inputs);
            let spis = IkeSpis { initiator: spi(&inputs["spi_i"]), responder: spi(&inputs["spi_r"]) };
            let lengths = KeyLengths { encr: size(&inputs["encr_key_len"]), integ: size(&inputs["integ_key_len"]) };
            let keys = IkeKeys::derive(prf, &skeyseed, Nonces { initiator: &ni, responder: &nr }, spis, lengths).unwrap();
            assert_eq!(size(&inputs["prf_key_len"]), keys.sk_d().len());
            assert_eq!(skeyseed.as_octets(), hex(wanted), "{name}");
            let found = [keys.sk_d(), keys.sk_ai(), keys.sk_ar(), keys.sk_ei(), keys.sk_er(), keys.sk_pi(), keys.sk_pr()];
            for (key, octets) in ["sk_d", "sk_ai", "sk_ar", "sk_ei", "sk_er", "sk_pi", "sk_pr"].into_iter().zip(found) {
                assert_eq!(octets, hex(&expect[key]), "{name}: {key}");
            }
        }
        "child_keys" => {
            let (ni, nr) = nonces(inputs);
            let g_ir = inputs.get("g_ir").map(hex);
            let keys = ChildKeys::derive(
                prf(&inputs["prf"]),
                &hex(&inputs["sk_d"]),
                Nonces { initiator: &ni, responder: &nr },
                &secrets(&g_ir.as_deref().into_iter().collect::<Vec<_>>()),
                KeyLengths { encr: length("encr_i"), integ: length("integ_i") },
            )
            .unwrap();
            let found = [keys.encr_i(), keys.integ_i(), keys.encr_r(), keys.integ_r()];
            for (key, octets) in ["encr_i", "integ_i", "encr_r", "integ_r"].into_iter().zip(found) {
                assert_eq!(octets, expect.get(key).map(hex).unwrap_or_default(), "{name}: {key}");
            }
        }
        "natd" => {
            let spis = IkeSpis { initiator: spi(&inputs["init_spi"]), responder: spi(&inputs["resp_spi"]) };
            let address = inputs["address"].as_str().unwrap().parse().unwrap();
            let port = u16::try_from(size(&inputs["port"])).unwrap();
            assert_eq!(
                nat_detection_hash(Provider::builtin().sha1().unwrap(), spis, address, port).to_vec(),
                hex(&expect["sha1"]),
                "{name}"
            );
        }
        "auth_psk" => {
            let (message, nonce, id) = (hex(&vector["hex"]), hex(&inputs["nonce_peer"]), hex(&inputs["id_body"]));
            let octets = SignedOctets::new(prf(&inputs["prf"]), &hex(&inputs["sk_p"]), &message, &nonce, &id);
            assert_eq!(octets.concat(), hex(&expect["signed_octets"]), "{name}");
            assert_eq!(octets.shared_key(&hex(&inputs["psk"])).as_octets(), hex(&expect["auth"]), "{name}");
        }
        _ => {}
    }
}

#[test]
#[ignore = "needs IKEV2_SHARED"]
fn every_key_vector() {
    let all: Vec<_> = crate::kit::shared::vector_files().into_iter().flat_map(|(_, vectors)| vectors).collect();
    let mut counts = BTreeMap::new();
    for vector in &all {
        check(vector, &all);
        *counts.entry(vector["kind"].as_str().unwrap().to_owned()).or_insert(0) += 1;
    }
    for (kind, count) in [("prf", 22), ("prf_plus", 10), ("skeyseed", 13), ("ike_keys", 3), ("child_keys", 4), ("natd", 5), ("auth_psk", 1)]
    {
        assert_eq!(counts[kind], count, "{kind}");
    }
}
