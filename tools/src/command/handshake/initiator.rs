//! IKE_SA_INIT from our side, and the plan.

use super::args::{Args, Fragmentation, Nat, Step};
use super::create;
use super::credentials::Credentials;
use super::failure::Failure;
use super::init::{self, Announced};
use super::ke::{self, KeyPair};
use super::link::{Link, Peer, Port};
use super::payloads::{body, missing};
use super::sa::{Handshake, IkeSa};
use super::session::{Session, Usability};
use super::suite::{self, Algorithms};
use super::{authenticate, explain, intermediate, random};
use ikev2::Role;
use ikev2::exchange::SaOrigin;
use ikev2::fragment::FragmentationSupport;
use ikev2::keys::{IkeKeys, IntAuth, Nonces, Skeyseed};
use ikev2::proposal::{InvalidKeRetries, NegotiationContext, Policy, check_response};
use ikev2::registry::{ExchangeType, KeMethod, NotifyType, PayloadType, TransformType};
use ikev2::wire::{Header, IkeSpis, Message, MessageBuilder, Nonce, Notify, NotifyData, Parts, Payload};
use std::io::Write;
use std::net::{IpAddr, SocketAddr};

/// Cookies a responder may ask for: one, and one more when its secret has changed meanwhile.
const COOKIES: u64 = 3;

pub(crate) fn run(args: Args, address: IpAddr, out: Box<dyn Write + Send>) -> Result<u8, Failure> {
    let credentials = Credentials::load(&args)?;
    let link = Link::new(&args, out)?;
    let mut session = Session::new(args, link, credentials);
    session.say_left_out();
    let outcome = shake(&mut session, address);
    Ok(session.link.report.verdict(&outcome))
}

fn shake(session: &mut Session, address: IpAddr) -> Result<(), Failure> {
    let peer = Peer { address: SocketAddr::new(address, session.args.port), port: Port::Plain };
    let (mut sa, mut handshake) = init(session, peer)?;
    if session.args.nat == Nat::Force || session.args.nat == Nat::Detect && handshake.nat {
        sa.peer = Peer { address: SocketAddr::new(address, session.args.natt_port), port: Port::Natt };
        session.link.report.say(format_args!("   a NAT is between us: on to port {}", session.args.natt_port));
    }
    let mut key = sa.key();
    session.add(sa)?;
    intermediate::initiate(session, key, &mut handshake.handshake)?;
    authenticate::initiate(session, key, &handshake.handshake)?;
    session.link.report.seen.established = true;
    for step in session.args.plan.clone() {
        // The peer may have rekeyed the SA meanwhile.
        key = session.current(key)?;
        match step {
            Step::Dpd => create::dpd(session, key)?,
            Step::Wait(time) => {
                let until = session.link.now() + time;
                session.serve(until)?;
            }
            Step::RekeyChild => create::child(session, key, true)?,
            Step::Child => create::child(session, key, false)?,
            Step::RekeyIke => key = create::rekey_ike(session, key)?,
            Step::DeleteChild => create::delete_child(session, key)?,
            Step::Delete => create::delete(session, key)?,
        }
        session.link.report.seen.step(step.to_string());
    }
    Ok(())
}

/// What an answer to IKE_SA_INIT is worth, which nobody vouches for (RFC 7296 section 2.21.1).
fn judge(parts: &Parts<'_>, method: KeMethod, cookie: Option<&[u8]>, retries: &InvalidKeRetries, policy: &Policy) -> Usability {
    if let Some(asked) = parts.notify(NotifyType::COOKIE) {
        return if cookie == Some(asked.data) { Usability::Nothing("it asks for the cookie that was shown") } else { Usability::Use };
    }
    match (parts.error(), parts.key_exchange) {
        (Some(error), _) => match (error.ty, error.typed_data()) {
            // A late double of the answer that was obeyed, unless nothing else comes.
            (NotifyType::INVALID_KE_PAYLOAD, Ok(NotifyData::InvalidKePayload(wanted))) if wanted == method => Usability::LastResort,
            (NotifyType::INVALID_KE_PAYLOAD, Ok(NotifyData::InvalidKePayload(wanted)))
                if ke::is_supported(wanted) && { *retries }.accept(wanted, policy) =>
            {
                Usability::Use
            }
            _ => Usability::Doubtful,
        },
        // Of another method it answers a request before this one.
        (None, Some(ke)) if ke.method == method && body(parts, PayloadType::SA).is_some() && parts.nonce.is_some() => Usability::Use,
        _ => Usability::Doubtful,
    }
}

struct Initiated {
    handshake: Handshake,
    nat: bool,
}

fn init(session: &mut Session, peer: Peer) -> Result<(IkeSa, Initiated), Failure> {
    let policy = session.args.ike.clone();
    let method = first_method(&policy, session.args.ke_first)?;
    let mut retries = InvalidKeRetries::new(method);
    let mut key_pair = ke::begin(method)?;
    let (spi_i, nonce) = (random::spi()?, random::array::<32>()?);
    let mut cookie: Option<Vec<u8>> = None;
    loop {
        let request = request(session, peer, spi_i, &key_pair, &nonce, cookie.as_deref())?;
        let judge = |parts: &Parts<'_>| judge(parts, key_pair.method(), cookie.as_deref(), &retries, &policy);
        let received = session.init_exchange(peer, &request, judge)?;
        let message = Message::parse(&received.octets)?;
        let parts = message.parts()?;
        if let Some(asked) = parts.notify(NotifyType::COOKIE) {
            let seen = &mut session.link.report.seen;
            seen.cookies = seen.cookies.saturating_add(1);
            if seen.cookies > COOKIES {
                return Err(Failure::Protocol("the peer asks for cookies again and again".into()));
            }
            let Ok(NotifyData::Cookie(data)) = asked.typed_data() else {
                return Err(Failure::Protocol("a cookie of no valid size".into()));
            };
            cookie = Some(data.to_vec());
            continue;
        }
        if let Some(notify) = parts.error() {
            if let (NotifyType::INVALID_KE_PAYLOAD, Ok(NotifyData::InvalidKePayload(wanted))) = (notify.ty, notify.typed_data()) {
                let seen = &mut session.link.report.seen;
                seen.wanted_group = Some(wanted);
                if ke::is_supported(wanted) && retries.accept(wanted, &policy) {
                    seen.ke_retries = seen.ke_retries.saturating_add(1);
                    session.link.report.say(format_args!("   the peer wants {wanted}"));
                    key_pair = ke::begin(wanted)?;
                    continue;
                }
                session.link.report.say(format_args!("   the peer wants {wanted}, which was not offered or was tried already"));
            }
            let ty = notify.ty;
            explain::refused(session, ty, NegotiationContext::IkeSaInit, Some(key_pair.method()))?;
            return Err(Failure::Refused(ty));
        }
        return agreed(session, peer, &parts, &message, (request, key_pair, nonce.to_vec()));
    }
}

/// The response that agrees: keys come from it.
fn agreed(
    session: &mut Session,
    peer: Peer,
    parts: &Parts<'_>,
    message: &Message<'_>,
    (request, key_pair, n_i): (Vec<u8>, KeyPair, Vec<u8>),
) -> Result<(IkeSa, Initiated), Failure> {
    let header = message.header();
    let (Some(answer), Some(theirs), Some(n_r)) = (body(parts, PayloadType::SA), parts.key_exchange, parts.nonce.map(|nonce| nonce.data))
    else {
        return Err(missing("SA, KE or Nonce"));
    };
    if header.spis.responder == 0 {
        return Err(Failure::Protocol("the responder's SPI is zero".into()));
    }
    let selection = check_response(answer, NegotiationContext::IkeSaInit, &session.args.ike)?;
    if selection.ke_method() != Some(key_pair.method()) {
        return Err(Failure::Protocol("the key exchange method chosen is not that of the KE payload".into()));
    }
    let algorithms = Algorithms::of(&selection)?;
    let notation = suite::notation(&selection);
    session.link.report.say(format_args!("   IKE: {notation}"));
    session.link.report.seen.ike = Some(notation);
    let secret = key_pair.finish(&theirs)?;
    let spis = header.spis;
    let nonces = Nonces { initiator: &n_i, responder: n_r };
    let (skeyseed, additional) = Skeyseed::initial(algorithms.prf, nonces, selection.key_exchanges()?, theirs.method, secret.as_octets())?;
    let keys = IkeKeys::derive(algorithms.prf, &skeyseed, nonces, spis, algorithms.lengths())?;
    let negotiated = FragmentationSupport::from_messages(&Message::parse(&request)?, message);
    let origin = SaOrigin::InitialExchange(Role::Initiator);
    let mut sa = IkeSa::new((spis, Role::Initiator, origin), algorithms, keys, (peer, session.args.mtu), negotiated)?;
    sa.awaits_auth = true;
    if additional.next_method().is_some() && parts.notify(NotifyType::INTERMEDIATE_EXCHANGE_SUPPORTED).is_none() {
        return Err(Failure::Protocol("additional key exchanges were chosen, but no IKE_INTERMEDIATE to carry them".into()));
    }
    let handshake = Handshake {
        n_r: n_r.to_vec(),
        n_i,
        response: message.as_octets().to_vec(),
        request,
        int_auth: IntAuth::new(algorithms.prf),
        has_intermediate: false,
        peer_hashes: init::peer_hashes(parts),
        additional,
        begun: session.link.now(),
        childless: parts.notify(NotifyType::CHILDLESS_IKEV2_SUPPORTED).is_some(),
    };
    let nat = init::nat_between(parts, &session.link, peer, spis);
    Ok((sa, Initiated { handshake, nat }))
}

fn request(session: &Session, peer: Peer, spi_i: u64, key_pair: &KeyPair, nonce: &[u8], cookie: Option<&[u8]>) -> Result<Vec<u8>, Failure> {
    let args = &session.args;
    let header = Header {
        spis: IkeSpis { initiator: spi_i, responder: 0 },
        exchange: ExchangeType::IKE_SA_INIT,
        initiator: true,
        response: false,
        message_id: 0,
    };
    let announced = Announced {
        fragmentation: args.fragmentation != Fragmentation::Off,
        intermediate: suite::offers_additional(&args.ike),
        childless: false,
        pretend_nat: args.nat == Nat::Force,
    };
    init::message(|buf| {
        let mut builder = MessageBuilder::new(buf, &header);
        // RFC 7296 section 2.6: the cookie comes first.
        if let Some(cookie) = cookie {
            builder.push(Payload::Notify(Notify::new(NotifyType::COOKIE, cookie)));
        }
        builder.sa(|sa| {
            for (number, proposal) in (1_u8..).zip(args.ike.proposals()) {
                proposal.emit(sa, number, &[]);
            }
        });
        builder.push(Payload::KeyExchange(key_pair.payload())).push(Payload::Nonce(Nonce { data: nonce }));
        init::announce(&mut builder, &session.link, peer, IkeSpis { initiator: spi_i, responder: 0 }, announced);
        builder.finish().map(|message| message.len())
    })
}

/// The method of the first KE payload: the one asked for, or the first offered that is done here.
pub(crate) fn first_method(policy: &Policy, asked: Option<KeMethod>) -> Result<KeMethod, Failure> {
    let offered = || policy.proposals().iter().flat_map(|proposal| proposal.of_type(TransformType::KE)).map(|t| KeMethod(t.id.0));
    let method = match asked {
        Some(method) => Some(method),
        None => offered().find(|method| ke::is_supported(*method)),
    };
    method.ok_or_else(|| Failure::Usage("no key exchange method offered is done here".into()))
}
