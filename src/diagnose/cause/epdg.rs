//! The private errors by which a gateway of a 3GPP network refuses a phone (3GPP TS 24.302 section 8.1.2.2, TS 24.502).

use crate::registry::NotifyType;

/// The name of the error, if it is one of those.
pub(super) const fn name(notify: NotifyType) -> Option<&'static str> {
    Some(match notify.0 {
        8192 => "PDN_CONNECTION_REJECTION",
        8193 => "MAX_CONNECTION_REACHED",
        8241 => "SEMANTIC_ERROR_IN_THE_TFT_OPERATION",
        8242 => "SYNTACTICAL_ERROR_IN_THE_TFT_OPERATION",
        8244 => "SEMANTIC_ERRORS_IN_PACKET_FILTERS",
        8245 => "SYNTACTICAL_ERRORS_IN_PACKET_FILTERS",
        9000 => "NON_3GPP_ACCESS_TO_EPC_NOT_ALLOWED",
        9001 => "USER_UNKNOWN",
        9002 => "NO_APN_SUBSCRIPTION",
        9003 => "AUTHORIZATION_REJECTED",
        9006 => "ILLEGAL_ME",
        10500 => "NETWORK_FAILURE",
        11001 => "RAT_TYPE_NOT_ALLOWED",
        11005 => "IMEI_NOT_ACCEPTED",
        11011 => "PLMN_NOT_ALLOWED",
        11055 => "UNAUTHENTICATED_EMERGENCY_NOT_SUPPORTED",
        15500 => "CONGESTION",
        _ => return None,
    })
}
