//! Files to certificates: PEM (RFC 7468) with any text around it, DER, base64 alone, PKCS#7 (RFC 2315, RFC 5652 section 5.1).
//!
//! A file may have several certificates. Private keys are not looked into, and a remark says that they are there. Each octet is looked at
//! a bounded number of times, whatever the file says of its own lengths.

use super::error::{CertificateFileError, CertificateFileFault as Fault};
use super::tlv::{self, Element};
use crate::capture::printable;
use ikev2::cert::Certificate;
use std::borrow::Cow;

/// Octets of a file that can be one of certificates.
pub const MAX_FILE: usize = 64 << 20;
/// Certificates that are looked at; bundles of every public authority have about 150.
const MOST: usize = 1000;
/// Errors and remarks told one by one.
const TOLD: usize = 20;
/// Octets of a label.
const LABEL: usize = 64;

const BEGIN: &[u8] = b"-----BEGIN ";
const END: &[u8] = b"-----END ";
const DASHES: &[u8] = b"-----";
const SEQUENCE: u8 = 0x30;
/// id-signedData, 1.2.840.113549.1.7.2.
const SIGNED_DATA: &[u8] = b"\x2a\x86\x48\x86\xf7\x0d\x01\x07\x02";

/// A certificate and where it stood.
#[derive(Clone, Debug)]
pub(crate) struct Piece {
    pub(crate) file: String,
    /// Counted from 1, of those in the file.
    pub(crate) number: usize,
    pub(crate) at: usize,
    pub(crate) der: Vec<u8>,
}

/// What stood in files.
#[derive(Debug, Default)]
pub(crate) struct Reading {
    pub(crate) pieces: Vec<Piece>,
    pub(crate) remarks: Vec<String>,
    pub(crate) errors: Vec<CertificateFileError>,
}

impl Reading {
    /// Reads one more file.
    pub(crate) fn file(&mut self, name: &str, octets: &[u8]) {
        let mut file = File { name: printable(name), text: None, number: 0, keys: 0, passed_over: None, too_many: false, reading: self };
        file.read(octets);
        file.end();
    }
}

/// Whether a file begins as one of certificates does: with the label of one, or with the DER of one.
#[must_use]
pub fn recognise(head: &[u8]) -> bool {
    let mut reading = Reading::default();
    reading.file("", head);
    // A head that ends within a certificate has its label, and no certificate yet.
    let labelled = find(head, BEGIN).is_some_and(|at| {
        let label = head.get(at..).unwrap_or_default();
        [&b"-----BEGIN CERTIFICATE"[..], b"-----BEGIN PKCS7", b"-----BEGIN CMS", b"-----BEGIN X509", b"-----BEGIN TRUSTED CERT"]
            .iter()
            .any(|begin| label.starts_with(begin))
    });
    labelled || !reading.pieces.is_empty()
}

/// One file as it is read.
struct File<'r> {
    name: String,
    /// How octets of the text that is read count in the file: UTF-16 has two for each.
    text: Option<Wide>,
    number: usize,
    keys: usize,
    /// What a block is that is no certificate.
    passed_over: Option<&'static str>,
    too_many: bool,
    reading: &'r mut Reading,
}

#[derive(Clone, Copy)]
struct Wide;

impl File<'_> {
    fn read(&mut self, octets: &[u8]) {
        if octets.len() > MAX_FILE {
            return self.fault(0, Fault::TooLarge(MAX_FILE));
        }
        let octets = self.narrow(octets);
        if find(&octets, BEGIN).is_some() {
            self.pem(&octets);
        } else if octets.first() == Some(&SEQUENCE) && !is_text(&octets) {
            self.der(0, &octets);
        } else if octets.trim_ascii().is_empty() {
            self.fault(0, Fault::Empty);
        } else if let Some(der) = bare_base64(&octets) {
            self.der(0, &der);
        } else {
            self.fault(0, Fault::NoCertificate(looks_like(&octets)));
        }
    }

    /// The octets as ASCII, where they are UTF-16 with a byte order mark, as PowerShell writes text.
    fn narrow<'o>(&mut self, octets: &'o [u8]) -> Cow<'o, [u8]> {
        let unit: fn([u8; 2]) -> u16 = match octets {
            [0xff, 0xfe, ..] => u16::from_le_bytes,
            [0xfe, 0xff, ..] => u16::from_be_bytes,
            _ => return Cow::Borrowed(octets),
        };
        self.text = Some(Wide);
        let units = octets.chunks_exact(2).skip(1).filter_map(|pair| <[u8; 2]>::try_from(pair).ok());
        Cow::Owned(units.map(|pair| u8::try_from(unit(pair)).ok().filter(u8::is_ascii).unwrap_or(b'?')).collect())
    }

    /// Blocks between lines of dashes; what is around them is passed over.
    fn pem(&mut self, octets: &[u8]) {
        let mut at = 0_usize;
        while let Some(found) = octets.get(at..).and_then(|rest| find(rest, BEGIN)) {
            let begin = at.saturating_add(found);
            let inside = begin.saturating_add(BEGIN.len());
            let Some((label, body)) = label(octets, inside) else {
                at = inside;
                continue;
            };
            at = match contents(&label) {
                Contents::Certificates => self.block(octets, begin, &label, body),
                Contents::Key => {
                    self.keys = self.keys.saturating_add(1);
                    body
                }
                Contents::Other(what) => {
                    self.passed_over = Some(what);
                    self.remark(format!("octet {}: the block \"{label}\" is {what}, and was passed over", self.place(begin)));
                    body
                }
            };
        }
        if self.number == 0 && self.reading.errors.iter().all(|error| error.file != self.name) {
            self.fault(0, Fault::NoCertificate(self.passed_over.or((self.keys > 0).then_some("a file of private keys"))));
        }
    }

    /// Reads the block whose base64 begins at `body`; gives where to go on.
    fn block(&mut self, octets: &[u8], begin: usize, label: &str, body: usize) -> usize {
        let mut base64 = Base64::default();
        let mut at = body;
        let fault = loop {
            let Some(octet) = octets.get(at) else { break Some((begin, Fault::NoEnd(label.to_owned()))) };
            match (octet, octets.get(at.saturating_add(1))) {
                (b'-', _) => break None,
                // A text in JSON or in a program: its ends of lines are two characters.
                (b'\\', Some(b'n' | b'r')) => at = at.saturating_add(2),
                _ => match base64.push(*octet) {
                    Ok(()) => at = at.saturating_add(1),
                    Err(fault) => break Some((at, fault)),
                },
            }
        };
        if let Some((place, fault)) = fault {
            self.fault(place, fault);
            return at.saturating_add(1);
        }
        let rest = octets.get(at..).unwrap_or_default();
        let end = rest.strip_prefix(END).and_then(|_| self::label(octets, at.saturating_add(END.len())));
        match end {
            None if rest.starts_with(BEGIN) => {
                self.fault(begin, Fault::NoEnd(label.to_owned()));
                return at;
            }
            None => {
                let fault = if rest.starts_with(DASHES) { Fault::NoEnd(label.to_owned()) } else { Fault::Base64('-') };
                self.fault(if rest.starts_with(DASHES) { begin } else { at }, fault);
                return at.saturating_add(1);
            }
            Some((found, after)) => {
                at = after;
                if found != label {
                    self.fault(begin, Fault::OtherEnd { label: label.to_owned(), found });
                    return at;
                }
            }
        }
        match base64.finish() {
            Ok(der) if matches!(label, "PKCS7" | "CMS") => self.element(begin, &der),
            Ok(der) => self.certificate(begin, &der, label == "TRUSTED CERTIFICATE"),
            Err(fault) => self.fault(begin, fault),
        }
        at
    }

    /// One certificate; OpenSSL's trusted ones have more after it.
    fn certificate(&mut self, at: usize, der: &[u8], more: bool) {
        match tlv::first(der) {
            Ok((element, [])) => self.push(at, element.whole),
            Ok((element, _)) if more => self.push(at, element.whole),
            Ok((_, rest)) => self.fault(at, Fault::Trailing(rest.len())),
            Err(fault) => self.der_fault(at, der, fault),
        }
    }

    fn push(&mut self, at: usize, der: &[u8]) {
        self.number = self.number.saturating_add(1);
        if self.reading.pieces.len() >= MOST {
            self.too_many = true;
            return;
        }
        match Certificate::parse(der) {
            Ok(_) => {
                let (file, at) = (self.name.clone(), self.place(at));
                self.reading.pieces.push(Piece { file, number: self.number, at, der: der.to_vec() });
            }
            Err(error) => self.fault(at, Fault::Certificate(error)),
        }
    }

    /// Elements one after the other, as `copy /b` puts files together.
    fn der(&mut self, start: usize, octets: &[u8]) {
        let mut rest = octets;
        let mut at = start;
        while !rest.trim_ascii().is_empty() {
            match tlv::first(rest) {
                Ok((element, after)) if element.tag == SEQUENCE => {
                    self.element(at, element.whole);
                    at = at.saturating_add(element.whole.len());
                    rest = after;
                }
                Ok(_) => return self.fault(at, Fault::NotDer),
                Err(fault) => return self.der_fault(at, rest, fault),
            }
        }
    }

    /// A SEQUENCE: a certificate, a PKCS#7 object with several, or something else.
    fn element(&mut self, at: usize, der: &[u8]) {
        let outer = match tlv::first(der) {
            Ok((outer, _)) => outer,
            Err(fault) => return self.der_fault(at, der, fault),
        };
        let inner: Vec<Element<'_>> = tlv::each(outer.contents).take(3).collect();
        match inner.as_slice() {
            [Element { tag: 0x06, contents: SIGNED_DATA, .. }, content, ..] => self.signed_data(at, content.contents),
            [Element { tag: 0x06, .. }, ..] => self.fault(at, other("a CMS object without certificates", "export the certificates alone")),
            [Element { tag: 0x02, contents: [3], .. }, Element { tag: SEQUENCE, .. }, ..] => self.fault(
                at,
                other("a PKCS#12 file, which is encrypted and holds a private key", "openssl pkcs12 -nokeys -in FILE -out CHAIN.pem"),
            ),
            [Element { tag: 0x02, contents: [0 | 1], .. }, Element { tag: 0x02 | 0x04 | SEQUENCE, .. }, ..] => {
                self.fault(at, other("a private key", "give the certificate that goes with it; keys are never looked into"));
            }
            [tbs @ Element { tag: SEQUENCE, .. }, ..] if is_request(tbs.contents) => {
                self.fault(at, other("a certification request", "give the certificate that the authority made of it"));
            }
            _ => self.push(at, outer.whole),
        }
    }

    /// [0] SignedData with its [0] certificates.
    fn signed_data(&mut self, at: usize, content: &[u8]) {
        let before = self.number;
        let Some(signed) = tlv::each(content).next() else { return self.fault(at, Fault::NotDer) };
        let certificates = tlv::each(signed.contents).find(|element| element.tag == 0xa0);
        for element in certificates.iter().flat_map(|all| tlv::each(all.contents)).filter(|element| element.tag == SEQUENCE) {
            self.push(at, element.whole);
        }
        if self.number == before {
            self.fault(at, other("a PKCS#7 object without certificates", "export the certificate with its path"));
        }
    }

    fn der_fault(&mut self, at: usize, octets: &[u8], fault: tlv::Fault) {
        let fault = match fault {
            tlv::Fault::Short { needed } => Fault::CutOff { needed, available: octets.len() },
            tlv::Fault::Indefinite | tlv::Fault::Length => Fault::NotDer,
        };
        self.fault(at, fault);
    }

    /// Where an octet of the text stands in the file.
    const fn place(&self, at: usize) -> usize {
        match self.text {
            Some(Wide) => at.saturating_mul(2).saturating_add(2),
            None => at,
        }
    }

    fn fault(&mut self, at: usize, kind: Fault) {
        if self.reading.errors.len() < TOLD {
            self.reading.errors.push(CertificateFileError { file: self.name.clone(), at: self.place(at), kind });
        }
    }

    fn remark(&mut self, what: String) {
        if self.reading.remarks.len() < TOLD {
            self.reading.remarks.push(format!("{}: {what}", self.name));
        }
    }

    fn end(&mut self) {
        match self.keys {
            0 => {}
            1 => self.remark("there is a private key in it, which was not looked at: do not pass this file on".into()),
            keys => self.remark(format!("there are {keys} private keys in it, which were not looked at: do not pass this file on")),
        }
        if self.too_many {
            self.remark(format!("more than {MOST} certificates: the others were not looked at"));
        }
    }
}

const fn other(what: &'static str, remedy: &'static str) -> Fault {
    Fault::Other { what, remedy }
}

/// CertificationRequestInfo (RFC 2986 section 4.1): version 0, a name, a key, [0] attributes. A certificate of version 1 has a serial
/// number
/// there, and an AlgorithmIdentifier after it.
fn is_request(tbs: &[u8]) -> bool {
    let mut fields = tlv::each(tbs).map(|field| (field.tag, field.contents));
    fields.next() == Some((0x02, &[0])) && fields.nth(2).is_some_and(|(tag, _)| tag == 0xa0)
}

/// What a block's label says is in it.
enum Contents {
    Certificates,
    Key,
    Other(&'static str),
}

fn contents(label: &str) -> Contents {
    match label {
        "CERTIFICATE" | "X509 CERTIFICATE" | "TRUSTED CERTIFICATE" | "PKCS7" | "CMS" => Contents::Certificates,
        // What they look like, in the words of an error.
        "CERTIFICATE REQUEST" | "NEW CERTIFICATE REQUEST" => Contents::Other("a request for a certificate"),
        "X509 CRL" => Contents::Other("a list of revoked certificates"),
        "PUBLIC KEY" | "RSA PUBLIC KEY" => Contents::Other("a public key"),
        label if label.ends_with("PRIVATE KEY") => Contents::Key,
        _ => Contents::Other("a block of another kind"),
    }
}

/// The label from `at` to the dashes behind it, and where these end.
fn label(octets: &[u8], at: usize) -> Option<(String, usize)> {
    let rest = octets.get(at..)?;
    let rest = rest.get(..LABEL.saturating_add(DASHES.len())).unwrap_or(rest);
    let len = find(rest, DASHES)?;
    let label = rest.get(..len)?;
    let plain = label.iter().all(|octet| matches!(octet, b' '..=b'~'));
    let text = core::str::from_utf8(label).ok().filter(|_| plain)?;
    Some((text.to_owned(), at.saturating_add(len).saturating_add(DASHES.len())))
}

fn find(octets: &[u8], what: &[u8]) -> Option<usize> {
    let first = what.first()?;
    let mut at = 0_usize;
    loop {
        let rest = octets.get(at..)?;
        at = at.saturating_add(rest.iter().position(|octet| octet == first)?);
        if octets.get(at..)?.starts_with(what) {
            return Some(at);
        }
        at = at.saturating_add(1);
    }
}

/// Text may begin with `0`, which is the octet of a SEQUENCE.
fn is_text(octets: &[u8]) -> bool {
    octets.iter().take(256).all(|octet| matches!(octet, b' '..=b'~' | b'\t' | b'\r' | b'\n' | 0x80..))
}

/// Base64 without dashes around it, as profiles and scripts have it: a SEQUENCE of more than 127 octets begins with `MI`.
fn bare_base64(octets: &[u8]) -> Option<Vec<u8>> {
    let text = octets.strip_prefix(b"\xef\xbb\xbf").unwrap_or(octets).trim_ascii();
    let mut base64 = Base64::default();
    let all = text.starts_with(b"MI") && text.iter().all(|octet| base64.push(*octet).is_ok());
    if all { base64.finish().ok() } else { None }
}

/// What a text that is no certificate seems to be.
fn looks_like(octets: &[u8]) -> Option<&'static str> {
    let start = octets.get(..4096).unwrap_or(octets);
    let has = |word: &str| find(start, word.as_bytes()).is_some();
    match octets {
        [0xd4, 0xc3, 0xb2, 0xa1, ..] | [0xa1, 0xb2, 0xc3, 0xd4, ..] | [0x0a, 0x0d, 0x0d, 0x0a, ..] => Some("a capture: see `ike diagnose`"),
        _ if has("Certificate:") && has("Data:") => Some("what `openssl x509 -text` prints, without the certificate itself"),
        _ if has("-END ") => Some("a block whose first line is missing"),
        _ if has("<") => Some("XML or HTML"),
        _ if has("ssh-") => Some("a key of SSH"),
        _ => None,
    }
}

/// Base64 (RFC 4648 section 4) as it comes, white space left out.
#[derive(Default)]
struct Base64 {
    octets: Vec<u8>,
    bits: u32,
    held: u32,
    padded: bool,
}

impl Base64 {
    fn push(&mut self, octet: u8) -> Result<(), Fault> {
        let wrong = Fault::Base64(char::from(octet));
        let value = match octet {
            // A quoted mail has `>` before each line.
            b' ' | b'\t' | b'\r' | b'\n' | 0x0b | 0x0c | b'>' => return Ok(()),
            b'=' => {
                self.padded = true;
                return Ok(());
            }
            b'A'..=b'Z' => octet.wrapping_sub(b'A'),
            b'a'..=b'z' => octet.wrapping_sub(b'a').wrapping_add(26),
            b'0'..=b'9' => octet.wrapping_sub(b'0').wrapping_add(52),
            b'+' => 62,
            b'/' => 63,
            _ => return Err(wrong),
        };
        if self.padded {
            return Err(wrong);
        }
        self.bits = self.bits.wrapping_shl(6) | u32::from(value);
        self.held = self.held.saturating_add(6);
        if self.held >= 8 {
            self.held = self.held.saturating_sub(8);
            let [.., octet] = self.bits.wrapping_shr(self.held).to_be_bytes();
            self.octets.push(octet);
        }
        Ok(())
    }

    /// Six bits that belong to no octet are half a character of what is missing.
    fn finish(self) -> Result<Vec<u8>, Fault> {
        if self.held >= 6 { Err(Fault::Base64Length) } else { Ok(self.octets) }
    }
}
