//! A list that next to always has one element, and then needs no allocation.

use alloc::vec::Vec;

#[derive(Debug)]
pub(super) struct SmallBag<T> {
    /// None only if there is nothing at all.
    one: Option<T>,
    more: Vec<T>,
}

impl<T> SmallBag<T> {
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

    pub(super) fn iter_mut(&mut self) -> impl Iterator<Item = &mut T> {
        self.one.iter_mut().chain(&mut self.more)
    }

    /// Adds an element, which is the first then.
    pub(super) fn push(&mut self, element: T) -> &mut T {
        self.more.extend(self.one.take());
        self.one.insert(element)
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

impl<T> IntoIterator for SmallBag<T> {
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
            let (mut bag, mut all) = (SmallBag::new(), BTreeSet::new());
            for n in 0..6usize {
                assert_eq!((bag.len(), bag.is_empty()), (all.len(), all.is_empty()));
                assert_eq!(*bag.push(n), n);
                all.insert(n);
                assert_eq!(bag.iter().copied().collect::<BTreeSet<_>>(), all);
                assert_eq!(bag.iter_mut().map(|n| *n).collect::<BTreeSet<_>>(), all);
                if removals & 1 << n != 0 {
                    let gone = usize::try_from(removals).unwrap() % (n + 1);
                    bag.retain(|n| *n != gone);
                    all.remove(&gone);
                }
                assert_eq!(bag.iter().copied().collect::<BTreeSet<_>>(), all);
            }
            let gone = usize::try_from(removals).unwrap() % 6;
            bag.retain(|n| *n != gone && n % 2 == 0);
            all.retain(|n| *n != gone && n % 2 == 0);
            assert_eq!(bag.len(), all.len());
            assert_eq!(bag.into_iter().collect::<BTreeSet<_>>(), all);
        }
    }
}
