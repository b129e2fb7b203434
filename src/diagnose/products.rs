//! Which products are there, by the stacks that [`fingerprint`](crate::fingerprint) recognises in IKE_SA_INIT.

use super::facts::Sides;
use super::settings::Product;
use crate::fingerprint::Stack;
use crate::role::Role;
use alloc::vec::Vec;

/// The products that a stack is in, on one side.
const fn built_on(stack: Stack, side: Role) -> &'static [Product] {
    match (stack, side) {
        (Stack::StrongSwan, _) => &[Product::StrongSwan, Product::PfSense, Product::OpnSense],
        (Stack::Libreswan, _) => &[Product::Libreswan],
        (Stack::OpenIked, _) => &[Product::OpenIked],
        (Stack::Windows, Role::Initiator) => &[Product::WindowsClient],
        (Stack::Windows, Role::Responder) => &[Product::Rras, Product::Azure],
        (Stack::CiscoIos, _) => &[Product::CiscoIos],
        (Stack::CiscoAsa, _) => &[Product::CiscoAsa],
        (Stack::FortiGate, _) => &[Product::FortiGate],
        (Stack::Juniper, _) => &[Product::Juniper],
        // Nothing is set there that helps.
        (Stack::Apple, _) => &[],
    }
}

/// Those that need not say what they are.
const SILENT: &[Product] =
    &[Product::StrongSwan, Product::Libreswan, Product::MikroTik, Product::PfSense, Product::OpnSense, Product::PaloAlto];

/// The products that one side may be, by the vendor IDs it sent in IKE_SA_INIT; each once. Without one that is known it may be any of those
/// that need not send one.
///
/// ```
/// use ikev2::Role;
/// use ikev2::diagnose::{Product, products};
/// let ids = [&b"OpenIKED-7.2"[..], b"of nobody"];
/// assert_eq!(products(Role::Responder, ids), [Product::OpenIked]);
/// ```
#[must_use]
pub fn products<'a>(side: Role, vendor_ids: impl IntoIterator<Item = &'a [u8]>) -> Vec<Product> {
    let mut all: Vec<Product> = Vec::new();
    for id in vendor_ids {
        let senders: Vec<Product> = Stack::senders(id).iter().flat_map(|stack| built_on(*stack, side)).copied().collect();
        // One vendor ID may say more than another: what both allow is what is there.
        let narrower: Vec<_> = all.iter().copied().filter(|product| senders.contains(product)).collect();
        if narrower.is_empty() {
            all.extend(senders);
        } else if !senders.is_empty() {
            all = narrower;
        }
    }
    if all.is_empty() { SILENT.to_vec() } else { all }
}

/// The products that one side may be: by its vendor IDs, and where these say nothing by the stacks its form is of.
fn of_side(side: Role, vendor_ids: &[Vec<u8>], stacks: &[Stack]) -> Vec<Product> {
    let said = products(side, vendor_ids.iter().map(Vec::as_slice));
    let done: Vec<Product> = stacks.iter().flat_map(|stack| built_on(*stack, side)).copied().collect();
    if said == SILENT && !done.is_empty() { done } else { said }
}

/// The products that the two sides may be; none where one of them may be any. `answered`: the responder's IKE_SA_INIT was seen, as far as it
/// has vendor IDs.
pub(super) fn present(vendor_ids: &Sides<Vec<Vec<u8>>>, stacks: &Sides<Vec<Stack>>, asked: bool, answered: bool) -> Vec<Product> {
    let of = |side| of_side(side, vendor_ids.of(side), stacks.of(side));
    let mut all = if asked { of(Role::Initiator) } else { Vec::new() };
    let more = match all.as_slice() {
        [] => Vec::new(),
        // Where the server does not say what it is: clients of Windows call servers of Windows more than any other.
        [Product::WindowsClient] if !answered || of(Role::Responder) == SILENT => [&[Product::Rras], SILENT].concat(),
        _ if answered => of(Role::Responder),
        _ => return Vec::new(),
    };
    for product in more {
        if !all.contains(&product) {
            all.push(product);
        }
    }
    all
}

#[cfg(test)]
mod tests {
    use super::*;

    const WINDOWS_10: &[&[u8]] = &[
        b"\x1e\x2b\x51\x69\x05\x99\x1c\x7d\x7c\x96\xfc\xbf\xb5\x87\xe4\x61\x00\x00\x00\x09",
        b"\xfb\x1d\xe3\xcd\xf3\x41\xb7\xea\x16\xb7\xe5\xbe\x08\x55\xf1\x20",
        b"\x26\x24\x4d\x38\xed\xdb\x61\xb3\x17\x2a\x36\xe3\xd0\xcf\xb8\x19",
        b"\x01\x52\x8b\xbb\xc0\x06\x96\x12\x18\x49\xab\x9a\x1c\x5b\x2a\x51\x00\x00\x00\x02",
    ];

    /// Vendor IDs as they were seen: those of Windows in captures, that of FortiOS in its log, those of an SRX in a report.
    #[test]
    fn a_side_says_what_it_is() {
        let of = |ids: &[&'static [u8]]| products(Role::Initiator, ids.iter().copied());
        assert_eq!(of(WINDOWS_10), [Product::WindowsClient]);
        assert_eq!(products(Role::Responder, WINDOWS_10.iter().copied()), [Product::Rras, Product::Azure]);
        assert_eq!(of(&[b"\x82\x99\x03\x17\x57\xa3\x60\x82\xc6\xa6\x21\xde\x00\x00\x00\x00"]), [Product::FortiGate]);
        let srx: [&[u8]; 2] = [
            b"\x69\x93\x69\x22\x87\x41\xc6\xd4\xca\x09\x4c\x93\xe2\x42\xc9\xde\x19\xe7\xb7\xc6\x00\x00\x00\x05\x00\x00\x05\x00",
            b"\xfd\x80\x88\x04\xdf\x73\xb1\x51\x50\x70\x9d\x87\x80\x44\xcd\xe0\xac\x1e\xfc\xde",
        ];
        assert_eq!(of(&srx), [Product::Juniper]);
        assert_eq!(of(&[b"OE-Libreswan-5.2"]), [Product::Libreswan]);
    }

    #[test]
    fn one_vendor_id_narrows_what_another_says() {
        let ids: [&[u8]; 2] = [b"CISCO-DELETE-REASON", b"FLEXVPN-SUPPORTED"];
        for ids in [ids, [ids[1], ids[0]]] {
            assert_eq!(products(Role::Responder, ids), [Product::CiscoIos]);
        }
        assert_eq!(products(Role::Responder, [ids[0]]), [Product::CiscoIos, Product::CiscoAsa]);
        assert_eq!(products(Role::Responder, [ids[0], b"OpenIKED-7.2"]).len(), 3);
        assert_eq!(products(Role::Initiator, [&b""[..], b"OpenIKE", b"\x1e\x2b"]), SILENT);
    }

    #[test]
    fn nobody_is_left_out_who_may_be_there() {
        let ids = |ids: &[&[u8]]| ids.iter().map(|id| id.to_vec()).collect::<Vec<_>>();
        let sides = |initiator: &[&[u8]], responder: &[&[u8]]| Sides { initiator: ids(initiator), responder: ids(responder) };
        let by_ids = |ids: &Sides<_>, asked, answered| present(ids, &Sides::default(), asked, answered);
        let openiked = Product::OpenIked;
        assert_eq!(by_ids(&sides(WINDOWS_10, &[b"OpenIKED-7.2"]), true, true), [Product::WindowsClient, openiked]);
        assert_eq!(by_ids(&sides(&[b"OpenIKED-7.2"], &[b"OpenIKED-7.2"]), true, true), [openiked]);
        for answered in [false, true] {
            let quiet = by_ids(&sides(WINDOWS_10, &[]), true, answered);
            assert_eq!((&quiet[..2], &quiet[2..]), (&[Product::WindowsClient, Product::Rras][..], SILENT));
        }
        // An answer without a vendor ID is that of nobody who always sends one.
        assert_eq!(by_ids(&sides(&[b"OpenIKED-7.2"], &[b"of nobody"]), true, true), [&[openiked], SILENT].concat());
        // Not seen: any.
        assert_eq!(by_ids(&sides(&[], &[]), true, false), []);
        assert_eq!(by_ids(&sides(&[], &[b"OpenIKED-7.2"]), false, true), []);
    }

    #[test]
    fn a_form_says_who_is_there_where_vendor_ids_say_nothing() {
        let none = || Sides { initiator: Vec::new(), responder: Vec::new() };
        let stacks = |initiator: &[Stack], responder: &[Stack]| Sides { initiator: initiator.to_vec(), responder: responder.to_vec() };
        let charon = [Product::StrongSwan, Product::PfSense, Product::OpnSense];
        assert_eq!(present(&none(), &stacks(&[Stack::StrongSwan], &[Stack::StrongSwan]), true, true), charon);
        let both = present(&none(), &stacks(&[Stack::Libreswan], &[Stack::StrongSwan]), true, true);
        assert_eq!(both, [&[Product::Libreswan], &charon[..]].concat());
        // What it says is more than what it does; of a stack without settings no more is known than before.
        let said = Sides { initiator: [b"OpenIKED-7.2".to_vec()].to_vec(), responder: Vec::new() };
        assert_eq!(present(&said, &stacks(&[Stack::StrongSwan], &[Stack::OpenIked]), true, true), [Product::OpenIked]);
        assert_eq!(present(&none(), &stacks(&[Stack::Apple], &[Stack::Apple]), true, true), SILENT);
    }
}
