//! The parameters of a cause, for programs.

use crate::registry::{ExchangeType, NotifyType};
use crate::role::Role;
use alloc::string::{String, ToString};
use alloc::vec::Vec;

/// A value of [`Cause::details`](crate::diagnose::Cause::details).
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum DetailValue {
    /// Not known.
    Null,
    /// Yes or no.
    Bool(bool),
    /// A count, a size in octets, a port.
    Number(u64),
    /// Several of them.
    Numbers(Vec<u64>),
    /// A name or a sentence.
    Text(String),
    /// Several of them.
    Texts(Vec<String>),
}

/// Names and values.
pub(super) type Details = Vec<(&'static str, DetailValue)>;

pub(super) fn number(n: impl TryInto<u64>) -> DetailValue {
    n.try_into().map_or(DetailValue::Null, DetailValue::Number)
}

pub(super) fn numbers<T: Copy + TryInto<u64>>(all: &[T]) -> DetailValue {
    DetailValue::Numbers(all.iter().filter_map(|n| (*n).try_into().ok()).collect())
}

pub(super) fn text(t: impl ToString) -> DetailValue {
    DetailValue::Text(t.to_string())
}

pub(super) fn texts(all: &[impl ToString]) -> DetailValue {
    DetailValue::Texts(all.iter().map(ToString::to_string).collect())
}

pub(super) fn maybe<T>(value: Option<T>, detail: impl FnOnce(T) -> DetailValue) -> DetailValue {
    value.map_or(DetailValue::Null, detail)
}

pub(super) fn role(role: Role) -> DetailValue {
    text(role.name())
}

pub(super) fn exchange(exchange: ExchangeType) -> DetailValue {
    DetailValue::Text(exchange_name(exchange))
}

pub(super) fn notify(notify: NotifyType) -> DetailValue {
    DetailValue::Text(notify_name(notify))
}

/// `IKE_AUTH`, or the number in words.
#[must_use]
pub fn exchange_name(exchange: ExchangeType) -> String {
    exchange.name().map_or_else(|| alloc::format!("exchange type {}", exchange.0), String::from)
}

/// `TS_UNACCEPTABLE`, or the number in words.
#[must_use]
pub fn notify_name(notify: NotifyType) -> String {
    let name = notify.name().or_else(|| super::epdg::name(notify));
    name.map_or_else(|| alloc::format!("error {}", notify.0), String::from)
}
