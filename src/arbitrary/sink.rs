//! What a message and a bare chain can both be given, so that payloads are drawn once for both.

use crate::registry::{ConfigurationType, SecurityProtocol};
use crate::wire::{ChainBuilder, ConfigurationBuilder, MessageBuilder, NotifyData, Payload, SaBuilder, TrafficSelectorsBuilder};

pub(super) trait Sink<'b> {
    fn push(&mut self, payload: Payload<'_>);
    fn sa(&mut self, proposals: impl FnOnce(&mut SaBuilder<'_, 'b>));
    fn ts_i(&mut self, selectors: impl FnOnce(&mut TrafficSelectorsBuilder<'_, 'b>));
    fn ts_r(&mut self, selectors: impl FnOnce(&mut TrafficSelectorsBuilder<'_, 'b>));
    fn configuration(&mut self, ty: ConfigurationType, attributes: impl FnOnce(&mut ConfigurationBuilder<'_, 'b>));
    fn notify(&mut self, data: NotifyData<'_>);
    fn delete(&mut self, protocol: SecurityProtocol, spis: &[[u8; 4]]);
}

macro_rules! sink {
    ($builder:ident) => {
        impl<'b> Sink<'b> for $builder<'b> {
            fn push(&mut self, payload: Payload<'_>) {
                $builder::push(self, payload);
            }

            fn sa(&mut self, proposals: impl FnOnce(&mut SaBuilder<'_, 'b>)) {
                $builder::sa(self, proposals);
            }

            fn ts_i(&mut self, selectors: impl FnOnce(&mut TrafficSelectorsBuilder<'_, 'b>)) {
                $builder::ts_i(self, selectors);
            }

            fn ts_r(&mut self, selectors: impl FnOnce(&mut TrafficSelectorsBuilder<'_, 'b>)) {
                $builder::ts_r(self, selectors);
            }

            fn configuration(&mut self, ty: ConfigurationType, attributes: impl FnOnce(&mut ConfigurationBuilder<'_, 'b>)) {
                $builder::configuration(self, ty, attributes);
            }

            fn notify(&mut self, data: NotifyData<'_>) {
                $builder::notify(self, data);
            }

            fn delete(&mut self, protocol: SecurityProtocol, spis: &[[u8; 4]]) {
                $builder::delete(self, protocol, spis);
            }
        }
    };
}
sink!(MessageBuilder);
sink!(ChainBuilder);
