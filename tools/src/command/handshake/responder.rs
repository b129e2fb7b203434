//! IKE_SA_INIT answered, and the responder's loop.

use super::args::{Args, Ask, Fragmentation};
use super::credentials::Credentials;
use super::failure::Failure;
use super::init::{self, Announced};
use super::link::{Link, Received};
use super::payloads::{body, missing, names};
use super::sa::{Handshake, IkeSa};
use super::serve::{SAS, choose};
use super::session::{Event, Session};
use super::suite::{self, Algorithms, PROVIDER};
use super::{ke, random};
use ikev2::exchange::{CookieInput, CookieIssuer, SaOrigin};
use ikev2::fragment::{FragmentationSupport, announces_fragmentation};
use ikev2::keys::{IkeKeys, IntAuth, Nonces, PrfFunction, Skeyseed};
use ikev2::proposal::{NegotiationContext, RefusalResponse};
use ikev2::registry::{self, CertEncoding, ExchangeType, NotifyType, PayloadType};
use ikev2::wire::{CertReq, Header, IkeSpis, KeyExchange, Message, MessageBuilder, Nonce, Notify, Parts, Payload};
use ikev2::{Instant, Role};
use std::io::Write;
use std::time::Duration;

/// SAs that may be half open at a time: who wants more shows no interest in any.
const HALF_OPEN: usize = 64;
/// With as many half open, a stranger has to show that it can be reached (RFC 7296 section 2.6).
const WARY: usize = 16;
/// How long a secret makes cookies; they are good for as long again.
const SECRET: Duration = Duration::from_secs(60);
/// How often the loop looks whether its time is over.
const TICK: Duration = Duration::from_millis(200);
/// No SA was set up.
const NOTHING: u8 = 3;

pub(crate) fn run(args: Args, out: Box<dyn Write + Send>) -> Result<u8, Failure> {
    let credentials = Credentials::load(&args)?;
    let link = Link::new(&args, out)?;
    let end = args.seconds.map(|seconds| Instant::START + Duration::from_secs(seconds));
    let (count, cookies) = (args.count, args.cookies);
    let mut session = Session::new(args, link, credentials);
    session.say_left_out();
    if cookies != Ask::Never {
        session.cookies = Some(CookieIssuer::new(PrfFunction::new(&PROVIDER, registry::Prf::PRF_HMAC_SHA2_256)?, random::array()?));
    }
    let (mut status, mut done, mut renewed) = (NOTHING, 0_u64, Instant::START);
    while done < count && end.is_none_or(|end| session.link.now() < end) {
        let until = session.link.now() + TICK;
        if let Some(cookies) = session.cookies.as_mut().filter(|_| until - renewed >= SECRET) {
            cookies.rotate(random::array()?);
            renewed = until;
        }
        if let Some(Event::Clear(received)) = session.receive(until)? {
            init(&mut session, &received)?;
        }
        for outcome in std::mem::take(&mut session.ended) {
            session.link.release()?;
            status = session.link.report.verdict(&outcome);
            session.link.report.begin();
            done = done.saturating_add(1);
        }
    }
    // Its time is over: what stands then is the outcome.
    if done < count && (done == 0 || session.link.report.seen.phase.is_some()) {
        let outcome = if session.link.report.seen.established { Ok(()) } else { Err(Failure::NoAnswer) };
        status = session.link.report.verdict(&outcome);
    }
    Ok(status)
}

/// An unprotected message that came in. Nothing it may hold is fatal.
pub(crate) fn init(session: &mut Session, received: &Received) -> Result<(), Failure> {
    let address = received.from.address;
    let outcome = match Message::parse(&received.octets) {
        Err(error) => Err(error.into()),
        Ok(message) => request(session, received, &message),
    };
    match outcome {
        Ok(()) => Ok(()),
        Err(Failure::Io(error)) => Err(Failure::Io(error)),
        Err(failure) => {
            session.link.report.say(format_args!("   ignored IKE_SA_INIT from {address}: {failure}"));
            Ok(())
        }
    }
}

fn request(session: &mut Session, received: &Received, message: &Message<'_>) -> Result<(), Failure> {
    let header = *message.header();
    if header.response || !header.initiator || header.spis.responder != 0 || header.message_id != 0 || header.spis.initiator == 0 {
        return Err(Failure::Protocol("not the first request of an initiator".into()));
    }
    let again = session.sas.iter().find_map(|sa| {
        let handshake = sa.handshake.as_ref()?;
        (handshake.request == received.octets).then(|| handshake.response.clone())
    });
    if let Some(response) = again {
        session.link.report.say(format_args!("-> IKE_SA_INIT response 0 again"));
        return session.link.send(received.from, &response);
    }
    let what = names(message.payloads());
    session.link.report.say(format_args!(
        "<- IKE_SA_INIT request 0, {} octets from {}: {what}",
        received.octets.len(),
        received.from.address
    ));
    session.link.report.seen.phase = Some(ExchangeType::IKE_SA_INIT);
    let parts = message.parts()?;
    let (Some(offer), Some(theirs), Some(n_i)) = (body(&parts, PayloadType::SA), parts.key_exchange, parts.nonce.map(|nonce| nonce.data))
    else {
        return Err(missing("SA, KE or Nonce"));
    };
    let (now, patience) = (session.link.now(), session.args.timeout);
    session.sas.retain(|sa| sa.handshake.as_ref().is_none_or(|handshake| now - handshake.begun < patience));
    if let Some(cookie) = cookie_due(session, received, &parts, header.spis.initiator, n_i) {
        let seen = &mut session.link.report.seen;
        seen.cookies = seen.cookies.saturating_add(1);
        return notify(session, received, &header, NotifyType::COOKIE, &cookie);
    }
    if half_open(session) >= HALF_OPEN || session.sas.len() >= SAS {
        return Err(Failure::Protocol("there are too many SAs, or too many half open".into()));
    }
    let policy = session.args.ike.clone();
    let selection = match choose(session, offer, NegotiationContext::IkeSaInit, Some(theirs.method), &policy) {
        Ok(selection) => selection,
        Err(refusal) => {
            let Some(answer) = refusal.notify() else { return Ok(()) };
            notify(session, received, &header, answer.ty, answer.data)?;
            match refusal.response() {
                // The initiator is expected to come again.
                RefusalResponse::InvalidKePayload { wanted } => {
                    let seen = &mut session.link.report.seen;
                    seen.wanted_group = Some(wanted);
                    seen.ke_retries = seen.ke_retries.saturating_add(1);
                }
                _ => {
                    session.link.report.seen.notify = Some(answer.ty);
                    session.ended.push(Err(Failure::Refused(answer.ty)));
                }
            }
            return Ok(());
        }
    };
    let algorithms = Algorithms::of(&selection)?;
    session.link.report.seen.ike = Some(suite::notation(&selection));
    let (public, secret) = ke::answer(&theirs)?;
    let (spis, n_r) = (IkeSpis { initiator: header.spis.initiator, responder: random::spi()? }, random::array::<32>()?);
    let fragmentation = session.args.fragmentation != Fragmentation::Off && announces_fragmentation(message);
    let exchanges = selection.key_exchanges()?;
    let more = !exchanges.additional().is_empty();
    let intermediate = parts.notify(NotifyType::INTERMEDIATE_EXCHANGE_SUPPORTED).is_some();
    if more && !intermediate {
        return Err(Failure::Protocol("additional key exchanges are offered without IKE_INTERMEDIATE".into()));
    }
    let announced = Announced { fragmentation, intermediate: more, childless: true, pretend_nat: false };
    let authorities = session.credentials.authorities();
    let response = Header { spis, initiator: false, response: true, ..header };
    let response = init::message(|buf| {
        let mut builder = MessageBuilder::new(buf, &response);
        builder.sa(|sa| selection.emit(sa, &[]));
        builder.push(Payload::KeyExchange(KeyExchange { method: theirs.method, data: &public }));
        builder.push(Payload::Nonce(Nonce { data: &n_r }));
        init::announce(&mut builder, &session.link, received.from, spis, announced);
        if !authorities.is_empty() {
            builder.push(Payload::CertReq(CertReq { encoding: CertEncoding::X509_SIGNATURE, authorities: &authorities }));
        }
        builder.finish().map(|message| message.len())
    })?;
    let nonces = Nonces { initiator: n_i, responder: &n_r };
    let (skeyseed, additional) = Skeyseed::initial(algorithms.prf, nonces, exchanges, theirs.method, secret.as_octets())?;
    let keys = IkeKeys::derive(algorithms.prf, &skeyseed, nonces, spis, algorithms.lengths())?;
    let negotiated = FragmentationSupport::from_messages(message, &Message::parse(&response)?);
    let origin = SaOrigin::InitialExchange(Role::Responder);
    let mut sa = IkeSa::new((spis, Role::Responder, origin), algorithms, keys, (received.from, session.args.mtu), negotiated)?;
    sa.handshake = Some(Handshake {
        request: received.octets.clone(),
        response: response.clone(),
        n_i: n_i.to_vec(),
        n_r: n_r.to_vec(),
        int_auth: IntAuth::new(algorithms.prf),
        has_intermediate: false,
        peer_hashes: init::peer_hashes(&parts),
        additional,
        begun: session.link.now(),
        childless: true,
    });
    session.add(sa)?;
    let what = names(Message::parse(&response)?.payloads());
    session.link.report.say(format_args!("-> IKE_SA_INIT response 0, {} octets: {what}", response.len()));
    session.link.send(received.from, &response)
}

/// The cookie to ask for, unless the request shows a good one.
fn cookie_due(session: &mut Session, received: &Received, parts: &Parts<'_>, spi_i: u64, nonce: &[u8]) -> Option<Vec<u8>> {
    let wary = session.args.cookies == Ask::Always || half_open(session) >= WARY;
    let cookies = session.cookies.as_ref().filter(|_| wary)?;
    let address = received.from.address;
    let claim = CookieInput { nonce, address: address.ip(), port: address.port(), spi_i };
    let fault = match parts.notify(NotifyType::COOKIE) {
        None => "a cookie is due".to_owned(),
        Some(shown) => cookies.check(&claim, shown.data).err()?.to_string(),
    };
    let cookie = cookies.issue(&claim).to_vec();
    session.link.report.say(format_args!("   {fault}"));
    Some(cookie)
}

fn half_open(session: &Session) -> usize {
    session.sas.iter().filter(|sa| sa.handshake.is_some()).count()
}

/// An answer that leaves nothing behind.
fn notify(session: &mut Session, received: &Received, header: &Header, ty: NotifyType, data: &[u8]) -> Result<(), Failure> {
    let header = Header { initiator: false, response: true, ..*header };
    let response = init::message(|buf| {
        MessageBuilder::new(buf, &header).push(Payload::Notify(Notify::new(ty, data))).finish().map(|message| message.len())
    })?;
    session.link.report.say(format_args!("-> IKE_SA_INIT response 0, {} octets: N({})", response.len(), super::failure::notify(ty)));
    session.link.send(received.from, &response)
}
