//! Octets: against certificates of the other kinds that were made, and against the splitter.

use super::{committed, read, when};
use ikev2::cert::Certificate;
use ikev2_tools::evidence::certificate::{CertificateRole, ChainWeight, ExamineOptions, examine};

fn weight(file: &str, change: impl Fn(&mut ExamineOptions)) -> ChainWeight {
    let folder = committed();
    let mut options = ExamineOptions::at(when(&folder));
    change(&mut options);
    examine(&[(file, &read(&folder, file))], &[], &options).weight.unwrap()
}

fn octets(weight: &ChainWeight, name: &str) -> Vec<usize> {
    weight.payloads.iter().filter(|one| one.name == name).map(|one| one.octets).collect()
}

#[test]
fn payloads_are_counted_with_their_headers() {
    let folder = committed();
    let found = examine(&[("file", &read(&folder, "key-rsa4096.pem"))], &[], &ExamineOptions::at(when(&folder)));
    let weight = found.weight.unwrap();
    // Leaf and intermediate; not the root, which peers have.
    let sizes: Vec<usize> = found.certificates.iter().map(|facts| facts.octets).collect();
    assert_eq!(octets(&weight, "CERT"), [sizes[0] + 5, sizes[1] + 5]);
    assert_eq!(octets(&weight, "AUTH"), [4 + 4 + 1 + 15 + 512]);
    assert_eq!(octets(&weight, "SA"), [44]);
    assert_eq!((octets(&weight, "TSi"), octets(&weight, "CERTREQ")), (vec![24], Vec::new()));
    let sum: usize = weight.payloads.iter().map(|one| one.octets).sum();
    assert_eq!(weight.as_is.content, sum);
    let client = |n: usize| self::weight("key-rsa4096.pem", |options| (options.role, options.certreq) = (Some(CertificateRole::Client), n));
    assert_eq!(octets(&client(100), "CERTREQ"), [2005]);
    assert_eq!(client(100).as_is.content, client(0).as_is.content + 2005);
    assert_eq!(octets(&client(0), "CERTREQ"), [0; 0]);
}

#[test]
fn fragments_fill_their_paths_and_carry_everything() {
    for ipv6 in [false, true] {
        let weight = weight("key-rsa4096.pem", |options| {
            options.ipv6 = ipv6;
            options.mtus = vec![9000, 1500, 1492, 1400, 1280, 576, 120, 100];
        });
        let header = if ipv6 { 40 } else { 20 } + 8 + 4 + 28;
        let least = if ipv6 { 1280 } else { 100 };
        assert_eq!(weight.as_is.paths.iter().map(|path| path.mtu).min(), Some(least));
        for path in &weight.as_is.paths {
            assert!(path.datagrams.iter().all(|size| *size <= usize::from(path.mtu)), "{path:?}");
            // Headers, IV and ICV alone have 100 octets.
            if path.mtu == 100 {
                assert!(path.datagrams.is_empty() && path.ip_fragments > 20, "{path:?}");
                continue;
            }
            if let [one] = path.datagrams[..] {
                assert_eq!((one, path.ip_fragments), (weight.as_is.packet, 1), "{path:?}");
                continue;
            }
            // SKF: header 8, IV 16, ICV 16, and content with its padding.
            let content: usize = path.datagrams.iter().map(|size| size - header - 8 - 32).sum();
            let spare = content - weight.as_is.content;
            assert!((path.datagrams.len()..=16 * path.datagrams.len()).contains(&spare), "{path:?} {spare}");
        }
    }
}

/// Certificates that differ in their key alone, of which one is turned into the other.
#[test]
fn another_key_weighs_what_a_certificate_with_it_has() {
    let folder = committed();
    let leaf = |file: &str| {
        let text = String::from_utf8(read(&folder, file)).unwrap();
        let base64: String = text.lines().skip(1).take_while(|line| !line.starts_with('-')).collect();
        decode(&base64)
    };
    let kinds =
        ["key-rsa1024.pem", "key-rsa2048.pem", "key-rsa4096.pem", "key-p256.pem", "key-p384.pem", "key-p521.pem", "key-ed25519.pem"];
    let ders: Vec<Vec<u8>> = kinds.iter().map(|file| leaf(file)).collect();
    let certificates: Vec<Certificate<'_>> = ders.iter().map(|der| Certificate::parse(der).unwrap()).collect();
    for (of, from) in certificates.iter().enumerate() {
        for (to, like) in certificates.iter().enumerate() {
            // All are signed by one authority, with ecdsa-with-SHA256.
            let octets = from.len_with(like.public_key().spki().len(), 12, like.signature_len());
            assert_eq!(octets, like.as_der().len(), "{} as {}", kinds[of], kinds[to]);
        }
    }
    // The sizes that stand in the table are those of such keys.
    let spki = |file: &str| certificates[kinds.iter().position(|kind| *kind == file).unwrap()].public_key().spki().len();
    assert_eq!([spki("key-rsa2048.pem"), spki("key-p256.pem"), spki("key-p384.pem")], [294, 91, 120]);
    // RSA throughout: what is said of a chain with RSA-2048 is what one has.
    let made = weight("rsa-chain.pem", |_| ());
    let said = made.others.iter().find(|other| other.key == "RSA-2048").unwrap();
    // Its intermediate is signed with RSA-3072: 128 octets more than said.
    assert_eq!(said.message.cert + 128, made.as_is.cert);
    assert_eq!(said.message.auth, made.as_is.auth);
    let ml_dsa = made.others.iter().find(|other| other.key == "ML-DSA-65").unwrap();
    // FIPS 204: 1952 and 3309 octets, for each of two certificates, and the signature of AUTH.
    assert!((2 * (1952 + 3309)..2 * (1952 + 3309) + 1000).contains(&ml_dsa.message.cert) && ml_dsa.message.auth == 8 + 1 + 13 + 3309);
}

fn decode(base64: &str) -> Vec<u8> {
    let value = |c: u8| b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/".iter().position(|known| *known == c);
    let bits: Vec<u8> = base64.bytes().filter_map(value).flat_map(|six| (0..6).rev().map(move |bit| (six >> bit & 1) as u8)).collect();
    bits.chunks_exact(8).map(|octet| octet.iter().fold(0, |sum, bit| sum << 1 | bit)).collect()
}
