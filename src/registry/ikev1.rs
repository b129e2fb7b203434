//! IKEv1, as far as a monitor names it: the exchanges (RFC 2408 section 3.1, RFC 2409).

use super::table::registry;

registry! {
    /// Exchange Types of IKEv1 (RFC 2408 section 3.1; registry "Magic Numbers for ISAKMP Protocol").
    pub struct Ikev1ExchangeType(u8);
    BASE = 1, "Base", "RFC 2408",
        "The exchange that negotiates, exchanges keys and authenticates in four messages.";
    IDENTITY_PROTECTION = 2, "Identity Protection", "RFC 2408",
        "The exchange of Main Mode: six messages, of which the last two protect the identities.";
    AUTHENTICATION_ONLY = 3, "Authentication Only", "RFC 2408",
        "The exchange that authenticates without keys, in three messages.";
    AGGRESSIVE = 4, "Aggressive", "RFC 2408",
        "The exchange of Aggressive Mode: three messages, with the identities in clear.";
    INFORMATIONAL = 5, "Informational", "RFC 2408",
        "The exchange of one message for a notification or a deletion.";
    QUICK_MODE = 32, "Quick Mode", "RFC 2409",
        "The exchange of phase 2, which creates the SAs for the traffic.";
    NEW_GROUP_MODE = 33, "New Group Mode", "RFC 2409",
        "The exchange of phase 2 that defines a private group.";
}
