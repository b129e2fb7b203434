//! Cookies of a responder under load, RFC 7296 section 2.6: it keeps nothing until the initiator shows that it can be reached.
//!
//! ```text
//! Cookie = <VersionIDofSecret> (4 octets) | PRF_HMAC_SHA2_256(<secret>, Ni length | Ni | IPi | port | SPIi)
//! ```

use crate::keys::{PrfFunction, PrfOutput};
use core::net::IpAddr;
use thiserror::Error;
use zeroize::Zeroizing;

/// Octets of a secret.
const SECRET_LEN: usize = 32;
/// Octets of the version in front of a cookie.
const VERSION_LEN: usize = 4;
/// Octets of a cookie; RFC 7296 section 2.6 allows 1 to 64.
const COOKIE_LEN: usize = VERSION_LEN + 32;

/// What a cookie is bound to: who asks, and with which IKE_SA_INIT request.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct CookieInput<'a> {
    /// Ni, the body of the Nonce payload.
    pub nonce: &'a [u8],
    /// The source address of the request.
    pub address: IpAddr,
    /// The source port of the request.
    pub port: u16,
    /// SPIi.
    pub spi_i: u64,
}

/// Why a cookie was not accepted. The answer is a new cookie in any case.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Error)]
#[cfg_attr(feature = "serde", derive(serde::Serialize), serde(rename_all = "snake_case"))]
#[non_exhaustive]
pub enum CookieError {
    /// It does not have the length of ours.
    #[error("a cookie of {0} octets; this responder issues cookies of {COOKIE_LEN} octets")]
    Length(usize),
    /// Its secret was replaced more than once since, or never was ours.
    #[error("the cookie's secret is no longer known")]
    Version,
    /// It was made for another request, or not by us.
    #[error("the cookie is not for this request")]
    Mismatch,
}

/// The data of a COOKIE notify.
pub type Cookie = [u8; COOKIE_LEN];

/// Makes and checks cookies under a secret that is replaced now and then; the one before stays valid for as long.
///
/// Nothing is stored per initiator. Secrets are erased when replaced and on drop.
///
/// ```
/// use ikev2::exchange::{CookieError, CookieInput, CookieIssuer};
/// use ikev2::provider::Provider;
/// use ikev2::keys::PrfFunction;
/// use ikev2::registry;
///
/// let mut cookies = CookieIssuer::new(PrfFunction::new(&Provider::builtin(), registry::Prf::PRF_HMAC_SHA2_256)?, [7; 32]);
/// let input = CookieInput { nonce: &[1; 32], address: "192.0.2.10".parse()?, port: 500, spi_i: 0x0102030405060708 };
/// let cookie = cookies.issue(&input);
/// assert_eq!(cookies.check(&input, &cookie), Ok(()));
/// assert_eq!(cookies.check(&CookieInput { port: 501, ..input }, &cookie), Err(CookieError::Mismatch));
/// cookies.rotate([8; 32]);
/// assert_eq!(cookies.check(&input, &cookie), Ok(()));
/// cookies.rotate([9; 32]);
/// assert_eq!(cookies.check(&input, &cookie), Err(CookieError::Version));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub struct CookieIssuer {
    prf: PrfFunction,
    version: u32,
    secret: Zeroizing<[u8; SECRET_LEN]>,
    previous: Option<Zeroizing<[u8; SECRET_LEN]>>,
}

impl CookieIssuer {
    /// Cookies under a first secret of 32 fresh random octets. `prf` is any with at least 16 octets of output;
    /// [`PRF_HMAC_SHA2_256`](crate::registry::Prf::PRF_HMAC_SHA2_256) every build has.
    #[must_use]
    pub fn new(prf: PrfFunction, secret: [u8; SECRET_LEN]) -> Self {
        Self { prf, version: 0, secret: Zeroizing::new(secret), previous: None }
    }

    /// Takes a new secret of 32 fresh random octets. RFC 7296 section 2.6 advises to do so often under attack: cookies of the
    /// secret before stay valid until the next time.
    pub fn rotate(&mut self, secret: [u8; SECRET_LEN]) {
        self.previous = Some(core::mem::replace(&mut self.secret, Zeroizing::new(secret)));
        // 2^32 secrets later a version comes again, but not its secret.
        self.version = self.version.wrapping_add(1);
    }

    /// The cookie to ask for.
    #[must_use]
    pub fn issue(&self, input: &CookieInput<'_>) -> Cookie {
        let mut cookie = [0; COOKIE_LEN];
        let mac = self.mac(&self.secret, self.version, input);
        let octets = self.version.to_be_bytes().into_iter().chain(mac.as_octets().iter().copied());
        cookie.iter_mut().zip(octets).for_each(|(to, from)| *to = from);
        cookie
    }

    /// Checks a cookie that came back, in time that does not depend on where it differs.
    ///
    /// # Errors
    /// [`CookieError`]: ask for a new one, and keep no state.
    pub fn check(&self, input: &CookieInput<'_>, cookie: &[u8]) -> Result<(), CookieError> {
        let length = CookieError::Length(cookie.len());
        let (version, mac) = cookie.split_first_chunk::<VERSION_LEN>().filter(|_| cookie.len() == COOKIE_LEN).ok_or(length)?;
        let version = u32::from_be_bytes(*version);
        let secret = match self.version.wrapping_sub(version) {
            0 => &self.secret,
            1 => self.previous.as_ref().ok_or(CookieError::Version)?,
            _ => return Err(CookieError::Version),
        };
        let due = self.mac(secret, version, input);
        // A provider that could not compute the MAC has made none, and accepts none.
        if due.as_octets().is_empty() {
            return Err(CookieError::Mismatch);
        }
        let mut padded = [0; COOKIE_LEN - VERSION_LEN];
        padded.iter_mut().zip(due.as_octets()).for_each(|(to, from)| *to = *from);
        if subtle::ConstantTimeEq::ct_eq(mac, padded.as_slice()).into() { Ok(()) } else { Err(CookieError::Mismatch) }
    }

    fn mac(&self, secret: &[u8; SECRET_LEN], version: u32, input: &CookieInput<'_>) -> PrfOutput {
        let (v4, v6);
        let address: &[u8] = match input.address {
            IpAddr::V4(address) => {
                v4 = address.octets();
                &v4
            }
            IpAddr::V6(address) => {
                v6 = address.octets();
                &v6
            }
        };
        // Ni and IPi have no fixed length: their lengths keep one input from reading like another.
        let lengths = [input.nonce.len(), address.len()].map(|len| u32::try_from(len).unwrap_or(u32::MAX).to_be_bytes());
        let [nonce_len, address_len] = &lengths;
        let port = input.port.to_be_bytes();
        self.prf.compute(secret, &[&version.to_be_bytes(), nonce_len, input.nonce, address_len, address, &port, &input.spi_i.to_be_bytes()])
    }
}

impl core::fmt::Debug for CookieIssuer {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        f.debug_struct("CookieIssuer").field("version", &self.version).finish_non_exhaustive()
    }
}
