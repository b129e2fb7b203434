//! Target `identity`: any data as an identity, and any text.

use ikev2::identity::{Identity, IdentityError};
use ikev2::registry::IdType;
use ikev2::wire::Id;

/// Octet 0: the ID type. The rest is Identification Data, a text, and two identities of that type, cut in the middle.
pub fn identity(data: &[u8]) {
    let Some((&ty, octets)) = data.split_first() else { return };
    let ty = IdType(ty);
    received(ty, octets);
    read(&String::from_utf8_lossy(octets));
    let (one, other) = octets.split_at(octets.len() / 2);
    let [one, other] = [one, other].map(|data| Identity::of(&Id { ty, data }));
    assert!(one.matches(&one) && one.matches(&other) == other.matches(&one));
}

/// What a peer sends is written without control characters, and reads back, or is refused for what is wrong with it.
fn received(ty: IdType, data: &[u8]) {
    let identity = Identity::of(&Id { ty, data });
    assert_eq!(identity.to_body(), [&[ty.0, 0, 0, 0], data].concat());
    let text = identity.to_string();
    assert!(!text.contains(char::is_control), "{text:?}");
    match (text.parse::<Identity>(), Identity::new(ty, data.to_vec())) {
        (Ok(read), Ok(new)) if ty == IdType::ID_DER_ASN1_DN => assert!(read.matches(&new) && new.matches(&read), "{text}"),
        (Ok(read), Ok(new)) => assert_eq!(read, new),
        (Err(IdentityError { kind, .. }), Err(error)) => assert_eq!(kind, error.kind, "{text}"),
        (read, new) => panic!("{text}: {read:?}, {new:?}"),
    }
}

/// What reads is right, and is written as something that reads the same.
fn read(text: &str) {
    match text.parse::<Identity>() {
        Ok(identity) => {
            assert_eq!(Identity::new(identity.ty(), identity.data().to_vec()).as_ref(), Ok(&identity));
            let again: Identity = identity.to_string().parse().unwrap();
            assert!(again.matches(&identity) && again.to_string() == identity.to_string(), "{text}: {identity}");
        }
        Err(error) => assert!(!error.to_string().is_empty()),
    }
}
