//! What an end of EAP-TLS is given.

use super::verify::{At, Chain};
use rustls::client::Resumption;
use rustls::crypto::{CryptoProvider, ring};
use rustls::pki_types::{CertificateDer, PrivateKeyDer, ServerName, UnixTime};
use rustls::server::{VerifierBuilderError, WebPkiClientVerifier};
use rustls::version::{TLS12, TLS13};
use rustls::{ClientConfig, RootCertStore, ServerConfig, SupportedProtocolVersion};
use std::sync::Arc;
use thiserror::Error;

/// Octets of TLS in one EAP packet, if nothing else is asked for. In IKE_AUTH it then fits into 1280 octets of IP with all that is around
/// it.
pub const FRAGMENT: u16 = 1024;

/// The versions of TLS that an end speaks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Versions {
    /// TLS 1.2 (RFC 5216) and TLS 1.3 (RFC 9190), whichever the other side has.
    Both,
    /// TLS 1.2 alone.
    Tls12,
    /// TLS 1.3 alone.
    Tls13,
}

impl Versions {
    fn list(self) -> &'static [&'static SupportedProtocolVersion] {
        static OLD: [&SupportedProtocolVersion; 1] = [&TLS12];
        static NEW: [&SupportedProtocolVersion; 1] = [&TLS13];
        static BOTH: [&SupportedProtocolVersion; 2] = [&TLS12, &TLS13];
        match self {
            Self::Both => &BOTH,
            Self::Tls12 => &OLD,
            Self::Tls13 => &NEW,
        }
    }
}

/// What an end of EAP-TLS is given. It serves one conversation, as the time in it stands still.
pub struct Config {
    /// The certificate of this side, then those between it and an anchor of the other side, DER.
    pub chain: Vec<CertificateDer<'static>>,
    /// Its private key: PKCS#8, PKCS#1 or SEC 1, DER.
    pub key: PrivateKeyDer<'static>,
    /// The certificates that a chain of the other side may end at, DER. Revocation is not checked.
    pub anchors: Vec<CertificateDer<'static>>,
    /// The time that certificates are judged at.
    pub now: UnixTime,
    /// Octets of TLS in one EAP packet that is sent: what is under 64 counts as 64, what is over 16384 as 16384.
    pub fragment: u16,
    /// The versions of TLS.
    pub versions: Versions,
}

/// A [`Config`] that cannot be used.
#[derive(Clone, Debug, Error)]
#[non_exhaustive]
pub enum ConfigError {
    /// The certificate or the key cannot be read, or they do not belong together.
    #[error("certificate and key: {0}")]
    Credentials(rustls::Error),
    /// An anchor cannot be read.
    #[error("an anchor: {0}")]
    Anchor(rustls::Error),
    /// There is no anchor.
    #[error("anchors: {0}")]
    Anchors(#[from] VerifierBuilderError),
    /// The TLS library refuses the versions or its own defaults.
    #[error("TLS: {0}")]
    Tls(rustls::Error),
}

impl Config {
    /// A configuration with the default size of fragments, and both versions of TLS.
    #[must_use]
    pub const fn new(
        chain: Vec<CertificateDer<'static>>,
        key: PrivateKeyDer<'static>,
        anchors: Vec<CertificateDer<'static>>,
        now: UnixTime,
    ) -> Self {
        Self { chain, key, anchors, now, fragment: FRAGMENT, versions: Versions::Both }
    }

    pub(super) fn fragment_size(&self) -> usize {
        usize::from(self.fragment.clamp(64, 16384))
    }

    pub(super) fn client(self, server: Option<ServerName<'static>>) -> Result<Arc<ClientConfig>, ConfigError> {
        let provider = Arc::new(ring::default_provider());
        let chain = Chain::new(self.roots()?, server, &provider);
        let time = Arc::new(At(self.now));
        let config = ClientConfig::builder_with_details(provider, time).with_protocol_versions(self.versions.list());
        // rustls calls dangerous whatever is not its own verifier, which cannot do without a name.
        let config = config.map_err(ConfigError::Tls)?.dangerous().with_custom_certificate_verifier(Arc::new(chain));
        let mut config = config.with_client_auth_cert(self.chain, self.key).map_err(ConfigError::Credentials)?;
        config.resumption = Resumption::disabled();
        config.enable_sni = false;
        Ok(Arc::new(config))
    }

    pub(super) fn server(self) -> Result<Arc<ServerConfig>, ConfigError> {
        let provider: Arc<CryptoProvider> = Arc::new(ring::default_provider());
        let clients = WebPkiClientVerifier::builder_with_provider(Arc::new(self.roots()?), Arc::clone(&provider)).build()?;
        let time = Arc::new(At(self.now));
        let config = ServerConfig::builder_with_details(provider, time).with_protocol_versions(self.versions.list());
        let config = config.map_err(ConfigError::Tls)?.with_client_cert_verifier(clients);
        let mut config = config.with_single_cert(self.chain, self.key).map_err(ConfigError::Credentials)?;
        config.send_tls13_tickets = 0;
        config.session_storage = Arc::new(rustls::server::NoServerSessionStorage {});
        Ok(Arc::new(config))
    }

    fn roots(&self) -> Result<RootCertStore, ConfigError> {
        let mut roots = RootCertStore::empty();
        for anchor in &self.anchors {
            roots.add(anchor.clone()).map_err(ConfigError::Anchor)?;
        }
        if roots.is_empty() { Err(VerifierBuilderError::NoRootAnchors.into()) } else { Ok(roots) }
    }
}
