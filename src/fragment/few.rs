//! A list that next to always has one element, and then needs no allocation.

use alloc::vec::Vec;

#[derive(Debug)]
pub(super) struct Few<T> {
    /// None only if there is nothing at all.
    one: Option<T>,
    more: Vec<T>,
}

impl<T> Few<T> {
    pub(super) const fn new() -> Self {
        Self { one: None, more: Vec::new() }
    }

    pub(super) fn len(&self) -> usize {
        self.more.len().saturating_add(self.one.is_some().into())
    }

    pub(super) const fn is_empty(&self) -> bool {
        self.one.is_none()
    }

    pub(super) fn iter(&self) -> impl Iterator<Item = &T> {
        self.one.iter().chain(&self.more)
    }

    pub(super) fn get_mut(&mut self, at: usize) -> Option<&mut T> {
        match at.checked_sub(1) {
            None => self.one.as_mut(),
            Some(at) => self.more.get_mut(at),
        }
    }

    /// Adds an element, which is the last then.
    pub(super) fn push(&mut self, element: T) {
        match self.one {
            None => self.one = Some(element),
            Some(_) => self.more.push(element),
        }
    }

    /// Takes an element out; the last comes in its place.
    pub(super) fn swap_remove(&mut self, at: usize) -> Option<T> {
        match at.checked_sub(1) {
            None => core::mem::replace(&mut self.one, self.more.pop()),
            Some(at) if at < self.more.len() => Some(self.more.swap_remove(at)),
            Some(_) => None,
        }
    }

    pub(super) fn retain(&mut self, keep: impl Fn(&T) -> bool) {
        self.more.retain(&keep);
        if self.one.as_ref().is_some_and(|one| !keep(one)) {
            match self.more.pop() {
                Some(last) => self.one = Some(last),
                None => self.one = None,
            }
        }
    }
}

impl<T> IntoIterator for Few<T> {
    type Item = T;
    type IntoIter = core::iter::Chain<core::option::IntoIter<T>, alloc::vec::IntoIter<T>>;

    fn into_iter(self) -> Self::IntoIter {
        self.one.into_iter().chain(self.more)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use alloc::collections::BTreeSet;

    #[test]
    fn it_holds_what_a_set_would() {
        for removals in 0..64u32 {
            let (mut few, mut all) = (Few::new(), BTreeSet::new());
            for n in 0..6usize {
                assert_eq!((few.len(), few.is_empty()), (all.len(), all.is_empty()));
                few.push(n);
                all.insert(n);
                assert_eq!(few.get_mut(all.len() - 1), Some(&mut n.clone()));
                if removals & 1 << n != 0 {
                    let gone = few.swap_remove(n % all.len()).unwrap();
                    assert!(all.remove(&gone));
                }
                assert_eq!(few.swap_remove(all.len()), None);
                assert_eq!(few.iter().copied().collect::<BTreeSet<_>>(), all);
            }
            let gone = usize::try_from(removals).unwrap() % 6;
            few.retain(|n| *n != gone && n % 2 == 0);
            all.retain(|n| *n != gone && n % 2 == 0);
            assert_eq!(few.len(), all.len());
            assert_eq!(few.into_iter().collect::<BTreeSet<_>>(), all);
        }
    }
}
