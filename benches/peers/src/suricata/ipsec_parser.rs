//! With ipsec-parser 0.7, as Suricata does: the lists of weak algorithms are its own, and a message of which one payload cannot be read
//! gives its header alone.

use ipsec_parser::{
    IkeTransformAuthType as Auth, IkeTransformDHType as Dh, IkeTransformEncType as Enc, IkeTransformPRFType as Prf, IkeV2Header,
    IkeV2PayloadContent as Content, IkeV2Proposal, IkeV2Transform, ProtocolID, parse_ikev2_header, parse_ikev2_payload_list,
};

use super::{Event, Header, Record};

const FLAG_RESPONSE: u8 = 0x20;

pub fn record(datagram: &[u8]) -> Option<Record<IkeV2Transform>> {
    let (octets, header) = parse_ikev2_header(datagram).ok()?;
    let mut record = Record::new(of_header(&header));
    let Ok((_, Ok(payloads))) = parse_ikev2_payload_list(octets, header.next_payload) else { return Some(record) };
    for payload in &payloads {
        record.payload_types.push(payload.hdr.next_payload_type.0);
        match &payload.content {
            Content::SA(offer) => proposals(offer, header.flags & FLAG_RESPONSE != 0, &mut record),
            Content::KE(ke) => record.key_exchange = Some((ke.dh_group.0, ke.kex_data.len())),
            Content::Nonce(nonce) => record.nonce = Some(nonce.nonce_data.len()),
            Content::Notify(notify) => {
                record.errors += u32::from(notify.notify_type.is_error());
                record.notify_types.push(notify.notify_type.0);
            }
            _ => {}
        }
    }
    Some(record)
}

fn of_header(header: &IkeV2Header) -> Header {
    Header {
        spi_initiator: header.init_spi,
        spi_responder: header.resp_spi,
        major: header.maj_ver,
        minor: header.min_ver,
        exchange: header.exch_type.0,
        flags: header.flags,
        message_id: header.msg_id,
        length: header.length,
    }
}

fn proposals(offer: &[IkeV2Proposal<'_>], response: bool, record: &mut Record<IkeV2Transform>) {
    for proposal in offer {
        let transforms: Vec<IkeV2Transform> = proposal.transforms.iter().map(Into::into).collect();
        transforms.iter().for_each(|transform| judge(transform, record));
        missing(proposal, &transforms, record);
        if response {
            record.chosen.extend(transforms);
        } else {
            record.offered.push(transforms);
        }
    }
}

/// An event for what is weak or unknown.
fn judge(transform: &IkeV2Transform, record: &mut Record<IkeV2Transform>) {
    let event = match *transform {
        IkeV2Transform::Encryption(
            Enc::ENCR_DES_IV64
            | Enc::ENCR_DES
            | Enc::ENCR_3DES
            | Enc::ENCR_RC5
            | Enc::ENCR_IDEA
            | Enc::ENCR_CAST
            | Enc::ENCR_BLOWFISH
            | Enc::ENCR_3IDEA
            | Enc::ENCR_DES_IV32
            | Enc::ENCR_NULL,
        ) => Event::WeakCryptoEnc,
        IkeV2Transform::PRF(Prf::PRF_NULL) | IkeV2Transform::DH(Dh::None) => Event::InvalidProposal,
        IkeV2Transform::PRF(Prf::PRF_HMAC_MD5 | Prf::PRF_HMAC_SHA1) => Event::WeakCryptoPrf,
        IkeV2Transform::Auth(
            Auth::AUTH_HMAC_MD5_96
            | Auth::AUTH_HMAC_SHA1_96
            | Auth::AUTH_DES_MAC
            | Auth::AUTH_KPDK_MD5
            | Auth::AUTH_AES_XCBC_96
            | Auth::AUTH_HMAC_MD5_128
            | Auth::AUTH_HMAC_SHA1_160,
        ) => Event::WeakCryptoAuth,
        IkeV2Transform::DH(Dh::Modp768 | Dh::Modp1024 | Dh::Modp1024s160 | Dh::Modp1536) => Event::WeakCryptoDh,
        IkeV2Transform::Unknown(..) => Event::UnknownProposal,
        _ => return,
    };
    record.events.set(event);
}

/// An event for what a proposal should have.
fn missing(proposal: &IkeV2Proposal<'_>, transforms: &[IkeV2Transform], record: &mut Record<IkeV2Transform>) {
    if !transforms.iter().any(|transform| matches!(transform, IkeV2Transform::DH(_))) {
        record.events.set(Event::WeakCryptoNoDh);
    }
    if proposal.protocol_id == ProtocolID::AH {
        record.events.set(Event::NoEncryption);
    }
    let integrity = |transform: &IkeV2Transform| match transform {
        IkeV2Transform::Auth(id) => *id != Auth::NONE,
        IkeV2Transform::Encryption(id) => id.is_aead(),
        _ => false,
    };
    if !transforms.iter().any(integrity) {
        record.events.set(Event::WeakCryptoNoAuth);
    }
}
