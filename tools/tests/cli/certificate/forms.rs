//! The forms certificates come in, and what is said of files that are none.

use super::{committed, read, when};
use ikev2_tools::evidence::certificate::{CertificateFileFault as Fault, Examination, ExamineOptions, Fitness, examine};

fn examined(octets: &[u8]) -> Examination {
    examine(&[("file", octets)], &[], &ExamineOptions::at(when(&committed())))
}

/// Thumbprints of the certificates, in their order.
fn prints(found: &Examination) -> Vec<String> {
    assert!(found.errors.is_empty(), "{:?}", found.errors);
    found.certificates.iter().map(|facts| facts.thumbprint.clone().unwrap()).collect()
}

fn utf16(text: &str) -> Vec<u8> {
    [0xfeff].into_iter().chain(text.encode_utf16()).flat_map(u16::to_le_bytes).collect()
}

#[test]
fn one_chain_is_the_same_in_every_form() {
    let folder = committed();
    let pem = String::from_utf8(read(&folder, "key-p256.pem")).unwrap();
    let known = prints(&examined(pem.as_bytes()));
    assert_eq!(known.len(), 3);
    for file in ["form.p7b", "form-p7b.pem", "form-text.pem", "form-key.pem"] {
        assert_eq!(prints(&examined(&read(&folder, file))), known, "{file}");
    }
    let shown = [
        format!("   {}", pem.replace('\n', "\r\n   ")),
        format!("> {}", pem.replace('\n', "\n> ")),
        format!("{{\"chain\": \"{}\"}}", pem.replace('\n', "\\n")),
        pem.replace('\n', "\r"),
        format!("\u{feff}Subject: 'ü'\n{pem}\n-- \nsigned"),
        pem.replace("BEGIN CERTIFICATE", "BEGIN X509 CERTIFICATE").replace("END CERTIFICATE", "END X509 CERTIFICATE"),
    ];
    for text in &shown {
        assert_eq!(prints(&examined(text.as_bytes())), known, "{text}");
    }
    assert_eq!(prints(&examined(&utf16(&pem))), known);
    // One after the other, and in files of their own.
    let der = read(&folder, "form-der.cer");
    assert_eq!(prints(&examined(&[&der[..], &der, b"\n"].concat())), [&known[0][..], &known[0]]);
    let base64: String = pem.lines().skip(1).take_while(|line| !line.starts_with('-')).collect();
    assert_eq!(prints(&examined(base64.as_bytes())), known[..1]);
    assert_eq!(prints(&examined(&read(&folder, "form-trusted.pem"))), known[..1]);
    let both = examine(&[("a", &der), ("b", pem.as_bytes())], &[], &ExamineOptions::at(when(&folder)));
    assert_eq!(
        both.certificates.iter().map(|facts| (facts.file.as_str(), facts.number)).collect::<Vec<_>>(),
        [("a", 1), ("b", 1), ("b", 2), ("b", 3)]
    );
    assert_eq!(both.chain.unwrap().duplicates, [1]);
}

#[test]
fn a_private_key_is_told_and_not_read() {
    let found = examined(&read(&committed(), "form-key.pem"));
    assert_eq!(found.remarks, ["file: there is a private key in it, which was not looked at: do not pass this file on"]);
    // Not even as far as to see that it is none.
    let found = examined(b"-----BEGIN RSA PRIVATE KEY-----\n!!\n-----END RSA PRIVATE KEY-----\n-----BEGIN PRIVATE KEY-----\n");
    assert_eq!(found.errors[0].kind, Fault::NoCertificate(Some("a file of private keys")));
    assert!(found.remarks[0].contains("2 private keys"), "{:?}", found.remarks);
}

fn fault(octets: &[u8]) -> (usize, Fault) {
    let found = examined(octets);
    assert_eq!((found.fitness, found.errors.len()), (Fitness::Unreadable, 1), "{:?}", found.errors);
    (found.errors[0].at, found.errors[0].kind.clone())
}

#[test]
fn what_is_wrong_is_told_with_its_place() {
    let folder = committed();
    let pem = read(&folder, "alone.pem");
    let lines: Vec<&[u8]> = pem.split_inclusive(|octet| *octet == b'\n').collect();
    let label = || "CERTIFICATE".to_owned();
    assert_eq!(fault(b""), (0, Fault::Empty));
    assert_eq!(fault(b" \r\n"), (0, Fault::Empty));
    assert_eq!(fault(b"hello"), (0, Fault::NoCertificate(None)));
    assert_eq!(fault(&pem[..pem.len() / 2]), (0, Fault::NoEnd(label())));
    assert_eq!(fault(&[b"text\n", lines[..lines.len() - 1].concat().as_slice()].concat()), (5, Fault::NoEnd(label())));
    let other = String::from_utf8(pem.clone()).unwrap().replace("END CERTIFICATE", "END X509 CRL");
    assert_eq!(fault(other.as_bytes()), (0, Fault::OtherEnd { label: label(), found: "X509 CRL".into() }));
    let mut wrong = pem.clone();
    wrong[100] = b'*';
    assert_eq!(fault(&wrong), (100, Fault::Base64('*')));
    let wide = fault(&utf16(&String::from_utf8(wrong).unwrap()));
    assert_eq!(wide, (202, Fault::Base64('*')));
    assert!(matches!(
        fault(&[lines[0], &lines[1][..61], b"\n", &lines[2..].concat()].concat()),
        (0, Fault::Base64Length | Fault::CutOff { .. } | Fault::Certificate(_))
    ));
    assert!(matches!(fault(&[lines[0], b"MAA=\n", lines[lines.len() - 1]].concat()), (0, Fault::Certificate(_))));
    assert!(matches!(fault(&[lines[0], b"MAAA\n", lines[lines.len() - 1]].concat()), (0, Fault::Trailing(1))));
    assert_eq!(fault(&[lines[0], b"MAAA=A\n", lines[lines.len() - 1]].concat()).1, Fault::Base64('A'));
    let der = read(&folder, "form-der.cer");
    assert_eq!(fault(&der[..der.len() - 1]), (0, Fault::CutOff { needed: der.len(), available: der.len() - 1 }));
    assert_eq!(fault(&[0x30, 0x80, 0, 0]), (0, Fault::NotDer));
    assert_eq!(fault(&[&der[..], &[4, 0]].concat()), (der.len(), Fault::NotDer));
    for (file, word) in [("form.pfx", "PKCS#12"), ("form-request.pem", "a request for a certificate")] {
        let (at, kind) = fault(&read(&folder, file));
        assert!(at == 0 && kind.to_string().contains(word), "{kind}");
    }
    let text = Fault::NoEnd(label()).to_string();
    assert_eq!(text, "the block \"CERTIFICATE\" that begins here does not end: expected \"-----END CERTIFICATE-----\"");
}

#[test]
fn what_can_be_read_beside_what_cannot_is_told_all_the_same() {
    let pem = read(&committed(), "key-p256.pem");
    let found = examined(&[&pem[..], b"-----BEGIN CERTIFICATE-----\nMAA=\n-----END CERTIFICATE-----\n"].concat());
    assert_eq!((found.fitness, found.certificates.len(), found.errors.len()), (Fitness::Unreadable, 3, 1));
    assert!(found.chain.is_some() && found.weight.is_some());
}
