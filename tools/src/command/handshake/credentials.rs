//! Who we are and whom we believe: AUTH made and verified.

use super::args::Args;
use super::failure::Failure;
use super::init::HASHES;
use super::suite::{PROVIDER, sha1};
use super::{pem, trust};
use ikev2::auth::{KeyType, SignatureScheme, SignedOctets, Signer};
use ikev2::cert::Certificate;
use ikev2::identity::Identity;
use ikev2::keys::authority_hash;
use ikev2::provider::SigningKey;
use ikev2::registry::{AuthMethod, CertEncoding, HashAlgorithm, IdType};
use ikev2::wire::{Auth, Cert, CertReq, ChainBuilder, Id, Payload};
use zeroize::Zeroizing;

/// What a peer that announces no hash may have signed with: RFC 7296 section 3.8 has SHA-1 as its default.
const UNANNOUNCED: [HashAlgorithm; 4] = [HashAlgorithm::SHA2_256, HashAlgorithm::SHA2_384, HashAlgorithm::SHA2_512, HashAlgorithm::SHA1];

pub(crate) struct Credentials {
    pub(crate) id: Identity,
    pub(crate) peer_id: Option<Identity>,
    psk: Option<Zeroizing<Vec<u8>>>,
    key: Option<SigningKey>,
    pss: bool,
    /// Leaf first.
    chain: Vec<Vec<u8>>,
    anchors: Vec<Vec<u8>>,
    any_cert: bool,
}

impl Credentials {
    pub(crate) fn load(args: &Args) -> Result<Self, Failure> {
        let certificates = |paths: &[std::path::PathBuf]| {
            let files = paths.iter().map(|path| pem::read(path, "CERTIFICATE")).collect::<Result<Vec<_>, _>>()?;
            Ok::<Vec<Vec<u8>>, Failure>(files.into_iter().flatten().map(|der| der.to_vec()).collect())
        };
        let (chain, anchors) = (certificates(&args.certs)?, certificates(&args.anchors)?);
        let key = match &args.key {
            None => None,
            Some(path) => {
                let der = pem::private_key(path)?;
                Some(SigningKey::from_pkcs8(&der).map_err(|error| Failure::Usage(format!("{}: {error}", path.display())))?)
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
            (None, None) => return Err(Failure::Usage("--id is needed".into())),
        };
        let peer_id = args.peer_id.as_deref().map(parse).transpose()?;
        Ok(Self { id, peer_id, psk: args.psk.clone(), key, pss: args.pss, chain, anchors, any_cert: args.any_cert })
    }

    /// CERT payloads with our chain.
    pub(crate) fn push_own_chain(&self, b: &mut ChainBuilder<'_>) {
        for der in self.chain.iter().filter(|_| self.key.is_some()) {
            b.push(Payload::Cert(Cert { encoding: CertEncoding::X509_SIGNATURE, data: der }));
        }
    }

    /// The same, and CERTREQ with our trust anchors.
    pub(crate) fn push_certificates(&self, b: &mut ChainBuilder<'_>) {
        self.push_own_chain(b);
        let authorities = self.authorities();
        if !authorities.is_empty() {
            b.push(Payload::CertReq(CertReq { encoding: CertEncoding::X509_SIGNATURE, authorities: &authorities }));
        }
    }

    /// The Certification Authority field of CERTREQ; empty when no anchor is known.
    pub(crate) fn authorities(&self) -> Vec<u8> {
        let Ok(sha1) = sha1() else { return Vec::new() };
        self.anchors
            .iter()
            .filter_map(|der| Certificate::parse(der).ok())
            .flat_map(|cert| authority_hash(sha1, cert.public_key().spki()))
            .collect()
    }

    /// Authentication Data, and by which method.
    pub(crate) fn authenticate(&self, octets: &SignedOctets<'_>, peer_hashes: &[HashAlgorithm]) -> Result<(AuthMethod, Vec<u8>), Failure> {
        let Some(key) = &self.key else {
            let psk = self.psk.as_ref().ok_or_else(|| Failure::Usage("there is neither a shared key nor a private one".into()))?;
            return Ok((AuthMethod::SHARED_KEY_MIC, octets.shared_key(psk).as_octets().to_vec()));
        };
        let (method, scheme) = self.scheme(key.key_type(), peer_hashes)?;
        Ok((method, octets.sign(key, method, scheme)?))
    }

    fn scheme(&self, key: KeyType, peer_hashes: &[HashAlgorithm]) -> Result<(AuthMethod, SignatureScheme), Failure> {
        let none = || Failure::Authentication(format!("the peer announced no hash that a key of type {key} signs with"));
        let digital = AuthMethod::DIGITAL_SIGNATURE;
        let sha2 = [HashAlgorithm::SHA2_256, HashAlgorithm::SHA2_384, HashAlgorithm::SHA2_512];
        Ok(match (key, sha2.into_iter().find(|hash| peer_hashes.contains(hash))) {
            (KeyType::Rsa, Some(hash)) if self.pss => {
                let salt_len = match hash {
                    HashAlgorithm::SHA2_256 => 32,
                    HashAlgorithm::SHA2_384 => 48,
                    _ => 64,
                };
                (digital, SignatureScheme::RsaPss { hash, mgf: hash, salt_len })
            }
            (KeyType::Rsa, Some(hash)) => (digital, SignatureScheme::RsaPkcs1(hash)),
            (KeyType::Rsa, None) => (AuthMethod::RSA_DIGITAL_SIGNATURE, SignatureScheme::RsaPkcs1(HashAlgorithm::SHA2_256)),
            (KeyType::EcdsaP256, _) => {
                let method = if peer_hashes.contains(&HashAlgorithm::SHA2_256) { digital } else { AuthMethod::ECDSA_SHA_256_P256 };
                (method, SignatureScheme::Ecdsa(HashAlgorithm::SHA2_256))
            }
            (KeyType::EcdsaP384, _) => {
                let method = if peer_hashes.contains(&HashAlgorithm::SHA2_384) { digital } else { AuthMethod::ECDSA_SHA_384_P384 };
                (method, SignatureScheme::Ecdsa(HashAlgorithm::SHA2_384))
            }
            (KeyType::Ed25519, _) if peer_hashes.contains(&HashAlgorithm::IDENTITY) => (digital, SignatureScheme::Ed25519),
            _ => return Err(none()),
        })
    }

    /// Whether the peer is who it says, and whom we want; says how that was found.
    pub(crate) fn verify(&self, octets: &SignedOctets<'_>, auth: &Auth<'_>, id: &Id<'_>, certs: &[Cert<'_>]) -> Result<String, Failure> {
        let fault = |text: String| Failure::Authentication(text);
        let claimed = Identity::of(id);
        if let Some(expected) = self.peer_id.as_ref().filter(|expected| !expected.matches(&claimed)) {
            return Err(fault(format!("the peer says it is {claimed}, not {expected}")));
        }
        if auth.method == AuthMethod::SHARED_KEY_MIC {
            let psk = self.psk.as_ref().ok_or_else(|| fault("the peer uses a shared key, and we have none".into()))?;
            octets.verify_shared_key(psk, auth.data).map_err(|_| fault("the shared key is another".into()))?;
            return Ok("by the shared key".into());
        }
        if self.anchors.is_empty() && !self.any_cert {
            return Err(fault("the peer signs, and there is no --ca to believe its certificate by".into()));
        }
        let leaf = certs.iter().find(|cert| cert.encoding == CertEncoding::X509_SIGNATURE);
        let leaf = leaf.ok_or_else(|| fault("the peer signs without a certificate".into()))?;
        let certificate = Certificate::parse(leaf.data).map_err(|error| fault(format!("the peer's certificate: {error}")))?;
        // Method 14 says its hash, which we announced; the others do not.
        let accept: &[HashAlgorithm] = if auth.method == AuthMethod::DIGITAL_SIGNATURE { &HASHES } else { &UNANNOUNCED };
        let scheme = octets.verify(&PROVIDER, auth, &certificate.public_key(), accept)?;
        if self.any_cert {
            return Ok(format!("by {scheme}; its certificate was not looked into"));
        }
        let length = trust::verify(certs, &self.anchors).map_err(fault)?;
        if !claimed.matches_certificate(&certificate) {
            return Err(fault(format!("the certificate of {} is not for {claimed}", certificate.subject())));
        }
        Ok(format!("by {scheme}, certificate of {} below a trust anchor {length} up", certificate.subject()))
    }
}
