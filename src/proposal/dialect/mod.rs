//! How each stack reads an SA payload and compares one offered proposal with one of its own.

mod engine;
mod ke_sets;
mod libreswan;
mod openiked;
mod rfc;
mod rules;
mod strongswan;

pub(super) use engine::{Engine, Offered, Record};
pub(super) use libreswan::Libreswan;
pub(super) use openiked::OpenIked;
pub(super) use rfc::Rfc;
pub(super) use rules::{Chosen, Hit, MOST, Rules, Verdict, first_fit, leaves_out_ke, proposals};
pub(super) use strongswan::StrongSwan;
