//! Who may have an IKE SA: IKE_SA_INIT requests let in, answered without state, or turned away (RFC 7296 section 2.6).

use super::config::CookieDemand;
use super::context::{Context, NONCE};
use super::id::SaId;
use super::limits::{AMPLIFICATION, Limits};
use super::path::NetworkPath;
use crate::error::{CryptoError, Unsupported};
use crate::exchange::{Cookie, CookieInput, CookieIssuer};
use crate::instant::Instant;
use crate::keys::PrfFunction;
use crate::registry::{NotifyType, Prf};
use crate::wire::{HEADER_LEN, Parts};
use alloc::collections::BTreeMap;
use alloc::vec::Vec;
use core::time::Duration;

/// Octets of an SA payload with a cipher and a PRF, of one authority, and of the public value of X25519.
const SHORTEST_SA: usize = 36;
const AUTHORITY: usize = 20;
const SHORT_KE: usize = 32;

/// How long a secret makes cookies; they are good for as long again.
const SECRET: Duration = Duration::from_secs(60);

/// The half-open IKE SAs of a responder, by what tells one from another before it has keys.
#[derive(Debug)]
pub(super) struct HalfOpen {
    /// By SPIi: a peer chooses it, so that an ordered table holds it, and as many under one SPIi as one source may have.
    by_initiator: BTreeMap<u64, Vec<SaId>>,
    per_source: BTreeMap<u64, usize>,
    count: usize,
    /// Made with the first cookie: an initiator needs none.
    cookies: Option<(CookieIssuer, Instant)>,
}

/// What a half-open IKE SA is found by.
#[derive(Clone, Copy, Debug)]
pub(super) struct HalfOpenKey {
    pub(super) spi_i: u64,
    pub(super) source: u64,
}

/// Whether a request is let in.
#[derive(Debug)]
pub(super) enum Admission {
    Admitted,
    /// It is answered with this cookie.
    Cookie(Cookie),
    /// There is no room for it.
    Full,
}

impl HalfOpen {
    pub(super) const fn new() -> Self {
        Self { by_initiator: BTreeMap::new(), per_source: BTreeMap::new(), count: 0, cookies: None }
    }

    /// The half-open IKE SAs of this SPIi.
    pub(super) fn of_initiator(&self, spi_i: u64) -> &[SaId] {
        self.by_initiator.get(&spi_i).map_or(&[], Vec::as_slice)
    }

    pub(super) fn insert(&mut self, key: HalfOpenKey, id: SaId) {
        self.by_initiator.entry(key.spi_i).or_default().push(id);
        let count = self.per_source.entry(key.source).or_default();
        *count = count.saturating_add(1);
        self.count = self.count.saturating_add(1);
    }

    pub(super) fn remove(&mut self, key: HalfOpenKey, id: SaId) {
        if let Some(ids) = self.by_initiator.get_mut(&key.spi_i) {
            ids.retain(|other| *other != id);
            if ids.is_empty() {
                self.by_initiator.remove(&key.spi_i);
            }
        }
        if let Some(count) = self.per_source.get_mut(&key.source) {
            *count = count.saturating_sub(1);
            if *count == 0 {
                self.per_source.remove(&key.source);
            }
        }
        self.count = self.count.saturating_sub(1);
    }

    /// All of them.
    pub(super) fn all(&self) -> impl Iterator<Item = SaId> + '_ {
        self.by_initiator.values().flatten().copied()
    }

    /// Whether there is no room for one more from there.
    pub(super) fn is_full(&self, limits: &Limits, source: u64) -> bool {
        self.count >= limits.half_open || self.of_source(source) >= limits.half_open_per_source
    }

    fn of_source(&self, source: u64) -> usize {
        self.per_source.get(&source).copied().unwrap_or(0)
    }

    pub(super) const fn count(&self) -> usize {
        self.count
    }

    /// Whether a request may have an IKE SA. `in_all` is how many there are.
    pub(super) fn admit(
        &mut self,
        cx: &mut Context<'_>,
        path: NetworkPath,
        (spi_i, parts, len): (u64, &Parts<'_>, usize),
        in_all: usize,
    ) -> Result<Admission, CryptoError> {
        let limits = &cx.config.limits;
        let source = path.source();
        let is_full = in_all >= limits.ike_sas || self.is_full(limits, source);
        // Half of what a source may have is for those who show that they are there: else whoever forges its address could shut it out.
        let is_crowded = self.count >= limits.cookie_threshold || self.of_source(source) >= limits.half_open_per_source.div_ceil(2);
        // A response that would be too long for an address that is not proved is not computed before it is. A TCP connection proves it.
        let is_too_long = !path.is_tcp() && shortest_response(cx, parts) > len.saturating_mul(AMPLIFICATION);
        let is_wary = cx.config.cookies == CookieDemand::Always || is_crowded || is_too_long;
        let nonce = parts.nonce.map_or(&[][..], |nonce| nonce.data);
        let input = CookieInput { nonce, address: path.peer.ip(), port: path.peer.port(), spi_i };
        if is_wary && !self.is_proved(cx, parts, &input)? {
            return Ok(Admission::Cookie(self.cookie(cx, &input)?));
        }
        Ok(if is_full { Admission::Full } else { Admission::Admitted })
    }

    /// The cookie to ask for.
    pub(super) fn cookie(&mut self, cx: &mut Context<'_>, input: &CookieInput<'_>) -> Result<Cookie, CryptoError> {
        self.issuer(cx).map(|issuer| issuer.issue(input))
    }

    /// Whether the request shows a good cookie, so that its sender can be reached where it says.
    pub(super) fn is_proved(&mut self, cx: &mut Context<'_>, parts: &Parts<'_>, input: &CookieInput<'_>) -> Result<bool, CryptoError> {
        let Some(shown) = parts.notify(NotifyType::COOKIE) else { return Ok(false) };
        Ok(self.issuer(cx)?.check(input, shown.data).is_ok())
    }

    fn issuer(&mut self, cx: &mut Context<'_>) -> Result<&CookieIssuer, CryptoError> {
        let now = cx.now;
        let is_old = self.cookies.as_ref().is_some_and(|(_, since)| now - *since >= SECRET);
        if self.cookies.is_none() {
            let prf = cookie_prf(cx).map_err(|_| CryptoError)?;
            self.cookies = Some((CookieIssuer::new(prf, cx.octets()?), now));
        } else if is_old {
            let secret = cx.octets()?;
            if let Some((issuer, since)) = &mut self.cookies {
                issuer.rotate(secret);
                *since = now;
            }
        }
        self.cookies.as_ref().map(|(issuer, _)| issuer).ok_or(CryptoError)
    }
}

/// Octets that a response has at least: its header, one proposal, a KE payload as long as that of the request (of ML-KEM, as long as one of
/// X25519), a nonce, and the authorities.
fn shortest_response(cx: &Context<'_>, parts: &Parts<'_>) -> usize {
    let ke = parts.key_exchange.map_or(0, |ke| ke.data.len().min(SHORT_KE));
    let authorities = cx.config.authorities.len().saturating_mul(AUTHORITY);
    [HEADER_LEN, SHORTEST_SA, NONCE, ke, authorities].into_iter().fold(0, usize::saturating_add)
}

/// A PRF that the provider has: HMAC-SHA-256 where there is one.
fn cookie_prf(cx: &Context<'_>) -> Result<PrfFunction, Unsupported> {
    let all = [Prf::PRF_HMAC_SHA2_256, Prf::PRF_HMAC_SHA2_384, Prf::PRF_HMAC_SHA2_512, Prf::PRF_AES128_CMAC, Prf::PRF_AES128_XCBC];
    let found = all.into_iter().find(|prf| cx.provider.has_prf(*prf)).unwrap_or(Prf::PRF_HMAC_SHA2_256);
    PrfFunction::new(cx.provider, found)
}
