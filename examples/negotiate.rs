//! A responder's answer to an offer: a selection to write into its response, or a refusal as data, in words, and with a remedy.
//!
//! `cargo run --no-default-features --features alloc --example negotiate` asks the three questions below; arguments are an offer and a
//! policy of one's own, in strongSwan's notation.

use core::error::Error;
use ikev2::error::BuildError;
use ikev2::proposal::notation::strongswan;
use ikev2::proposal::{Dialect, Policy, Question, Refusal, RefusalResponse, Selection, emit_offer, negotiate};
use ikev2::registry::{ExchangeType, KeMethod, NotifyType, PayloadType, TransformType};
use ikev2::wire::{Header, IkeSpis, KeyExchange, Message, MessageBuilder, Payload, RawPayload};

const REQUEST: Header = Header {
    spis: IkeSpis { initiator: 0x1122_3344_5566_7788, responder: 0 },
    exchange: ExchangeType::IKE_SA_INIT,
    initiator: true,
    response: false,
    message_id: 0,
};

/// Decides about an IKE_SA_INIT request. The SA payload goes in as its octets: each dialect has a reader of its own.
fn decide(request: &Message<'_>, policy: &Policy) -> Result<Result<Selection, Refusal>, Box<dyn Error>> {
    let parts = request.parts()?;
    let offer = parts.first(PayloadType::SA).ok_or("no SA payload")?;
    Ok(negotiate(offer.body, Question::of_init(&parts), policy))
}

/// Writes the response that the decision calls for. `None` says that this stack sends none.
fn respond<'b>(buf: &'b mut [u8], decision: &Result<Selection, Refusal>) -> Option<Result<&'b mut [u8], BuildError>> {
    let header = Header { spis: IkeSpis { responder: 1, ..REQUEST.spis }, initiator: false, response: true, ..REQUEST };
    let mut response = MessageBuilder::new(buf, &header);
    match decision {
        // KE, Nonce and what else belongs into the response would follow.
        Ok(selection) => response.sa(|sa| selection.emit(sa, &[])),
        Err(refusal) => response.push(Payload::Notify(refusal.notify()?)),
    };
    Some(response.finish())
}

/// What a program does about a refusal, without reading prose.
fn act(refusal: &Refusal) -> &'static str {
    match refusal.response() {
        RefusalResponse::InvalidKePayload { .. } => "the peer comes again with the method named",
        RefusalResponse::NoProposalChosen if refusal.local_remedy().is_some_and(|remedy| remedy.weaknesses.is_empty()) => {
            "allow what the peer offers"
        }
        RefusalResponse::NoProposalChosen => "the peer has to change",
        RefusalResponse::InvalidSyntax(_) | RefusalResponse::Dropped(_) => "the peer is broken",
        _ => "ask somebody",
    }
}

/// One offer before one policy: what was decided, the size of the response, and how a program went on.
fn ask(offer: &str, policy: &str) -> Result<(Result<Selection, Refusal>, String), Box<dyn Error>> {
    let offer = strongswan::parse_ike(offer)?;
    let method = offer.first().and_then(|first| first.of_type(TransformType::KE).next()).ok_or("no key exchange")?;
    let (sa, method) = (emit_offer(&offer, &[])?, KeMethod(method.id.0));
    let mut buf = [0; 2048];
    let request = MessageBuilder::new(&mut buf, &REQUEST)
        .push(Payload::Unknown(RawPayload::new(PayloadType::SA, false, &sa)))
        .push(Payload::KeyExchange(KeyExchange { method, data: &[4; 32] }))
        .finish()?;

    let policy = Policy::new(Dialect::StrongSwan6, strongswan::parse_ike(policy)?)?;
    let decision = decide(&Message::parse(request)?, &policy)?;
    let mut buf = [0; 512];
    let response = respond(&mut buf, &decision).ok_or("strongSwan would not answer")??;
    let text = match &decision {
        Ok(selection) => {
            let transforms: Vec<_> = selection.transforms().iter().map(ToString::to_string).collect();
            format!("selected proposal {}: {}; response of {} octets", selection.number(), transforms.join(", "), response.len())
        }
        Err(refusal) => {
            let ty = refusal.notify().map(|notify| notify.ty);
            format!("refused with {}: {}\n  {refusal}", ty.unwrap_or(NotifyType(0)), act(refusal))
        }
    };
    Ok((decision, text))
}

fn main() -> Result<(), Box<dyn Error>> {
    if let [offer, policy] = &*std::env::args().skip(1).collect::<Vec<_>>() {
        println!("{}", ask(offer, policy)?.1);
        return Ok(());
    }
    let policy = "aes256gcm16-prfsha384-ecp384, aes256-sha256-modp2048";
    let (selected, text) = ask("aes128-sha1-modp1024, aes256gcm16-prfsha384-ecp384", policy)?;
    println!("{text}");
    // A selection stands only with the method whose public value came along: the first offered.
    let wanted = selected.err().map(|refusal| refusal.response());
    let (same, text) = ask("aes256gcm16-prfsha384-ecp384", policy)?;
    println!("{text}");
    let (refused, text) = ask("aes256-sha256-modp1024", policy)?;
    println!("{text}");
    let remedy = refused.err().and_then(|refusal| refusal.peer_remedy()).ok_or("no remedy")?;
    println!("the remedy, for the peer to offer: {}", strongswan::emit(&remedy.proposal)?);

    let right = wanted == Some(RefusalResponse::InvalidKePayload { wanted: KeMethod::ECP_384 })
        && same.is_ok_and(|selection| selection.number() == 1);
    if right { Ok(()) } else { Err("not what strongSwan would have answered".into()) }
}
