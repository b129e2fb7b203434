//! `for payload in &message`: every view that is a list is iterated by reference.

use super::chain::{Chain, LenientChain, Payloads};
use super::message::{LenientMessage, Message};
use super::payload::{
    Configuration, ConfigurationAttributes, Delete, DeletedSpis, ProposalSubstructure, Proposals, Sa, Selectors, TrafficSelectors,
    TransformAttributes, TransformSubstructure, Transforms,
};

/// A row is `View => Iterator by method;`.
macro_rules! iterates {
    ($($view:ident => $iterator:ident by $method:ident;)+) => {
        $(
            #[doc = concat!("The same as [`", stringify!($method), "`](", stringify!($view), "::", stringify!($method), ").")]
            impl<'a> IntoIterator for &$view<'a> {
                type Item = <$iterator<'a> as Iterator>::Item;
                type IntoIter = $iterator<'a>;

                #[inline]
                fn into_iter(self) -> Self::IntoIter {
                    self.$method()
                }
            }
        )+
    };
}

iterates! {
    Message => Payloads by payloads;
    LenientMessage => Payloads by payloads;
    Chain => Payloads by payloads;
    LenientChain => Payloads by payloads;
    Sa => Proposals by proposals;
    ProposalSubstructure => Transforms by transforms;
    TransformSubstructure => TransformAttributes by attributes;
    Configuration => ConfigurationAttributes by attributes;
    TrafficSelectors => Selectors by selectors;
    Delete => DeletedSpis by spis;
}
