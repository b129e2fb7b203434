//! Code points of the Notify payload and of its data.

use super::table::registry;

registry! {
    /// IKEv2 Notify Message Types: 0..=16383 are errors, 16384..=65535 status (RFC 7296 section 3.10.1).
    pub struct NotifyType(u16);
    UNSUPPORTED_CRITICAL_PAYLOAD = 1, "UNSUPPORTED_CRITICAL_PAYLOAD", "RFC 7296",
        "Error: the message holds a critical payload of a type the receiver does not know; the data are that type, 1 octet.";
    INVALID_IKE_SPI = 4, "INVALID_IKE_SPI", "RFC 7296",
        "Error: the receiver has no IKE SA with the SPIs of the message, as after a restart.";
    INVALID_MAJOR_VERSION = 5, "INVALID_MAJOR_VERSION", "RFC 7296",
        "Error: the receiver does not speak the major version of the message; the header of the answer has the closest it speaks.";
    INVALID_SYNTAX = 7, "INVALID_SYNTAX", "RFC 7296",
        "Error: a type, length or value of the message is out of range, or the request was refused for reasons of policy.";
    INVALID_MESSAGE_ID = 9, "INVALID_MESSAGE_ID", "RFC 7296",
        "Error: a message ID lay outside the window; the data are that message ID, 4 octets.";
    INVALID_SPI = 11, "INVALID_SPI", "RFC 7296",
        "Error: an ESP or AH packet arrived for an SPI the receiver does not have; the data are that SPI.";
    NO_PROPOSAL_CHOSEN = 14, "NO_PROPOSAL_CHOSEN", "RFC 7296",
        "Error: none of the proposed suites is acceptable.";
    INVALID_KE_PAYLOAD = 17, "INVALID_KE_PAYLOAD", "RFC 7296",
        "Error: the KE payload is of another method than the one chosen; the data are the method wanted, 2 octets.";
    AUTHENTICATION_FAILED = 24, "AUTHENTICATION_FAILED", "RFC 7296",
        "Error: the peer could not be authenticated, or is not allowed in.";
    SINGLE_PAIR_REQUIRED = 34, "SINGLE_PAIR_REQUIRED", "RFC 7296",
        "Error: the responder accepts traffic selectors for one pair of addresses only.";
    NO_ADDITIONAL_SAS = 35, "NO_ADDITIONAL_SAS", "RFC 7296",
        "Error: the responder accepts no further Child SA on this IKE SA.";
    INTERNAL_ADDRESS_FAILURE = 36, "INTERNAL_ADDRESS_FAILURE", "RFC 7296",
        "Error: the responder could not assign an internal address.";
    FAILED_CP_REQUIRED = 37, "FAILED_CP_REQUIRED", "RFC 7296",
        "Error: the responder expected a Configuration payload and did not get one.";
    TS_UNACCEPTABLE = 38, "TS_UNACCEPTABLE", "RFC 7296",
        "Error: none of the traffic selectors is acceptable.";
    INVALID_SELECTORS = 39, "INVALID_SELECTORS", "RFC 7296",
        "Error: an ESP or AH packet did not match the selectors of its SA; the data are the start of that packet.";
    UNACCEPTABLE_ADDRESSES = 40, "UNACCEPTABLE_ADDRESSES", "RFC 4555",
        "Error: the responder refuses the addresses an UPDATE_SA_ADDRESSES request came from.";
    UNEXPECTED_NAT_DETECTED = 41, "UNEXPECTED_NAT_DETECTED", "RFC 4555",
        "Error: the addresses of a packet differ from those in its NO_NATS_ALLOWED.";
    USE_ASSIGNED_HOA = 42, "USE_ASSIGNED_HoA", "RFC 5026",
        "Error: the Mobile IPv6 node cannot have the home address it asked for and is to use the one assigned.";
    TEMPORARY_FAILURE = 43, "TEMPORARY_FAILURE", "RFC 7296",
        "Error: the request cannot be done now, as during a rekey; the peer is to wait and try again.";
    CHILD_SA_NOT_FOUND = 44, "CHILD_SA_NOT_FOUND", "RFC 7296",
        "Error: the Child SA to be rekeyed does not exist; its SPI is in the notification.";
    INVALID_GROUP_ID = 45, "INVALID_GROUP_ID", "RFC 9838",
        "Error: the group named in the IDg payload does not exist.";
    AUTHORIZATION_FAILED = 46, "AUTHORIZATION_FAILED", "RFC 9838",
        "Error: the authenticated member is not allowed to join the group.";
    STATE_NOT_FOUND = 47, "STATE_NOT_FOUND", "RFC 9370",
        "Error: the responder has no key exchange waiting that an IKE_FOLLOWUP_KE request names.";
    TS_MAX_QUEUE = 48, "TS_MAX_QUEUE", "RFC 9611",
        "Error: the responder accepts no further Child SA with these traffic selectors.";
    REGISTRATION_FAILED = 49, "REGISTRATION_FAILED", "RFC 9838",
        "Error: the controller could not register the member for the group.";
    INITIAL_CONTACT = 16384, "INITIAL_CONTACT", "RFC 7296",
        "This IKE SA is the only one between the two identities: older ones can be deleted.";
    SET_WINDOW_SIZE = 16385, "SET_WINDOW_SIZE", "RFC 7296",
        "The sender answers this many requests at a time; the data are the number, 4 octets.";
    ADDITIONAL_TS_POSSIBLE = 16386, "ADDITIONAL_TS_POSSIBLE", "RFC 7296",
        "The responder narrowed the traffic selectors, and further Child SAs could cover what is left.";
    IPCOMP_SUPPORTED = 16387, "IPCOMP_SUPPORTED", "RFC 7296",
        "The sender can decompress with an IPComp transform; the data are its CPI, 2 octets, the transform and attributes.";
    NAT_DETECTION_SOURCE_IP = 16388, "NAT_DETECTION_SOURCE_IP", "RFC 7296",
        "A SHA-1 hash of the SPIs and of the address and port the message was sent from, 20 octets.";
    NAT_DETECTION_DESTINATION_IP = 16389, "NAT_DETECTION_DESTINATION_IP", "RFC 7296",
        "A SHA-1 hash of the SPIs and of the address and port the message was sent to, 20 octets.";
    COOKIE = 16390, "COOKIE", "RFC 7296",
        "A cookie of 1 to 64 octets that the initiator is to repeat, to prove that it receives at its address.";
    USE_TRANSPORT_MODE = 16391, "USE_TRANSPORT_MODE", "RFC 7296",
        "The Child SA is to be in transport mode instead of tunnel mode.";
    HTTP_CERT_LOOKUP_SUPPORTED = 16392, "HTTP_CERT_LOOKUP_SUPPORTED", "RFC 7296",
        "The sender can fetch certificates by HTTP, as the hash-and-URL encodings need.";
    REKEY_SA = 16393, "REKEY_SA", "RFC 7296",
        "The new Child SA replaces the one whose SPI is in the notification.";
    ESP_TFC_PADDING_NOT_SUPPORTED = 16394, "ESP_TFC_PADDING_NOT_SUPPORTED", "RFC 7296",
        "The sender does not accept ESP packets with traffic flow confidentiality padding on this Child SA.";
    NON_FIRST_FRAGMENTS_ALSO = 16395, "NON_FIRST_FRAGMENTS_ALSO", "RFC 7296",
        "IP fragments other than the first may be sent over the Child SA although its selectors name ports.";
    MOBIKE_SUPPORTED = 16396, "MOBIKE_SUPPORTED", "RFC 4555",
        "The sender can move the IKE SA and its Child SAs to other addresses.";
    ADDITIONAL_IP4_ADDRESS = 16397, "ADDITIONAL_IP4_ADDRESS", "RFC 4555",
        "A further IPv4 address of the sender, 4 octets.";
    ADDITIONAL_IP6_ADDRESS = 16398, "ADDITIONAL_IP6_ADDRESS", "RFC 4555",
        "A further IPv6 address of the sender, 16 octets.";
    NO_ADDITIONAL_ADDRESSES = 16399, "NO_ADDITIONAL_ADDRESSES", "RFC 4555",
        "The sender has no further address any more.";
    UPDATE_SA_ADDRESSES = 16400, "UPDATE_SA_ADDRESSES", "RFC 4555",
        "The IKE SA and its Child SAs are to use the addresses this message was sent with.";
    COOKIE2 = 16401, "COOKIE2", "RFC 4555",
        "Random data of 8 to 64 octets that the peer repeats, to prove that it receives at its address.";
    NO_NATS_ALLOWED = 16402, "NO_NATS_ALLOWED", "RFC 4555",
        "The addresses and ports the message was sent with, which no NAT may change.";
    AUTH_LIFETIME = 16403, "AUTH_LIFETIME", "RFC 4478",
        "The seconds within which the initiator is to authenticate again, 4 octets.";
    MULTIPLE_AUTH_SUPPORTED = 16404, "MULTIPLE_AUTH_SUPPORTED", "RFC 4739",
        "The sender supports more than one authentication for an IKE SA.";
    ANOTHER_AUTH_FOLLOWS = 16405, "ANOTHER_AUTH_FOLLOWS", "RFC 4739",
        "The sender will authenticate once more, with another identity.";
    REDIRECT_SUPPORTED = 16406, "REDIRECT_SUPPORTED", "RFC 5685",
        "The initiator can be sent to another gateway.";
    REDIRECT = 16407, "REDIRECT", "RFC 5685",
        "The initiator is to connect to the gateway named instead.";
    REDIRECTED_FROM = 16408, "REDIRECTED_FROM", "RFC 5685",
        "The gateway that sent the initiator here.";
    TICKET_LT_OPAQUE = 16409, "TICKET_LT_OPAQUE", "RFC 5723",
        "A ticket for session resumption, with its lifetime in seconds, 4 octets, in front.";
    TICKET_REQUEST = 16410, "TICKET_REQUEST", "RFC 5723",
        "The initiator asks for a ticket for session resumption.";
    TICKET_ACK = 16411, "TICKET_ACK", "RFC 5723",
        "The responder will give a ticket later, in a message of its own.";
    TICKET_NACK = 16412, "TICKET_NACK", "RFC 5723",
        "The responder gives no ticket.";
    TICKET_OPAQUE = 16413, "TICKET_OPAQUE", "RFC 5723",
        "The ticket the initiator resumes a session with.";
    LINK_ID = 16414, "LINK_ID", "RFC 5739",
        "The virtual link that the Child SA belongs to.";
    USE_WESP_MODE = 16415, "USE_WESP_MODE", "RFC 5840",
        "The Child SA is to use Wrapped ESP, which shows whether a packet is encrypted.";
    ROHC_SUPPORTED = 16416, "ROHC_SUPPORTED", "RFC 5857",
        "The sender can compress headers on the Child SA; the data are the parameters of its decompressor.";
    EAP_ONLY_AUTHENTICATION = 16417, "EAP_ONLY_AUTHENTICATION", "RFC 5998",
        "The initiator accepts a responder that authenticates by the EAP method alone.";
    CHILDLESS_IKEV2_SUPPORTED = 16418, "CHILDLESS_IKEV2_SUPPORTED", "RFC 6023",
        "The responder accepts an IKE_AUTH exchange that creates no Child SA.";
    QUICK_CRASH_DETECTION = 16419, "QUICK_CRASH_DETECTION", "RFC 6290",
        "A token that proves, when it is shown later, that its maker has lost the IKE SA.";
    IKEV2_MESSAGE_ID_SYNC_SUPPORTED = 16420, "IKEV2_MESSAGE_ID_SYNC_SUPPORTED", "RFC 6311",
        "The sender can synchronise message IDs after a failover of a cluster.";
    IPSEC_REPLAY_COUNTER_SYNC_SUPPORTED = 16421, "IPSEC_REPLAY_COUNTER_SYNC_SUPPORTED", "RFC 6311",
        "The sender can synchronise the replay counters of Child SAs after a failover of a cluster.";
    IKEV2_MESSAGE_ID_SYNC = 16422, "IKEV2_MESSAGE_ID_SYNC", "RFC 6311",
        "A nonce and the message IDs the sender expects to send and to receive next.";
    IPSEC_REPLAY_COUNTER_SYNC = 16423, "IPSEC_REPLAY_COUNTER_SYNC", "RFC 6311",
        "The number by which the peer is to raise its outgoing replay counters of all Child SAs.";
    SECURE_PASSWORD_METHODS = 16424, "SECURE_PASSWORD_METHODS", "RFC 6467",
        "The secure password methods the sender supports, 2 octets each; in a response the one chosen.";
    PSK_PERSIST = 16425, "PSK_PERSIST", "RFC 6631",
        "PACE: the sender wants to replace the password by a long-term key made in this exchange.";
    PSK_CONFIRM = 16426, "PSK_CONFIRM", "RFC 6631",
        "PACE: the sender has stored the long-term key.";
    ERX_SUPPORTED = 16427, "ERX_SUPPORTED", "RFC 6867",
        "The sender supports the EAP Re-authentication Protocol; a responder may add its domain name.";
    IFOM_CAPABILITY = 16428, "IFOM_CAPABILITY", "3GPP-TS-24.303",
        "The sender supports IP flow mobility of a 3GPP network.";
    GROUP_SENDER = 16429, "GROUP_SENDER", "RFC 9838",
        "The member intends to send to the group, and asks for sender IDs where they are needed.";
    IKEV2_FRAGMENTATION_SUPPORTED = 16430, "IKEV2_FRAGMENTATION_SUPPORTED", "RFC 7383",
        "The sender can send and receive messages in fragments (SKF).";
    SIGNATURE_HASH_ALGORITHMS = 16431, "SIGNATURE_HASH_ALGORITHMS", "RFC 7427",
        "The hash algorithms the sender accepts in signatures, 2 octets each.";
    CLONE_IKE_SA_SUPPORTED = 16432, "CLONE_IKE_SA_SUPPORTED", "RFC 7791",
        "The sender can make a second IKE SA out of this one.";
    CLONE_IKE_SA = 16433, "CLONE_IKE_SA", "RFC 7791",
        "The new IKE SA is a second one and does not replace this.";
    PUZZLE = 16434, "PUZZLE", "RFC 8019",
        "The initiator is to solve a puzzle first; the data are the PRF, 2 octets, and the difficulty in bits, 1 octet.";
    USE_PPK = 16435, "USE_PPK", "RFC 8784",
        "The sender supports keys mixed with a post-quantum pre-shared key.";
    PPK_IDENTITY = 16436, "PPK_IDENTITY", "RFC 8784",
        "The post-quantum pre-shared key to use: the type of its ID, 1 octet, and the ID.";
    NO_PPK_AUTH = 16437, "NO_PPK_AUTH", "RFC 8784",
        "The AUTH data for a responder that does not have the post-quantum pre-shared key.";
    INTERMEDIATE_EXCHANGE_SUPPORTED = 16438, "INTERMEDIATE_EXCHANGE_SUPPORTED", "RFC 9242",
        "The sender supports IKE_INTERMEDIATE exchanges.";
    IP4_ALLOWED = 16439, "IP4_ALLOWED", "RFC 8983",
        "The responder can assign IPv4 addresses.";
    IP6_ALLOWED = 16440, "IP6_ALLOWED", "RFC 8983",
        "The responder can assign IPv6 addresses.";
    ADDITIONAL_KEY_EXCHANGE = 16441, "ADDITIONAL_KEY_EXCHANGE", "RFC 9370",
        "An additional key exchange follows in IKE_FOLLOWUP_KE; the data link it with the exchange before.";
    USE_AGGFRAG = 16442, "USE_AGGFRAG", "RFC 9347",
        "The Child SA is to carry IP packets aggregated and fragmented (IP-TFS); the data are flags, 1 octet.";
    SUPPORTED_AUTH_METHODS = 16443, "SUPPORTED_AUTH_METHODS", "RFC 9593",
        "The authentication methods the sender accepts.";
    SA_RESOURCE_INFO = 16444, "SA_RESOURCE_INFO", "RFC 9611",
        "The Child SA is one of several with the same selectors; the data name the resource it is for, as a CPU.";
    USE_PPK_INT = 16445, "USE_PPK_INT", "RFC 9867",
        "The sender supports post-quantum pre-shared keys in IKE_INTERMEDIATE and CREATE_CHILD_SA.";
    PPK_IDENTITY_KEY = 16446, "PPK_IDENTITY_KEY", "RFC 9867",
        "A post-quantum pre-shared key by its ID, and 8 octets that prove its possession.";
    IKE_SA_INIT_FULL_TRANSCRIPT_AUTH = 16447, "IKE_SA_INIT_FULL_TRANSCRIPT_AUTH", "draft-ietf-ipsecme-ikev2-downgrade-prevention",
        "The sender supports AUTH data over both messages of IKE_SA_INIT, so that no one can weaken them unseen.";
}

registry! {
    /// IKEv2 Notification IPCOMP Transform IDs (RFC 7296 section 3.10.1).
    pub struct IpcompTransform(u8);
    IPCOMP_OUI = 1, "IPCOMP_OUI", "unspecified", "A compression algorithm of a vendor; no document fixes its form.";
    IPCOMP_DEFLATE = 2, "IPCOMP_DEFLATE", "RFC 2394", "Compression by DEFLATE (RFC 1951).";
    IPCOMP_LZS = 3, "IPCOMP_LZS", "RFC 2395", "Compression by Lempel-Ziv-Stac.";
    IPCOMP_LZJH = 4, "IPCOMP_LZJH", "RFC 3051", "Compression by the algorithm of ITU-T V.44.";
}

registry! {
    /// IKEv2 Redirect Gateway Identity Types (RFC 5685 section 6).
    pub struct GatewayIdType(u8);
    IPV4 = 1, "IPv4 address of the VPN gateway", "RFC 5685", "The new gateway is given as an IPv4 address of 4 octets.";
    IPV6 = 2, "IPv6 address of the VPN gateway", "RFC 5685", "The new gateway is given as an IPv6 address of 16 octets.";
    FQDN = 3, "FQDN of the VPN gateway", "RFC 5685", "The new gateway is given as a domain name without a terminator.";
}

registry! {
    /// IKEv2 ROHC Attribute Types (RFC 5857 section 2.1.2).
    pub struct RohcAttributeType(u16);
    MAX_CID = 1, "MAX_CID", "RFC 5857", "The greatest context identifier of header compression, 0 to 16383.";
    ROHC_PROFILE = 2, "ROHC_PROFILE", "RFC 5857", "One profile of header compression the sender supports.";
    ROHC_INTEG = 3, "ROHC_INTEG", "RFC 5857", "An integrity algorithm for the headers before compression.";
    ROHC_ICV_LEN = 4, "ROHC_ICV_LEN", "RFC 5857", "The length of the ICV over the headers, in octets.";
    MRRU = 5, "MRRU", "RFC 5857", "The maximum reconstructed reception unit: octets of the largest unit put together from segments.";
}

registry! {
    /// IKEv2 Secure Password Methods (RFC 6467 section 2).
    pub struct SecurePasswordMethod(u16);
    PACE = 1, "PACE", "RFC 6631", "Password Authenticated Connection Establishment.";
    AUGPAKE = 2, "AugPAKE", "RFC 6628",
        "Augmented password-authenticated key exchange: the responder stores a verifier, not the password.";
    SECURE_PSK = 3, "Secure PSK Authentication", "RFC 6617",
        "A password-authenticated exchange of the Dragonfly kind for short pre-shared keys.";
}

registry! {
    /// IKEv2 Post-quantum Preshared Key ID Types (RFC 8784 section 5.1).
    pub struct PpkIdType(u8);
    PPK_ID_OPAQUE = 1, "PPK_ID_OPAQUE", "RFC 8784",
        "An ID whose form the peers have agreed on, so that an observer does not learn the kind of key.";
    PPK_ID_FIXED = 2, "PPK_ID_FIXED", "RFC 8784",
        "An ID that stands for the same key in every connection.";
}

impl NotifyType {
    /// Reserved, and neither an error nor a status (RFC 7296 section 3.10.1).
    pub const RESERVED: Self = Self(0);

    /// The greatest value of an error; greater ones are status (RFC 7296 section 3.10.1).
    const LAST_ERROR: u16 = 16383;

    /// The least value of a status for private use; all greater ones are for private use as well (RFC 7296 section 3.10.1).
    const FIRST_PRIVATE_STATUS: u16 = 40960;

    /// Whether the value is that of an error, 1..=16383 (RFC 7296 section 3.10.1).
    #[must_use]
    pub const fn is_error(self) -> bool {
        self.0 != Self::RESERVED.0 && self.0 <= Self::LAST_ERROR
    }

    /// Whether the value is that of a status for private use, 40960..=65535 (RFC 7296 section 3.10.1).
    #[must_use]
    pub const fn is_private_status(self) -> bool {
        self.0 >= Self::FIRST_PRIVATE_STATUS
    }
}
