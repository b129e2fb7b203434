//! What the error numbers of a VPN connection of Windows mean, and which causes can lead to each.
//!
//! Names and meanings are those of raserror.h (600 to 900) and winerror.h (13800 to 13924), and of Microsoft's documentation of the
//! events of `RasClient` and `RemoteAccess`.

/// What an error says of its cause.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::diagnose) enum Says {
    /// The other side, or the client, does not take a proof of identity.
    Proof,
    /// The client has no usable certificate, and stops after IKE_SA_INIT.
    NoCertificate,
    /// The proposals differ.
    Proposals,
    /// The user was refused.
    User,
    /// There was no address for the client.
    NoAddress,
    /// The client asked for no address.
    AddressRequired,
    /// The number is all there is to be known: nothing of IKE was sent.
    Itself,
    /// One of these, which the number does not tell apart.
    OneOf(&'static [&'static str]),
}

impl Says {
    /// The codes of the causes that may be meant.
    pub(super) fn codes(self) -> &'static [&'static str] {
        match self {
            Self::Proof => &["AuthenticationFailed"],
            Self::NoCertificate => &["StoppedAfterInit"],
            Self::Proposals => &["NoProposalChosen"],
            Self::User => &["EapFailed"],
            Self::NoAddress => &["AddressPoolEmpty"],
            Self::AddressRequired => &["AddressRequired"],
            Self::Itself => &[],
            Self::OneOf(codes) => codes,
        }
    }
}

/// An error, what it is called, and what it says.
pub(super) struct Row(pub(super) u32, pub(super) &'static str, pub(super) Says);

/// Nothing of the server reached the client in time.
const SILENT: Says = Says::OneOf(&[
    "PortBlocked",
    "IpFragmentLost",
    "FragmentationNotOffered",
    "IncompleteFragmentSet",
    "FragmentsRefusedByLimit",
    "PathMtuTold",
    "InitTooLarge",
    "TransportLost",
    "AuthNeverSeen",
    "AnsweredElsewhere",
    "MarkerMissing",
    "SpiUnknownOnNatPort",
    "NewSasSilent",
    "CookieLoop",
    "BrokenResponse",
    "ResponseNotReceived",
    "RequestUnanswered",
]);
/// IKE failed before or in IKE_SA_INIT.
const NO_TUNNEL: Says = Says::OneOf(&["NoProposalChosen", "Ikev1Only", "VersionRefused", "PortBlocked", "ErrorInClear"]);
const GROUP: Says = Says::OneOf(&["InvalidKeLoop", "NoProposalChosen", "RekeyRefused"]);
const MALFORMED: Says = Says::OneOf(&["BrokenResponse", "ErrorInClear", "CriticalPayloadRefused"]);
const GONE: Says = Says::OneOf(&["RequestUnanswered", "TunnelUpNoTraffic", "ChildDeletedAtOnce"]);

/// In the order of the numbers.
pub(super) const ROWS: &[Row] = &[
    Row(619, "the connection was closed before it was complete", NO_TUNNEL),
    Row(628, "the connection was closed by the other side", GONE),
    Row(629, "the connection was closed by the other side", GONE),
    Row(646, "the account may not log on at this time", Says::User),
    Row(647, "the account is disabled", Says::User),
    Row(648, "the password has expired", Says::User),
    Row(649, "the account may not dial in", Says::User),
    Row(651, "the modem or the WAN miniport reported an error", NO_TUNNEL),
    Row(691, "the user name or the password is wrong, or the authentication protocol is not permitted", Says::User),
    Row(718, "the other side did not answer in time", SILENT),
    Row(720, "no network protocol could be agreed on", Says::OneOf(&["AddressPoolEmpty", "ChildSaRefused"])),
    Row(787, "the security layer could not authenticate the remote computer", Says::Proof),
    Row(789, "the security layer failed in its negotiation with the remote computer", NO_TUNNEL),
    Row(792, "the negotiation of security timed out", SILENT),
    Row(798, "no certificate for EAP was found", Says::User),
    Row(800, "the tunnel could not be established", NO_TUNNEL),
    Row(807, "the connection was interrupted", GONE),
    Row(809, "the server does not answer", SILENT),
    Row(812, "a policy of the server does not permit the authentication method", Says::User),
    Row(829, "the connection was lost", GONE),
    Row(835, "the server could not authenticate the user in time", Says::User),
    Row(853, "the remote access connection completed, and authentication failed because of a certificate", Says::User),
    Row(868, "the name of the server could not be resolved", Says::Itself),
    Row(13801, "IKE authentication credentials are unacceptable", Says::Proof),
    Row(13802, "security attributes are unacceptable", Says::Proposals),
    Row(13804, "general processing error", MALFORMED),
    Row(13805, "negotiation timed out", SILENT),
    Row(13806, "IKE failed to find a valid machine certificate", Says::NoCertificate),
    Row(13813, "no response from the peer", SILENT),
    Row(13816, "negotiation failed", MALFORMED),
    Row(13817, "the revocation of a certificate could not be checked", Says::Proof),
    Row(13818, "invalid certificate key usage", Says::Proof),
    Row(13819, "invalid certificate type", Says::Proof),
    Row(13820, "there is no private key for the machine certificate", Says::NoCertificate),
    Row(13822, "failure in Diffie-Hellman computation", GROUP),
    Row(13823, "an unknown payload has the critical bit", Says::OneOf(&["CriticalPayloadRefused"])),
    Row(13824, "invalid header", MALFORMED),
    Row(13825, "no policy is configured", Says::Proposals),
    Row(13826, "the signature could not be verified", Says::Proof),
    Row(13828, "there is no public key", Says::Proof),
    Row(13833, "error in the KE payload", GROUP),
    Row(13838, "error in the signature", Says::OneOf(&["LegacySignatureRefused", "AuthenticationFailed"])),
    Row(13843, "invalid payload", Says::OneOf(&["RekeyRefused", "ChildSaRefused", "BrokenResponse"])),
    Row(13847, "the peer did not send a valid machine certificate", Says::Proof),
    Row(13848, "the revocation of the peer's certificate could not be checked", Says::Proof),
    Row(13850, "no main mode policy", Says::Proposals),
    Row(13861, "invalid policy", Says::Proposals),
    Row(13864, "failure in Diffie-Hellman computation", GROUP),
    Row(13865, "invalid Diffie-Hellman group", GROUP),
    Row(13868, "policy match error", Says::Proposals),
    Row(13869, "unsupported ID", Says::Proof),
    Row(13870, "hash verification failed", Says::Proof),
    Row(13873, "invalid encryption algorithm", Says::Proposals),
    Row(13874, "invalid authentication algorithm", Says::Proposals),
    Row(13875, "invalid certificate signature", Says::Proof),
    Row(13880, "the major version of the header is not supported", Says::OneOf(&["VersionRefused", "Ikev1Only"])),
    Row(13881, "the key of the certificate is too short", Says::Proof),
    Row(13887, "the certificate chain does not fit the policy", Says::Proof),
    Row(13889, "the authentication payload is invalid", Says::Proof),
    Row(13899, "an inner IP address could not be assigned", Says::NoAddress),
    Row(13900, "a configuration payload is missing", Says::AddressRequired),
];

/// The row of an error.
pub(super) fn row(error: u32) -> Option<&'static Row> {
    ROWS.binary_search_by_key(&error, |row| row.0).ok().and_then(|at| ROWS.get(at))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::diagnose::cause::samples;
    use alloc::vec::Vec;

    #[test]
    fn every_row_is_found_and_names_causes_that_there_are() {
        assert!(ROWS.is_sorted_by(|a, b| a.0 < b.0));
        let codes: Vec<_> = samples().iter().map(|of_one| of_one[0].code()).collect();
        for Row(error, name, says) in ROWS {
            assert!(row(*error).is_some_and(|row| row.1 == *name));
            let causes = says.codes();
            assert!(causes.is_empty() == (*says == Says::Itself) && causes.iter().all(|code| codes.contains(code)), "{error}: {causes:?}");
        }
        assert!(row(1).is_none());
    }
}
