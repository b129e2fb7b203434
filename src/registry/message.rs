//! Code points of the header and of the payloads whose body is not a list.

use super::registry;

registry! {
    /// IKEv2 Exchange Types (RFC 7296 section 3.1).
    pub struct ExchangeType(u8);
    IKE_SA_INIT = 34, "IKE_SA_INIT", "RFC 7296";
    IKE_AUTH = 35, "IKE_AUTH", "RFC 7296";
    CREATE_CHILD_SA = 36, "CREATE_CHILD_SA", "RFC 7296";
    INFORMATIONAL = 37, "INFORMATIONAL", "RFC 7296";
    IKE_SESSION_RESUME = 38, "IKE_SESSION_RESUME", "RFC 5723";
    GSA_AUTH = 39, "GSA_AUTH", "RFC 9838";
    GSA_REGISTRATION = 40, "GSA_REGISTRATION", "RFC 9838";
    GSA_REKEY = 41, "GSA_REKEY", "RFC 9838";
    GSA_INBAND_REKEY = 42, "GSA_INBAND_REKEY", "RFC 9838";
    IKE_INTERMEDIATE = 43, "IKE_INTERMEDIATE", "RFC 9242";
    IKE_FOLLOWUP_KE = 44, "IKE_FOLLOWUP_KE", "RFC 9370";
}

registry! {
    /// IKEv2 Payload Types (RFC 7296 section 3.2).
    pub struct PayloadType(u8);
    NO_NEXT_PAYLOAD = 0, "No Next Payload", "RFC 7296";
    SA = 33, "Security Association (SA)", "RFC 7296";
    KE = 34, "Key Exchange (KE)", "RFC 7296";
    IDI = 35, "Identification - Initiator (IDi)", "RFC 7296";
    IDR = 36, "Identification - Responder (IDr)", "RFC 7296";
    CERT = 37, "Certificate (CERT)", "RFC 7296";
    CERTREQ = 38, "Certificate Request (CERTREQ)", "RFC 7296";
    AUTH = 39, "Authentication (AUTH)", "RFC 7296";
    NONCE = 40, "Nonce (Ni Nr)", "RFC 7296";
    N = 41, "Notify (N)", "RFC 7296";
    D = 42, "Delete (D)", "RFC 7296";
    V = 43, "Vendor ID (V)", "RFC 7296";
    TSI = 44, "Traffic Selector - Initiator (TSi)", "RFC 7296";
    TSR = 45, "Traffic Selector - Responder (TSr)", "RFC 7296";
    SK = 46, "Encrypted and Authenticated (SK)", "RFC 7296";
    CP = 47, "Configuration (CP)", "RFC 7296";
    EAP = 48, "Extensible Authentication (EAP)", "RFC 7296";
    GSPM = 49, "Generic Secure Password Method (GSPM)", "RFC 6467";
    IDG = 50, "Group Identification (IDg)", "RFC 9838";
    GSA = 51, "Group Security Association (GSA)", "RFC 9838";
    KD = 52, "Key Download (KD)", "RFC 9838";
    SKF = 53, "Encrypted and Authenticated Fragment (SKF)", "RFC 7383";
    PS = 54, "Puzzle Solution (PS)", "RFC 8019";
}

registry! {
    /// IKEv2 Security Protocol Identifiers (RFC 7296 section 3.3.1).
    pub struct SecurityProtocol(u8);
    IKE = 1, "IKE", "RFC 7296";
    AH = 2, "AH", "RFC 7296";
    ESP = 3, "ESP", "RFC 7296";
    FC_ESP_HEADER = 4, "FC_ESP_HEADER", "RFC 4595";
    FC_CT_AUTHENTICATION = 5, "FC_CT_AUTHENTICATION", "RFC 4595";
    GIKE_UPDATE = 6, "GIKE_UPDATE", "RFC 9838";
}

registry! {
    /// IKEv2 Identification Payload ID Types (RFC 7296 section 3.5).
    pub struct IdType(u8);
    ID_IPV4_ADDR = 1, "ID_IPV4_ADDR", "RFC 7296";
    ID_FQDN = 2, "ID_FQDN", "RFC 7296";
    ID_RFC822_ADDR = 3, "ID_RFC822_ADDR", "RFC 7296";
    ID_IPV6_ADDR = 5, "ID_IPV6_ADDR", "RFC 7296";
    ID_DER_ASN1_DN = 9, "ID_DER_ASN1_DN", "RFC 7296";
    ID_DER_ASN1_GN = 10, "ID_DER_ASN1_GN", "RFC 7296";
    ID_KEY_ID = 11, "ID_KEY_ID", "RFC 7296";
    ID_FC_NAME = 12, "ID_FC_NAME", "RFC 4595";
    ID_NULL = 13, "ID_NULL", "RFC 7619";
}

registry! {
    /// IKEv2 Certificate Encodings (RFC 7296 section 3.6).
    pub struct CertEncoding(u8);
    PKCS7_X509 = 1, "PKCS #7 wrapped X.509 certificate", "unspecified";
    PGP = 2, "PGP Certificate", "unspecified";
    DNS_SIGNED_KEY = 3, "DNS Signed Key", "unspecified";
    X509_SIGNATURE = 4, "X.509 Certificate - Signature", "RFC 7296";
    KERBEROS_TOKEN = 6, "Kerberos Token", "unspecified";
    CRL = 7, "Certificate Revocation List (CRL)", "RFC 7296";
    ARL = 8, "Authority Revocation List (ARL)", "unspecified";
    SPKI = 9, "SPKI Certificate", "unspecified";
    X509_ATTRIBUTE = 10, "X.509 Certificate - Attribute", "unspecified";
    RAW_RSA_KEY = 11, "Raw RSA Key (DEPRECATED)", "RFC 7296, RFC 7670";
    HASH_AND_URL_X509 = 12, "Hash and URL of X.509 certificate", "RFC 7296";
    HASH_AND_URL_BUNDLE = 13, "Hash and URL of X.509 bundle", "RFC 7296";
    OCSP_CONTENT = 14, "OCSP Content", "RFC 4806";
    RAW_PUBLIC_KEY = 15, "Raw Public Key", "RFC 7670";
}

registry! {
    /// IKEv2 Authentication Methods (RFC 7296 section 3.8).
    pub struct AuthMethod(u8);
    RSA_DIGITAL_SIGNATURE = 1, "RSA Digital Signature", "RFC 7296";
    SHARED_KEY_MIC = 2, "Shared Key Message Integrity Code", "RFC 7296";
    DSS_DIGITAL_SIGNATURE = 3, "DSS Digital Signature", "RFC 7296";
    ECDSA_SHA_256_P256 = 9, "ECDSA with SHA-256 on the P-256 curve", "RFC 4754";
    ECDSA_SHA_384_P384 = 10, "ECDSA with SHA-384 on the P-384 curve", "RFC 4754";
    ECDSA_SHA_512_P521 = 11, "ECDSA with SHA-512 on the P-521 curve", "RFC 4754";
    GSPM = 12, "Generic Secure Password Authentication Method", "RFC 6467";
    NULL = 13, "NULL Authentication", "RFC 7619";
    DIGITAL_SIGNATURE = 14, "Digital Signature", "RFC 7427";
}

registry! {
    /// IKEv2 Hash Algorithms (RFC 7427 section 4).
    pub struct HashAlgorithm(u16);
    SHA1 = 1, "SHA1", "RFC 7427";
    SHA2_256 = 2, "SHA2-256", "RFC 7427";
    SHA2_384 = 3, "SHA2-384", "RFC 7427";
    SHA2_512 = 4, "SHA2-512", "RFC 7427";
    IDENTITY = 5, "Identity", "RFC 8420";
    STREEBOG_256 = 6, "STREEBOG_256", "RFC 9385";
    STREEBOG_512 = 7, "STREEBOG_512", "RFC 9385";
}

registry! {
    /// IKEv2 Traffic Selector Types (RFC 7296 section 3.13.1).
    pub struct TsType(u8);
    TS_IPV4_ADDR_RANGE = 7, "TS_IPV4_ADDR_RANGE", "RFC 7296";
    TS_IPV6_ADDR_RANGE = 8, "TS_IPV6_ADDR_RANGE", "RFC 7296";
    TS_FC_ADDR_RANGE = 9, "TS_FC_ADDR_RANGE", "RFC 4595";
    TS_SECLABEL = 10, "TS_SECLABEL", "RFC 9478";
}
