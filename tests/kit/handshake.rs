//! The captured handshakes, taken apart without the crate under test: pcap, keys and the plaintexts an independent decoder found.
#![allow(dead_code, reason = "each test file uses its own part")]

use serde_json::Value;
use std::net::{IpAddr, SocketAddr};
use std::path::{Path, PathBuf};

pub(crate) struct Scenario {
    pub(crate) name: String,
    /// keys.json: the whole file.
    pub(crate) keys: Value,
    pub(crate) messages: Vec<Message>,
}

/// One UDP datagram.
pub(crate) struct Message {
    /// The row of messages.json.
    pub(crate) row: Value,
    /// The IKE message, without non-ESP marker; empty when IP cut the datagram into pieces.
    pub(crate) octets: Vec<u8>,
    pub(crate) source: SocketAddr,
    pub(crate) destination: SocketAddr,
}

pub(crate) struct Payload {
    pub(crate) ty: u8,
    pub(crate) body: Vec<u8>,
}

impl Scenario {
    pub(crate) fn sas(&self) -> &[Value] {
        self.keys["ike_sas"].as_array().unwrap()
    }

    /// The secret both peers of a PSK scenario hold.
    pub(crate) fn psk(&self) -> Vec<u8> {
        match self.keys["psk"].as_str() {
            Some(text) => text.as_bytes().to_vec(),
            None => (0..32).collect(),
        }
    }

    /// Real message 1 and 2: the last IKE_SA_INIT request and the response that completed the exchange.
    pub(crate) fn init(&self, sa: &Value) -> (&Message, &Message) {
        let of_sa = |message: &&Message| message.is("IKE_SA_INIT") && message.row["spi_i"] == sa["spi_i"];
        let last = |response: bool| self.messages.iter().filter(of_sa).rfind(|m| m.response() == response).unwrap();
        let (request, response) = (last(false), last(true));
        assert_eq!(response.row["spi_r"], sa["spi_r"], "{}", self.name);
        (request, response)
    }
}

impl Message {
    pub(crate) fn is(&self, exchange: &str) -> bool {
        self.row["exchange"] == exchange
    }

    pub(crate) fn response(&self) -> bool {
        self.row["response"].as_bool().unwrap()
    }

    pub(crate) fn id(&self) -> u32 {
        u32::try_from(self.row["message_id"].as_u64().unwrap()).unwrap()
    }

    /// First inner payload and content of SK, at the datagram that completes the message.
    pub(crate) fn content(&self) -> Option<(u8, Vec<u8>)> {
        let (first, content) = match self.row.get("reassembled") {
            Some(content) => (&self.row["reassembled_first_payload"], content),
            None if self.row.get("fragment").is_some() => return None,
            None => (&self.row["inner_first_payload"], self.row.get("plaintext")?),
        };
        Some((u8::try_from(first.as_u64()?).unwrap(), octets(content)))
    }

    /// The payloads of an unprotected message.
    pub(crate) fn payloads(&self) -> Vec<Payload> {
        chain(self.octets[16], &self.octets[28..])
    }
}

pub(crate) fn chain(mut ty: u8, mut rest: &[u8]) -> Vec<Payload> {
    let mut payloads = Vec::new();
    while ty != 0 {
        let length = usize::from(u16::from_be_bytes([rest[2], rest[3]]));
        payloads.push(Payload { ty, body: rest[4..length].to_vec() });
        ty = rest[0];
        rest = &rest[length..];
    }
    payloads
}

pub(crate) fn octets(hex: &Value) -> Vec<u8> {
    let hex = hex.as_str().unwrap();
    (0..hex.len()).step_by(2).map(|at| u8::from_str_radix(&hex[at..at + 2], 16).unwrap()).collect()
}

pub(crate) fn spi(hex: &Value) -> u64 {
    u64::from_str_radix(hex.as_str().unwrap(), 16).unwrap()
}

pub(crate) fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/captures")
}

pub(crate) fn json(path: &Path) -> Value {
    serde_json::from_slice(&std::fs::read(path).unwrap_or_else(|e| panic!("{}: {e}", path.display()))).unwrap()
}

/// Every capture there is.
pub(crate) fn scenarios() -> Vec<Scenario> {
    let mut names: Vec<String> = std::fs::read_dir(folder())
        .unwrap()
        .filter_map(|entry| Some(entry.unwrap().file_name().to_str()?.strip_suffix(".keys.json")?.to_owned()))
        .collect();
    names.sort();
    names.into_iter().map(scenario).collect()
}

fn scenario(name: String) -> Scenario {
    let keys = json(&folder().join(format!("{name}.keys.json")));
    let rows = json(&folder().join(format!("{name}.messages.json")));
    let frames = frames(&std::fs::read(folder().join(format!("{name}.pcap"))).unwrap());
    let messages = rows.as_array().unwrap().iter().enumerate().map(|(n, row)| {
        let frame = match row.get("frames").and_then(Value::as_array) {
            Some(frames) => usize::try_from(frames[0].as_u64().unwrap()).unwrap() - 1,
            None => n,
        };
        message(row.clone(), &frames[frame])
    });
    Scenario { messages: messages.collect(), name, keys }
}

fn frames(pcap: &[u8]) -> Vec<Vec<u8>> {
    let (mut rest, _) = pcap_parser::parse_pcap_header(pcap).unwrap();
    let mut frames = Vec::new();
    while !rest.is_empty() {
        let (after, frame) = pcap_parser::pcap::parse_pcap_frame(rest).unwrap();
        frames.push(frame.data.to_vec());
        rest = after;
    }
    frames
}

fn message(row: Value, frame: &[u8]) -> Message {
    let address = |field: &str| row[field].as_str().unwrap().parse::<SocketAddr>();
    let octets = match row["ip_fragments"].as_u64() {
        Some(1) => {
            let packet = etherparse::SlicedPacket::from_ethernet(frame).unwrap();
            let Some(etherparse::TransportSlice::Udp(udp)) = packet.transport else { panic!("not UDP") };
            let addresses: [IpAddr; 2] = match packet.net.unwrap() {
                etherparse::NetSlice::Ipv4(ip) => [ip.header().source_addr().into(), ip.header().destination_addr().into()],
                etherparse::NetSlice::Ipv6(ip) => [ip.header().source_addr().into(), ip.header().destination_addr().into()],
                _ => panic!("not IP"),
            };
            assert_eq!(SocketAddr::new(addresses[0], udp.source_port()), address("src").unwrap());
            assert_eq!(SocketAddr::new(addresses[1], udp.destination_port()), address("dst").unwrap());
            let marker = if row["non_esp_marker"] == true { 4 } else { 0 };
            udp.payload()[marker..].to_vec()
        }
        _ => Vec::new(),
    };
    let (source, destination) = (address("src").unwrap(), address("dst").unwrap());
    Message { octets, source, destination, row }
}
