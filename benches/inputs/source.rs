//! What the build benches write: values, not octets, taken apart once before the clock starts.
//!
//! Written back in order they give the octets of [`SA_20X12`], [`INIT_RESPONSE`] and [`AUTH_CHAIN`] again.

use super::{AUTH_CHAIN, AUTH_CHAIN_FIRST, INIT_RESPONSE, SA_20X12};

/// One transform to offer.
#[derive(Clone, Copy, Debug)]
pub struct Transform {
    pub ty: u8,
    pub id: u16,
    pub key_bits: Option<u16>,
}

/// One proposal to offer.
#[derive(Clone, Debug)]
pub struct Proposal {
    pub number: u8,
    pub protocol: u8,
    pub spi: &'static [u8],
    pub transforms: Vec<Transform>,
}

/// The IKE header, without what a writer finds out itself.
#[derive(Clone, Copy, Debug)]
pub struct Head {
    pub spi_i: u64,
    pub spi_r: u64,
    pub exchange: u8,
    pub flags: u8,
    pub message_id: u32,
}

/// A Notify payload without SPI.
#[derive(Clone, Copy, Debug)]
pub struct Notify {
    pub ty: u16,
    pub data: &'static [u8],
}

/// One IPv4 traffic selector.
#[derive(Clone, Copy, Debug)]
pub struct Selector {
    pub protocol: u8,
    pub ports: (u16, u16),
    pub addresses: (u32, u32),
}

/// [`SA_20X12`].
#[derive(Clone, Debug)]
pub struct Offer {
    pub head: Head,
    pub proposals: Vec<Proposal>,
}

/// [`INIT_RESPONSE`].
#[derive(Clone, Debug)]
pub struct Response {
    pub head: Head,
    pub proposal: Proposal,
    pub ke_method: u16,
    pub ke_data: &'static [u8],
    pub nonce: &'static [u8],
    pub notifies: Vec<Notify>,
}

/// [`AUTH_CHAIN`].
#[derive(Clone, Debug)]
pub struct AuthChain {
    pub id_i: (u8, &'static [u8]),
    pub certs: Vec<(u8, &'static [u8])>,
    pub initial_contact: Notify,
    pub cert_req: (u8, &'static [u8]),
    pub id_r: (u8, &'static [u8]),
    pub auth: (u8, &'static [u8]),
    pub cfg_type: u8,
    pub cfg_attributes: Vec<(u16, &'static [u8])>,
    pub proposal: Proposal,
    pub ts_i: Vec<Selector>,
    pub ts_r: Vec<Selector>,
    pub notifies: Vec<Notify>,
}

/// What [`SA_20X12`] says.
pub fn offer() -> Offer {
    let payloads = split(SA_20X12[16], &SA_20X12[28..]);
    Offer { head: head(SA_20X12), proposals: proposals(payloads[0].1) }
}

/// What [`INIT_RESPONSE`] says.
pub fn response() -> Response {
    let payloads = split(INIT_RESPONSE[16], &INIT_RESPONSE[28..]);
    let ke = payloads[1].1;
    Response {
        head: head(INIT_RESPONSE),
        proposal: proposals(payloads[0].1).remove(0),
        ke_method: u16_at(ke, 0),
        ke_data: &ke[4..],
        nonce: payloads[2].1,
        notifies: payloads[3..].iter().map(|p| notify(p.1)).collect(),
    }
}

/// What [`AUTH_CHAIN`] says.
pub fn auth_chain() -> AuthChain {
    let payloads = split(AUTH_CHAIN_FIRST, AUTH_CHAIN);
    let body = |ty: u8| payloads.iter().find(|p| p.0 == ty).unwrap().1;
    let padded = |ty: u8| (body(ty)[0], &body(ty)[4..]);
    let all = |ty: u8| payloads.iter().filter(move |p| p.0 == ty).map(|p| p.1);
    let notifies: Vec<Notify> = all(41).map(notify).collect();
    AuthChain {
        id_i: padded(35),
        certs: all(37).map(|c| (c[0], &c[1..])).collect(),
        initial_contact: notifies[0],
        cert_req: (body(38)[0], &body(38)[1..]),
        id_r: padded(36),
        auth: padded(39),
        cfg_type: body(47)[0],
        // Both attributes of the request ask, and so are empty.
        cfg_attributes: body(47)[4..].chunks(4).map(|a| (u16_at(a, 0), &a[4..])).collect(),
        proposal: proposals(body(33)).remove(0),
        ts_i: selectors(body(44)),
        ts_r: selectors(body(45)),
        notifies: notifies[1..].to_vec(),
    }
}

/// Cuts a well-formed chain into types and bodies.
fn split(first: u8, mut rest: &'static [u8]) -> Vec<(u8, &'static [u8])> {
    let (mut ty, mut found) = (first, Vec::new());
    while ty != 0 {
        let (payload, after) = rest.split_at(u16_at(rest, 2).into());
        found.push((ty, &payload[4..]));
        (ty, rest) = (payload[0], after);
    }
    found
}

fn head(message: &[u8]) -> Head {
    Head {
        spi_i: u64::from_be_bytes(message[..8].try_into().unwrap()),
        spi_r: u64::from_be_bytes(message[8..16].try_into().unwrap()),
        exchange: message[18],
        flags: message[19],
        message_id: u32_at(message, 20),
    }
}

fn proposals(mut rest: &'static [u8]) -> Vec<Proposal> {
    let mut found = Vec::new();
    while !rest.is_empty() {
        let (proposal, after) = rest.split_at(u16_at(rest, 2).into());
        let (spi, list) = proposal[8..].split_at(proposal[6].into());
        found.push(Proposal { number: proposal[4], protocol: proposal[5], spi, transforms: transforms(list) });
        rest = after;
    }
    found
}

fn transforms(mut rest: &[u8]) -> Vec<Transform> {
    let mut found = Vec::new();
    while !rest.is_empty() {
        let (transform, after) = rest.split_at(u16_at(rest, 2).into());
        found.push(Transform {
            ty: transform[4],
            id: u16_at(transform, 6),
            key_bits: (transform.len() == 12).then(|| u16_at(transform, 10)),
        });
        rest = after;
    }
    found
}

fn notify(body: &'static [u8]) -> Notify {
    Notify { ty: u16_at(body, 2), data: &body[4..] }
}

fn selectors(body: &[u8]) -> Vec<Selector> {
    body[4..]
        .chunks(16)
        .map(|s| Selector { protocol: s[1], ports: (u16_at(s, 4), u16_at(s, 6)), addresses: (u32_at(s, 8), u32_at(s, 12)) })
        .collect()
}

fn u16_at(octets: &[u8], at: usize) -> u16 {
    u16::from_be_bytes([octets[at], octets[at + 1]])
}

fn u32_at(octets: &[u8], at: usize) -> u32 {
    u32::from(u16_at(octets, at)) << 16 | u32::from(u16_at(octets, at + 2))
}
