//! A post-quantum preshared key (RFC 8784, RFC 9867).

use super::Secret;
use ikev2::session::Ppk;

/// The options.
#[derive(Debug, clap::Args)]
pub(crate) struct PpkLine {
    /// What both sides call the post-quantum preshared key (RFC 8784).
    #[arg(long, value_name = "TEXT", allow_hyphen_values = true)]
    ppk_id: Option<String>,
    /// The post-quantum preshared key, as text.
    #[arg(long, value_name = "TEXT", requires = "ppk_id", overrides_with = "ppk_hex", allow_hyphen_values = true)]
    ppk: Option<Secret>,
    /// The post-quantum preshared key, in hexadecimal.
    #[arg(long, value_name = "HEX", requires = "ppk_id", overrides_with = "ppk")]
    ppk_hex: Option<Secret>,
    /// No IKE SA without it.
    #[arg(long, requires = "ppk_id")]
    ppk_required: bool,
    /// Put it into the keys that protect IKE_AUTH as well, in IKE_INTERMEDIATE (RFC 9867), if the peer does so too.
    #[arg(long, requires = "ppk_id")]
    pub(crate) ppk_intermediate: bool,
    /// As initiator: announce that under the private numbers of libreswan 5.2 as well.
    #[arg(long, requires = "ppk_intermediate")]
    ppk_libreswan: bool,
}

impl PpkLine {
    /// # Errors
    /// If the key is missing, or is none.
    pub(crate) fn read(&self) -> Result<Option<Ppk>, String> {
        let Some(id) = &self.ppk_id else { return Ok(None) };
        let secret = super::secret("ppk", self.ppk.as_ref(), self.ppk_hex.as_ref())?;
        let secret = secret.ok_or("--ppk-id needs --ppk or --ppk-hex")?;
        let ppk = Ppk::new(id.as_bytes(), secret.as_slice()).with_mandatory(self.ppk_required);
        Ok(Some(ppk.with_intermediate(self.ppk_intermediate).with_libreswan_numbers(self.ppk_libreswan)))
    }
}
