//! What can be wrong with a certificate or a chain: a row for each, with the error that Windows shows and where the rule is written.

/// How much something speaks against a certificate.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum ProblemSeverity {
    /// It will not work.
    Error,
    /// The file does not tell whether it works.
    Doubt,
    /// It works, with some peers or for some time.
    Warning,
    /// Worth knowing.
    Info,
}

impl ProblemSeverity {
    /// `error`, `doubt`, `warning` or `info`.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Error => "error",
            Self::Doubt => "doubt",
            Self::Warning => "warning",
            Self::Info => "info",
        }
    }
}

/// Something that speaks against a certificate, or is worth knowing of it.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct CertificateProblem {
    /// What it is.
    pub code: CertificateCode,
    /// How much it matters.
    pub severity: ProblemSeverity,
    /// The certificate it is about: its place in the list; `None` when it is about the chain or the message.
    pub certificate: Option<usize>,
    /// What was found, in a sentence.
    pub text: String,
    /// What to do about it; empty when there is nothing to do.
    pub remedy: String,
    /// The error a Windows client shows for it, or for want of a certificate that has it not.
    pub windows_error: Option<u32>,
}

macro_rules! codes {
    ($($(#[$doc:meta])+ $variant:ident = $name:literal, $source:literal;)+) => {
        /// What is wrong.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        #[non_exhaustive]
        pub enum CertificateCode {
            $($(#[$doc])+ $variant),+
        }

        impl CertificateCode {
            /// All of them.
            pub const ALL: &'static [Self] = &[$(Self::$variant),+];

            /// The name programs go by.
            #[must_use]
            pub const fn name(self) -> &'static str {
                match self { $(Self::$variant => $name),+ }
            }

            /// Where the rule is written.
            #[must_use]
            pub const fn source(self) -> &'static str {
                match self { $(Self::$variant => $source),+ }
            }
        }
    };
}

codes! {
    /// notAfter has passed.
    Expired = "expired", "Microsoft, Troubleshooting IKEv2 VPN Connections (dd941612); RFC 5280 section 4.1.2.5";
    /// notBefore is still to come.
    NotYetValid = "not_yet_valid", "RFC 5280 section 4.1.2.5";
    /// notAfter is near.
    ExpiresSoon = "expires_soon", "RFC 5280 section 4.1.2.5";
    /// No extended key usage serverAuth.
    ServerAuthMissing = "server_auth_missing", "Microsoft, Troubleshooting IKEv2 VPN Connections (dd941612); strongSwan, Windows \
        Certificate Requirements";
    /// No extended key usage clientAuth.
    ClientAuthMissing = "client_auth_missing", "R. Hicks, Always On VPN Certificate Requirements for IKEv2, and Error 13806";
    /// No extended key usage IKE intermediate.
    IkeIntermediateMissing = "ike_intermediate_missing", "R. Hicks, Always On VPN Certificate Requirements for IKEv2";
    /// Key usage does not let the key sign.
    KeyUsage = "key_usage", "Microsoft, Troubleshooting IKEv2 VPN Connections (dd941612); RFC 4945 section 5.1.3.2";
    /// The name is not in the certificate.
    NameMismatch = "name_mismatch", "Microsoft, Troubleshooting IKEv2 VPN Connections (dd941612); RFC 4945 section 3.1";
    /// No name at all.
    NoName = "no_name", "RFC 5280 section 4.1.2.6; RFC 4945 section 3.1";
    /// No name was asked for, so none was compared.
    NameNotCompared = "name_not_compared", "Microsoft, Troubleshooting IKEv2 VPN Connections (dd941612)";
    /// The name matches a wildcard only.
    WildcardName = "wildcard_name", "strongSwan, pull request 44; RFC 4945 section 3.1";
    /// The name is a common name only.
    NameOnlyInSubject = "name_only_in_subject", "strongSwan, Windows Certificate Requirements; RFC 4945 section 3.1";
    /// The address is an iPAddress, where Windows wants it as a name.
    AddressAsAddress = "address_as_address", "strongSwan, Windows Certificate Requirements";
    /// It is an authority's certificate.
    AuthorityAsEnd = "authority_as_end", "RFC 5280 section 4.2.1.9; RFC 4945 section 5.1.3.9";
    /// An RSA key of fewer than 2048 bits.
    RsaKeyTooSmall = "rsa_key_too_small", "RFC 8247 section 4; Microsoft, Deprecated features for Windows client";
    /// A key that Windows does not authenticate with in IKEv2.
    KeyNotOfWindows = "key_not_of_windows", "Microsoft, IKEEXT_AUTHENTICATION_METHOD_TYPE (iketypes.h)";
    /// Signed with SHA-1 or MD5.
    WeakSignature = "weak_signature", "RFC 8247 section 4.2; RFC 9155";
    /// RSASSA-PSS.
    PssSignature = "pss_signature", "RFC 4055; strongSwan, discussion 2267";
    /// A critical extension that is not understood.
    CriticalExtension = "critical_extension", "RFC 5280 section 4.2";
    /// An extension that cannot be read.
    MalformedExtension = "malformed_extension", "RFC 5280 section 4.2";
    /// Name constraints, which were not judged.
    NameConstraints = "name_constraints", "RFC 5280 section 4.2.1.10";
    /// Nothing says where revocation is told.
    NoRevocationPointer = "no_revocation_pointer", "RFC 5280 section 4.2.1.13; R. Hicks, Error 13806";
    /// It signed itself.
    SelfSigned = "self_signed", "RFC 5280 section 3.2; Microsoft, Troubleshooting IKEv2 VPN Connections (dd941612)";
    /// The issuer is in no file, and an authority above it is.
    IssuerMissing = "issuer_missing", "RFC 7296 section 3.6; RFC 5280 section 6.1";
    /// The issuer is in no file: it may be a root, or an authority between.
    IssuerNotInFile = "issuer_not_in_file", "RFC 5280 section 6.1";
    /// The root is in no file.
    RootNotInFile = "root_not_in_file", "Microsoft, Troubleshooting IKEv2 VPN Connections (dd941612)";
    /// The root that peers must have.
    RootNeeded = "root_needed", "Microsoft, Troubleshooting IKEv2 VPN Connections (dd941612)";
    /// The chain does not lead to a trust anchor that was given.
    AnchorNotReached = "anchor_not_reached", "RFC 5280 section 6.1";
    /// A signature is wrong.
    SignatureWrong = "signature_wrong", "RFC 5280 section 6.1.3";
    /// A signature was not verified.
    SignatureNotVerified = "signature_not_verified", "RFC 5280 section 6.1.3";
    /// The issuer's name is the same but for letters or encoding.
    NameEncoding = "name_encoding", "RFC 5280 section 7.1";
    /// The key identifiers differ.
    KeyIdentifier = "key_identifier", "RFC 5280 section 4.2.1.1";
    /// The issuer is no authority, or may not sign certificates.
    IssuerNotAuthority = "issuer_not_authority", "RFC 5280 section 6.1.4";
    /// More authorities than one above allows.
    PathLength = "path_length", "RFC 5280 section 4.2.1.9";
    /// An authority is limited to other purposes.
    AuthorityPurposes = "authority_purposes", "RFC 5280 section 4.2.1.12; Microsoft, enhanced key usage of issuers";
    /// The certificate of the key that signs does not come first.
    Order = "order", "RFC 7296 section 3.6";
    /// The same certificate again.
    Duplicate = "duplicate", "RFC 7296 section 3.6";
    /// A certificate that belongs to the chain in no way.
    Unrelated = "unrelated", "RFC 7296 section 3.6";
    /// Several issuers of one name vouch for it.
    CrossSigned = "cross_signed", "RFC 4158 section 1.5.2";
    /// Longer than any real chain.
    TooLong = "too_long", "RFC 5280 section 6.1";
    /// The message does not fit a path whole.
    IpFragments = "ip_fragments", "RFC 7383 section 1; R. Hicks, IKEv2 fragmentation";
    /// More than strongSwan takes by default.
    LargerThanStrongswanTakes = "larger_than_strongswan_takes", "strongSwan, charon.max_packet";
    /// More fragments than libreswan takes.
    MoreFragmentsThanLibreswanTakes = "more_fragments_than_libreswan_takes", "libreswan, MAX_IKE_FRAGMENTS";
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeSet;

    #[test]
    fn a_code_has_a_name_of_its_own_and_a_source() {
        let names: BTreeSet<_> = CertificateCode::ALL.iter().map(|code| code.name()).collect();
        assert_eq!(names.len(), CertificateCode::ALL.len());
        for code in CertificateCode::ALL {
            assert!(code.name().bytes().all(|octet| octet.is_ascii_lowercase() || octet == b'_'), "{}", code.name());
            assert!(code.source().len() > 10, "{}", code.name());
        }
    }
}
