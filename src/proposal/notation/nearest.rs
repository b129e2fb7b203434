//! What a misspelt name was meant to be.

/// A name longer than this is no misspelt one.
const LONGEST: usize = 48;

/// Of `known`, the name at most two changed, added, lost or exchanged octets away from `name`, and not more than a third of them.
/// A name with other digits is another algorithm: digits may be exchanged, one may be lost, and of three or more one may be too much or
/// another.
pub(super) fn nearest<'k>(name: &str, known: impl Iterator<Item = &'k str>) -> Option<&'k str> {
    if name.is_empty() || name.len() > LONGEST {
        return None;
    }
    let most = (name.len().div_ceil(3)).min(2);
    known
        .map(|k| (distance(name.as_bytes(), k.as_bytes()), k))
        .filter(|(d, k)| *d <= most && same_digits(*d, name, k))
        .min_by_key(|(d, _)| *d)
        .map(|(_, k)| k)
}

fn same_digits(distance: usize, name: &str, known: &str) -> bool {
    let count = |text: &str, digit: u8| text.bytes().filter(|octet| *octet == digit).count();
    let differing = (b'0'..=b'9').map(|digit| count(name, digit).abs_diff(count(known, digit))).fold(0_usize, usize::saturating_add);
    let digits = |text: &str| text.bytes().filter(u8::is_ascii_digit).count();
    let many = digits(known) > 2;
    differing == 0 || differing == 1 && (digits(name) < digits(known) || many) || distance == 1 && differing == 2 && many
}

/// The optimal string alignment distance, letters compared without case.
fn distance(a: &[u8], b: &[u8]) -> usize {
    if b.len() > LONGEST {
        return usize::MAX;
    }
    let mut before = [0_usize; LONGEST + 1];
    let mut row = [0_usize; LONGEST + 1];
    for (place, cell) in row.iter_mut().enumerate() {
        *cell = place;
    }
    let mut last = 0;
    for (index, x) in a.iter().enumerate() {
        let mut next = [0_usize; LONGEST + 1];
        if let Some(first) = next.first_mut() {
            *first = index.saturating_add(1);
        }
        let mut left = 0;
        for (place, y) in b.iter().enumerate() {
            let at = |cells: &[usize; LONGEST + 1], k: usize| cells.get(k).copied().unwrap_or(usize::MAX);
            let one = place.saturating_add(1);
            let same = x.eq_ignore_ascii_case(y);
            let mut least = at(&row, place).saturating_add(usize::from(!same));
            least = least.min(at(&row, one).saturating_add(1)).min(at(&next, place).saturating_add(1));
            if index > 0 && place > 0 && x.eq_ignore_ascii_case(&left) && y.eq_ignore_ascii_case(&last) {
                least = least.min(at(&before, place.saturating_sub(1)).saturating_add(1));
            }
            if let Some(cell) = next.get_mut(one) {
                *cell = least;
            }
            left = *y;
        }
        before = row;
        row = next;
        last = *x;
    }
    row.get(b.len()).copied().unwrap_or(usize::MAX)
}

#[cfg(test)]
mod tests {
    use super::nearest;

    #[test]
    fn a_misspelt_name_is_found() {
        let known = || ["SHA256128", "SHA196", "MD596", "GCMAES256"].into_iter();
        assert_eq!(nearest("sha256218", known()), Some("SHA256128"));
        assert_eq!(nearest("SHA19", known()), Some("SHA196"));
        assert_eq!(nearest("GCMAE256", known()), Some("GCMAES256"));
        assert_eq!(nearest("AES256", known()), None);
        assert_eq!(nearest("", known()), None);
        assert_eq!(nearest("SHA512", ["SHA1", "SHA256", "SHA384"].into_iter()), None);
        assert_eq!(nearest("Group15", ["Group14", "Group1"].into_iter()), None);
        assert_eq!(nearest("sha257", ["sha1", "sha256", "sha512"].into_iter()), Some("sha256"));
    }
}
