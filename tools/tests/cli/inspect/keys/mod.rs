//! `ike inspect --keys`: what it opens and puts together against an independent decode, and files of keys.

mod captures;
pub(crate) mod fabricated;
mod people;
pub(crate) mod run;
mod tables;
