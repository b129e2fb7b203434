//! Code points of the header and of the payloads whose body is not a list.

use super::facts::PayloadFacts;
use super::table::registry;

registry! {
    /// IKEv2 Exchange Types (RFC 7296 section 3.1).
    pub struct ExchangeType(u8);
    IKE_SA_INIT = 34, "IKE_SA_INIT", "RFC 7296",
        "The first exchange: negotiates the algorithms of the IKE SA and does the first key exchange, unencrypted.";
    IKE_AUTH = 35, "IKE_AUTH", "RFC 7296",
        "The exchange that authenticates both peers and creates the first Child SA.";
    CREATE_CHILD_SA = 36, "CREATE_CHILD_SA", "RFC 7296",
        "The exchange that creates a further Child SA, or replaces a Child SA or the IKE SA by a new one.";
    INFORMATIONAL = 37, "INFORMATIONAL", "RFC 7296",
        "The exchange for notifications, deletions and configuration; with an empty body it checks that the peer is alive.";
    IKE_SESSION_RESUME = 38, "IKE_SESSION_RESUME", "RFC 5723",
        "The exchange that takes up a former IKE SA with the ticket its responder issued.";
    GSA_AUTH = 39, "GSA_AUTH", "RFC 9838",
        "The exchange in which a group member authenticates itself to the group controller and registers for a group.";
    GSA_REGISTRATION = 40, "GSA_REGISTRATION", "RFC 9838",
        "The exchange in which an authenticated group member registers for a further group.";
    GSA_REKEY = 41, "GSA_REKEY", "RFC 9838",
        "The one-way message by which the group controller gives all members new keys and policy, usually by multicast.";
    GSA_INBAND_REKEY = 42, "GSA_INBAND_REKEY", "RFC 9838",
        "The exchange by which the group controller gives one member new keys and policy over its IKE SA.";
    IKE_INTERMEDIATE = 43, "IKE_INTERMEDIATE", "RFC 9242",
        "An encrypted exchange between IKE_SA_INIT and IKE_AUTH, for data too large for IKE_SA_INIT.";
    IKE_FOLLOWUP_KE = 44, "IKE_FOLLOWUP_KE", "RFC 9370",
        "The exchange that does an additional key exchange after CREATE_CHILD_SA.";
}

registry! {
    /// IKEv2 Payload Types (RFC 7296 section 3.2).
    pub struct PayloadType(u8): PayloadFacts;
    NO_NEXT_PAYLOAD = 0, "No Next Payload", "RFC 7296",
        "Stands in the Next Payload field of the last payload; no payload has this type.";
    SA = 33, "Security Association (SA)", "RFC 7296",
        "The proposals an initiator offers for an SA, or the one the responder chose." => PayloadFacts::known("SA");
    KE = 34, "Key Exchange (KE)", "RFC 7296",
        "The public value of one key exchange method." => PayloadFacts::known("KE");
    IDI = 35, "Identification - Initiator (IDi)", "RFC 7296",
        "The identity the initiator authenticates as." => PayloadFacts::known("IDi");
    IDR = 36, "Identification - Responder (IDr)", "RFC 7296",
        "The identity the responder authenticates as, or the one the initiator asks for." => PayloadFacts::known("IDr");
    CERT = 37, "Certificate (CERT)", "RFC 7296",
        "One certificate or other credential, or the place where it can be fetched." => PayloadFacts::known("CERT");
    CERTREQ = 38, "Certificate Request (CERTREQ)", "RFC 7296",
        "The encoding of the certificates asked for, and the authorities trusted to issue them." => PayloadFacts::known("CERTREQ");
    AUTH = 39, "Authentication (AUTH)", "RFC 7296",
        "The proof of identity: a signature or MAC over what its sender sent first." => PayloadFacts::known("AUTH");
    NONCE = 40, "Nonce (Ni Nr)", "RFC 7296",
        "Random data of 16 to 256 octets that make the keys fresh." => PayloadFacts::known("Nonce");
    N = 41, "Notify (N)", "RFC 7296",
        "An error, a status or a capability, as its notify type says." => PayloadFacts::known("N");
    D = 42, "Delete (D)", "RFC 7296",
        "The SAs its sender has deleted: the IKE SA, or Child SAs by SPI." => PayloadFacts::known("D");
    V = 43, "Vendor ID (V)", "RFC 7296",
        "A constant that announces an implementation or an extension of one vendor." => PayloadFacts::known("V");
    TSI = 44, "Traffic Selector - Initiator (TSi)", "RFC 7296",
        "The addresses, ports and protocols of traffic at the initiator's end of a Child SA." => PayloadFacts::known("TSi");
    TSR = 45, "Traffic Selector - Responder (TSr)", "RFC 7296",
        "The addresses, ports and protocols of traffic at the responder's end of a Child SA." => PayloadFacts::known("TSr");
    SK = 46, "Encrypted and Authenticated (SK)", "RFC 7296",
        "Holds the payloads of a message, encrypted, and the checksum of the whole message." => PayloadFacts::known("SK");
    CP = 47, "Configuration (CP)", "RFC 7296",
        "Asks for, or gives, an internal address, name servers and other settings of a remote host." => PayloadFacts::known("CP");
    EAP = 48, "Extensible Authentication (EAP)", "RFC 7296",
        "One EAP message (RFC 3748)." => PayloadFacts::known("EAP");
    GSPM = 49, "Generic Secure Password Method (GSPM)", "RFC 6467",
        "A message of a secure password method." => PayloadFacts::unknown("GSPM");
    IDG = 50, "Group Identification (IDg)", "RFC 9838",
        "The group a member wants to register for." => PayloadFacts::unknown("IDg");
    GSA = 51, "Group Security Association (GSA)", "RFC 9838",
        "The policy of a group, given by its controller." => PayloadFacts::unknown("GSA");
    KD = 52, "Key Download (KD)", "RFC 9838",
        "The keys of a group, given by its controller." => PayloadFacts::unknown("KD");
    SKF = 53, "Encrypted and Authenticated Fragment (SKF)", "RFC 7383",
        "Holds one fragment of a message's payloads, encrypted, and the checksum of the datagram." => PayloadFacts::known("SKF");
    PS = 54, "Puzzle Solution (PS)", "RFC 8019",
        "The solution of a puzzle the responder demanded before it went on." => PayloadFacts::known("PS");
}

registry! {
    /// IKEv2 Security Protocol Identifiers (RFC 7296 section 3.3.1).
    pub struct SecurityProtocol(u8);
    IKE = 1, "IKE", "RFC 7296",
        "The protocol of the IKE SA itself; its SPIs have 8 octets.";
    AH = 2, "AH", "RFC 7296",
        "The Authentication Header: integrity without encryption (RFC 4302); its SPIs have 4 octets.";
    ESP = 3, "ESP", "RFC 7296",
        "The Encapsulating Security Payload: encryption and integrity (RFC 4303); its SPIs have 4 octets.";
    FC_ESP_HEADER = 4, "FC_ESP_HEADER", "RFC 4595",
        "The ESP header of Fibre Channel.";
    FC_CT_AUTHENTICATION = 5, "FC_CT_AUTHENTICATION", "RFC 4595",
        "The authentication of Common Transport information units in Fibre Channel.";
    GIKE_UPDATE = 6, "GIKE_UPDATE", "RFC 9838",
        "The SA that protects the messages by which a group controller rekeys its group.";
}

registry! {
    /// IKEv2 Identification Payload ID Types (RFC 7296 section 3.5).
    pub struct IdType(u8);
    ID_IPV4_ADDR = 1, "ID_IPV4_ADDR", "RFC 7296", "One IPv4 address of 4 octets.";
    ID_FQDN = 2, "ID_FQDN", "RFC 7296", "A fully qualified domain name, as example.com, without a terminator.";
    ID_RFC822_ADDR = 3, "ID_RFC822_ADDR", "RFC 7296", "An e-mail address, as user@example.com, without a terminator.";
    ID_IPV6_ADDR = 5, "ID_IPV6_ADDR", "RFC 7296", "One IPv6 address of 16 octets.";
    ID_DER_ASN1_DN = 9, "ID_DER_ASN1_DN", "RFC 7296", "An X.500 distinguished name in DER.";
    ID_DER_ASN1_GN = 10, "ID_DER_ASN1_GN", "RFC 7296", "An X.509 GeneralName in DER.";
    ID_KEY_ID = 11, "ID_KEY_ID", "RFC 7296", "Octets whose meaning only the two peers know.";
    ID_FC_NAME = 12, "ID_FC_NAME", "RFC 4595", "A Fibre Channel name.";
    ID_NULL = 13, "ID_NULL", "RFC 7619", "No identity: the sender stays anonymous.";
}

registry! {
    /// IKEv2 Certificate Encodings (RFC 7296 section 3.6).
    pub struct CertEncoding(u8);
    PKCS7_X509 = 1, "PKCS #7 wrapped X.509 certificate", "unspecified",
        "An X.509 certificate within a PKCS #7 structure; no document fixes its form in IKEv2.";
    PGP = 2, "PGP Certificate", "unspecified",
        "An OpenPGP certificate; no document fixes its form in IKEv2.";
    DNS_SIGNED_KEY = 3, "DNS Signed Key", "unspecified",
        "A public key signed in the DNS; no document fixes its form in IKEv2.";
    X509_SIGNATURE = 4, "X.509 Certificate - Signature", "RFC 7296",
        "One X.509 certificate in DER, whose public key verifies the AUTH payload when it comes first.";
    KERBEROS_TOKEN = 6, "Kerberos Token", "unspecified",
        "A token of Kerberos; no document fixes its form in IKEv2.";
    CRL = 7, "Certificate Revocation List (CRL)", "RFC 7296",
        "An X.509 certificate revocation list in DER.";
    ARL = 8, "Authority Revocation List (ARL)", "unspecified",
        "A revocation list of certification authorities; no document fixes its form in IKEv2.";
    SPKI = 9, "SPKI Certificate", "unspecified",
        "A certificate of the Simple Public Key Infrastructure; no document fixes its form in IKEv2.";
    X509_ATTRIBUTE = 10, "X.509 Certificate - Attribute", "unspecified",
        "An X.509 attribute certificate, which binds rights to a holder; no document fixes its form in IKEv2.";
    RAW_RSA_KEY = 11, "Raw RSA Key (DEPRECATED)", "RFC 7296, RFC 7670",
        "An RSA public key in PKCS #1 form without a certificate, replaced by `RAW_PUBLIC_KEY`.";
    HASH_AND_URL_X509 = 12, "Hash and URL of X.509 certificate", "RFC 7296",
        "The SHA-1 hash of an X.509 certificate, 20 octets, and the URL it can be fetched from.";
    HASH_AND_URL_BUNDLE = 13, "Hash and URL of X.509 bundle", "RFC 7296",
        "The SHA-1 hash of a bundle of certificates and revocation lists, 20 octets, and the URL it can be fetched from.";
    OCSP_CONTENT = 14, "OCSP Content", "RFC 4806",
        "In CERT an OCSP response; in CERTREQ the hashes of OCSP responder certificates that are trusted.";
    RAW_PUBLIC_KEY = 15, "Raw Public Key", "RFC 7670",
        "A SubjectPublicKeyInfo in DER, for a public key of any algorithm without a certificate.";
}

registry! {
    /// IKEv2 Authentication Methods (RFC 7296 section 3.8).
    pub struct AuthMethod(u8);
    RSA_DIGITAL_SIGNATURE = 1, "RSA Digital Signature", "RFC 7296",
        "An RSA signature by RSASSA-PKCS1-v1_5, as a rule with SHA-1.";
    SHARED_KEY_MIC = 2, "Shared Key Message Integrity Code", "RFC 7296",
        "A MIC made by the negotiated PRF, keyed with a pre-shared key or the key of an EAP method.";
    DSS_DIGITAL_SIGNATURE = 3, "DSS Digital Signature", "RFC 7296",
        "A DSS signature over a SHA-1 hash.";
    ECDSA_SHA_256_P256 = 9, "ECDSA with SHA-256 on the P-256 curve", "RFC 4754",
        "An ECDSA signature of 64 octets: the numbers r and s, 32 octets each.";
    ECDSA_SHA_384_P384 = 10, "ECDSA with SHA-384 on the P-384 curve", "RFC 4754",
        "An ECDSA signature of 96 octets: the numbers r and s, 48 octets each.";
    ECDSA_SHA_512_P521 = 11, "ECDSA with SHA-512 on the P-521 curve", "RFC 4754",
        "An ECDSA signature of 132 octets: the numbers r and s, 66 octets each.";
    GSPM = 12, "Generic Secure Password Authentication Method", "RFC 6467",
        "Proof by the secure password method the peers negotiated with SECURE_PASSWORD_METHODS.";
    NULL = 13, "NULL Authentication", "RFC 7619",
        "No proof of identity; the payload still binds its sender to the messages of IKE_SA_INIT.";
    DIGITAL_SIGNATURE = 14, "Digital Signature", "RFC 7427",
        "A signature that names its algorithm by an AlgorithmIdentifier in DER.";
}

registry! {
    /// IKEv2 Hash Algorithms (RFC 7427 section 4).
    pub struct HashAlgorithm(u16);
    SHA1 = 1, "SHA1", "RFC 7427", "The hash function SHA-1, of 20 octets.";
    SHA2_256 = 2, "SHA2-256", "RFC 7427", "The hash function SHA-256, of 32 octets.";
    SHA2_384 = 3, "SHA2-384", "RFC 7427", "The hash function SHA-384, of 48 octets.";
    SHA2_512 = 4, "SHA2-512", "RFC 7427", "The hash function SHA-512, of 64 octets.";
    IDENTITY = 5, "Identity", "RFC 8420",
        "No hash before signing, as Ed25519 and Ed448 need it, which hash by themselves.";
    STREEBOG_256 = 6, "STREEBOG_256", "RFC 9385", "The hash function GOST R 34.11-2012, of 32 octets.";
    STREEBOG_512 = 7, "STREEBOG_512", "RFC 9385", "The hash function GOST R 34.11-2012, of 64 octets.";
}

registry! {
    /// IKEv2 Traffic Selector Types (RFC 7296 section 3.13.1).
    pub struct TsType(u8);
    TS_IPV4_ADDR_RANGE = 7, "TS_IPV4_ADDR_RANGE", "RFC 7296", "A range of IPv4 addresses, both ends included.";
    TS_IPV6_ADDR_RANGE = 8, "TS_IPV6_ADDR_RANGE", "RFC 7296", "A range of IPv6 addresses, both ends included.";
    TS_FC_ADDR_RANGE = 9, "TS_FC_ADDR_RANGE", "RFC 4595", "A range of Fibre Channel addresses and types.";
    TS_SECLABEL = 10, "TS_SECLABEL", "RFC 9478", "A security label of a mandatory access control system, as SELinux has.";
}

impl PayloadType {
    /// The short notation of RFC 7296 section 1.2 ("SA", "IDi", "N", ..); `None` for a type without one.
    #[must_use]
    pub const fn symbol(self) -> Option<&'static str> {
        match self.facts() {
            Some(facts) => Some(facts.symbol),
            None => None,
        }
    }

    /// Whether this crate reads the payload, so that the critical bit has no meaning on it (RFC 7296 section 2.5).
    #[must_use]
    #[inline]
    pub const fn is_known(self) -> bool {
        matches!(self.facts(), Some(PayloadFacts { known: true, .. }))
    }
}
