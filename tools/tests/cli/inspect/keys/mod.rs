//! `ike inspect --keys`: what it opens and puts together against an independent decode, and files of keys.

mod captures;
mod fabricated;
mod people;
mod run;
mod tables;
