//! What the tests of other projects and tshark say: all of it needs data that is no part of the repository, so none of it goes with the
//! package.

mod fragment;
mod keys;
mod protect;
mod tshark;
mod wire;
