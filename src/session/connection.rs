//! The TCP connection that carries an IKE SA: it may break, and another takes its place, while the IKE SA goes on (RFC 9329 section 6).

use super::context::Context;
use super::ike_sa::IkeSa;
use super::path::NetworkPath;
use super::phase::Phase;
use super::rivals;
use super::sa::Sa;

/// The connection is gone. What waited for it is not sent: requests wait for another connection, and responses until they are asked for again.
pub(super) fn lost(sa: &mut Sa) {
    let path = sa.path;
    sa.outgoing.retain(|outgoing| outgoing.path != path);
    sa.is_lost = true;
}

/// Another connection carries the IKE SA from here on, or the same two ends have one again: requests that wait for their response go out there
/// once more (RFC 9329 section 6.2).
pub(super) fn take(sa: &mut Sa, cx: &mut Context<'_>, path: NetworkPath) {
    let before = sa.path;
    sa.follow(path);
    if before.is_tcp() {
        for outgoing in sa.outgoing.iter_mut().filter(|outgoing| outgoing.path == before) {
            outgoing.path = path;
        }
    }
    // An answer goes to the connection that has carried an authentic message last.
    if let Some(serving) = sa.serving.as_mut().filter(|serving| serving.job.path.is_tcp()) {
        serving.job.path = path;
    }
    rivals::carry_over(sa, path);
    ask_again(sa, cx);
}

/// A request that is being answered came once more: its answer goes where this copy came from, as there will be no other.
pub(super) fn came_again(sa: &mut Sa, spi: u64, path: NetworkPath) {
    if let Some(serving) = sa.serving.as_mut().filter(|serving| path.is_tcp() && serving.job.spi == spi) {
        serving.job.path = path;
    }
}

/// Whether a message that comes by TCP has to wait outside: it would not be served now, and is not sent again.
pub(super) fn has_to_wait(sa: &Sa, spi: u64, is_request: bool) -> bool {
    let is_serving_other = sa.serving.as_ref().is_some_and(|serving| serving.job.spi != spi);
    // The application decides whether the responder is who it says, so that its requests will count.
    let is_deciding = matches!(sa.phase, Phase::Handshaking(_)) && sa.asking.is_some();
    is_request && (is_serving_other || is_deciding)
}

/// Our SPI of a generation that is to be checked now.
pub(super) fn to_check(sa: &mut Sa) -> Option<u64> {
    let ike = sa.ikes.iter_mut().find(|ike| ike.is_to_check && (!ike.is_busy() || ike.is_gone()))?;
    ike.is_to_check = false;
    (!ike.is_gone()).then(|| ike.spi())
}

/// What the generation in use has asked goes out once more, now that those before it are checked.
pub(super) fn resume(sa: &mut Sa, cx: &mut Context<'_>) {
    if sa.is_to_ask_again && !sa.ikes.iter().any(IkeSa::is_checked) {
        sa.is_to_ask_again = false;
        if let Some(at) = sa.ikes.iter().position(|ike| ike.spi() == sa.current) {
            once_more(sa, cx, at);
        }
    }
}

/// Sends once more what waits for its response.
fn ask_again(sa: &mut Sa, cx: &mut Context<'_>) {
    if let Phase::Initiating(begun) = &sa.phase {
        let (path, request) = (sa.path, begun.request.clone());
        return sa.send_plain(path, request, cx.now);
    }
    sa.is_to_ask_again = sa.ikes.iter().any(IkeSa::is_checked);
    for at in 0..sa.ikes.len() {
        let is_current = sa.ikes.get(at).is_some_and(|ike| ike.spi() == sa.current);
        if !(is_current && sa.is_to_ask_again) {
            once_more(sa, cx, at);
        }
    }
}

/// The same of one generation; what was sealed for a stream and goes by datagrams now, in fragments.
fn once_more(sa: &mut Sa, cx: &mut Context<'_>, at: usize) {
    let (path, limit) = (sa.path, sa.path.limit(sa.mtu));
    let Some(ike) = sa.ikes.get_mut(at).filter(|ike| !ike.is_gone()) else { return };
    let cut = ike.protected.cut_smaller(limit, cx.now).ok().flatten().cloned();
    let sealed = cut.or_else(|| ike.protected.outstanding().map(|(_, sealed)| sealed.clone()));
    if let Some(sealed) = sealed {
        sa.send_again(cx, path, &sealed);
    }
}
