//! Link layers and tunnels around an IP packet, octet by octet from their specifications.

use super::forge::{self, addr};

pub(crate) type Wrap = fn(&[u8]) -> Vec<u8>;

fn is_v6(ip: &[u8]) -> bool {
    ip[0] >> 4 == 6
}

fn ether_type(ip: &[u8]) -> [u8; 2] {
    if is_v6(ip) { [0x86, 0xdd] } else { [0x08, 0x00] }
}

fn ppp_protocol(ip: &[u8]) -> u8 {
    if is_v6(ip) { 0x57 } else { 0x21 }
}

pub(crate) fn join(parts: &[&[u8]]) -> Vec<u8> {
    parts.concat()
}

const MACS: [u8; 12] = [2, 0, 0, 0, 0, 1, 2, 0, 0, 0, 0, 2];

pub(crate) fn ethernet(ip: &[u8]) -> Vec<u8> {
    join(&[&MACS, &ether_type(ip), ip])
}

pub(crate) fn typed(number: u16, rest: &[u8]) -> Vec<u8> {
    join(&[&MACS, &number.to_be_bytes(), rest])
}

fn snap(ip: &[u8]) -> Vec<u8> {
    join(&[&[0xaa, 0xaa, 3, 0, 0, 0], &ether_type(ip), ip])
}

/// Ethernet, IPv4 between routers, the protocol and its payload.
pub(crate) fn outer(protocol: u8, payload: &[u8]) -> Vec<u8> {
    ethernet(&forge::ip(addr("198.18.0.1:0"), addr("198.18.0.2:0"), protocol, payload))
}

fn outer_v6(protocol: u8, payload: &[u8]) -> Vec<u8> {
    ethernet(&forge::ip(addr("[2001:db8:ffff::1]:0"), addr("[2001:db8:ffff::2]:0"), protocol, payload))
}

pub(crate) fn outer_udp(port: u16, payload: &[u8]) -> Vec<u8> {
    let (src, dst) = (addr("198.18.0.1:40000"), addr(&format!("198.18.0.2:{port}")));
    ethernet(&forge::ip(src, dst, 17, &forge::udp(src, dst, payload)))
}

fn gre(flags: u16, protocol: u16, fields: &[u8], inner: &[u8]) -> Vec<u8> {
    outer(47, &join(&[&flags.to_be_bytes(), &protocol.to_be_bytes(), fields, inner]))
}

fn gre_ip(flags: u16, fields: &[u8], ip: &[u8]) -> Vec<u8> {
    gre(flags, u16::from_be_bytes(ether_type(ip)), fields, ip)
}

fn wireless(kind: u8, flags: u8, header: usize, ip: &[u8]) -> Vec<u8> {
    let mut out = vec![kind, flags];
    out.resize(header, 0);
    out.extend(snap(ip));
    out
}

fn gtp_u(flags: u8, options: &[u8], inner: &[u8]) -> Vec<u8> {
    let len = (options.len() + inner.len()) as u16;
    outer_udp(2152, &join(&[&[flags, 0xff], &len.to_be_bytes(), &[0, 0, 0, 7], options, inner]))
}

fn pktap(dlt: u32, flags: u32, inner: &[u8]) -> Vec<u8> {
    let mut out = [108_u32.to_le_bytes(), 1_u32.to_le_bytes(), dlt.to_le_bytes()].concat();
    out.resize(36, 0);
    out.extend(flags.to_le_bytes());
    out.resize(108, 0);
    out.extend(inner);
    out
}

fn nflog(big_endian: bool, hook: u8, ip: &[u8]) -> Vec<u8> {
    let attribute = |number: u16, value: &[u8]| {
        let field = |value: u16| if big_endian { value.to_be_bytes() } else { value.to_le_bytes() };
        let mut out = join(&[&field(value.len() as u16 + 4), &field(number), value]);
        out.resize(out.len().next_multiple_of(4), 0);
        out
    };
    join(&[&[2, 0, 0, 0], &attribute(1, &[8, 0, hook, 0]), &attribute(10, b"pre"), &attribute(9, ip)])
}

fn teredo(prefix: &[u8], ip: &[u8]) -> Vec<u8> {
    outer_udp(3544, &join(&[prefix, ip]))
}

/// Name, link type and frame. Those named "v6: .." carry IPv6 only.
pub(crate) const WRAPS: &[(&str, u16, Wrap)] = &[
    ("LLC and SNAP", 1, |ip| join(&[&MACS, &((ip.len() + 8) as u16).to_be_bytes(), &snap(ip)])),
    ("LLC alone", 1, |ip| join(&[&MACS, &((ip.len() + 3) as u16).to_be_bytes(), &[6, 6, 3], ip])),
    ("VLAN tag, then LLC", 1, |ip| typed(0x8100, &join(&[&[0, 7], &((ip.len() + 8) as u16).to_be_bytes(), &snap(ip)]))),
    ("VN-Tag", 1, |ip| typed(0x8926, &join(&[&[0, 1, 0, 2], &ether_type(ip), ip]))),
    ("backbone bridges", 1, |ip| typed(0x88e7, &join(&[&[0, 0, 0, 9], &ethernet(ip)]))),
    ("PPPoE with a compressed protocol", 1, |ip| typed(0x8864, &join(&[&[0x11, 0, 0, 1, 0, 0, ppp_protocol(ip)], ip]))),
    ("PPPoE without Ethernet", 51, |ip| join(&[&[0x11, 0, 0, 1, 0, 0, 0, ppp_protocol(ip)], ip])),
    ("PPP", 9, |ip| join(&[&[0, ppp_protocol(ip)], ip])),
    ("PPP with address and control", 9, |ip| join(&[&[0xff, 3, 0, ppp_protocol(ip)], ip])),
    ("PPP in HDLC", 50, |ip| join(&[&[0xff, 3, 0, ppp_protocol(ip)], ip])),
    ("Cisco HDLC where PPP is announced", 50, |ip| join(&[&[0x0f, 0], &ether_type(ip), ip])),
    ("Cisco HDLC", 104, |ip| join(&[&[0x8f, 0], &ether_type(ip), ip])),
    ("Cisco HDLC with direction", 205, |ip| join(&[&[1, 0x0f, 0], &ether_type(ip), ip])),
    ("PPP of pppd", 166, |ip| join(&[&[1, 3, 0, ppp_protocol(ip)], ip])),
    ("PPP with direction", 204, |ip| join(&[&[0, 0xff, 3, 0, ppp_protocol(ip)], ip])),
    ("PPP with MPLS", 9, |ip| join(&[&[0xff, 3, 0x02, 0x81, 0, 1, 1, 0x40], ip])),
    ("ATM", 100, snap),
    ("MPLS", 1, |ip| typed(0x8847, &join(&[&[0, 1, 1, 0x40], ip]))),
    ("MPLS, three labels", 1, |ip| typed(0x8848, &join(&[&[0, 1, 0, 0x40, 0, 2, 0, 0x40, 0, 3, 1, 0x40], ip]))),
    ("MPLS without Ethernet", 219, |ip| join(&[&[0, 1, 1, 0x40], ip])),
    ("pseudo-wire with a control word", 1, |ip| typed(0x8847, &join(&[&[0, 1, 1, 0x40, 0, 0, 0, 5], &ethernet(ip)]))),
    ("pseudo-wire without", 1, |ip| typed(0x8847, &join(&[&[0, 1, 1, 0x40], &ethernet(ip)]))),
    ("pseudo-wire to an address that begins like IPv4", 1, |ip| {
        let mut frame = ethernet(ip);
        frame[..4].copy_from_slice(&[0x45, 0, 0, 0x54]);
        typed(0x8847, &join(&[&[0, 1, 1, 0x40], &frame]))
    }),
    ("GRE", 1, |ip| gre_ip(0, &[], ip)),
    ("GRE over IPv6", 1, |ip| outer_v6(47, &join(&[&[0, 0], &ether_type(ip), ip]))),
    ("GRE with a checksum", 1, |ip| gre_ip(0x8000, &[1, 2, 0, 0], ip)),
    ("GRE with a key", 1, |ip| gre_ip(0x2000, &[0, 0, 0, 7], ip)),
    ("GRE with a number", 1, |ip| gre_ip(0x1000, &[0, 0, 0, 7], ip)),
    ("GRE with all of them", 1, |ip| gre_ip(0xb000, &[9; 12], ip)),
    ("GRE with Ethernet", 1, |ip| gre(0, 0x6558, &[], &ethernet(ip))),
    ("GRE with MPLS", 1, |ip| gre(0, 0x8847, &[0, 1, 1, 0x40], ip)),
    ("GRE of WCCP", 1, |ip| gre(0, 0x883e, &[0, 1, 2, 3], ip)),
    ("GRE of WCCP, version 1", 1, |ip| gre(0, 0x883e, &[], ip)),
    ("GRE in GRE", 1, |ip| gre(0, 0x6558, &[], &gre_ip(0x2000, &[0; 4], ip))),
    ("PPTP", 1, |ip| gre(0x3001, 0x880b, &[0, 9, 0, 1, 0, 0, 0, 2], &join(&[&[0xff, 3, 0, ppp_protocol(ip)], ip]))),
    ("PPTP with an acknowledgement", 1, |ip| gre(0x3081, 0x880b, &[0, 9, 0, 1, 0, 0, 0, 2, 0, 0, 0, 1], &join(&[&[ppp_protocol(ip)], ip]))),
    ("ERSPAN, type I", 1, |ip| gre(0, 0x88be, &[], &ethernet(ip))),
    ("ERSPAN, type II", 1, |ip| gre(0x1000, 0x88be, &[0, 0, 0, 1, 0x10, 1, 8, 1, 0, 0, 0, 2], &ethernet(ip))),
    ("ERSPAN, type III", 1, |ip| gre(0x1000, 0x22eb, &[0, 0, 0, 1, 0x20, 1, 8, 1, 0, 0, 0, 2, 0, 0, 0, 0], &ethernet(ip))),
    ("ERSPAN, type III, with a platform's header", 1, |ip| {
        gre(0x1000, 0x22eb, &join(&[&[0, 0, 0, 1, 0x20, 1, 8, 1, 0, 0, 0, 2, 0, 0, 0, 1], &[7; 8]]), &ethernet(ip))
    }),
    ("ERSPAN, type III, of IP", 1, |ip| gre(0x1000, 0x22eb, &[0, 0, 0, 1, 0x20, 1, 8, 1, 0, 0, 0, 2, 0, 0, 8, 0], ip)),
    ("IP in IPv4", 1, |ip| outer(if is_v6(ip) { 41 } else { 4 }, ip)),
    ("IP in IPv6", 1, |ip| outer_v6(if is_v6(ip) { 41 } else { 4 }, ip)),
    ("EtherIP", 1, |ip| outer(97, &join(&[&[0x30, 0], &ethernet(ip)]))),
    ("MPLS in IP", 1, |ip| outer(137, &join(&[&[0, 1, 1, 0x40], ip]))),
    ("VXLAN", 1, |ip| outer_udp(4789, &join(&[&[8, 0, 0, 0, 0, 0, 77, 0], &ethernet(ip)]))),
    ("VXLAN of Linux, with a group", 1, |ip| outer_udp(8472, &join(&[&[0x88, 0, 0, 5, 0, 0, 77, 0], &ethernet(ip)]))),
    ("GENEVE", 1, |ip| outer_udp(6081, &join(&[&[0, 0, 0x65, 0x58, 0, 0, 5, 0], &ethernet(ip)]))),
    ("GENEVE with options", 1, |ip| outer_udp(6081, &join(&[&[3, 0x40, 0x65, 0x58, 0, 0, 5, 0, 1, 1, 0x80, 2], &[6; 8], &ethernet(ip)]))),
    ("GENEVE of IP", 1, |ip| outer_udp(6081, &join(&[&[0, 0], &ether_type(ip), &[0, 0, 5, 0], ip]))),
    ("GTP-U", 1, |ip| gtp_u(0x30, &[], ip)),
    ("GTP-U with a number", 1, |ip| gtp_u(0x32, &[0, 1, 0, 0], ip)),
    ("GTP-U with two extension headers", 1, |ip| gtp_u(0x34, &[0, 0, 0, 0x85, 1, 0x10, 9, 0xc0, 2, 1, 2, 3, 4, 5, 6, 0], ip)),
    ("GTP-U of Ethernet", 1, |ip| gtp_u(0x30, &[], &ethernet(ip))),
    ("TZSP", 1, |ip| outer_udp(37008, &join(&[&[1, 0, 0, 1, 0, 11, 1, 6, 1], &ethernet(ip)]))),
    ("TZSP of IEEE 802.11", 1, |ip| outer_udp(37008, &join(&[&[1, 0, 0, 18, 1], &wireless(8, 1, 24, ip)]))),
    ("v6: Teredo", 1, |ip| teredo(&[], ip)),
    ("v6: Teredo with an origin", 1, |ip| teredo(&[0, 0, 1, 2, 3, 4, 5, 6], ip)),
    ("v6: Teredo with authentication and origin", 1, |ip| {
        teredo(&join(&[&[0, 1, 2, 3], &[7; 5], &[8; 8], &[0], &[0, 0, 1, 2, 3, 4, 5, 6]]), ip)
    }),
    ("IEEE 802.11 to the distribution system", 105, |ip| wireless(0x08, 0x01, 24, ip)),
    ("IEEE 802.11 with QoS", 105, |ip| wireless(0x88, 0x02, 26, ip)),
    ("IEEE 802.11 with QoS and HT control", 105, |ip| wireless(0x88, 0x82, 30, ip)),
    ("IEEE 802.11 with four addresses", 105, |ip| wireless(0x08, 0x03, 30, ip)),
    ("IEEE 802.11 with four addresses and QoS", 105, |ip| wireless(0x88, 0x03, 32, ip)),
    ("IEEE 802.11, decrypted and still marked", 105, |ip| wireless(0x88, 0x42, 26, ip)),
    ("radiotap", 127, |ip| join(&[&[0, 0, 8, 0, 0, 0, 0, 0], &wireless(0x08, 1, 24, ip)])),
    ("radiotap with a frame check sequence", 127, |ip| join(&[&[0, 0, 9, 0, 2, 0, 0, 0, 0x10], &wireless(0x88, 1, 26, ip), &[1, 2, 3, 4]])),
    ("radiotap with padding and three words", 127, |ip| {
        let header = [0, 0, 25, 0, 3, 0, 0, 0x80, 0, 0, 0, 0x80, 0, 0, 0, 0, 7, 7, 7, 7, 7, 7, 7, 7, 0x20];
        join(&[&header, &wireless(0x88, 1, 28, ip)])
    }),
    ("Prism", 119, |ip| join(&[&[0x44, 0, 0, 0, 144, 0, 0, 0], &[0; 136], &wireless(0x08, 1, 24, ip)])),
    ("AVS", 163, |ip| join(&[&[0x80, 0x21, 0x10, 1, 0, 0, 0, 64], &[0; 56], &wireless(0x08, 1, 24, ip)])),
    ("PPI of Ethernet", 192, |ip| join(&[&[0, 0, 12, 0, 1, 0, 0, 0, 9, 9, 9, 9], &ethernet(ip)])),
    ("PPI of IEEE 802.11", 192, |ip| join(&[&[0, 0, 8, 0, 105, 0, 0, 0], &wireless(0x08, 1, 24, ip)])),
    ("PKTAP of Ethernet", 258, |ip| pktap(1, 1, &ethernet(ip))),
    ("PKTAP of raw IP", 258, |ip| pktap(12, 2, ip)),
    ("PKTAP of old", 149, |ip| pktap(0, 2, &join(&[if is_v6(ip) { &[30, 0, 0, 0] } else { &[2, 0, 0, 0] }, ip]))),
    ("NFLOG", 239, |ip| nflog(false, 1, ip)),
    ("NFLOG of a big-endian machine", 239, |ip| nflog(true, 3, ip)),
    ("IPsec interface", 109, |ip| join(&[&[if is_v6(ip) { 24 } else { 2 }, 0, 0, 0], &[0; 8], ip])),
    ("packet filter log", 117, |ip| {
        let mut header = vec![61, if is_v6(ip) { 24 } else { 2 }];
        header.resize(64, 0);
        join(&[&header, ip])
    }),
    ("IPNET", 226, |ip| {
        let mut header = vec![1, if is_v6(ip) { 26 } else { 2 }];
        header.resize(24, 0);
        join(&[&header, ip])
    }),
    ("Juniper", 178, |ip| join(&[&[0x4d, 0x47, 0x43, 0x80, 0, 4, 1, 2, 3, 4], &ethernet(ip)])),
    ("Juniper without a link layer", 178, |ip| join(&[&[0x4d, 0x47, 0x43, 0x83, 0, 2, 1, 2, 0, 0, 0, 2], ip])),
];
