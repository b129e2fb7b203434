//! The authenticator of RFC 3748, which is the server.

use super::discard::Discard;
use super::failure::Failure;
use super::limits::Budget;
use super::method::{Established, ServerMethod, ServerTurn};
use super::packet::{self, Message, Packet};
use super::step::Step;
use super::types::Type;
use ikev2::wire::EapCode;

/// What a server asks for first.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum First {
    /// The identity of the client (RFC 3748 section 5.1). RFC 7296 section 3.16 advises against it where IDi says enough.
    Identity,
    /// The method.
    Method,
}

/// A server with one method.
pub struct Authenticator {
    method: Box<dyn ServerMethod>,
    first: First,
    state: State,
    /// Of the request that waits for its response.
    identifier: u8,
    budget: Budget,
    identity: Option<Vec<u8>>,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum State {
    Before,
    /// The request for an identity waits.
    Identity,
    /// The first request of the method waits: it may be answered with a Nak.
    Offered,
    Method,
    Over,
}

impl Authenticator {
    /// A server that authenticates clients by `method`.
    pub fn new(first: First, method: impl ServerMethod + 'static) -> Self {
        Self { method: Box::new(method), first, state: State::Before, identifier: 0, budget: Budget::new(), identity: None }
    }

    /// The first request.
    ///
    /// # Errors
    /// [`Discard::NotDue`] if the conversation has begun.
    pub fn start(&mut self) -> Result<Vec<u8>, Discard> {
        match (self.state, self.first) {
            (State::Before, First::Identity) => {
                self.state = State::Identity;
                Ok(self.ask(Type::IDENTITY, &[]))
            }
            (State::Before, First::Method) => Ok(self.offer()),
            _ => Err(Discard::NotDue),
        }
    }

    /// What the client said it is called: nothing that it has proved. Escape it before you print it.
    #[must_use]
    pub fn identity(&self) -> Option<&[u8]> {
        self.identity.as_deref()
    }

    /// Takes a packet of the client.
    ///
    /// # Errors
    /// [`Discard`] if the packet changed nothing: the last request still waits.
    pub fn handle(&mut self, packet: &[u8]) -> Result<Step, Discard> {
        let message = match packet::read(packet)? {
            Packet::Response(message) => message,
            Packet::Request(_) => return Err(Discard::Code(EapCode::REQUEST)),
            Packet::Success { .. } => return Err(Discard::Code(EapCode::SUCCESS)),
            Packet::Failure { .. } => return Err(Discard::Code(EapCode::FAILURE)),
        };
        if matches!(self.state, State::Before | State::Over) {
            return Err(Discard::NotDue);
        }
        if message.identifier != self.identifier {
            return Err(Discard::Identifier { expected: self.identifier, found: message.identifier });
        }
        match self.budget.spend(packet.len()) {
            Ok(()) => self.response(message),
            Err(limit) => Ok(self.fail(limit.into())),
        }
    }

    fn response(&mut self, message: Message<'_>) -> Result<Step, Discard> {
        let ours = self.method.ty();
        match (self.state, message.ty) {
            (State::Identity, Type::IDENTITY) => {
                self.identity = Some(message.data.to_vec());
                Ok(Step::Send(self.offer()))
            }
            (State::Offered, Type::NAK | Type::EXPANDED) => {
                // An Expanded Nak (RFC 3748 section 5.3.2) answers an expanded request only, and its list is of another form.
                let wanted = if message.ty == Type::NAK { wanted(message.data) } else { Vec::new() };
                Ok(self.fail(Failure::Nak { ours, wanted }))
            }
            (State::Offered | State::Method, ty) if ty == ours => Ok(self.method(message.data)),
            (State::Identity, found) => Err(Discard::Type { expected: Type::IDENTITY, found }),
            (_, found) => Err(Discard::Type { expected: ours, found }),
        }
    }

    fn method(&mut self, data: &[u8]) -> Step {
        self.state = State::Method;
        match self.method.handle(data) {
            ServerTurn::Say(say) => {
                let ty = self.method.ty();
                Step::Send(self.ask(ty, &say))
            }
            ServerTurn::Finish(Established { msk, proof }) => {
                self.state = State::Over;
                Step::Done { packet: Some(packet::success(self.identifier)), msk, proof }
            }
            ServerTurn::Fail(why) => self.fail(why),
        }
    }

    fn offer(&mut self) -> Vec<u8> {
        self.state = State::Offered;
        let first = self.method.begin();
        self.ask(self.method.ty(), &first)
    }

    /// RFC 3748 section 4.1: each new request has another Identifier than the one before.
    fn ask(&mut self, ty: Type, data: &[u8]) -> Vec<u8> {
        self.identifier = self.identifier.wrapping_add(1);
        packet::request(self.identifier, ty, data)
    }

    fn fail(&mut self, why: Failure) -> Step {
        self.state = State::Over;
        Step::Failed { packet: Some(packet::failure(self.identifier)), why }
    }
}

/// The types that a Nak lists; a 0 says that there is none.
fn wanted(data: &[u8]) -> Vec<Type> {
    // There are no more types than these.
    data.iter().take(255).filter(|ty| **ty != 0).map(|ty| Type(*ty)).collect()
}
