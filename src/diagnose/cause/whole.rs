//! The capture as a whole, for causes that belong to none of its IKE SAs.

use crate::diagnose::facts::Surroundings;
use crate::wire::IkeSpis;
use core::net::SocketAddr;

/// What is known of the capture once nothing more will be seen.
pub(in crate::diagnose) struct Whole<'a> {
    pub(in crate::diagnose) surroundings: &'a Surroundings,
    /// IKE SAs seen.
    pub(in crate::diagnose) ike_sas: u64,
}

/// What a finding about the capture belongs to.
pub(in crate::diagnose) struct Place {
    /// SPIs, or the cookies of IKEv1.
    pub(in crate::diagnose) spis: IkeSpis,
    pub(in crate::diagnose) client: SocketAddr,
}
