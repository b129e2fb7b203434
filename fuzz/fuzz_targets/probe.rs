#![no_main]
libfuzzer_sys::fuzz_target!(|data: &[u8]| ikev2_fuzz::probe(data));
