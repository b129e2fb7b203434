//! The attribute types that distinguished names are made of.

/// Attribute types with a short name: RFC 4514 section 3, RFC 4519, and emailAddress, which certificates really use.
const ATTRIBUTES: &[(&str, &[u8])] = &[
    ("CN", b"\x55\x04\x03"),
    ("SN", b"\x55\x04\x04"),
    ("serialNumber", b"\x55\x04\x05"),
    ("C", b"\x55\x04\x06"),
    ("L", b"\x55\x04\x07"),
    ("ST", b"\x55\x04\x08"),
    ("STREET", b"\x55\x04\x09"),
    ("O", b"\x55\x04\x0a"),
    ("OU", b"\x55\x04\x0b"),
    ("title", b"\x55\x04\x0c"),
    ("description", b"\x55\x04\x0d"),
    ("businessCategory", b"\x55\x04\x0f"),
    ("postalCode", b"\x55\x04\x11"),
    ("name", b"\x55\x04\x29"),
    ("givenName", b"\x55\x04\x2a"),
    ("initials", b"\x55\x04\x2b"),
    ("generationQualifier", b"\x55\x04\x2c"),
    ("dnQualifier", b"\x55\x04\x2e"),
    ("pseudonym", b"\x55\x04\x41"),
    ("organizationIdentifier", b"\x55\x04\x61"),
    ("UID", b"\x09\x92\x26\x89\x93\xf2\x2c\x64\x01\x01"),
    ("DC", b"\x09\x92\x26\x89\x93\xf2\x2c\x64\x01\x19"),
    ("emailAddress", b"\x2a\x86\x48\x86\xf7\x0d\x01\x09\x01"),
];

/// The short name of an attribute type.
pub(super) fn short_name(oid: &[u8]) -> Option<&'static str> {
    ATTRIBUTES.iter().find(|(_, known)| *known == oid).map(|(name, _)| *name)
}

/// The short name as it is written, and the contents octets of the identifier, of a short name in any case.
pub(crate) fn attribute(name: &str) -> Option<(&'static str, &'static [u8])> {
    ATTRIBUTES.iter().find(|(known, _)| known.eq_ignore_ascii_case(name)).copied()
}
