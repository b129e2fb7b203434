//! Code points of the Configuration payload and of the group payloads.

use super::table::registry;

registry! {
    /// IKEv2 Configuration Payload CFG Types (RFC 7296 section 3.15).
    pub struct ConfigurationType(u8);
    CFG_REQUEST = 1, "CFG_REQUEST", "RFC 7296", "Asks the peer for the attributes named; a value is a wish.";
    CFG_REPLY = 2, "CFG_REPLY", "RFC 7296", "Answers CFG_REQUEST with the values the asking peer is to use.";
    CFG_SET = 3, "CFG_SET", "RFC 7296", "Gives the peer values it did not ask for.";
    CFG_ACK = 4, "CFG_ACK", "RFC 7296", "Answers CFG_SET with the attributes that were accepted, without values.";
}

registry! {
    /// IKEv2 Configuration Payload Attribute Types (RFC 7296 section 3.15.1).
    pub struct ConfigurationAttributeType(u16);
    INTERNAL_IP4_ADDRESS = 1, "INTERNAL_IP4_ADDRESS", "RFC 7296",
        "An IPv4 address on the internal network; empty in a request for any.";
    INTERNAL_IP4_NETMASK = 2, "INTERNAL_IP4_NETMASK", "RFC 7296",
        "The netmask of the internal IPv4 network, at most once.";
    INTERNAL_IP4_DNS = 3, "INTERNAL_IP4_DNS", "RFC 7296",
        "The IPv4 address of a DNS server on the internal network.";
    INTERNAL_IP4_NBNS = 4, "INTERNAL_IP4_NBNS", "RFC 7296",
        "The IPv4 address of a NetBIOS name server (WINS) on the internal network.";
    INTERNAL_IP4_DHCP = 6, "INTERNAL_IP4_DHCP", "RFC 7296",
        "The IPv4 address to which internal DHCP requests are to be sent.";
    APPLICATION_VERSION = 7, "APPLICATION_VERSION", "RFC 7296",
        "The version of the implementation, as text without a terminator.";
    INTERNAL_IP6_ADDRESS = 8, "INTERNAL_IP6_ADDRESS", "RFC 7296",
        "An IPv6 address on the internal network and its prefix length, 17 octets; empty in a request for any.";
    INTERNAL_IP6_DNS = 10, "INTERNAL_IP6_DNS", "RFC 7296",
        "The IPv6 address of a DNS server on the internal network.";
    INTERNAL_IP6_DHCP = 12, "INTERNAL_IP6_DHCP", "RFC 7296",
        "The IPv6 address to which internal DHCP requests are to be sent.";
    INTERNAL_IP4_SUBNET = 13, "INTERNAL_IP4_SUBNET", "RFC 7296",
        "An IPv4 network behind the gateway: address and netmask.";
    SUPPORTED_ATTRIBUTES = 14, "SUPPORTED_ATTRIBUTES", "RFC 7296",
        "The attribute types the responder supports, 2 octets each; empty in a request.";
    INTERNAL_IP6_SUBNET = 15, "INTERNAL_IP6_SUBNET", "RFC 7296",
        "An IPv6 network behind the gateway: address and prefix length.";
    MIP6_HOME_PREFIX = 16, "MIP6_HOME_PREFIX", "RFC 5026",
        "The home network prefix of a Mobile IPv6 node, with its lifetime.";
    INTERNAL_IP6_LINK = 17, "INTERNAL_IP6_LINK", "RFC 5739",
        "The virtual link: the client's interface identifier and an IKEv2 link ID.";
    INTERNAL_IP6_PREFIX = 18, "INTERNAL_IP6_PREFIX", "RFC 5739",
        "An IPv6 prefix given to the client on its virtual link: prefix and length.";
    HOME_AGENT_ADDRESS = 19, "HOME_AGENT_ADDRESS", "3GPP-TS-24.302",
        "The address of the home agent of a mobile node: IPv6, and optionally IPv4.";
    P_CSCF_IP4_ADDRESS = 20, "P_CSCF_IP4_ADDRESS", "RFC 7651",
        "The IPv4 address of a SIP proxy (P-CSCF) of a 3GPP network.";
    P_CSCF_IP6_ADDRESS = 21, "P_CSCF_IP6_ADDRESS", "RFC 7651",
        "The IPv6 address of a SIP proxy (P-CSCF) of a 3GPP network.";
    FTT_KAT = 22, "FTT_KAT", "3GPP-TS-24.302",
        "The keep-alive time of a firewall traversal tunnel of a 3GPP network.";
    EXTERNAL_SOURCE_IP4_NAT_INFO = 23, "EXTERNAL_SOURCE_IP4_NAT_INFO", "3GPP-TS-29.139",
        "The external IPv4 source address of a 3GPP home base station as its security gateway sees it, with what it tells about a NAT.";
    TIMEOUT_PERIOD_FOR_LIVENESS_CHECK = 24, "TIMEOUT_PERIOD_FOR_LIVENESS_CHECK", "3GPP-TS-24.302",
        "The seconds of silence after which a 3GPP client checks that its gateway is alive.";
    INTERNAL_DNS_DOMAIN = 25, "INTERNAL_DNS_DOMAIN", "RFC 8598",
        "A domain whose names are to be resolved by the internal DNS servers.";
    INTERNAL_DNSSEC_TA = 26, "INTERNAL_DNSSEC_TA", "RFC 8598",
        "A DNSSEC trust anchor for the INTERNAL_DNS_DOMAIN in front of it: key tag, algorithm, digest type and digest.";
    ENCDNS_IP4 = 27, "ENCDNS_IP4", "RFC 9464",
        "An encrypted DNS resolver with IPv4 addresses: its priority, addresses, domain name and service parameters.";
    ENCDNS_IP6 = 28, "ENCDNS_IP6", "RFC 9464",
        "An encrypted DNS resolver with IPv6 addresses: its priority, addresses, domain name and service parameters.";
    ENCDNS_DIGEST_INFO = 29, "ENCDNS_DIGEST_INFO", "RFC 9464",
        "The digest of an encrypted DNS resolver's certificate; in a request, the hash algorithms supported.";
}

registry! {
    /// G-IKEv2 GSA Attributes (RFC 9838).
    pub struct GsaAttributeType(u16);
    GSA_KEY_LIFETIME = 1, "GSA_KEY_LIFETIME", "RFC 9838", "The seconds for which a group SA is valid.";
    GSA_INITIAL_MESSAGE_ID = 2, "GSA_INITIAL_MESSAGE_ID", "RFC 9838",
        "The message ID of the first rekey message a new group member is to accept.";
    GSA_NEXT_SPI = 3, "GSA_NEXT_SPI", "RFC 9838", "The SPI of the rekey SA or data SA that will replace this one.";
}

registry! {
    /// G-IKEv2 Group-wide Policy Attributes (RFC 9838).
    pub struct GroupWidePolicyAttributeType(u16);
    GWP_ATD = 1, "GWP_ATD", "RFC 9838", "Activation time delay: seconds until new data SAs are used for sending.";
    GWP_DTD = 2, "GWP_DTD", "RFC 9838", "Deactivation time delay: seconds until replaced data SAs are deleted.";
    GWP_SENDER_ID_BITS = 3, "GWP_SENDER_ID_BITS", "RFC 9838",
        "The number of bits of the IV or nonce that hold the ID of a sender, so that senders of one SA never share a nonce.";
}

registry! {
    /// G-IKEv2 Group Key Bag Attributes (RFC 9838).
    pub struct GroupKeyBagAttributeType(u16);
    SA_KEY = 1, "SA_KEY", "RFC 9838", "The keying material of a group SA, wrapped with another key.";
}

registry! {
    /// G-IKEv2 Member Key Bag Attributes (RFC 9838).
    pub struct MemberKeyBagAttributeType(u16);
    WRAP_KEY = 1, "WRAP_KEY", "RFC 9838", "A key that wraps other keys, itself wrapped for one member or for many.";
    AUTH_KEY = 2, "AUTH_KEY", "RFC 9838", "The public key that verifies the controller's signatures on rekey messages.";
    GM_SENDER_ID = 3, "GM_SENDER_ID", "RFC 9838", "An ID with which the member may send on the data SAs of the group.";
}
