//! The client's side.

use super::config::{Config, ConfigError};
use super::engine::Engine;
use super::fault::Fault;
use super::fragments::{self, Fragments, Heard};
use crate::eap::method::{ClientMethod, ClientTurn};
use crate::eap::types::Type;
use rustls::ClientConnection;
use rustls::pki_types::{IpAddr, Ipv4Addr, ServerName};

/// The client's side of EAP-TLS.
pub struct Client {
    engine: Engine,
    fragments: Fragments,
    begun: bool,
}

impl Client {
    /// A client that takes a server by its chain, and by its name (a DNS name or address in subjectAltName) if there is one in `server`.
    ///
    /// Without a name, whoever has a certificate for servers below the anchors is taken: the anchors should then be of one's own.
    ///
    /// # Errors
    /// [`ConfigError`] if certificate, key or anchors cannot be used.
    pub fn new(config: Config, server: Option<ServerName<'static>>) -> Result<Self, ConfigError> {
        let fragments = Fragments::new(config.fragment_size());
        let config = config.client(server)?;
        // rustls wants a name, and sends none that is an address. The verifier has its own.
        let unused = ServerName::IpAddress(IpAddr::V4(Ipv4Addr::from([0; 4])));
        let connection = ClientConnection::new(config, unused).map_err(ConfigError::Tls)?;
        Ok(Self { engine: Engine::new(connection), fragments, begun: false })
    }

    fn turn(&mut self, data: &[u8]) -> Result<ClientTurn, Fault> {
        if !self.begun {
            fragments::expect_start(data)?;
            self.begun = true;
            let hello = self.engine.drain();
            return Ok(ClientTurn::Say(self.fragments.say(hello)));
        }
        match self.fragments.hear(data)? {
            Heard::Part(answer) => Ok(ClientTurn::Say(answer)),
            Heard::Whole(records) if records.is_empty() => Err(Fault::Silence),
            Heard::Whole(records) => self.records(&records),
        }
    }

    fn records(&mut self, records: &[u8]) -> Result<ClientTurn, Fault> {
        if let Err(error) = self.engine.feed(records) {
            let (records, fault) = self.engine.refuse(error);
            // An alert; or, to one of the server, an empty response.
            return Ok(ClientTurn::Fail { say: Some(self.fragments.say(records)), why: fault.into() });
        }
        let indicated = self.engine.indicated()?;
        let out = self.engine.drain();
        // Nothing is left to say once the server has had the client's Finished.
        let complete = !self.engine.is_handshaking() && out.is_empty();
        let say = self.fragments.say(out);
        // RFC 9190 section 2.1.1: with TLS 1.3, the server has not accepted the client's certificate before it says so.
        match (complete, self.engine.is_tls13(), indicated) {
            (true, false, false) | (true, true, true) => {
                let established = self.engine.established().map_err(|error| Fault::Refused { alert: None, error })?;
                Ok(ClientTurn::Finish { say, established })
            }
            (_, _, false) => Ok(ClientTurn::Say(say)),
            (_, _, true) => Err(Fault::ApplicationData),
        }
    }
}

impl ClientMethod for Client {
    fn ty(&self) -> Type {
        Type::TLS
    }

    fn handle(&mut self, data: &[u8]) -> ClientTurn {
        self.turn(data).unwrap_or_else(|fault| ClientTurn::Fail { say: None, why: fault.into() })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::eap::Failure;
    use crate::eap::tests::kit::config;
    use crate::eap::tls::Versions;
    use rustls::ServerConnection;
    use std::io::Write;

    /// A TLS server without the rules of EAP.
    struct Plain(ServerConnection);

    impl Plain {
        fn new(versions: Versions) -> Self {
            let config = Config { versions, ..config("p256", "server", "p256") };
            Self(ServerConnection::new(config.server().unwrap()).unwrap())
        }

        /// Takes what the client says, and says what is due and then `data`.
        fn answer(&mut self, turn: ClientTurn, data: &[u8]) -> Vec<u8> {
            let ClientTurn::Say(said) = turn else { panic!("{turn:?}") };
            self.0.read_tls(&mut &said[1..]).unwrap();
            self.0.process_new_packets().unwrap();
            self.0.writer().write_all(data).unwrap();
            let mut out = vec![0];
            while self.0.wants_write() {
                self.0.write_tls(&mut out).unwrap();
            }
            out
        }
    }

    /// What the client makes of `data`, said with the server's last records.
    fn against(versions: Versions, data: &[u8]) -> ClientTurn {
        let config = Config { versions, fragment: 16384, ..config("p256", "client", "p256") };
        let (mut client, mut server) = (Client::new(config, None).unwrap(), Plain::new(versions));
        let flight = server.answer(client.handle(&[0x20]), &[]);
        let last = server.answer(client.handle(&flight), data);
        client.handle(&last)
    }

    #[test]
    fn the_success_indication_is_one_octet_of_0() {
        assert!(matches!(against(Versions::Tls13, &[0]), ClientTurn::Finish { .. }));
        assert!(matches!(against(Versions::Tls12, &[]), ClientTurn::Finish { .. }));
        for (versions, data) in [(Versions::Tls13, &[1][..]), (Versions::Tls13, &[0, 0]), (Versions::Tls12, &[0])] {
            let ClientTurn::Fail { why, .. } = against(versions, data) else { panic!("{versions:?} {data:?}") };
            assert_eq!(why, Failure::Tls(Fault::ApplicationData));
        }
    }
}
