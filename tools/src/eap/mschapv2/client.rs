//! The client's side.

use super::crypto::{Exchange, NtHash, msk};
use super::fault::Fault;
use super::message::{self, FAILURE, Message, SUCCESS};
use crate::eap::method::{ClientMethod, ClientTurn, Established, Proof};
use crate::eap::name::Name;
use crate::eap::types::Type;
use subtle::ConstantTimeEq;

/// The client's side of EAP-MSCHAPv2: one user, one try.
pub struct Client {
    user: Name,
    password: NtHash,
    peer_challenge: [u8; 16],
    /// What was answered to the challenge of the server.
    answered: Option<Answered>,
}

struct Answered {
    authenticator_challenge: [u8; 16],
    nt_response: [u8; 24],
}

impl Client {
    /// A client that knows the password of `user`. A domain stands before the name and a backslash: `OFFICE\carol`.
    ///
    /// `peer_challenge` is fresh random octets, used for nothing else.
    #[must_use]
    pub const fn new(user: Name, password: NtHash, peer_challenge: [u8; 16]) -> Self {
        Self { user, password, peer_challenge, answered: None }
    }

    fn turn(&mut self, data: &[u8]) -> Result<ClientTurn, Fault> {
        match (Message::read(data)?, self.answered.take()) {
            (Message::Challenge { id, challenge }, None) => Ok(ClientTurn::Say(self.answer(id, challenge))),
            (Message::Success { text }, Some(answered)) => self.verify(text, &answered),
            (Message::Failure { text }, Some(_)) => {
                let why = Fault::Refused(message::refusal(text).ok_or(Fault::Malformed(FAILURE))?);
                Ok(ClientTurn::Fail { say: Some(vec![FAILURE]), why: why.into() })
            }
            (message, _) => Err(Fault::Unexpected(message.opcode())),
        }
    }

    fn exchange<'a>(&'a self, authenticator_challenge: &'a [u8; 16]) -> Exchange<'a> {
        Exchange { authenticator_challenge, peer_challenge: &self.peer_challenge, user: self.user.octets() }
    }

    fn answer(&mut self, id: u8, challenge: &[u8; 16]) -> Vec<u8> {
        let nt_response = self.exchange(challenge).nt_response(&self.password);
        self.answered = Some(Answered { authenticator_challenge: *challenge, nt_response });
        message::response(id, &self.peer_challenge, &nt_response, self.user.octets())
    }

    /// The server proves that it knows the password, RFC 2759 section 8.8: "the peer MUST end the session" otherwise.
    fn verify(&self, text: &[u8], answered: &Answered) -> Result<ClientTurn, Fault> {
        let found = message::proof(text).ok_or(Fault::Malformed(SUCCESS))?;
        let due = self.exchange(&answered.authenticator_challenge).authenticator_response(&self.password, &answered.nt_response);
        if !bool::from(due.ct_eq(&found)) {
            return Err(Fault::ServerUnproved);
        }
        let proof = Proof::Password { user: self.user.octets().to_vec() };
        let established = Established { msk: msk(&self.password, &answered.nt_response), proof };
        Ok(ClientTurn::Finish { say: vec![SUCCESS], established })
    }
}

impl ClientMethod for Client {
    fn ty(&self) -> Type {
        Type::MS_CHAP_V2
    }

    fn handle(&mut self, data: &[u8]) -> ClientTurn {
        self.turn(data).unwrap_or_else(|fault| ClientTurn::Fail { say: None, why: fault.into() })
    }
}
