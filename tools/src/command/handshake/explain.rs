//! Why a proposal was refused; how large a message was that got no answer.

use super::failure::{Failure, notify};
use super::payloads::{Content, label, short};
use super::session::Session;
use ikev2::fragment::{Budget, Overhead, Path};
use ikev2::proposal::notation::strongswan;
use ikev2::proposal::{NegotiationContext, Policy, Question, emit_offer, negotiate};
use ikev2::registry::{ExchangeType, KeMethod, NotifyType};
use ikev2::wire::Chain;

/// Sizes of IP packets in the size report.
const SIZES: [u16; 4] = [576, 1280, 1400, 1500];
/// Content of a message worth a size report.
const LARGE: usize = 500;

/// Notes the refusal; on NO_PROPOSAL_CHOSEN says what is known of its reason.
pub(crate) fn refused(session: &mut Session, ty: NotifyType, context: NegotiationContext, ke: Option<KeMethod>) -> Result<(), Failure> {
    session.link.report.seen.notify = Some(ty);
    session.link.report.say(format_args!("   the peer refuses: {}", notify(ty)));
    if ty != NotifyType::NO_PROPOSAL_CHOSEN {
        return Ok(());
    }
    let policy = match context {
        NegotiationContext::IkeSaInit | NegotiationContext::RekeyIkeSa => &session.args.ike,
        NegotiationContext::IkeAuth => &session.args.esp_in_auth,
        NegotiationContext::CreateChildSa => &session.args.esp,
    };
    let spi = vec![1; usize::from(context.spi_size())];
    let offer = emit_offer(policy.proposals(), &spi)?;
    let Some(text) = &session.args.peer_policy else {
        let offered: Vec<_> = policy.proposals().iter().map(|p| strongswan::emit(p).unwrap_or_default()).collect();
        session.link.report.say(format_args!(
            "   NO_PROPOSAL_CHOSEN says no more. We offered {}. What does not fit is told with --peer-policy, the peer's configuration.",
            offered.join(",")
        ));
        return Ok(());
    };
    let parsed = if context.is_ike() { strongswan::parse_ike(text) } else { strongswan::parse_esp(text) };
    let proposals = parsed.map_err(|error| Failure::Usage(format!("--peer-policy: {error}")))?;
    let theirs = Policy::new(session.args.dialect, proposals).map_err(|error| Failure::Usage(error.to_string()))?;
    let outcome = match negotiate(&offer, Question::new(context, ke), &theirs) {
        Ok(selection) => format!("that policy takes our proposal {}: the cause lies outside the SA payload", selection.number()),
        Err(refusal) => refusal.to_string(),
    };
    session.link.report.say(format_args!("   {outcome}"));
    Ok(())
}

/// What a large request weighs, when no answer came.
pub(crate) fn silence(session: &mut Session, key: u64, exchange: ExchangeType, content: &Content) -> Result<(), Failure> {
    if content.octets.len() < LARGE {
        return Ok(());
    }
    let sa = session.sa(key)?;
    let (overhead, peer, mtu, fragments) = (Overhead::from(&sa.algorithms.suite), sa.peer, sa.mtu, sa.negotiated().is_negotiated());
    let marked = session.link.marked(peer);
    let path = |mtu| {
        let path = if peer.address.is_ipv4() { Path::ipv4(mtu) } else { Path::ipv6(mtu) };
        if marked { path.with_non_esp_marker() } else { path }
    };
    // Of the whole packet, and of each IP fragment, which IPv6 adds a header to.
    let (header, each) = if peer.address.is_ipv4() { (20_usize, 20_usize) } else { (40, 48) };
    let budget = Budget::new(path(1500), overhead)?;
    let packet = budget.mtu_for_one_message(content.octets.len(), 0);
    let report = &mut session.link.report;
    report.say(format_args!("   no answer to {}, whose content has {} octets:", label(exchange), content.octets.len()));
    for raw in Chain::parse(content.first, &content.octets)?.payloads() {
        report.say(format_args!("     {:8} {:5} octets", short(raw.ty), raw.body.len().saturating_add(4)));
    }
    report.say(format_args!(
        "   {}; in one piece it is an IP packet of {packet} octets",
        if fragments { format!("it went out for packets of {mtu} octets") } else { "IKE fragmentation was not negotiated".into() }
    ));
    for mtu in SIZES {
        let count = Budget::new(path(mtu), overhead)?.datagrams_for(content.octets.len(), 0)?;
        // Every fragment but the last carries a multiple of 8 octets.
        let room = usize::from(mtu).saturating_sub(each) & !7;
        let ip = if packet <= usize::from(mtu) { 1 } else { packet.saturating_sub(header).div_ceil(room.max(1)) };
        report.say(format_args!("     MTU {mtu:4}: {ip} IP fragments in one piece, or {count} IKE messages that are not fragmented by IP"));
    }
    Ok(())
}
