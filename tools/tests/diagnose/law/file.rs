//! pcap and pcapng files, read and written without the code under test.

use super::record::{Record, link};

const NANOSECONDS: i64 = 1_000_000_000;
const SECTION: u32 = 0x0a0d_0d0a;

/// A place in octets, in an order of octets.
struct Words<'o> {
    octets: &'o [u8],
    little: bool,
}

impl Words<'_> {
    fn u16(&self, at: usize) -> u16 {
        let two = self.octets[at..at + 2].try_into().unwrap();
        if self.little { u16::from_le_bytes(two) } else { u16::from_be_bytes(two) }
    }

    fn u32(&self, at: usize) -> u32 {
        let four = self.octets[at..at + 4].try_into().unwrap();
        if self.little { u32::from_le_bytes(four) } else { u32::from_be_bytes(four) }
    }

    fn size(&self, at: usize) -> usize {
        self.u32(at) as usize
    }
}

/// The records of a file; `None` of another kind of file.
pub(crate) fn read(file: &[u8]) -> Option<Vec<Record>> {
    let (little, unit) = match file.get(..4)? {
        [0x0a, 0x0d, 0x0d, 0x0a] => return Some(pcapng(file)),
        [0xd4, 0xc3, 0xb2, 0xa1] => (true, 1000),
        [0xa1, 0xb2, 0xc3, 0xd4] => (false, 1000),
        [0x4d, 0x3c, 0xb2, 0xa1] => (true, 1),
        [0xa1, 0xb2, 0x3c, 0x4d] => (false, 1),
        _ => return None,
    };
    let words = Words { octets: file, little };
    let link = words.u32(20) as u16;
    let mut records = Vec::new();
    let mut at = 24;
    while at + 16 <= file.len() {
        let time = i64::from(words.u32(at)) * NANOSECONDS + i64::from(words.u32(at + 4)) * unit;
        let end = (at + 16 + words.size(at + 8)).min(file.len());
        records.push(Record::new(time, link, file[at + 16..end].to_vec(), words.u32(at + 12)).at(records.len()));
        at = end;
    }
    Some(records)
}

fn pcapng(file: &[u8]) -> Vec<Record> {
    let mut records = Vec::new();
    let mut interfaces = Vec::new();
    let mut little = true;
    let mut at = 0;
    while at + 12 <= file.len() {
        if file[at..at + 4] == SECTION.to_be_bytes() {
            little = file[at + 8..at + 12] == [0x4d, 0x3c, 0x2b, 0x1a];
            interfaces.clear();
        }
        let head = Words { octets: &file[at..], little };
        let size = head.size(4);
        let body = Words { octets: &file[at + 8..at + size - 4], little };
        match head.u32(0) {
            1 => interfaces.push((body.u16(0), unit(&body))),
            6 => {
                let (link, unit) = interfaces[body.size(0)];
                let time = (i64::from(body.u32(4)) << 32 | i64::from(body.u32(8))) * unit;
                let octets = body.octets[20..20 + body.size(12)].to_vec();
                records.push(Record::new(time, link, octets, body.u32(16)).at(records.len()));
            }
            _ => {}
        }
        at += size;
    }
    records
}

/// Nanoseconds of the unit of time of an interface: option if_tsresol.
fn unit(interface: &Words<'_>) -> i64 {
    let mut at = 8;
    while at + 4 <= interface.octets.len() && interface.u16(at) != 0 {
        if interface.u16(at) == 9 {
            let of = interface.octets[at + 4];
            let base: i64 = if of & 128 == 0 { 10 } else { 2 };
            return NANOSECONDS / base.pow(u32::from(of & 127));
        }
        at += 4 + usize::from(interface.u16(at + 2)).next_multiple_of(4);
    }
    1000
}

/// A pcap file with nanoseconds, the records in the order given; pcapng where there are several link types.
pub(crate) fn write(records: &[Record]) -> Vec<u8> {
    let mut links: Vec<u16> = Vec::new();
    for record in records {
        if !links.contains(&record.link) {
            links.push(record.link);
        }
    }
    if links.len() > 1 {
        return write_pcapng(records, &links);
    }
    let mut file = numbers(&[0xa1b2_3c4d, 4 << 16 | 2, 0, 0, 262_144, u32::from(links.first().copied().unwrap_or(link::RAW))]);
    for record in records {
        let time = record.time.max(0);
        file.extend(numbers(&[(time / NANOSECONDS) as u32, (time % NANOSECONDS) as u32, record.octets.len() as u32, record.full]));
        file.extend(&record.octets);
    }
    file
}

fn write_pcapng(records: &[Record], links: &[u16]) -> Vec<u8> {
    let mut file = block(SECTION, numbers(&[0x1a2b_3c4d, 1, u32::MAX, u32::MAX]));
    for link in links {
        // if_tsresol, one octet: nanoseconds; then the end of the options.
        file.extend(block(1, numbers(&[u32::from(*link), 262_144, 1 << 16 | 9, 9, 0])));
    }
    for record in records {
        let time = record.time.max(0);
        let interface = links.iter().position(|link| *link == record.link).unwrap() as u32;
        let mut body = numbers(&[interface, (time >> 32) as u32, time as u32, record.octets.len() as u32, record.full]);
        body.extend(&record.octets);
        body.resize(body.len().next_multiple_of(4), 0);
        file.extend(block(6, body));
    }
    file
}

fn block(kind: u32, body: Vec<u8>) -> Vec<u8> {
    let size = 12 + body.len() as u32;
    [numbers(&[kind, size]), body, numbers(&[size])].concat()
}

fn numbers(all: &[u32]) -> Vec<u8> {
    all.iter().flat_map(|number| number.to_le_bytes()).collect()
}

#[test]
fn what_is_written_is_read() {
    let one = Record::new(1_795_000_000_000_000_001, link::ETHERNET, vec![1, 2, 3], 9).at(0);
    let two = Record::new(1_795_000_001_000_000_000, link::RAW, vec![4; 8], 8).at(1);
    for records in [vec![one.clone()], vec![one, two]] {
        assert_eq!(read(&write(&records)), Some(records));
    }
    assert_eq!(read(b"PK\x03\x04"), None);
}
