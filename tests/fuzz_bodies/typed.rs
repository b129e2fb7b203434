//! What holds of one payload: its views lie within the datagram and say where, its iterators end, its values write back.

use core::fmt::{Debug, Write};
use ikev2::error::{Element, Origin};
use ikev2::registry::{PayloadType, SecurityProtocol};
use ikev2::wire::{
    Auth, Cert, CertReq, Chain, ChainBuilder, Configuration, Delete, Eap, Id, KeyExchange, Nonce, Notify, NotifyData, Payload,
    PuzzleSolution, RawPayload, Sa, TrafficSelectors, TransformAttribute, TransformAttributeValue, TransformSubstructure, VendorId,
};

/// Where `part` lies in `whole`; `None` for no octets, which lie nowhere. Panics when it lies elsewhere.
pub fn place(whole: &[u8], part: &[u8]) -> Option<usize> {
    if part.is_empty() {
        return None;
    }
    let at = part.as_ptr().addr().checked_sub(whole.as_ptr().addr()).expect("a view before its datagram");
    assert!(at + part.len() <= whole.len(), "a view past its datagram");
    Some(at)
}

/// A body on its own: the payload's own parser and the chain's agree.
pub fn body(ty: u8, b: &[u8]) {
    let raw = RawPayload::new(PayloadType(ty), false, b);
    let strict = raw.parse();
    let alone = match PayloadType(ty) {
        PayloadType::SA => Sa::parse(b).err(),
        PayloadType::KE => KeyExchange::parse(b).err(),
        PayloadType::IDI | PayloadType::IDR => Id::parse(b).err(),
        PayloadType::CERT => Cert::parse(b).err(),
        PayloadType::CERTREQ => CertReq::parse(b).err(),
        PayloadType::AUTH => Auth::parse(b).err(),
        PayloadType::NONCE => Nonce::parse(b).err(),
        PayloadType::N => Notify::parse(b).err(),
        PayloadType::D => Delete::parse(b).err(),
        PayloadType::V => VendorId::parse(b).err(),
        PayloadType::TSI | PayloadType::TSR => TrafficSelectors::parse(b).err(),
        PayloadType::CP => Configuration::parse(b).err(),
        PayloadType::EAP => Eap::parse(b).err(),
        PayloadType::PS => PuzzleSolution::parse(b).err(),
        _ => return,
    };
    match (strict, alone) {
        (Ok(_), None) => {}
        // In a raw payload the body starts after a header of four octets.
        (Err(raw), Some(alone)) => {
            assert_eq!((raw.offset, raw.kind, raw.origin), (alone.offset + 4, alone.kind, alone.origin));
            assert_eq!(alone.origin, Origin::Input);
        }
        (raw, alone) => panic!("{raw:?} {alone:?}"),
    }
}

/// One payload of a message or content, whose octets are `b`.
pub fn payload(b: &[u8], raw: RawPayload<'_>) {
    let (found, fault) = raw.parse_lenient();
    assert!(found.ty() == raw.ty);
    show(&found);
    if let Some(fault) = fault {
        let body = raw.offset() + 4..=raw.offset() + raw.len();
        assert!(body.contains(&fault.offset), "{fault} outside {body:?}");
        assert!(!fault.to_string().is_empty());
    }
    match found {
        Payload::Sa(sa) => security_association(b, raw, &sa, fault.is_none()),
        Payload::KeyExchange(ke) => {
            place(b, ke.data);
            // Fixed sizes are the same for both sides but for the KEMs.
            let _ = (ke.check_len(false), ke.check_len(true));
        }
        Payload::IdI(id) | Payload::IdR(id) => {
            place(b, id.data);
            if let Ok(Some(address)) = id.address() {
                assert_eq!(id.data.len(), if address.is_ipv4() { 4 } else { 16 });
            }
            assert!(id.text().is_none_or(|text| text.as_bytes() == id.data && text.is_ascii()));
        }
        Payload::Cert(cert) => {
            place(b, cert.data);
            if let Some(found) = cert.hash_and_url() {
                assert_eq!([found.hash, found.url].concat(), cert.data);
            }
        }
        Payload::CertReq(request) => {
            if let Some(hashes) = request.hashes() {
                assert_eq!(hashes.len() * 20, request.authorities.len());
                assert!(hashes.flatten().eq(request.authorities));
            }
        }
        Payload::Auth(auth) => {
            if let Some(found) = auth.digital_signature() {
                assert_eq!(1 + found.algorithm.len() + found.signature.len(), auth.data.len());
                place(b, found.algorithm);
                place(b, found.signature);
            }
        }
        Payload::Notify(notify) => notification(b, &notify),
        Payload::Delete(delete) => {
            let spis = delete.spis();
            let count = spis.len();
            assert_eq!(ends(spis.clone().map(|spi| place(b, spi))), count);
            let left = raw.body.len() - 4 - spis.map(<[u8]>::len).sum::<usize>();
            assert!(left == 0 || fault.is_some());
        }
        Payload::VendorId(vendor) => {
            place(b, vendor.data);
            assert!(vendor.name().is_none_or(|name| !name.is_empty() && vendor.data.len() >= 8));
        }
        Payload::TsI(ts) | Payload::TsR(ts) => {
            let count = ends(ts.selectors());
            let announced: usize = raw.body.first().copied().unwrap_or(0).into();
            assert!(if fault.is_none() { count == announced && count > 0 } else { 4 * count <= raw.body.len() });
        }
        Payload::Sk(sk) => assert_eq!((sk.first_payload, sk.sealed), (raw.next_payload, raw.body)),
        Payload::Configuration(cp) => configuration(b, &cp),
        Payload::Eap(eap) => {
            place(b, eap.data);
            if let Some((ty, data)) = eap.ty() {
                assert_eq!(eap.data.split_first(), Some((&ty, data)));
                assert!(eap.expanded().is_none_or(|found| found.data.len() + 7 == data.len() && ty == 254));
                assert!(eap.identity().is_none_or(|identity| identity == data && ty == 1));
            }
        }
        Payload::Skf(skf) => {
            assert!((1..=skf.total).contains(&skf.number) && skf.first_payload == raw.next_payload);
            place(b, skf.sealed);
        }
        Payload::PuzzleSolution(solution) => {
            if let Some(keys) = solution.keys() {
                assert_eq!(keys.concat(), solution.data);
                assert!(keys.iter().all(|key| key.len() == keys[0].len()));
            }
        }
        Payload::Nonce(nonce) => assert_eq!(nonce.data, raw.body),
        _ => assert_eq!(found, Payload::Unknown(raw)),
    }
}

/// Exhausts an iterator, asks it once more, and gives the count.
fn ends<T>(mut iterator: impl Iterator<Item = T>) -> usize {
    let (least, most) = iterator.size_hint();
    let count = iterator.by_ref().count();
    assert!(iterator.next().is_none(), "an iterator went on after its end");
    assert!(least <= count && most.is_none_or(|most| count <= most));
    count
}

fn security_association(b: &[u8], raw: RawPayload<'_>, sa: &Sa<'_>, is_sound: bool) {
    place(b, sa.as_octets());
    assert!(raw.body.starts_with(sa.as_octets()));
    let mut at = raw.offset() + 4;
    for (index, proposal) in sa.into_iter().enumerate() {
        assert_eq!(proposal.offset(), at);
        assert_eq!((b[at + 4], b[at + 5]), (proposal.number, proposal.protocol.0));
        assert!(usize::from(proposal.number) == index + 1 || (index == 0 && proposal.number != 0) || !is_sound);
        assert!(proposal.spi.len() == usize::from(b[at + 6]) || !is_sound);
        place(b, proposal.spi);
        let transforms = proposal.transforms();
        let count = ends(transforms.clone());
        assert!(count == usize::from(b[at + 7]) || !is_sound);
        let end = at + usize::from(u16::from_be_bytes([b[at + 2], b[at + 3]]));
        at += 8 + proposal.spi.len();
        for transform in transforms {
            at = transform_at(b, at, transform);
        }
        assert!(at == end || (at < end && !is_sound));
        at = end;
    }
    assert!(at == raw.offset() + 4 + sa.as_octets().len() || !is_sound);
    ends(sa.proposals());
}

/// The transform that stands at `at`; gives where it ends.
fn transform_at(b: &[u8], at: usize, transform: TransformSubstructure<'_>) -> usize {
    assert_eq!(transform.offset(), at);
    assert_eq!((b[at + 4], [b[at + 6], b[at + 7]]), (transform.ty.0, transform.id.0.to_be_bytes()));
    let bits = transform.attributes().find(|attribute| attribute.ty.0 == 14).and_then(|attribute| attribute.value.number());
    assert_eq!(transform.key_length(), bits);
    ends(transform.attributes());
    let end = at + usize::from(u16::from_be_bytes([b[at + 2], b[at + 3]]));
    let mut at = at + 8;
    for TransformAttribute { ty, value } in &transform {
        let af = u16::from(matches!(value, TransformAttributeValue::Tv(_))) << 15;
        assert_eq!([b[at], b[at + 1]], (ty.0 | af).to_be_bytes());
        at += 4;
        if let TransformAttributeValue::Tlv(value) = value {
            place(b, value);
            assert_eq!(TransformAttributeValue::Tlv(value).number().map(u128::from), number(value).filter(|value| *value <= 0xffff));
            at += value.len();
        }
    }
    assert!(at <= end);
    end
}

/// Octets as a number, most significant first; `None` for none, and for more than matter here.
fn number(octets: &[u8]) -> Option<u128> {
    let octets = &octets[octets.iter().take_while(|octet| **octet == 0).count().min(octets.len().saturating_sub(1))..];
    (!octets.is_empty() && octets.len() <= 16).then(|| octets.iter().fold(0, |sum, octet| sum << 8 | u128::from(*octet)))
}

fn notification(b: &[u8], notify: &Notify<'_>) {
    place(b, notify.spi);
    place(b, notify.data);
    assert_eq!(notify.sa().is_some(), !notify.spi.is_empty());
    let data = match notify.typed_data() {
        Ok(data) => data,
        Err(fault) => {
            assert_eq!((fault.element, fault.origin), (Element::NotifyData(notify.ty), Origin::Input));
            assert!(fault.offset <= notify.data.len() && fault.notify().is_some());
            return;
        }
    };
    show(&data);
    assert_eq!(data.ty(), notify.ty);
    match data {
        NotifyData::SecurePasswordMethods(list) => assert_eq!(ends(list) * 2, notify.data.len()),
        NotifyData::SignatureHashAlgorithms(list) => {
            assert_eq!(ends(list) * 2, notify.data.len());
            assert!(list.eq(notify.signature_hashes().unwrap().map(|hash| hash.0)));
        }
        NotifyData::SupportedAuthMethods(methods) => {
            ends(methods.map(|method| place(b, method.algorithm)));
        }
        _ => {}
    }
    // Typed data writes back as it was.
    let mut out = vec![0; 8 + notify.data.len()];
    let (_, octets) = ChainBuilder::new(&mut out).notify(data).finish().unwrap();
    assert_eq!(octets[8..], *notify.data);
    let written = Notify { protocol: SecurityProtocol(0), spi: &[], ..*notify };
    assert_eq!(only(PayloadType::N, octets), Payload::Notify(written));
}

fn configuration(b: &[u8], cp: &Configuration<'_>) {
    ends(cp.attributes());
    for attribute in cp {
        let at = attribute.offset();
        assert_eq!([b[at] & 0x7f, b[at + 1]], attribute.ty.0.to_be_bytes());
        assert!(place(b, attribute.value).is_none_or(|value| value == at + 4));
        let value = match attribute.typed_value() {
            Ok(value) => value,
            Err(fault) => {
                assert!((at + 4..=at + 4 + attribute.value.len()).contains(&fault.offset), "{fault}");
                continue;
            }
        };
        show(&value);
        let mut out = vec![0; 12 + attribute.value.len()];
        let mut builder = ChainBuilder::new(&mut out);
        builder.configuration(cp.ty(), |cp| {
            cp.value(attribute.ty, &value);
        });
        let (_, octets) = builder.finish().unwrap();
        assert_eq!(octets[12..], *attribute.value);
        let Payload::Configuration(written) = only(PayloadType::CP, octets) else { panic!("CP became something else") };
        assert_eq!(written.attributes().next().map(|attribute| (attribute.ty, attribute.typed_value())), Some((attribute.ty, Ok(value))));
    }
}

/// The one payload in `octets`.
fn only(ty: PayloadType, octets: &[u8]) -> Payload<'_> {
    let mut payloads = Chain::parse(ty, octets).unwrap().payloads();
    let payload = payloads.next().unwrap().parse().unwrap();
    assert_eq!(payloads.next(), None);
    payload
}

/// Formats a value and forgets the text.
fn show(value: &dyn Debug) {
    struct Nowhere;
    impl Write for Nowhere {
        fn write_str(&mut self, _: &str) -> core::fmt::Result {
            Ok(())
        }
    }
    write!(Nowhere, "{value:?}").unwrap();
}
