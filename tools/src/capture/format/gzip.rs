//! gzip (RFC 1952), undone as it is read: a window of 32 KiB is held, however much comes out.

use flate2::read::MultiGzDecoder;
use std::cell::Cell;
use std::io::{self, Read};
use std::rc::Rc;

/// The magic, and the only method there is.
const MAGIC: [u8; 3] = [0x1f, 0x8b, 8];

pub(super) fn is_gzip(octets: &[u8]) -> bool {
    octets.starts_with(&MAGIC)
}

/// Whether the compressed octets ended before they were complete.
#[derive(Clone, Debug, Default)]
pub(in crate::capture) struct Ended(Rc<Cell<bool>>);

impl Ended {
    pub(in crate::capture) fn is_cut(&self) -> bool {
        self.0.get()
    }
}

/// Members one after the other, as `cat a.gz b.gz` and parallel compressors make them.
pub(super) struct Gunzip {
    members: MultiGzDecoder<Box<dyn Read>>,
    ended: Ended,
}

impl Gunzip {
    pub(super) fn new(input: Box<dyn Read>) -> (Self, Ended) {
        let ended = Ended::default();
        (Self { members: MultiGzDecoder::new(input), ended: ended.clone() }, ended)
    }
}

impl Read for Gunzip {
    /// The end of octets that were cut short is an end like that of a file: what came before it is good.
    fn read(&mut self, buf: &mut [u8]) -> io::Result<usize> {
        match self.members.read(buf) {
            Err(error) if error.kind() == io::ErrorKind::UnexpectedEof => {
                self.ended.0.set(true);
                Ok(0)
            }
            Err(error) if matches!(error.kind(), io::ErrorKind::InvalidInput | io::ErrorKind::InvalidData) => {
                Err(io::Error::new(error.kind(), format!("the gzip data is damaged ({error})")))
            }
            other => other,
        }
    }
}
