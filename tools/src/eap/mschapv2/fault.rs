//! Why EAP-MSCHAPv2 failed.

use std::fmt;
use thiserror::Error;

/// Why EAP-MSCHAPv2 failed.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum Fault {
    /// The server sent a Failure request: it does not take the user and the password.
    #[error("the server refuses: {0}")]
    Refused(Refusal),
    /// The server's answer to the client's challenge is wrong: it does not know the password, and the client told it nothing more.
    #[error("the server does not prove that it knows the password")]
    ServerUnproved,
    /// No such user. The client is told the same as for a wrong password.
    #[error("there is no such user")]
    UnknownUser,
    /// The client's answer does not fit to the password of its user.
    #[error("the client does not know the password")]
    WrongPassword,
    /// A packet of this OpCode that is not well formed; 0 if it has none.
    #[error("a packet of OpCode {0} is not well formed")]
    Malformed(u8),
    /// A packet of this OpCode when another was due.
    #[error("a packet of OpCode {0} when another was due")]
    Unexpected(u8),
}

/// What a Failure request says, RFC 2759 section 6.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Refusal {
    /// `E=`: why.
    pub error: ErrorCode,
    /// `R=1`: another try would be heard. None is made.
    pub retry: bool,
    /// `M=`: text for the user, in the octets of the server; 256 of them at most.
    pub message: Vec<u8>,
}

impl fmt::Display for Refusal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.error)?;
        if self.message.is_empty() { Ok(()) } else { write!(f, " \"{}\"", self.message.escape_ascii()) }
    }
}

/// The error of a Failure request, RFC 2759 section 6: numbers of Windows.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct ErrorCode(pub u32);

impl ErrorCode {
    /// Not at this time of the day.
    pub const RESTRICTED_LOGON_HOURS: Self = Self(646);
    /// The account is disabled.
    pub const ACCT_DISABLED: Self = Self(647);
    /// The password has expired. To change it is another packet (OpCode 7), which is not implemented.
    pub const PASSWD_EXPIRED: Self = Self(648);
    /// The user may not dial in.
    pub const NO_DIALIN_PERMISSION: Self = Self(649);
    /// Wrong user or password.
    pub const AUTHENTICATION_FAILURE: Self = Self(691);
    /// The password could not be changed.
    pub const CHANGING_PASSWORD: Self = Self(709);

    /// The name RFC 2759 gives it.
    #[must_use]
    pub const fn name(self) -> Option<&'static str> {
        Some(match self {
            Self::RESTRICTED_LOGON_HOURS => "ERROR_RESTRICTED_LOGON_HOURS",
            Self::ACCT_DISABLED => "ERROR_ACCT_DISABLED",
            Self::PASSWD_EXPIRED => "ERROR_PASSWD_EXPIRED",
            Self::NO_DIALIN_PERMISSION => "ERROR_NO_DIALIN_PERMISSION",
            Self::AUTHENTICATION_FAILURE => "ERROR_AUTHENTICATION_FAILURE",
            Self::CHANGING_PASSWORD => "ERROR_CHANGING_PASSWORD",
            _ => return None,
        })
    }
}

impl fmt::Display for ErrorCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.name() {
            Some(name) => write!(f, "{name} ({})", self.0),
            None => write!(f, "error {}", self.0),
        }
    }
}
