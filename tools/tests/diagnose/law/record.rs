//! Packets as a capture filter sees them.

/// Link types.
pub(crate) mod link {
    pub(crate) const NULL: u16 = 0;
    pub(crate) const ETHERNET: u16 = 1;
    pub(crate) const RAW_OLD: u16 = 12;
    pub(crate) const RAW: u16 = 101;
    pub(crate) const LOOP: u16 = 108;
    pub(crate) const SLL: u16 = 113;
    pub(crate) const IPV4: u16 = 228;
    pub(crate) const IPV6: u16 = 229;
    pub(crate) const SLL2: u16 = 276;
}

/// One packet of a capture.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Record {
    /// Nanoseconds.
    pub(crate) time: i64,
    pub(crate) link: u16,
    pub(crate) octets: Vec<u8>,
    /// Octets the packet had.
    pub(crate) full: u32,
    /// Its place in the capture it comes from; none of a packet that was added.
    pub(crate) was: Option<usize>,
}

impl Record {
    pub(crate) fn new(time: i64, link: u16, octets: Vec<u8>, full: u32) -> Self {
        Self { time, link, octets, full, was: None }
    }

    pub(crate) fn at(self, was: usize) -> Self {
        Self { was: Some(was), ..self }
    }

    pub(crate) fn earlier(&self, nanoseconds: i64) -> Self {
        Self { time: self.time - nanoseconds, ..self.clone() }
    }
}

/// What a filter knows of a packet.
pub(crate) struct View<'r> {
    pub(crate) source: &'r [u8],
    pub(crate) target: &'r [u8],
    pub(crate) protocol: u8,
    /// None in later fragments.
    pub(crate) ports: Option<(u16, u16)>,
    pub(crate) later: bool,
    pub(crate) fragment: bool,
    /// Of UDP.
    pub(crate) payload: &'r [u8],
}

fn u16_at(octets: &[u8], at: usize) -> Option<u16> {
    Some(u16::from_be_bytes(octets.get(at..at + 2)?.try_into().unwrap()))
}

/// Where the IP packet starts.
fn network(link: u16, octets: &[u8]) -> Option<usize> {
    let (mut at, mut kind) = match link {
        link::RAW | link::RAW_OLD | link::IPV4 | link::IPV6 => return Some(0),
        link::NULL | link::LOOP => return Some(4),
        link::SLL => (16, 14),
        link::SLL2 => (20, 0),
        link::ETHERNET => (14, 12),
        _ => return None,
    };
    loop {
        match u16_at(octets, kind)? {
            0x0800 | 0x86dd => return Some(at),
            0x8100 | 0x88a8 => (at, kind) = (at + 4, at + 2),
            _ => return None,
        }
    }
}

impl<'r> View<'r> {
    /// None where there is no IP packet.
    pub(crate) fn of(record: &'r Record) -> Option<Self> {
        let ip = record.octets.get(network(record.link, &record.octets)?..)?;
        match ip.first()? >> 4 {
            4 if ip.len() >= 20 => Some(Self::v4(ip)),
            6 if ip.len() >= 40 => Some(Self::v6(ip)),
            _ => None,
        }
    }

    fn v4(ip: &'r [u8]) -> Self {
        let flags = u16_at(ip, 6).unwrap();
        let bare = Self {
            source: &ip[12..16],
            target: &ip[16..20],
            protocol: ip[9],
            ports: None,
            later: flags & 0x1fff != 0,
            fragment: flags & 0x3fff != 0,
            payload: &[],
        };
        bare.udp(ip, usize::from(ip[0] & 15) * 4, usize::from(u16_at(ip, 2).unwrap()))
    }

    fn v6(ip: &'r [u8]) -> Self {
        let mut bare =
            Self { source: &ip[8..24], target: &ip[24..40], protocol: ip[6], ports: None, later: false, fragment: false, payload: &[] };
        let end = 40 + usize::from(u16_at(ip, 4).unwrap());
        if bare.protocol != 44 || ip.len() < 48 {
            return bare.udp(ip, 40, end);
        }
        let flags = u16_at(ip, 42).unwrap();
        (bare.protocol, bare.later, bare.fragment) = (ip[40], flags & 0xfff8 != 0, flags & 0xfff9 != 0);
        bare.udp(ip, 48, end)
    }

    fn udp(self, ip: &'r [u8], at: usize, end: usize) -> Self {
        if self.protocol != 17 || self.later || ip.len() < at + 8 {
            return self;
        }
        let ports = Some((u16_at(ip, at).unwrap(), u16_at(ip, at + 2).unwrap()));
        Self { ports, payload: ip.get(at + 8..end.min(ip.len())).unwrap_or_default(), ..self }
    }

    pub(crate) fn has_port(&self, port: u16) -> bool {
        self.ports.is_some_and(|(from, to)| from == port || to == port)
    }

    fn is_marked(&self) -> bool {
        self.payload.starts_with(&[0; 4])
    }

    pub(crate) fn is_ike(&self) -> bool {
        if self.has_port(4500) { self.is_marked() } else { self.has_port(500) }
    }

    pub(crate) fn is_esp(&self) -> bool {
        self.protocol == 50 || self.has_port(4500) && !self.is_marked() && self.payload != [0xff]
    }

    /// The IKE message, as far as it is there.
    pub(crate) fn ike(&self) -> &'r [u8] {
        if self.is_marked() { &self.payload[4..] } else { self.payload }
    }
}
