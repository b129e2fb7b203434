//! EAP: how an initiator authenticates itself, or has to.

use super::Secret;
use ikev2::session::{EapAuth, LocalAuth, RemoteAuth};
use zeroize::Zeroizing;

/// The options.
#[derive(Debug, clap::Args)]
pub(crate) struct EapLine {
    /// initiate: how we authenticate ourselves by EAP; respond: how the initiator has to. `tls` uses --cert, --key and --ca.
    #[arg(long, value_name = "METHOD")]
    eap: Option<Method>,
    /// initiate: who we are to the method (by default --id); respond: the only user there is.
    #[arg(long, value_name = "NAME", requires = "eap", allow_hyphen_values = true)]
    eap_id: Option<String>,
    /// The password of --eap mschapv2.
    #[arg(long, value_name = "TEXT", requires = "eap", allow_hyphen_values = true)]
    eap_password: Option<Secret>,
    /// initiate: the name that the certificate of the server of --eap tls has to be for.
    #[arg(long, value_name = "NAME", requires = "eap")]
    eap_server: Option<String>,
    /// EAP authenticates both sides (RFC 5998): the responder has no other proof.
    #[arg(long, requires = "eap")]
    eap_only: bool,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, clap::ValueEnum)]
pub(crate) enum Method {
    /// EAP-MSCHAPv2: a password.
    Mschapv2,
    /// EAP-TLS: a certificate.
    Tls,
}

/// What they mean. It names a secret: it is not printed.
pub(crate) struct Eap {
    pub(crate) method: Method,
    pub(crate) id: Option<String>,
    pub(crate) password: Zeroizing<String>,
    pub(crate) server: Option<String>,
    pub(crate) is_mutual: bool,
}

impl EapLine {
    /// # Errors
    /// If something is missing.
    pub(crate) fn read(self) -> Result<Option<Eap>, String> {
        let Some(method) = self.eap else { return Ok(None) };
        let password = match (method, self.eap_password) {
            (Method::Mschapv2, None) => return Err("--eap mschapv2 needs --eap-password".into()),
            (_, password) => password.map_or_else(Zeroizing::default, |Secret(text)| text),
        };
        Ok(Some(Eap { method, id: self.eap_id, password, server: self.eap_server, is_mutual: self.eap_only }))
    }
}

impl Eap {
    /// How an initiator authenticates itself, and what it wants of the responder, where that is `remote` without EAP.
    pub(crate) fn of_initiator(&self, remote: RemoteAuth) -> (LocalAuth, RemoteAuth) {
        (LocalAuth::Eap(EapAuth::new()), if self.is_mutual { RemoteAuth::Eap(EapAuth::new()) } else { remote })
    }

    /// The same of a responder.
    pub(crate) fn of_responder(&self, local: LocalAuth) -> (LocalAuth, RemoteAuth) {
        (if self.is_mutual { LocalAuth::Eap(EapAuth::new()) } else { local }, RemoteAuth::Eap(EapAuth::new()))
    }
}
