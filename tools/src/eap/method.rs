//! What a method is to the conversation around it, and what it yields.

use super::failure::Failure;
use super::types::Type;
use std::fmt;
use zeroize::Zeroizing;

/// The Master Session Key of a method, 64 octets (RFC 3748 section 7.10): IKEv2 computes AUTH with it (RFC 7296 section 2.16). It is
/// erased when it is dropped, and not printed.
#[derive(Clone)]
pub struct Msk(Zeroizing<[u8; 64]>);

impl Msk {
    /// A key that a method has made.
    #[must_use]
    pub const fn new(octets: Zeroizing<[u8; 64]>) -> Self {
        Self(octets)
    }

    /// The 64 octets.
    #[must_use]
    pub fn octets(&self) -> &[u8; 64] {
        &self.0
    }
}

impl fmt::Debug for Msk {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Msk(..)")
    }
}

/// What the other side has proved.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Proof {
    /// That it knows the password of this user, or the hash that stands for it.
    Password {
        /// The user as the client called it, with the domain if it gave one.
        user: Vec<u8>,
    },
    /// That it has the private key of this certificate, whose chain leads to an anchor.
    Certificate {
        /// The certificate of the other side itself, DER. Whether its subject may come in is for the caller to say.
        leaf: Vec<u8>,
    },
}

/// The good end of a method.
#[derive(Debug)]
pub struct Established {
    /// The key that both sides have now.
    pub msk: Msk,
    /// What the other side has proved.
    pub proof: Proof,
}

/// What the client's side of a method makes of a request.
#[derive(Debug)]
pub enum ClientTurn {
    /// Type-Data of the response; more is to come.
    Say(Vec<u8>),
    /// The method has come to its good end: the server is authenticated and has accepted this side, and EAP-Success is all that is due.
    Finish {
        /// Type-Data of the response.
        say: Vec<u8>,
        /// What the method yields.
        established: Established,
    },
    /// The method has failed.
    Fail {
        /// Type-Data of a last response that tells the server so.
        say: Option<Vec<u8>>,
        /// Why.
        why: Failure,
    },
}

/// The client's side of a method.
pub trait ClientMethod: Send {
    /// The type of its requests and responses.
    fn ty(&self) -> Type;

    /// Takes the Type-Data of a request. It is called once for each request, and not again after the end.
    fn handle(&mut self, data: &[u8]) -> ClientTurn;
}

/// What the server's side of a method makes of a response.
#[derive(Debug)]
pub enum ServerTurn {
    /// Type-Data of the next request. A method that fails and has something to say about it says it by this, and fails at the answer.
    Say(Vec<u8>),
    /// The method has come to its good end: EAP-Success is due.
    Finish(Established),
    /// The method has failed: EAP-Failure is due.
    Fail(Failure),
}

/// The server's side of a method.
pub trait ServerMethod: Send {
    /// The type of its requests and responses.
    fn ty(&self) -> Type;

    /// Type-Data of its first request.
    fn begin(&mut self) -> Vec<u8>;

    /// Takes the Type-Data of a response. It is called once for each response, and not again after the end.
    fn handle(&mut self, data: &[u8]) -> ServerTurn;
}
