//! What the application asks an IKE SA to do, in its turn.

use super::event::OwnRequest;
use super::id::ChildId;
use super::mobike::AddressCommand;
use super::peer::ChildConfig;
use crate::registry::SecurityProtocol;
use alloc::boxed::Box;

/// What is done on an IKE SA, one after the other, as the window has room for one request (RFC 7296 section 2.3).
#[derive(Debug)]
pub(super) enum Command {
    /// A liveness check.
    Ping,
    CreateChild(Box<ChildConfig>),
    RekeyChild(ChildId),
    DeleteChild(ChildId),
    /// Has the peer delete a Child SA that we do not take.
    Disown(ChildId, SecurityProtocol),
    Rekey,
    Delete,
    Addresses(AddressCommand),
}

impl Command {
    /// Whether it is done by CREATE_CHILD_SA.
    pub(super) const fn is_create(&self) -> bool {
        matches!(self, Self::CreateChild(_) | Self::RekeyChild(_) | Self::Rekey)
    }

    /// The Child SA that it is about, which has to be there.
    pub(super) const fn child(&self) -> Option<ChildId> {
        match self {
            Self::RekeyChild(child) | Self::DeleteChild(child) => Some(*child),
            Self::Ping | Self::CreateChild(_) | Self::Disown(..) | Self::Rekey | Self::Delete | Self::Addresses(_) => None,
        }
    }

    /// What the application is told that it had asked for.
    pub(super) const fn asked(&self) -> Option<OwnRequest> {
        match self {
            Self::CreateChild(_) => Some(OwnRequest::Child),
            Self::RekeyChild(child) => Some(OwnRequest::ChildRekey(*child)),
            Self::Rekey => Some(OwnRequest::IkeRekey),
            Self::Addresses(AddressCommand::Update) => Some(OwnRequest::PathUpdate),
            Self::Ping | Self::DeleteChild(_) | Self::Disown(..) | Self::Delete | Self::Addresses(_) => None,
        }
    }

    /// Whether the two ask for the same, so that one of them does.
    pub(super) fn is_same(&self, other: &Self) -> bool {
        match (self, other) {
            (Self::Ping, Self::Ping) | (Self::Rekey, Self::Rekey) | (Self::Delete, Self::Delete) => true,
            (Self::RekeyChild(one), Self::RekeyChild(other)) | (Self::DeleteChild(one), Self::DeleteChild(other)) => one == other,
            (Self::Addresses(one), Self::Addresses(other)) => one == other,
            _ => false,
        }
    }
}
