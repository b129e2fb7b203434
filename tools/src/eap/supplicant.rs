//! The peer of RFC 3748, which is the client.

use super::discard::Discard;
use super::failure::Failure;
use super::limits::Budget;
use super::method::{ClientMethod, ClientTurn, Established};
use super::name::Name;
use super::packet::{self, Message, Packet};
use super::step::Step;
use super::types::Type;
use ikev2::wire::EapCode;

/// A client: an identity and one method.
pub struct Supplicant {
    identity: Name,
    method: Box<dyn ClientMethod>,
    state: State,
    budget: Budget,
    /// The last request and the answer to it. A request with the same octets gets the same answer; one that only shares its Identifier is
    /// another, as some servers count anew when the method begins.
    last: Option<(Vec<u8>, Vec<u8>)>,
    notification: Option<Vec<u8>>,
}

enum State {
    /// No request of the method has come. `refused`: the method that was answered with a Nak.
    Before {
        refused: Option<Type>,
    },
    Method,
    /// EAP-Success is due.
    Finished(Established),
    Over,
}

/// The answer to a request, and where it leads.
struct Turn {
    ty: Type,
    say: Option<Vec<u8>>,
    failed: Option<Failure>,
}

impl Turn {
    const fn say(ty: Type, data: Vec<u8>) -> Self {
        Self { ty, say: Some(data), failed: None }
    }
}

impl Supplicant {
    /// A client that calls itself `identity` when it is asked (RFC 3748 section 5.1), and authenticates by `method`.
    ///
    /// The identity is sent in the clear as far as EAP goes. With EAP-TLS, RFC 9190 section 2.1.4 wants one without a name, as `@example.org`.
    pub fn new(identity: Name, method: impl ClientMethod + 'static) -> Self {
        Self {
            identity,
            method: Box::new(method),
            state: State::Before { refused: None },
            budget: Budget::new(),
            last: None,
            notification: None,
        }
    }

    /// What the server last had to tell the user (RFC 3748 section 5.2): UTF-8, not terminated. Escape it before you print it.
    #[must_use]
    pub fn notification(&self) -> Option<&[u8]> {
        self.notification.as_deref()
    }

    /// Takes a packet of the server. A request that comes again is answered with the same octets, and no work.
    ///
    /// # Errors
    /// [`Discard`] if the packet changed nothing.
    pub fn handle(&mut self, packet: &[u8]) -> Result<Step, Discard> {
        match packet::read(packet)? {
            Packet::Request(message) => self.request(packet, message),
            Packet::Success { identifier } => self.success(identifier),
            Packet::Failure { identifier } => self.failure(identifier),
            Packet::Response(_) => Err(Discard::Code(EapCode::RESPONSE)),
        }
    }

    fn request(&mut self, packet: &[u8], message: Message<'_>) -> Result<Step, Discard> {
        if let Some((_, answer)) = self.last.as_ref().filter(|(last, _)| last == packet) {
            return Ok(Step::Send(answer.clone()));
        }
        if matches!(self.state, State::Over) {
            return Err(Discard::NotDue);
        }
        if let Err(limit) = self.budget.spend(packet.len()) {
            self.state = State::Over;
            return Ok(Step::Failed { packet: None, why: limit.into() });
        }
        let turn = self.turn(message)?;
        let answer = turn.say.map(|data| packet::response(message.identifier, turn.ty, &data));
        if let Some(answer) = &answer {
            self.last = Some((packet.to_vec(), answer.clone()));
        }
        match (turn.failed, answer) {
            (None, Some(answer)) => Ok(Step::Send(answer)),
            (None, None) => Err(Discard::NotDue),
            (Some(why), packet) => {
                self.state = State::Over;
                Ok(Step::Failed { packet, why })
            }
        }
    }

    fn turn(&mut self, message: Message<'_>) -> Result<Turn, Discard> {
        let ours = self.method.ty();
        match (&self.state, message.ty) {
            (_, Type::NOTIFICATION) => {
                self.notification = Some(message.data.to_vec());
                Ok(Turn::say(Type::NOTIFICATION, Vec::new()))
            }
            (State::Before { .. }, Type::IDENTITY) => Ok(Turn::say(Type::IDENTITY, self.identity.octets().to_vec())),
            (State::Before { .. } | State::Method, ty) if ty == ours => Ok(self.method(message.data)),
            // A Nak is no request.
            (State::Before { .. }, found) if found != Type::NAK => {
                self.state = State::Before { refused: Some(found) };
                Ok(Turn::say(Type::NAK, vec![ours.0]))
            }
            (State::Finished(_), found) if found == ours => Err(Discard::NotDue),
            (_, found) => Err(Discard::Type { expected: ours, found }),
        }
    }

    fn method(&mut self, data: &[u8]) -> Turn {
        let ty = self.method.ty();
        self.state = State::Method;
        match self.method.handle(data) {
            ClientTurn::Say(say) => Turn::say(ty, say),
            ClientTurn::Finish { say, established } => {
                self.state = State::Finished(established);
                Turn::say(ty, say)
            }
            ClientTurn::Fail { say, why } => Turn { ty, say, failed: Some(why) },
        }
    }

    fn success(&mut self, identifier: u8) -> Result<Step, Discard> {
        self.due(identifier)?;
        match std::mem::replace(&mut self.state, State::Over) {
            State::Finished(Established { msk, proof }) => Ok(Step::Done { packet: None, msk, proof }),
            State::Over => Err(Discard::NotDue),
            before => {
                self.state = before;
                Err(Discard::EarlySuccess)
            }
        }
    }

    fn failure(&mut self, identifier: u8) -> Result<Step, Discard> {
        self.due(identifier)?;
        let why = match self.state {
            State::Before { refused: Some(offered) } => Failure::NoCommonMethod { offered, ours: self.method.ty() },
            State::Before { refused: None } | State::Method => Failure::Refused,
            State::Finished(_) => return Err(Discard::LateFailure),
            State::Over => return Err(Discard::NotDue),
        };
        self.state = State::Over;
        Ok(Step::Failed { packet: None, why })
    }

    /// The Identifier of a Success or Failure is that of the response it answers (RFC 3748 section 4.2). Some servers count on, and are
    /// understood.
    fn due(&self, found: u8) -> Result<(), Discard> {
        match self.last.as_ref().and_then(|(request, _)| request.get(1).copied()) {
            Some(expected) if found != expected && found != expected.wrapping_add(1) => Err(Discard::Identifier { expected, found }),
            _ => Ok(()),
        }
    }
}
