//! The bug classes other IKE implementations had, by their number in the project's list, as far as they concern the wire
//! format. An independent naive decoder is the judge where a table would only repeat the code.

mod bodies;
mod building;
mod lengths;
mod messages;
mod texts;

/// A payload: generic header, body. `next` is the type of the payload after it.
fn payload(next: u8, body: &[u8]) -> Vec<u8> {
    let [hi, lo] = u16::try_from(body.len() + 4).unwrap().to_be_bytes();
    [&[next, 0, hi, lo], body].concat()
}

/// A message of these octets after the header.
fn message(first: u8, chain: &[u8]) -> Vec<u8> {
    let length = u32::try_from(chain.len() + 28).unwrap().to_be_bytes();
    [&[1; 8], &[2; 8], &[first, 0x20, 34, 0x08][..], &[0, 0, 0, 1], &length, chain].concat()
}

/// A transform: last octet, type, id, attributes.
fn transform(last: u8, ty: u8, id: u16, attributes: &[u8]) -> Vec<u8> {
    let [hi, lo] = u16::try_from(attributes.len() + 8).unwrap().to_be_bytes();
    let [id1, id0] = id.to_be_bytes();
    [&[last, 0, hi, lo, ty, 0, id1, id0], attributes].concat()
}

/// A proposal for IKE: last octet, number, transform count, transforms.
fn proposal(last: u8, number: u8, count: u8, transforms: &[u8]) -> Vec<u8> {
    let [hi, lo] = u16::try_from(transforms.len() + 8).unwrap().to_be_bytes();
    [&[last, 0, hi, lo, number, 1, 0, count], transforms].concat()
}
