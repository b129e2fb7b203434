//! Why a proposal was refused; how large a message was that got no answer.

use super::failure::{Failure, notify};
use super::names::{label, short};
use super::talk::{Facts, Talk};
use ikev2::fragment::{Budget, Overhead};
use ikev2::proposal::notation::strongswan;
use ikev2::proposal::{NegotiationContext, Policy, Question, emit_offer, negotiate};
use ikev2::registry::{ExchangeType, KeMethod, NotifyType, PayloadType};
use ikev2::wire::Chain;

/// Sizes of IP packets in the size report.
const SIZES: [u16; 4] = [576, 1280, 1400, 1500];
/// Content of a message worth a size report.
const LARGE: usize = 500;

/// Notes the refusal; on NO_PROPOSAL_CHOSEN says what is known of its reason.
pub(crate) fn refused(talk: &mut Talk, ty: NotifyType, context: NegotiationContext, ke: Option<KeMethod>) -> Result<(), Failure> {
    let report = &mut talk.link.report;
    report.seen.notify = Some(ty);
    report.say(format_args!("   the peer refuses: {}", notify(ty)));
    if ty != NotifyType::NO_PROPOSAL_CHOSEN {
        return Ok(());
    }
    let args = &talk.args;
    let policy = match context {
        NegotiationContext::IkeSaInit | NegotiationContext::RekeyIkeSa => &args.ike,
        NegotiationContext::IkeAuth => &args.esp.without_key_exchanges(),
        NegotiationContext::CreateChildSa => &args.esp,
    };
    let spi = vec![1; usize::from(context.spi_size())];
    let offer = emit_offer(policy.proposals(), &spi)?;
    let Some(text) = &args.peer_policy else {
        let offered: Vec<_> = policy.proposals().iter().map(|p| strongswan::emit(p).unwrap_or_default()).collect();
        report.say(format_args!(
            "   NO_PROPOSAL_CHOSEN says no more. We offered {}. What does not fit is told with --peer-policy, the peer's configuration.",
            offered.join(",")
        ));
        return Ok(());
    };
    let parsed = if context.is_ike() { strongswan::parse_ike(text) } else { strongswan::parse_esp(text) };
    let proposals = parsed.map_err(|error| Failure::Usage(format!("--peer-policy: {error}")))?;
    let theirs = Policy::new(args.dialect, proposals).map_err(|error| Failure::Usage(error.to_string()))?;
    let outcome = match negotiate(&offer, Question::new(context, ke), &theirs) {
        Ok(selection) => format!("that policy takes our proposal {}: the cause lies outside the SA payload", selection.number()),
        Err(refusal) => refusal.to_string(),
    };
    report.say(format_args!("   {outcome}"));
    Ok(())
}

/// What a large request weighs, when no answer came.
pub(crate) fn silence(
    talk: &mut Talk,
    facts: &Facts,
    exchange: ExchangeType,
    (first, content): (PayloadType, &[u8]),
) -> Result<(), Failure> {
    if content.len() < LARGE || facts.path.is_tcp() {
        return Ok(());
    }
    let path = |mtu| facts.path.limit(mtu);
    // Of the whole packet, and of each IP fragment, which IPv6 adds a header to.
    let (header, each) = if facts.path.peer.is_ipv4() { (20_usize, 20_usize) } else { (40, 48) };
    let overhead = Overhead::from(&facts.suite);
    let packet = Budget::new(path(1500), overhead)?.mtu_for_one_message(content.len(), 0);
    let report = &mut talk.link.report;
    report.say(format_args!("   no answer to {}, whose content has {} octets:", label(exchange), content.len()));
    for raw in Chain::parse(first, content)?.payloads() {
        report.say(format_args!("     {:8} {:5} octets", short(raw.ty), raw.body.len().saturating_add(4)));
    }
    let how = if facts.fragments {
        format!("it went out for packets of {} octets", facts.mtu)
    } else {
        "IKE fragmentation was not negotiated".into()
    };
    report.say(format_args!("   {how}; in one piece it is an IP packet of {packet} octets"));
    for mtu in SIZES {
        let count = Budget::new(path(mtu), overhead)?.datagrams_for(content.len(), 0)?;
        // Every fragment but the last carries a multiple of 8 octets.
        let room = usize::from(mtu).saturating_sub(each) & !7;
        let ip = if packet <= usize::from(mtu) { 1 } else { packet.saturating_sub(header).div_ceil(room.max(1)) };
        report.say(format_args!("     MTU {mtu:4}: {ip} IP fragments in one piece, or {count} IKE messages that are not fragmented by IP"));
    }
    Ok(())
}
