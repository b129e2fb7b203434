//! Target `notation`: any text, in every notation there is.

use ikev2::proposal::notation::{Hint, Notation, Pfs, ReadError, Settings, Span, detect, emit, read};
use ikev2::proposal::{Dialect, NegotiationContext, Policy, Proposal};
use ikev2::registry::{KeMethod, SecurityProtocol, TransformType};

/// Octet 0: whose text it is, and what proposals without a word of their own are for. The rest is the text; what is no UTF-8 in it
/// is replaced.
pub fn notation(data: &[u8]) {
    let Some((how, octets)) = data.split_first() else { return };
    let text = String::from_utf8_lossy(octets);
    let dialect = Dialect::ALL.get(usize::from(how & 7)).copied();
    let context = NegotiationContext::ALL.get(usize::from(how >> 3 & 7)).copied();
    every_notation(&text, dialect, context);
}

/// What must hold of a text, whichever notation it is taken for.
pub fn every_notation(text: &str, dialect: Option<Dialect>, context: Option<NegotiationContext>) {
    let found = detect(text);
    if let Some(found) = found {
        lies_in(text, found.span);
    }
    let hint = Hint { notation: None, dialect, context };
    taken_for(text, hint);
    for notation in Notation::ALL {
        taken_for(text, Hint { notation: Some(notation), ..hint });
    }
}

/// What must hold of a text that is read as the hint says.
pub fn taken_for(text: &str, hint: Hint) {
    match read(text, hint) {
        Ok(settings) => {
            assert!(hint.notation.is_none_or(|notation| notation == settings.notation));
            well_placed(text, &settings);
            well_formed(&settings);
            written(&settings);
        }
        Err(error) => refused(text, error),
    }
}

/// Octets of the text, and whole characters.
fn lies_in(text: &str, Span { at, len }: Span) {
    assert!(at.checked_add(len).is_some_and(|end| text.get(at..end).is_some()), "{at}, {len}: not in a text of {} octets", text.len());
}

fn refused(text: &str, error: ReadError) {
    lies_in(text, Span { at: error.error.at, len: error.error.len });
    assert!(!error.to_string().is_empty() && error.on(text).to_string().contains('^'), "{error:?}");
}

fn well_placed(text: &str, settings: &Settings) {
    let proposals = settings.ike.iter().chain(&settings.esp).map(|stated| stated.span);
    let others = [
        settings.pfs.as_ref().map(|stated| stated.span),
        settings.ike_lifetime.map(|stated| stated.span),
        settings.esp_lifetime.map(|stated| stated.span),
        settings.esp_octets.map(|stated| stated.span),
        settings.tunnel_type.map(|stated| stated.span),
        settings.fragmentation.map(|stated| stated.span),
        settings.remote_identity.as_ref().map(|stated| stated.span),
    ];
    let remarks = settings.remarks.iter().map(|remark| remark.span);
    proposals.chain(others.into_iter().flatten()).chain(remarks).flatten().for_each(|span| lies_in(text, span));
    for remark in &settings.remarks {
        // It goes to a terminal, and what it quotes is somebody else's.
        assert!(!remark.text.is_empty() && remark.text.len() < 4096 && !remark.text.contains(char::is_control), "{remark:?}");
    }
}

fn well_formed(settings: &Settings) {
    let has = |p: &Proposal, ty: TransformType| p.transforms.iter().any(|t| t.ty == ty);
    let ike = |p: &Proposal| p.protocol == SecurityProtocol::IKE && has(p, TransformType::ENCR);
    let child = |p: &Proposal| match p.protocol {
        SecurityProtocol::ESP => has(p, TransformType::ENCR),
        protocol => protocol == SecurityProtocol::AH && has(p, TransformType::INTEG),
    };
    assert!(settings.ike.iter().all(|stated| ike(&stated.value)), "{:?}", settings.ike);
    assert!(settings.esp.iter().all(|stated| child(&stated.value)), "{:?}", settings.esp);
    if let Some(pfs) = &settings.pfs {
        let groups = |p: &Proposal| p.of_type(TransformType::KE).map(|t| KeMethod(t.id.0)).collect::<Vec<_>>();
        let named: Vec<KeMethod> = settings.esp.iter().flat_map(|stated| groups(&stated.value)).collect();
        match &pfs.value {
            Pfs::Groups(groups) => assert!(named.iter().all(|group| groups.contains(group)), "{pfs:?}, {named:?}"),
            _ => assert!(named.iter().all(|group| *group == KeMethod::NONE), "{pfs:?}, {named:?}"),
        }
    }
    for context in NegotiationContext::ALL {
        let asked = settings.asked(context, Some(KeMethod::MODP_2048));
        assert_eq!(asked.len(), settings.proposals(context).count());
        // More than a policy holds is an error, and no panic.
        let _ = Policy::new(Dialect::Rfc, asked);
        assert!(settings.means_the_same(settings));
    }
}

/// What is written reads back, and as the same where no remark tells otherwise.
fn written(settings: &Settings) {
    for notation in Notation::ALL {
        let Ok(written) = emit(settings, notation) else { continue };
        let hint = Hint { notation: Some(notation), ..Hint::default() };
        let again = match read(&written.text, hint) {
            Ok(again) => again,
            Err(error) => panic!("{notation} does not read what it writes: {}\n{settings:?}", error.on(&written.text)),
        };
        let told = !written.remarks.is_empty();
        assert!(told || again.means_the_same(settings), "{notation}: {}\n{settings:?}\n{again:?}", written.text);
    }
}
