//! Messages written by hand into a caller's buffer: straight lines; a length is written when what it counts has been.

use crate::inputs::source::{AuthChain, Head, Notify, Offer, Proposal, Response, Selector, Transform};

/// What is left of the buffer.
type Rest<'b> = Option<&'b mut [u8]>;

/// Writes [`SA_20X12`](crate::inputs::SA_20X12); the octets written.
#[inline(never)]
pub fn offer(buffer: &mut [u8], offer: &Offer) -> Option<usize> {
    let whole = buffer.len();
    let (header, out) = buffer.split_first_chunk_mut()?;
    let out = sa(out, 0, &offer.proposals)?;
    head(header, &offer.head, 33, whole - out.len())
}

/// Writes [`INIT_RESPONSE`](crate::inputs::INIT_RESPONSE); the octets written.
#[inline(never)]
pub fn response(buffer: &mut [u8], response: &Response) -> Option<usize> {
    let whole = buffer.len();
    let (header, out) = buffer.split_first_chunk_mut()?;
    let out = sa(out, 34, core::slice::from_ref(&response.proposal))?;
    let [m0, m1] = response.ke_method.to_be_bytes();
    let out = payload(out, 40, [m0, m1, 0, 0], response.ke_data)?;
    let out = payload(out, 41, [], response.nonce)?;
    let out = notifies(out, &response.notifies)?;
    head(header, &response.head, 33, whole - out.len())
}

/// Writes [`AUTH_CHAIN`](crate::inputs::AUTH_CHAIN); the octets written.
#[inline(never)]
pub fn auth_chain(buffer: &mut [u8], chain: &AuthChain) -> Option<usize> {
    let whole = buffer.len();
    let mut out = payload(buffer, 37, [chain.id_i.0, 0, 0, 0], chain.id_i.1)?;
    let (last, certs) = chain.certs.split_last()?;
    for cert in certs {
        out = payload(out, 37, [cert.0], cert.1)?;
    }
    let out = payload(out, 41, [last.0], last.1)?;
    let out = notify(out, 38, &chain.initial_contact)?;
    let out = payload(out, 36, [chain.cert_req.0], chain.cert_req.1)?;
    let out = payload(out, 39, [chain.id_r.0, 0, 0, 0], chain.id_r.1)?;
    let out = payload(out, 47, [chain.auth.0, 0, 0, 0], chain.auth.1)?;
    let out = configuration(out, 33, chain.cfg_type, &chain.cfg_attributes)?;
    let out = sa(out, 44, core::slice::from_ref(&chain.proposal))?;
    let out = selectors(out, 45, &chain.ts_i)?;
    let out = selectors(out, 41, &chain.ts_r)?;
    let out = notifies(out, &chain.notifies)?;
    Some(whole - out.len())
}

#[inline(always)]
fn head(out: &mut [u8; 28], head: &Head, first: u8, length: usize) -> Option<usize> {
    out[..8].copy_from_slice(&head.spi_i.to_be_bytes());
    out[8..16].copy_from_slice(&head.spi_r.to_be_bytes());
    out[16..20].copy_from_slice(&[first, 0x20, head.exchange, head.flags]);
    out[20..24].copy_from_slice(&head.message_id.to_be_bytes());
    out[24..].copy_from_slice(&u32::try_from(length).ok()?.to_be_bytes());
    Some(length)
}

#[inline(always)]
fn put<const N: usize>(out: &mut [u8], octets: [u8; N]) -> Rest<'_> {
    let (place, out) = out.split_first_chunk_mut()?;
    *place = octets;
    Some(out)
}

#[inline(always)]
fn put_slice<'b>(out: &'b mut [u8], octets: &[u8]) -> Rest<'b> {
    let (place, out) = out.split_at_mut_checked(octets.len())?;
    place.copy_from_slice(octets);
    Some(out)
}

#[inline(always)]
fn length(octets: usize) -> Option<[u8; 2]> {
    Some(u16::try_from(octets).ok()?.to_be_bytes())
}

#[inline(always)]
fn payload<'b, const N: usize>(out: &'b mut [u8], next: u8, fixed: [u8; N], data: &[u8]) -> Rest<'b> {
    let [l0, l1] = length(4 + N + data.len())?;
    let out = put(out, [next, 0, l0, l1])?;
    put_slice(put(out, fixed)?, data)
}

#[inline(always)]
fn notify<'b>(out: &'b mut [u8], next: u8, notify: &Notify) -> Rest<'b> {
    let [t0, t1] = notify.ty.to_be_bytes();
    payload(out, next, [0, 0, t0, t1], notify.data)
}

/// Notifies that end a chain.
#[inline(always)]
fn notifies<'b>(mut out: &'b mut [u8], notifies: &[Notify]) -> Rest<'b> {
    let (last, others) = notifies.split_last()?;
    for other in others {
        out = notify(out, 41, other)?;
    }
    notify(out, 0, last)
}

#[inline(always)]
fn sa<'b>(out: &'b mut [u8], next: u8, proposals: &[Proposal]) -> Rest<'b> {
    let whole = out.len();
    let (header, mut out) = out.split_first_chunk_mut()?;
    let (last, others) = proposals.split_last()?;
    for other in others {
        out = proposal(out, 2, other)?;
    }
    let out = proposal(out, 0, last)?;
    let [l0, l1] = length(whole - out.len())?;
    *header = [next, 0, l0, l1];
    Some(out)
}

#[inline(always)]
fn proposal<'b>(out: &'b mut [u8], more: u8, proposal: &Proposal) -> Rest<'b> {
    let whole = out.len();
    let (header, out) = out.split_first_chunk_mut()?;
    let mut out = put_slice(out, proposal.spi)?;
    let (last, others) = proposal.transforms.split_last()?;
    for other in others {
        out = transform(out, 3, other)?;
    }
    let out = transform(out, 0, last)?;
    let [l0, l1] = length(whole - out.len())?;
    let spi_size = u8::try_from(proposal.spi.len()).ok()?;
    let count = u8::try_from(proposal.transforms.len()).ok()?;
    *header = [more, 0, l0, l1, proposal.number, proposal.protocol, spi_size, count];
    Some(out)
}

#[inline(always)]
fn transform<'b>(out: &'b mut [u8], more: u8, transform: &Transform) -> Rest<'b> {
    let [i0, i1] = transform.id.to_be_bytes();
    match transform.key_bits.map(u16::to_be_bytes) {
        None => put(out, [more, 0, 0, 8, transform.ty, 0, i0, i1]),
        Some([b0, b1]) => put(out, [more, 0, 0, 12, transform.ty, 0, i0, i1, 0x80, 14, b0, b1]),
    }
}

#[inline(always)]
fn selectors<'b>(out: &'b mut [u8], next: u8, selectors: &[Selector]) -> Rest<'b> {
    let [l0, l1] = length(8 + 16 * selectors.len())?;
    let mut out = put(out, [next, 0, l0, l1, u8::try_from(selectors.len()).ok()?, 0, 0, 0])?;
    for selector in selectors {
        let ([s0, s1], [e0, e1]) = (selector.ports.0.to_be_bytes(), selector.ports.1.to_be_bytes());
        out = put(out, [7, selector.protocol, 0, 16, s0, s1, e0, e1])?;
        out = put(out, selector.addresses.0.to_be_bytes())?;
        out = put(out, selector.addresses.1.to_be_bytes())?;
    }
    Some(out)
}

#[inline(always)]
fn configuration<'b>(out: &'b mut [u8], next: u8, ty: u8, attributes: &[(u16, &[u8])]) -> Rest<'b> {
    let whole = out.len();
    let (header, mut out) = out.split_first_chunk_mut()?;
    for &(attribute, value) in attributes {
        let ([a0, a1], [l0, l1]) = (attribute.to_be_bytes(), length(value.len())?);
        out = put_slice(put(out, [a0, a1, l0, l1])?, value)?;
    }
    let [l0, l1] = length(whole - out.len())?;
    *header = [next, 0, l0, l1, ty, 0, 0, 0];
    Some(out)
}
