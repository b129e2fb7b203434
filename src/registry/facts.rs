//! The columns a row has beyond its names: what the RFCs fix about an algorithm or a payload.

/// What is fixed about a cipher (transform type 1).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub struct EncrFacts {
    /// Whether the cipher authenticates as well, so that a proposal needs no INTEG transform (RFC 5282 section 8).
    pub aead: bool,
    /// The lengths of the key, and whether the Key Length attribute gives them.
    pub key_length: KeyLengthRule,
    /// Octets of salt, or of a nonce that lasts as long as the key, taken from the keying material behind the key.
    pub salt_len: usize,
    /// Octets of the IV that each packet or message carries.
    pub iv_len: usize,
    /// The encrypted text is a multiple of this many octets; 1 for stream ciphers and modes without padding of their own.
    pub block_len: usize,
    /// Octets of the ICV of an AEAD cipher; 0 for other ciphers, which leave it to the INTEG transform.
    pub icv_len: usize,
}

/// The lengths of a cipher's key in bits, and what they have to do with the Key Length attribute (RFC 7296 section 3.3.5).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum KeyLengthRule {
    /// The key has one length, the salt not counted; 0 for a cipher without a key. The attribute MUST NOT be used.
    Fixed(u16),
    /// The attribute MUST be used, with one of these lengths.
    Required(&'static [u16]),
    /// The attribute may be used, with a length in this range; without it the key has the default length.
    Optional {
        /// The length without the attribute.
        default: u16,
        /// The least length.
        min: u16,
        /// The greatest length.
        max: u16,
    },
}

impl KeyLengthRule {
    /// Bits of the key when the transform carries this Key Length attribute, or none; `None` when the transform may not.
    ///
    /// ```
    /// use ikev2::registry::Encr;
    /// let key = Encr::ENCR_AES_CBC.facts().ok_or("no facts")?.key_length;
    /// assert_eq!((key.bits(Some(256)), key.bits(Some(255)), key.bits(None)), (Some(256), None, None));
    /// # Ok::<(), &str>(())
    /// ```
    #[must_use]
    pub const fn bits(self, attribute: Option<u16>) -> Option<u16> {
        match (self, attribute) {
            (Self::Fixed(bits), None) | (Self::Optional { default: bits, .. }, None) => Some(bits),
            (Self::Optional { min, max, .. }, Some(bits)) if min <= bits && bits <= max => Some(bits),
            (Self::Required(mut lengths), Some(bits)) => {
                while let Some((length, rest)) = lengths.split_first() {
                    if *length == bits {
                        return Some(bits);
                    }
                    lengths = rest;
                }
                None
            }
            _ => None,
        }
    }

    /// Whether a transform without the Key Length attribute is not allowed.
    #[must_use]
    pub const fn is_required(self) -> bool {
        matches!(self, Self::Required(_))
    }

    /// Whether a transform with the Key Length attribute is not allowed.
    #[must_use]
    pub const fn is_forbidden(self) -> bool {
        matches!(self, Self::Fixed(_))
    }
}

/// The key lengths of AES and Camellia.
const AES: KeyLengthRule = KeyLengthRule::Required(&[128, 192, 256]);

impl EncrFacts {
    /// A cipher without a key and without an IV.
    pub(super) const NULL: Self =
        Self { aead: false, key_length: KeyLengthRule::Fixed(0), salt_len: 0, iv_len: 0, block_len: 1, icv_len: 0 };

    /// CBC mode: the IV is one block.
    pub(super) const fn cbc(key: KeyLengthRule, block: usize) -> Self {
        Self { aead: false, key_length: key, salt_len: 0, iv_len: block, block_len: block, icv_len: 0 }
    }

    /// CBC mode of AES or Camellia.
    pub(super) const fn cbc16() -> Self {
        Self::cbc(AES, 16)
    }

    /// Counter mode of AES or Camellia (RFC 3686 sections 4 and 5.1, RFC 5529).
    pub(super) const fn ctr() -> Self {
        Self { aead: false, key_length: AES, salt_len: 4, iv_len: 8, block_len: 1, icv_len: 0 }
    }

    /// CCM mode of AES or Camellia (RFC 4309 sections 3.1 and 7.1).
    pub(super) const fn ccm(icv: usize) -> Self {
        Self { aead: true, key_length: AES, salt_len: 3, iv_len: 8, block_len: 1, icv_len: icv }
    }

    /// GCM mode of AES, and GMAC (RFC 4106 sections 3.1 and 8.1, RFC 4543 sections 3 and 5).
    pub(super) const fn gcm(icv: usize) -> Self {
        Self { aead: true, key_length: AES, salt_len: 4, iv_len: 8, block_len: 1, icv_len: icv }
    }

    /// ChaCha20 with Poly1305 (RFC 7634 section 2).
    pub(super) const fn chacha20_poly1305() -> Self {
        Self { aead: true, key_length: KeyLengthRule::Fixed(256), salt_len: 4, iv_len: 8, block_len: 1, icv_len: 16 }
    }

    /// MGM mode with a key tree (RFC 9227 section 4).
    pub(super) const fn mgm(salt: usize, icv: usize) -> Self {
        Self { aead: true, key_length: KeyLengthRule::Fixed(256), salt_len: salt, iv_len: 8, block_len: 1, icv_len: icv }
    }

    /// The same cipher with an IV taken from the sequence number (RFC 8750).
    pub(super) const fn implicit_iv(self) -> Self {
        Self { iv_len: 0, ..self }
    }
}

/// What is fixed about a pseudorandom function (transform type 2).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub struct PrfFacts {
    /// Octets it puts out.
    pub output_len: usize,
    /// Octets of its key: the fixed, or else the preferred size, which SK_d, SK_pi and SK_pr have (RFC 7296 sections 2.13, 2.14).
    pub key_len: usize,
    /// Whether only the first 8 octets of each nonce key it when SKEYSEED is computed (RFC 7296 section 2.14).
    pub half_nonces: bool,
}

impl PrfFacts {
    /// HMAC with a hash of this many octets.
    pub(super) const fn hmac(output: usize) -> Self {
        Self { output_len: output, key_len: output, half_nonces: false }
    }

    /// XCBC and CMAC with AES-128 (RFC 4434, RFC 4615).
    pub(super) const fn aes128() -> Self {
        Self { output_len: 16, key_len: 16, half_nonces: true }
    }
}

/// What is fixed about an integrity algorithm (transform type 3).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub struct IntegFacts {
    /// Octets of the key.
    pub key_len: usize,
    /// Octets of salt taken from the keying material behind the key; only GMAC has some (RFC 4543 section 5).
    pub salt_len: usize,
    /// Octets of the ICV.
    pub icv_len: usize,
}

impl IntegFacts {
    pub(super) const fn new(key: usize, icv: usize) -> Self {
        Self { key_len: key, salt_len: 0, icv_len: icv }
    }

    /// GMAC with AES (RFC 4543 sections 4 and 5).
    pub(super) const fn gmac(key: usize) -> Self {
        Self { key_len: key, salt_len: 4, icv_len: 16 }
    }
}

/// What is fixed about a key exchange method (transform types 4 and 6 to 12).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub struct KeFacts {
    /// The kind of mathematics, and with it what the Key Exchange Data are.
    pub family: KeFamily,
    /// Octets of Key Exchange Data from the initiator.
    pub data_len_i: usize,
    /// Octets of Key Exchange Data from the responder.
    pub data_len_r: usize,
}

impl KeFacts {
    const fn same(family: KeFamily, data_len: usize) -> Self {
        Self { family, data_len_i: data_len, data_len_r: data_len }
    }

    /// A MODP group: the data are as long as the prime (RFC 7296 section 3.4).
    pub(super) const fn modp(data_len: usize) -> Self {
        Self::same(KeFamily::Modp, data_len)
    }

    /// An elliptic curve: the data are both coordinates (RFC 5903 section 7, RFC 6954).
    pub(super) const fn ecp(data_len: usize) -> Self {
        Self::same(KeFamily::Ecp, data_len)
    }

    /// Curve25519 or Curve448 (RFC 8031 section 3.1).
    pub(super) const fn montgomery(data_len: usize) -> Self {
        Self::same(KeFamily::Montgomery, data_len)
    }

    /// VKO GOST R 34.10-2012 (RFC 9385).
    pub(super) const fn gost(data_len: usize) -> Self {
        Self::same(KeFamily::Gost, data_len)
    }

    /// ML-KEM: an encapsulation key one way, a ciphertext the other (FIPS 203).
    pub(super) const fn ml_kem(data_len_i: usize, data_len_r: usize) -> Self {
        Self { family: KeFamily::MlKem, data_len_i, data_len_r }
    }
}

/// The kinds of key exchange methods.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum KeFamily {
    /// Diffie-Hellman in a group of integers modulo a prime; the data are a number as long as the prime.
    Modp,
    /// Diffie-Hellman on a curve in Weierstrass form; the data are the coordinates x and y of a point.
    Ecp,
    /// Diffie-Hellman on a Montgomery curve; the data are one coordinate of a point.
    Montgomery,
    /// VKO GOST R 34.10-2012; the data are the coordinates of a point.
    Gost,
    /// A module-lattice key encapsulation mechanism; the initiator sends a key, the responder a ciphertext.
    MlKem,
}

/// What is fixed about a payload type.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub struct PayloadFacts {
    /// The short notation of RFC 7296 section 1.2: "SA", "IDi", "N".
    pub symbol: &'static str,
    /// Whether this crate reads the payload, so that the critical bit has no meaning on it (RFC 7296 section 2.5).
    pub known: bool,
}

impl PayloadFacts {
    /// A payload this crate reads.
    pub(super) const fn known(symbol: &'static str) -> Self {
        Self { symbol, known: true }
    }

    /// A payload this crate keeps as octets.
    pub(super) const fn unknown(symbol: &'static str) -> Self {
        Self { symbol, known: false }
    }
}
