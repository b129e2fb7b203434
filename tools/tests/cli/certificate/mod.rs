//! `ike certificate`, over the certificates of `tests/data/certificates-made`, which its `make.sh` makes with openssl.

mod cases;
mod folder;
mod forms;
mod hostile;
mod openssl;
pub(crate) mod output;
mod weight;

pub(crate) use folder::{codes, committed, read, when};
