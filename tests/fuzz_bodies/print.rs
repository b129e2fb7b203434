//! The fingerprint of any octets that are IKE_SA_INIT.

use ikev2::fingerprint::Fingerprint;
use ikev2::wire::Message;

/// FNV-1a as docs/fingerprint.md has it.
fn hash(text: &str) -> u64 {
    text.bytes().fold(0xcbf2_9ce4_8422_2325, |hash, octet| (hash ^ u64::from(octet)).wrapping_mul(0x0100_0000_01b3))
}

/// The form is one word of bounded length and says its hash; what is recognised has a name.
pub fn fingerprint(data: &[u8]) {
    let Some(print) = Message::parse_lenient(data).ok().and_then(Fingerprint::of) else { return };
    let form = print.to_string();
    assert!(form.len() <= 4 * data.len() + 64, "{} octets of {}", form.len(), data.len());
    assert!(form.bytes().all(|octet| octet.is_ascii_graphic()), "{form:?}");
    let (stack, offer) = form.rsplit_once('_').unwrap();
    assert_eq!(form.matches('_').count(), 4, "{form}");
    assert_eq!(print.hash().to_string(), format!("{}-{:016x}-{:016x}", form.get(..2).unwrap(), hash(stack), hash(offer)), "{form}");
    if let Some(recognised) = print.recognise() {
        assert!(recognised.stacks().count() > 0 && !recognised.to_string().is_empty());
    }
}
