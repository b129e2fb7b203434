//! The captured handshakes, taken apart without the crate under test: pcap, keys and the plaintexts an independent decoder found.

use super::recorded::{Recorded, capture_names, capture_path, json, recorded};
use serde_json::Value;
use std::net::SocketAddr;

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

/// Every capture there is.
pub(crate) fn scenarios() -> Vec<Scenario> {
    capture_names().into_iter().map(scenario).collect()
}

fn scenario(name: String) -> Scenario {
    let keys = json(&capture_path(&name, ".keys.json"));
    let messages = recorded(&name).into_iter().map(message).collect();
    Scenario { name, keys, messages }
}

/// `recorded` has compared the ends with those of the packet.
fn message(recorded: Recorded) -> Message {
    let row = recorded.row;
    let address = |field: &str| row[field].as_str().unwrap().parse::<SocketAddr>().unwrap();
    let octets = if row["ip_fragments"] == 1 { recorded.message } else { Vec::new() };
    Message { octets, source: address("src"), destination: address("dst"), row }
}
