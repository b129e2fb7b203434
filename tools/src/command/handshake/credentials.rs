//! Who we are and whom we believe: what the session is told, and what it asks.

use super::args::{Args, Signature};
use super::failure::Failure;
use super::suite::sha1;
use super::{key, pem, trust};
use ikev2::auth::Signer;
use ikev2::cert::Certificate;
use ikev2::identity::Identity;
use ikev2::keys::authority_hash;
use ikev2::registry::{CertEncoding, IdType};
use ikev2::session::{Decision, LocalAuth, LocalSignature, RemoteAuth, RemoteSignature, SharedKey, ToSign};
use ikev2::wire::{Cert, Id};
use zeroize::Zeroizing;

pub(crate) struct Credentials {
    pub(crate) id: Identity,
    pub(crate) peer_id: Option<Identity>,
    psk: Option<Zeroizing<Vec<u8>>>,
    key: Option<Box<dyn Signer>>,
    /// The same in PKCS#8.
    pkcs8: Option<Zeroizing<Vec<u8>>>,
    signature: Signature,
    /// We do not authenticate ourselves.
    null: bool,
    /// Leaf first.
    pub(crate) chain: Vec<Vec<u8>>,
    pub(crate) anchors: Vec<Vec<u8>>,
    any_cert: bool,
}

impl Credentials {
    pub(crate) fn load(args: &Args) -> Result<Self, Failure> {
        let certificates = |paths: &[std::path::PathBuf]| {
            let files = paths.iter().map(|path| pem::read(path, "CERTIFICATE")).collect::<Result<Vec<_>, _>>()?;
            Ok::<Vec<Vec<u8>>, Failure>(files.into_iter().flatten().map(|der| der.to_vec()).collect())
        };
        let (chain, anchors) = (certificates(&args.certs)?, certificates(&args.anchors)?);
        let (key, pkcs8) = match &args.key {
            None => (None, None),
            Some(path) => {
                let der = pem::private_key(path)?;
                let key = key::read(&der, args.signature == Signature::Sha1);
                (Some(key.map_err(|error| Failure::Usage(format!("{}: {error}", path.display())))?), Some(der))
            }
        };
        if key.is_some() && chain.is_empty() {
            return Err(Failure::Usage("--key needs --cert".into()));
        }
        for der in chain.iter().chain(&anchors) {
            Certificate::parse(der).map_err(|error| Failure::Usage(format!("a certificate cannot be read: {error}")))?;
        }
        let parse = |text: &str| text.parse::<Identity>().map_err(|error| Failure::Usage(format!("{text:?} is no identity: {error}")));
        let subject = chain.first().and_then(|leaf| {
            let subject = Certificate::parse(leaf).ok()?.subject();
            Some(Identity::of(&Id { ty: IdType::ID_DER_ASN1_DN, data: subject.as_der() }))
        });
        let id = match (&args.id, subject) {
            (Some(text), subject) => {
                let id = parse(text)?;
                // With the subject's own DER the peer finds it equal to the certificate's, octet for octet.
                subject.filter(|own| own.matches(&id)).unwrap_or(id)
            }
            (None, Some(subject)) => subject,
            (None, None) if args.null => Identity::of(&Id { ty: IdType::ID_NULL, data: &[] }),
            (None, None) => return Err(Failure::Usage("--id is needed".into())),
        };
        let peer_id = args.peer_id.as_deref().map(parse).transpose()?;
        Ok(Self {
            id,
            peer_id,
            psk: args.psk.clone(),
            key,
            pkcs8,
            signature: args.signature,
            null: args.null,
            chain,
            anchors,
            any_cert: args.any_cert,
        })
    }

    /// The private key in PKCS#8.
    pub(crate) fn private_key(&self) -> Option<&[u8]> {
        self.pkcs8.as_ref().map(|der| der.as_slice())
    }

    /// How we authenticate ourselves, and how the peer has to.
    pub(crate) fn both(&self, args: &Args) -> Result<(LocalAuth, RemoteAuth), Failure> {
        match &args.eap {
            Some(eap) if args.peer.is_some() => Ok(eap.of_initiator(self.remote())),
            Some(eap) if eap.is_mutual => Ok(eap.of_responder(LocalAuth::Null)),
            Some(eap) => Ok(eap.of_responder(self.local()?)),
            None => Ok((self.local()?, self.remote())),
        }
    }

    /// How we authenticate ourselves.
    pub(crate) fn local(&self) -> Result<LocalAuth, Failure> {
        if let Some(key) = &self.key {
            let chain: Vec<_> = self.chain.iter().map(|der| bytes::Bytes::copy_from_slice(der)).collect();
            let own = LocalSignature::new(key.key_type(), chain);
            let own = own.with_pss(self.signature == Signature::Pss).with_sha1(self.signature == Signature::Sha1);
            return Ok(LocalAuth::Signature(own));
        }
        if self.null {
            return Ok(LocalAuth::Null);
        }
        let psk = self.psk.as_ref().ok_or_else(|| Failure::Usage("there is neither a shared key nor a private one".into()))?;
        Ok(LocalAuth::SharedKey(SharedKey::new(psk.as_slice())))
    }

    /// How the peer has to authenticate itself: by a certificate where we can believe one, else by the shared key.
    pub(crate) fn remote(&self) -> RemoteAuth {
        match &self.psk {
            None if self.null && self.anchors.is_empty() && !self.any_cert => RemoteAuth::Null,
            Some(psk) if self.anchors.is_empty() && !self.any_cert => RemoteAuth::SharedKey(SharedKey::new(psk.as_slice())),
            // RFC 7296 section 3.8 has SHA-1 as the default of method 1.
            _ => RemoteAuth::Signature(RemoteSignature::new().with_authorities(self.authorities()).with_sha1(true)),
        }
    }

    /// The hashes of our trust anchors' keys, for CERTREQ; none when no anchor is known.
    pub(crate) fn authorities(&self) -> Vec<[u8; 20]> {
        let Ok(sha1) = sha1() else { return Vec::new() };
        let anchors = self.anchors.iter().filter_map(|der| Certificate::parse(der).ok());
        anchors.map(|cert| authority_hash(sha1, cert.public_key().spki())).collect()
    }

    /// Our signature.
    pub(crate) fn sign(&self, to_sign: &ToSign) -> Result<Decision, Failure> {
        let key = self.key.as_ref().ok_or_else(|| Failure::Usage("there is no private key".into()))?;
        Ok(to_sign.sign(&**key)?)
    }

    /// Whether a certificate is the peer's: its key, and how that was found.
    pub(crate) fn vouch(&self, peer: &Identity, certificates: &[bytes::Bytes]) -> Result<(Decision, String), Failure> {
        let fault = |text: String| Failure::Authentication(text);
        if self.anchors.is_empty() && !self.any_cert {
            return Err(fault("the peer signs, and there is no --ca to believe its certificate by".into()));
        }
        let leaf = certificates.first().ok_or_else(|| fault("the peer signs without a certificate".into()))?;
        let certificate = Certificate::parse(leaf).map_err(|error| fault(format!("the peer's certificate: {error}")))?;
        let trusted = Decision::Trusted(certificate.public_key().spki().to_vec());
        if self.any_cert {
            return Ok((trusted, "; its certificate was not looked into".into()));
        }
        let certs: Vec<_> = certificates.iter().map(|data| Cert { encoding: CertEncoding::X509_SIGNATURE, data }).collect();
        let length = trust::verify(&certs, &self.anchors).map_err(fault)?;
        if !peer.matches_certificate(&certificate) {
            return Err(fault(format!("the certificate of {} is not for {peer}", certificate.subject())));
        }
        Ok((trusted, format!(", certificate of {} below a trust anchor {length} up", certificate.subject())))
    }
}
