//! The gateway of the examples, with `ike handshake` as its peer, over sockets.

use crate::kit::ike;
use std::net::SocketAddr;

#[path = "../../../examples/gateway.rs"]
#[expect(dead_code, reason = "the program's own beginning, and its own client")]
mod program;

/// A gateway whose key is "secret": its ports.
pub(crate) fn open() -> [String; 2] {
    let any = [SocketAddr::from(([127, 0, 0, 1], 0)); 2];
    let mut gateway = program::Host::new("moon.example.org", any, "secret").unwrap();
    let ports = gateway.sockets.each_ref().map(|socket| socket.local_addr().unwrap().port().to_string());
    std::thread::spawn(move || gateway.run(|_, _, _, _| true).map_err(|error| error.to_string()));
    ports
}

/// Lets `ike handshake` do this with a gateway of its own.
fn meet(args: &[&str]) -> (u8, String) {
    let [port, natt_port] = open();
    let fixed = ["handshake", "initiate", "127.0.0.1", "--port", &port, "--natt-port", &natt_port, "--marker", "natt"];
    let (status, out, err) = ike(fixed.iter().chain(args), "");
    (status, out + &err)
}

#[test]
fn the_gateway_serves_a_peer_through_rekeys_and_deletes() {
    for nat in ["--no-nat", "--force-natt"] {
        let plan = "dpd,rekey-child,rekey-ike,child,delete-child,delete";
        let (status, said) = meet(&["--id", "carol.example.org", "--psk", "secret", "--ts-remote", "10.77.1.0/24", nat, "--do", plan]);
        assert_eq!(status, 0, "{said}");
        assert!(said.contains("the peer is moon.example.org, by the shared key"), "{said}");
        assert!(said.contains("\"verdict\":\"established\""), "{said}");
        assert_eq!(said.contains("on to port"), nat == "--force-natt", "{said}");
    }
}

#[test]
fn the_gateway_refuses_whom_it_does_not_know_and_another_key() {
    for (id, key) in [("carol.example.com", "secret"), ("carol.example.org", "another")] {
        let (status, said) = meet(&["--id", id, "--psk", key, "--ts-remote", "10.77.1.0/24"]);
        assert_eq!(status, 1, "{said}");
        assert!(said.contains("AUTHENTICATION_FAILED"), "{said}");
    }
}

#[test]
fn rfc_7296_section_2_9_the_gateway_answers_what_it_serves() {
    let (status, said) = meet(&["--id", "carol.example.org", "--psk", "secret", "--ts-remote", "192.0.2.0/24"]);
    assert!(said.contains("TS_UNACCEPTABLE"), "{status}: {said}");
}
