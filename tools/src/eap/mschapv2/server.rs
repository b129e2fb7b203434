//! The server's side.

use super::crypto::{Exchange, NtHash, msk};
use super::fault::{ErrorCode, Fault};
use super::message::{self, Message, SUCCESS};
use crate::eap::method::{Established, Proof, ServerMethod, ServerTurn};
use crate::eap::name::Name;
use crate::eap::types::Type;
use subtle::ConstantTimeEq;

/// Finds the password of a user by the octets that the client sent, with the domain if it gave one. They may be anything.
pub type Passwords = Box<dyn Fn(&[u8]) -> Option<NtHash> + Send>;

/// The server's side of EAP-MSCHAPv2: one try for the client.
pub struct Server {
    name: Name,
    passwords: Passwords,
    challenge: [u8; 16],
    state: State,
}

enum State {
    /// The challenge waits for its response.
    Challenged,
    /// The client is known, and has been shown that the server is.
    Proved(Established),
    /// The client has been told that it failed.
    Refused(Fault),
    Over,
}

/// MS-CHAPv2-ID of all packets: there is one challenge.
const ID: u8 = 1;

impl Server {
    /// A server that calls itself `name` in its challenge, and finds its users by `passwords`.
    ///
    /// `challenge` is fresh random octets, used for nothing else.
    #[must_use]
    pub const fn new(name: Name, passwords: Passwords, challenge: [u8; 16]) -> Self {
        Self { name, passwords, challenge, state: State::Challenged }
    }

    fn turn(&mut self, data: &[u8]) -> Result<ServerTurn, Fault> {
        match (std::mem::replace(&mut self.state, State::Over), Message::read(data)) {
            // Whatever the client says to that.
            (State::Refused(fault), _) => Err(fault),
            (_, Err(fault)) => Err(fault),
            (State::Challenged, Ok(Message::Response { id: ID, peer_challenge, nt_response, user })) => {
                Ok(ServerTurn::Say(self.judge(peer_challenge, nt_response, user)))
            }
            (State::Proved(established), Ok(Message::Acknowledged { opcode: SUCCESS } | Message::Success { .. })) => {
                Ok(ServerTurn::Finish(established))
            }
            (_, Ok(message)) => Err(Fault::Unexpected(message.opcode())),
        }
    }

    fn judge(&mut self, peer_challenge: &[u8; 16], nt_response: &[u8; 24], user: &[u8]) -> Vec<u8> {
        let exchange = Exchange { authenticator_challenge: &self.challenge, peer_challenge, user };
        let password = (self.passwords)(user);
        // For a user that is not there as much is computed.
        let hash = password.clone().unwrap_or_else(|| NtHash::from_octets([0; 16]));
        let fits = bool::from(exchange.nt_response(&hash).ct_eq(nt_response));
        let fault = match (password, fits) {
            (Some(_), true) => {
                let proof = Proof::Password { user: user.to_vec() };
                self.state = State::Proved(Established { msk: msk(&hash, nt_response), proof });
                return message::success(ID, &exchange.authenticator_response(&hash, nt_response));
            }
            (Some(_), false) => Fault::WrongPassword,
            (None, _) => Fault::UnknownUser,
        };
        self.state = State::Refused(fault);
        message::failure(ID, ErrorCode::AUTHENTICATION_FAILURE, &self.challenge)
    }
}

impl ServerMethod for Server {
    fn ty(&self) -> Type {
        Type::MS_CHAP_V2
    }

    fn begin(&mut self) -> Vec<u8> {
        message::challenge(ID, &self.challenge, self.name.octets())
    }

    fn handle(&mut self, data: &[u8]) -> ServerTurn {
        self.turn(data).unwrap_or_else(|fault| ServerTurn::Fail(fault.into()))
    }
}
