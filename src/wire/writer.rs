//! Writing into a caller's buffer in one pass: lengths are patched once their octets are there, never predicted.

use crate::error::{BuildError, Element};

/// Writes into `buf` and keeps counting past its end, so that a buffer too small names the exact size needed.
#[derive(Debug)]
pub(crate) struct Writer<'b> {
    buf: &'b mut [u8],
    len: usize,
    error: Option<BuildError>,
}

impl<'b> Writer<'b> {
    pub(crate) fn new(buf: &'b mut [u8]) -> Self {
        Self { buf, len: 0, error: None }
    }

    /// Octets written so far, those that did not fit included.
    pub(crate) const fn len(&self) -> usize {
        self.len
    }

    /// Keeps the first error; what is written after it does not matter.
    #[inline]
    pub(crate) fn fail(&mut self, error: BuildError) {
        self.error.get_or_insert(error);
    }

    #[inline]
    pub(crate) fn put<const N: usize>(&mut self, octets: [u8; N]) {
        self.slice(&octets);
    }

    #[inline]
    pub(crate) fn slice(&mut self, octets: &[u8]) {
        let start = self.len;
        // Not saturating: the compiler could not tell then that the slot is as large as the octets.
        let Some(end) = start.checked_add(octets.len()) else {
            self.len = usize::MAX;
            return;
        };
        self.len = end;
        if let Some(slot) = self.buf.get_mut(start..end) {
            slot.copy_from_slice(octets);
        }
    }

    #[inline]
    pub(crate) fn patch<const N: usize>(&mut self, at: usize, octets: [u8; N]) {
        if let Some(slot) = self.buf.get_mut(at..).and_then(<[u8]>::first_chunk_mut) {
            *slot = octets;
        }
    }

    /// Writes `value` into one octet.
    #[inline]
    pub(crate) fn count_u8(&mut self, element: Element, value: usize) {
        let value = self.octet(element, value);
        self.put([value]);
    }

    /// Patches `value` into the two octets at `at`.
    #[inline]
    pub(crate) fn patch_u16(&mut self, element: Element, at: usize, value: usize) {
        match u16::try_from(value) {
            Ok(value) => self.patch(at, value.to_be_bytes()),
            Err(_) => self.fail(BuildError::Overflow { element, value, maximum: usize::from(u16::MAX) }),
        }
    }

    /// Patches `value` into the octet at `at`.
    #[inline]
    pub(crate) fn patch_u8(&mut self, element: Element, at: usize, value: usize) {
        let value = self.octet(element, value);
        self.patch(at, [value]);
    }

    /// Patches the octets written since `start` into the length field `field` octets after it.
    #[inline]
    pub(crate) fn patch_len(&mut self, element: Element, start: usize, field: usize) {
        self.patch_u16(element, start.saturating_add(field), self.len.saturating_sub(start));
    }

    /// `value` as the one octet it is written in.
    #[inline]
    pub(crate) fn octet(&mut self, element: Element, value: usize) -> u8 {
        u8::try_from(value).unwrap_or_else(|_| {
            self.fail(BuildError::Overflow { element, value, maximum: usize::from(u8::MAX) });
            0
        })
    }

    /// What was written, or why it was not.
    pub(crate) fn finish(self) -> Result<&'b mut [u8], BuildError> {
        match self.error {
            Some(error) => Err(error),
            None => self.buf.get_mut(..self.len).ok_or(BuildError::BufferTooSmall { needed: self.len }),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_the_size_a_small_buffer_would_need() {
        for size in 0..7 {
            let mut buf = [0; 7];
            let mut writer = Writer::new(&mut buf[..size]);
            writer.put([0, 0]);
            writer.slice(b"abcde");
            writer.patch_len(Element::Header, 0, 0);
            assert_eq!(writer.finish(), Err(BuildError::BufferTooSmall { needed: 7 }));
        }
        let mut buf = [0; 7];
        let mut writer = Writer::new(&mut buf);
        writer.put([0, 0]);
        writer.slice(b"abcde");
        writer.patch_len(Element::Header, 0, 0);
        assert_eq!(writer.finish().unwrap(), b"\x00\x07abcde");
    }

    #[test]
    fn hostile_01_a_value_over_its_field_is_an_error_and_not_a_wrap() {
        let mut buf = [0; 4];
        let mut writer = Writer::new(&mut buf);
        writer.put([0; 4]);
        writer.patch_u16(Element::Proposal, 0, 65535);
        writer.patch_u8(Element::Proposal, 2, 256);
        writer.patch_u16(Element::Transform, 0, 65536);
        assert_eq!(writer.finish(), Err(BuildError::Overflow { element: Element::Proposal, value: 256, maximum: 255 }));
    }
}
