//! Octets as text that HTML leaves alone: four octets are five digits, the most significant first. base64 would take 7 % more.

/// The digits: no `<`, with which an end tag begins.
pub(crate) const DIGITS: &[u8; 85] = b"0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ.-:+=^!/*?&~>()[]{}@%$#";

/// The digits of `octets`, filled up with zeros to a multiple of four.
pub(crate) fn of(octets: &[u8]) -> String {
    let mut text = String::new();
    for group in octets.chunks(4) {
        let mut four = [0; 4];
        four.iter_mut().zip(group).for_each(|(to, from)| *to = *from);
        let number = u32::from_be_bytes(four);
        let digit = |power: u32| number.checked_div(power).and_then(|n| usize::try_from(n % 85).ok()).and_then(|n| DIGITS.get(n));
        text.extend([85_u32.pow(4), 85_u32.pow(3), 85_u32.pow(2), 85, 1].into_iter().filter_map(digit).map(|digit| char::from(*digit)));
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn octets_become_digits() {
        assert_eq!(of(&[]), "");
        assert_eq!(of(&[0, 0, 0, 1]), "00001");
        assert_eq!(of(&[0, 0, 0, 85, 255, 255, 255, 255]), "00010%nSc0");
        // Filled up behind.
        assert_eq!(of(&[1]), of(&[1, 0, 0, 0]));
        let mut all = DIGITS.to_vec();
        all.sort_unstable();
        all.dedup();
        assert_eq!(all.len(), 85);
    }
}
