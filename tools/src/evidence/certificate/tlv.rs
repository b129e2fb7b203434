//! As much of DER as tells one kind of file from another, and finds what stands in it (X.690).

/// One element: its identifier octet, its contents, the whole of it.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Element<'a> {
    pub(crate) tag: u8,
    pub(crate) contents: &'a [u8],
    pub(crate) whole: &'a [u8],
}

/// Why octets are no element.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Fault {
    /// They end before it does: so many octets are needed.
    Short { needed: usize },
    /// Its length is indefinite: BER, and not DER.
    Indefinite,
    /// Its length is written in a way that DER does not have.
    Length,
}

/// The first element, and what follows it.
pub(crate) fn first(octets: &[u8]) -> Result<(Element<'_>, &[u8]), Fault> {
    let [tag, length, after @ ..] = octets else { return Err(Fault::Short { needed: 2 }) };
    let (length, header) = match length {
        0x80 => return Err(Fault::Indefinite),
        short @ 0..=0x7f => (usize::from(*short), 2_usize),
        long => {
            let count = usize::from(long & 0x7f);
            let field = after.get(..count).filter(|_| count <= 4).ok_or(Fault::Length)?;
            let value = field.iter().fold(0_usize, |sum, octet| sum.wrapping_shl(8) | usize::from(*octet));
            (value, count.saturating_add(2))
        }
    };
    let needed = header.saturating_add(length);
    let (whole, rest) = octets.split_at_checked(needed).ok_or(Fault::Short { needed })?;
    let contents = whole.get(header..).unwrap_or_default();
    Ok((Element { tag: *tag, contents, whole }, rest))
}

/// The elements within some contents, up to the end or to what is none.
pub(crate) fn each(contents: &[u8]) -> impl Iterator<Item = Element<'_>> {
    let mut rest = contents;
    core::iter::from_fn(move || {
        let (element, after) = first(rest).ok()?;
        rest = after;
        Some(element)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_element_is_cut_off_and_what_is_none_is_told() {
        let (element, rest) = first(&[0x30, 1, 7, 9]).unwrap();
        assert_eq!((element.tag, element.contents, element.whole, rest), (0x30, &[7][..], &[0x30, 1, 7][..], &[9][..]));
        assert_eq!(first(&[0x30, 0x82, 1, 0]).map(|_| ()), Err(Fault::Short { needed: 260 }));
        assert_eq!(first(&[0x30]).map(|_| ()), Err(Fault::Short { needed: 2 }));
        assert_eq!(first(&[0x30, 0x80, 0, 0]).map(|_| ()), Err(Fault::Indefinite));
        assert_eq!(first(&[0x30, 0x85, 1, 1, 1, 1, 1]).map(|_| ()), Err(Fault::Length));
        assert_eq!(first(&[0x30, 0x84, 0xff, 0xff, 0xff, 0xff]).map(|_| ()), Err(Fault::Short { needed: 0xffff_ffff + 6 }));
        assert_eq!(each(&[2, 1, 1, 4, 0, 5]).map(|element| element.tag).collect::<Vec<_>>(), [2, 4]);
    }
}
