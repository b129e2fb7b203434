//! Questions and answers.

use crate::diagnose::Confidence;
use alloc::string::String;
use alloc::vec::Vec;
use core::net::IpAddr;

macro_rules! questions {
    ($($(#[$doc:meta])* $name:ident = $text:literal,)+) => {
        /// What is asked of a gateway and of the way there.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
        #[cfg_attr(feature = "serde", derive(serde::Serialize))]
        #[non_exhaustive]
        pub enum ProbeQuestion {
            $($(#[$doc])* #[cfg_attr(feature = "serde", serde(rename = $text))] $name,)+
        }

        impl ProbeQuestion {
            /// The stable name, as JSON has it.
            #[must_use]
            pub const fn name(self) -> &'static str {
                match self {
                    $(Self::$name => $text,)+
                }
            }
        }
    };
}

questions! {
    /// Whether UDP port 500 answers.
    Udp500 = "udp500",
    /// Whether UDP port 4500 answers.
    Udp4500 = "udp4500",
    /// Whether TCP port 4500 takes connections (RFC 9329); the caller tells.
    Tcp4500 = "tcp4500",
    /// Whether TCP port 443 takes connections; the caller tells.
    Tcp443 = "tcp443",
    /// Whether IP fragments reach the gateway; the value is the largest datagram that was answered, in octets of IP packet.
    FragmentsTo = "fragments_to",
    /// Whether IP fragments come back from the gateway.
    FragmentsFrom = "fragments_from",
    /// The path MTU from here to the gateway, in octets.
    Mtu = "mtu",
    /// Whether the gateway announces IKE fragmentation (RFC 7383).
    Fragmentation = "fragmentation",
    /// Which extensions the gateway announces.
    Capabilities = "capabilities",
    /// Which stack answers.
    Product = "product",
    /// Whether an address or a port is changed on the way, and at which side.
    Nat = "nat",
    /// Whether both ports lead to one server.
    SameServer = "same_server",
    /// Whether datagrams are lost; the value is the shortest round trip, in milliseconds.
    Loss = "loss",
    /// Whether the gateway takes ML-KEM, and what else it announces against quantum computers.
    PostQuantum = "post_quantum",
    /// Whether the gateway takes the offer of the caller.
    Offer = "offer",
    /// What the gateway takes for an IKE SA.
    Policy = "policy",
    /// Whether a login finds its way to the gateway and back; the caller tells ([`Prober::note_login`](super::Prober::note_login)). The value is its
    /// certificates, in words.
    LoginPath = "login_path",
}

/// What is known of a question.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize), serde(rename_all = "snake_case"))]
pub enum AnswerResult {
    /// It is so.
    Yes,
    /// It is not so.
    No,
    /// It cannot be told.
    Unknown,
}

/// The value of an answer.
#[derive(Clone, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize), serde(untagged))]
#[non_exhaustive]
pub enum AnswerValue {
    /// There is none.
    None,
    /// Octets or milliseconds; the question says which.
    Number(u64),
    /// A name.
    Text(String),
    /// Names.
    List(Vec<String>),
}

/// The answer to one question.
#[derive(Clone, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
#[non_exhaustive]
pub struct ProbeAnswer {
    /// The question.
    pub question: ProbeQuestion,
    /// The address of the gateway.
    #[cfg_attr(feature = "serde", serde(serialize_with = "as_text"))]
    pub address: IpAddr,
    /// The result.
    pub result: AnswerResult,
    /// The value, where there is one.
    pub value: AnswerValue,
    /// How sure the result is.
    pub confidence: Confidence,
    /// How many datagrams were sent for it.
    pub datagrams: usize,
    /// The result in words.
    pub text: String,
}

#[cfg(feature = "serde")]
fn as_text<S: serde::Serializer>(address: &IpAddr, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.collect_str(address)
}
