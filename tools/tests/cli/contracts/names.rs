//! The names that stand for something on command lines, in JSON and in configurations.

use super::hold;
use ikev2::proposal::{Dialect, NegotiationContext, Preference, profiles};
use ikev2::registry::{Encr, Integ, KeMethod, PayloadType, Prf, SequenceNumbers};

/// The identifiers of a table, which are the keywords of notations.
macro_rules! idents {
    ($($ty:ident),+) => {
        [$($ty::ASSIGNED.iter().filter_map(|row| Some(format!("{} {} = {}", stringify!($ty), row.ident()?, row.0))).collect::<Vec<_>>()),+]
            .concat()
    };
}

#[test]
fn a_name_stands_for_what_others_rely_on() {
    let mut found = idents!(Encr, Prf, Integ, KeMethod, SequenceNumbers);
    found.extend(Dialect::ALL.iter().map(|dialect| format!("dialect {dialect}")));
    found.extend(Preference::ALL.iter().map(|prefer| format!("prefer {prefer}")));
    found.extend(NegotiationContext::ALL.iter().map(|context| format!("question {context}")));
    found.extend(profiles::ALL.iter().map(|profile| format!("profile {}", profile.name)));
    for alias in profiles::ALIASES {
        found.extend(alias.profiles.iter().map(|profile| format!("alias {} = {}", alias.name, profile.name)));
    }
    found.extend(PayloadType::ASSIGNED.iter().filter_map(|ty| Some(format!("payload {} = {}", ty.symbol()?, ty.0))));
    hold("names", found);
}
