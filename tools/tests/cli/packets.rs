//! Captures made octet by octet: what no recording here has.

use std::path::PathBuf;

/// A pcap file with Ethernet packets, written down as they are added.
pub(crate) struct Pcap {
    octets: Vec<u8>,
    packets: u32,
}

/// Where a packet goes: address and port of both ends; IPv4 when both addresses are 4 octets.
#[derive(Clone, Copy)]
pub(crate) struct Path {
    pub(crate) src: ([u8; 4], u16),
    pub(crate) dst: ([u8; 4], u16),
}

impl Path {
    pub(crate) fn ports(src: u16, dst: u16) -> Self {
        Self { src: ([192, 0, 2, 1], src), dst: ([192, 0, 2, 2], dst) }
    }

    pub(crate) fn back(self) -> Self {
        Self { src: self.dst, dst: self.src }
    }
}

impl Pcap {
    pub(crate) fn new() -> Self {
        let mut octets = 0xa1b2_c3d4_u32.to_le_bytes().to_vec();
        octets.extend([2, 0, 4, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 4, 0, 1, 0, 0, 0]);
        Self { octets, packets: 0 }
    }

    pub(crate) fn udp(&mut self, path: Path, payload: &[u8]) -> &mut Self {
        self.udp_cut(path, payload, payload.len())
    }

    /// Only the first `kept` octets of the payload are in the capture.
    pub(crate) fn udp_cut(&mut self, path: Path, payload: &[u8], kept: usize) -> &mut Self {
        let mut datagram = [path.src.1.to_be_bytes(), path.dst.1.to_be_bytes()].concat();
        datagram.extend(u16::try_from(8 + payload.len()).unwrap().to_be_bytes());
        datagram.extend([0, 0]);
        datagram.extend(payload);
        self.ip(path, 17, &datagram, payload.len() - kept)
    }

    pub(crate) fn tcp(&mut self, path: Path, sequence: u32, flags: u8, payload: &[u8]) -> &mut Self {
        let mut segment = [path.src.1.to_be_bytes(), path.dst.1.to_be_bytes()].concat();
        segment.extend(sequence.to_be_bytes());
        segment.extend([0, 0, 0, 0, 0x50, flags, 0xff, 0xff, 0, 0, 0, 0]);
        segment.extend(payload);
        self.ip(path, 6, &segment, 0)
    }

    pub(crate) fn ip(&mut self, path: Path, protocol: u8, payload: &[u8], cut: usize) -> &mut Self {
        let mut packet = vec![2, 0, 0, 0, 0, 2, 2, 0, 0, 0, 0, 1, 0x08, 0, 0x45, 0];
        packet.extend(u16::try_from(20 + payload.len()).unwrap().to_be_bytes());
        packet.extend([0, 1, 0x40, 0, 64, protocol, 0, 0]);
        packet.extend(path.src.0);
        packet.extend(path.dst.0);
        packet.extend(payload);
        self.frame(&packet, cut)
    }

    pub(crate) fn frame(&mut self, frame: &[u8], cut: usize) -> &mut Self {
        let length = u32::try_from(frame.len()).unwrap();
        let there = &frame[..frame.len() - cut];
        self.octets.extend(1_700_000_000_u32.to_le_bytes());
        self.octets.extend((self.packets * 1000).to_le_bytes());
        self.octets.extend(u32::try_from(there.len()).unwrap().to_le_bytes());
        self.octets.extend(length.to_le_bytes());
        self.octets.extend(there);
        self.packets += 1;
        self
    }

    /// Takes octets off the end of the file.
    pub(crate) fn shorten(&mut self, by: usize) -> &mut Self {
        self.octets.truncate(self.octets.len() - by);
        self
    }

    pub(crate) fn write(&self, name: &str) -> PathBuf {
        let folder = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join("inspect_cli");
        std::fs::create_dir_all(&folder).unwrap();
        let path = folder.join(format!("{name}.pcap"));
        std::fs::write(&path, &self.octets).unwrap();
        path
    }
}

/// An IKE message: header fields, then the chain given as (type, body).
pub(crate) fn message(spis: (u64, u64), exchange: u8, flags: u8, id: u32, payloads: &[(u8, &[u8])]) -> Vec<u8> {
    let mut octets = [spis.0.to_be_bytes(), spis.1.to_be_bytes()].concat();
    octets.extend([payloads.first().map_or(0, |first| first.0), 0x20, exchange, flags]);
    octets.extend(id.to_be_bytes());
    octets.extend([0; 4]);
    for (n, (_, body)) in payloads.iter().enumerate() {
        octets.extend([payloads.get(n + 1).map_or(0, |next| next.0), 0]);
        octets.extend(u16::try_from(4 + body.len()).unwrap().to_be_bytes());
        octets.extend(*body);
    }
    let length = u32::try_from(octets.len()).unwrap().to_be_bytes();
    octets[24..28].copy_from_slice(&length);
    octets
}

/// INFORMATIONAL with an SK payload of 20 octets: any message will do.
pub(crate) fn any_message(id: u32) -> Vec<u8> {
    message((0x1122_3344_5566_7788, 0x99aa_bbcc_ddee_ff00), 37, 0x08, id, &[(46, &[7; 16])])
}

pub(crate) fn marked(message: &[u8]) -> Vec<u8> {
    [&[0; 4], message].concat()
}

/// An RFC 9329 frame with an IKE message.
pub(crate) fn framed(message: &[u8]) -> Vec<u8> {
    let length = u16::try_from(6 + message.len()).unwrap().to_be_bytes();
    [&length[..], &[0; 4], message].concat()
}
