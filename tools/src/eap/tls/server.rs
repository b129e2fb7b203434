//! The server's side.

use super::config::{Config, ConfigError};
use super::engine::Engine;
use super::fault::Fault;
use super::fragments::{self, Fragments, Heard};
use crate::eap::method::{ServerMethod, ServerTurn};
use crate::eap::types::Type;
use rustls::{Error, ServerConnection};

/// The server's side of EAP-TLS. A client without a certificate is refused.
pub struct Server {
    engine: Engine,
    fragments: Fragments,
    state: State,
}

enum State {
    Handshake,
    /// All has been said: an empty response is due.
    Said,
    /// An alert has been sent.
    Refused(Fault),
}

impl Server {
    /// A server that takes clients by their chains. Which of their subjects may come in is for the caller to say, by
    /// [`Proof::Certificate`](crate::eap::Proof::Certificate).
    ///
    /// # Errors
    /// [`ConfigError`] if certificate, key or anchors cannot be used.
    pub fn new(config: Config) -> Result<Self, ConfigError> {
        let fragments = Fragments::new(config.fragment_size());
        let connection = ServerConnection::new(config.server()?).map_err(ConfigError::Tls)?;
        Ok(Self { engine: Engine::new(connection), fragments, state: State::Handshake })
    }

    fn turn(&mut self, data: &[u8]) -> Result<ServerTurn, Fault> {
        match self.fragments.hear(data)? {
            Heard::Part(answer) => Ok(ServerTurn::Say(answer)),
            Heard::Whole(records) => self.records(&records),
        }
    }

    fn records(&mut self, records: &[u8]) -> Result<ServerTurn, Fault> {
        if let State::Refused(fault) = &self.state {
            // Whatever the client says to that.
            return Err(fault.clone());
        }
        let fed = self.engine.feed(records).and_then(|()| self.finish_handshake());
        if let Err(error) = fed {
            return self.refuse(error);
        }
        if self.engine.indicated()? {
            return Err(Fault::ApplicationData);
        }
        let out = self.engine.drain();
        match (&self.state, self.engine.is_handshaking(), out.is_empty()) {
            (State::Said, _, true) if records.is_empty() => {
                let established = self.engine.established().map_err(|error| Fault::Refused { alert: None, error })?;
                Ok(ServerTurn::Finish(established))
            }
            (State::Said, ..) => Err(Fault::NotEmpty),
            (_, _, true) => Err(Fault::Silence),
            (_, handshaking, false) => {
                if !handshaking {
                    self.state = State::Said;
                }
                Ok(ServerTurn::Say(self.fragments.say(out)))
            }
        }
    }

    /// RFC 9190 section 2.1.1: the client learns by the protected success indication that it is accepted.
    fn finish_handshake(&mut self) -> Result<(), Error> {
        let ends = matches!(self.state, State::Handshake) && !self.engine.is_handshaking();
        if ends && self.engine.is_tls13() { self.engine.indicate() } else { Ok(()) }
    }

    /// RFC 5216 section 2.1.3: an alert goes to the client in a request, and EAP-Failure follows its response.
    fn refuse(&mut self, error: Error) -> Result<ServerTurn, Fault> {
        let (records, fault) = self.engine.refuse(error);
        if records.is_empty() || matches!(fault, Fault::AlertReceived(_)) {
            return Err(fault);
        }
        self.state = State::Refused(fault);
        Ok(ServerTurn::Say(self.fragments.say(records)))
    }
}

impl ServerMethod for Server {
    fn ty(&self) -> Type {
        Type::TLS
    }

    fn begin(&mut self) -> Vec<u8> {
        fragments::start()
    }

    fn handle(&mut self, data: &[u8]) -> ServerTurn {
        self.turn(data).unwrap_or_else(|fault| ServerTurn::Fail(fault.into()))
    }
}
