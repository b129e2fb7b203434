//! The search for a policy: a suite that is taken, the product around it, and what is left.
//!
//! Each offer says of a set of suites whether the policy takes one of them, and with which key exchange method. A policy is a list of
//! proposals, each a product, so it is found product by product: the rest is offered whole; where it is taken, the set is halved until one
//! suite is left; from there each type is widened by what is taken in its place; and pairs of what was added are tried together.
//! The search ends when the rest is refused.

use super::oracle::{Oracle, Stop, Verdict};
use super::region::{CIPHER, Choices, INTEG, KE, PRF, Region, everything};
use super::universe::{Candidate, prf_of};
use crate::registry::KeMethod;
use alloc::vec::Vec;

/// What was found.
#[derive(Debug, Default)]
pub(super) struct Found {
    pub(super) regions: Vec<Region>,
    /// Nothing else is taken.
    pub(super) is_whole: bool,
    /// Suites of the products that were neither offered alone nor follow from what was.
    pub(super) untried: usize,
}

/// Searches as far as the answers go.
pub(super) fn search<F>(oracle: &mut Oracle<F>, found: &mut Found) -> Result<(), Stop>
where
    F: Fn(usize) -> Option<Option<Verdict>>,
{
    let mut rest: Vec<Region> = everything().into();
    while let Some((taken, method)) = oracle.first(&rest)? {
        // What was asked before it is refused, and so are all parts of that.
        let refused = rest.iter().take_while(|part| !taken.first().is_some_and(|first| first.is_equal(part))).count();
        rest.drain(..refused.min(rest.len()));
        let suite = descend(oracle, taken, method)?;
        let region = widen(oracle, suite, &mut found.untried)?;
        rest = rest.iter().flat_map(|part| part.minus(&region)).collect();
        found.regions.push(region);
    }
    found.is_whole = true;
    Ok(())
}

/// Splits a list so that the first part weighs about half; both have one item at least.
fn halves<T: Clone>(items: &[T], weight: impl Fn(&T) -> u32) -> (Vec<T>, Vec<T>) {
    let all: u32 = items.iter().map(&weight).sum();
    let mut sum = 0_u32;
    let mut first = 0_usize;
    for item in items.iter().take(items.len().saturating_sub(1)) {
        let weight = weight(item);
        // The item in the middle goes where it makes the halves more equal.
        if first > 0 && sum.saturating_add(weight.div_euclid(2)) > all.div_euclid(2) {
            break;
        }
        sum = sum.saturating_add(weight);
        first = first.saturating_add(1);
    }
    let (one, other) = items.split_at(first);
    (one.to_vec(), other.to_vec())
}

/// One of the items, of which one at least is taken.
fn one_of<T: Clone>(mut items: Vec<T>, weight: impl Fn(&T) -> u32, mut takes: impl FnMut(&[T]) -> Result<bool, Stop>) -> Result<T, Stop> {
    while items.len() > 1 {
        let (one, other) = halves(&items, &weight);
        items = if takes(&one)? { one } else { other };
    }
    items.into_iter().next().ok_or(Stop::Contradiction)
}

/// The suite of these regions that is taken, with a method that is known.
fn descend<F>(oracle: &mut Oracle<F>, regions: Vec<Region>, method: KeMethod) -> Result<Region, Stop>
where
    F: Fn(usize) -> Option<Option<Verdict>>,
{
    let mut ciphers: Vec<Region> = Vec::new();
    for region in regions {
        let methods: Choices = region.of(KE).iter().copied().filter(|c| c.transform.id.0 == method.0).collect();
        let narrow = region.with(KE, methods);
        ciphers.extend(region.of(CIPHER).iter().map(|cipher| narrow.with(CIPHER, alloc::vec![*cipher])));
    }
    ciphers.retain(|region| !region.is_empty());
    ciphers.sort_by_key(|region| core::cmp::Reverse(weight_of(region)));
    let mut suite = one_of(ciphers, weight_of, |some| Ok(oracle.first(&merged(some))?.is_some()))?;
    suite = narrow(oracle, suite, INTEG, |candidate| candidate.weight)?;
    let likely = suite.of(INTEG).first().and_then(|integ| prf_of(integ)).map(|prf| prf.transform);
    narrow(oracle, suite, PRF, |candidate| if Some(candidate.transform) == likely { 1000 } else { candidate.weight })
}

fn weight_of(region: &Region) -> u32 {
    region.of(CIPHER).iter().map(|cipher| cipher.weight).sum()
}

/// Regions of one cipher each, put together where they differ in nothing else.
fn merged(regions: &[Region]) -> Vec<Region> {
    let mut merged: Vec<Region> = Vec::new();
    for region in regions {
        let like = |other: &&mut Region| other.kind == region.kind && (INTEG..=KE).all(|ty| other.is_equal_in(ty, region));
        match merged.iter_mut().find(like) {
            Some(other) => *other = other.with(CIPHER, [other.of(CIPHER), region.of(CIPHER)].concat()),
            None => merged.push(region.clone()),
        }
    }
    merged
}

/// One candidate of a type that is taken.
fn narrow<F>(oracle: &mut Oracle<F>, suite: Region, ty: usize, weight: impl Fn(&Candidate) -> u32) -> Result<Region, Stop>
where
    F: Fn(usize) -> Option<Option<Verdict>>,
{
    let mut items: Choices = suite.of(ty).to_vec();
    items.sort_by_key(|candidate| core::cmp::Reverse(weight(candidate)));
    let one = one_of(items, |candidate| weight(candidate), |some| Ok(oracle.takes(&suite.with(ty, some.to_vec()))?.is_some()))?;
    Ok(suite.with(ty, alloc::vec![one]))
}

/// A candidate in the place of that of a suite.
type Place = (usize, &'static Candidate);

/// The product around a suite that is taken.
fn widen<F>(oracle: &mut Oracle<F>, suite: Region, untried: &mut usize) -> Result<Region, Stop>
where
    F: Fn(usize) -> Option<Option<Verdict>>,
{
    let places = neighbours(oracle, &suite)?;
    let whole = places.iter().fold(suite.clone(), |region, (ty, candidate)| region.with(*ty, [region.of(*ty), &[*candidate]].concat()));
    if goes_together(oracle, &whole, untried)? {
        return Ok(whole);
    }
    // They are of several proposals that share the suite.
    let mut region = suite.clone();
    for (ty, candidate) in places {
        let slab = region.with(ty, alloc::vec![candidate]);
        if goes_with(oracle, &slab, &suite, untried)? {
            region = region.with(ty, [region.of(ty), &[candidate]].concat());
        }
    }
    Ok(region)
}

/// Whether all that was added goes together: what was added first to each type, then what was added second, and so on; and the same
/// with every second type the other way round, so that two proposals do not pass for one.
fn goes_together<F>(oracle: &mut Oracle<F>, whole: &Region, untried: &mut usize) -> Result<bool, Stop>
where
    F: Fn(usize) -> Option<Option<Verdict>>,
{
    // What differs in one type only was tried when it was found.
    if whole.types.iter().filter(|of| of.len() > 1).count() < 2 {
        return Ok(true);
    }
    let most = whole.types.iter().map(Vec::len).max().unwrap_or(0);
    let mut tried: Vec<Region> = Vec::new();
    for is_turned in [false, true] {
        for index in 1..most {
            let types = core::array::from_fn(|ty| {
                let of = whole.of(ty);
                // Beyond its end, a shorter list gives its last item.
                let at = index.min(of.len().saturating_sub(1));
                let at = if is_turned && ty % 2 == 1 && at > 0 { of.len().saturating_sub(at) } else { at };
                of.get(at).copied().into_iter().collect()
            });
            let one = Region::new(whole.kind, types);
            if tried.iter().any(|other| other.is_equal(&one)) {
                continue;
            }
            if oracle.takes(&one)?.is_none() {
                return Ok(false);
            }
            tried.push(one);
        }
    }
    let all: usize = whole.types.iter().map(Vec::len).product();
    let alone: usize = whole.types.iter().map(|of| of.len().saturating_sub(1)).sum();
    *untried = untried.saturating_add(all.saturating_sub(tried.len()).saturating_sub(alone).saturating_sub(1));
    Ok(true)
}

/// What is taken in the place of one candidate of a suite, the methods first.
fn neighbours<F>(oracle: &mut Oracle<F>, suite: &Region) -> Result<Vec<Place>, Stop>
where
    F: Fn(usize) -> Option<Option<Verdict>>,
{
    let whole = everything().into_iter().find(|region| region.kind == suite.kind).ok_or(Stop::Contradiction)?;
    let others = |ty: usize| {
        let own = suite.of(ty).first().map(|own| own.transform);
        whole.of(ty).iter().copied().filter(move |candidate| Some(candidate.transform) != own).map(move |candidate| (ty, candidate))
    };
    let own = suite.of(KE).first().map(|own| own.transform.id.0);
    let mut methods: Vec<Place> = others(KE).collect();
    let rest: Vec<Place> = [PRF, INTEG, CIPHER].into_iter().flat_map(others).collect();
    let mut taken = Vec::new();
    // An answer that names another method has found it; one that names the method of the suite says that something else is taken.
    let mut has_rest = false;
    loop {
        let asked = if has_rest { methods.clone() } else { [methods.as_slice(), &rest].concat() };
        let Some((_, method)) = oracle.first(&beside(suite, &asked))? else { break };
        if Some(method.0) == own && !has_rest {
            has_rest = true;
            continue;
        }
        let index = methods.iter().position(|(_, candidate)| candidate.transform.id.0 == method.0).ok_or(Stop::Contradiction)?;
        taken.push(methods.remove(index));
    }
    if has_rest {
        members(rest, true, &mut |some| Ok(oracle.first(&beside(suite, some))?.is_some()), &mut taken)?;
    }
    Ok(taken)
}

/// The suites that differ from one in one place.
fn beside(suite: &Region, places: &[Place]) -> Vec<Region> {
    let of = |ty: usize| places.iter().filter(move |(place, _)| *place == ty).map(|(_, candidate)| *candidate).collect::<Choices>();
    (CIPHER..=KE).map(|ty| suite.with(ty, of(ty))).filter(|region| !region.is_empty()).collect()
}

/// All of the items that are taken.
fn members(
    items: Vec<Place>,
    is_known: bool,
    takes: &mut dyn FnMut(&[Place]) -> Result<bool, Stop>,
    taken: &mut Vec<Place>,
) -> Result<(), Stop> {
    if items.is_empty() || !is_known && !takes(&items)? {
        return Ok(());
    }
    if items.len() == 1 {
        taken.extend(items);
        return Ok(());
    }
    let (one, other) = halves(&items, |(_, candidate)| candidate.weight);
    let before = taken.len();
    members(one, false, takes, taken)?;
    let is_known = taken.len() == before;
    members(other, is_known, takes, taken)
}

/// Whether a candidate goes with all that a region has of the other types: each of them is tried with it once at least.
fn goes_with<F>(oracle: &mut Oracle<F>, slab: &Region, suite: &Region, untried: &mut usize) -> Result<bool, Stop>
where
    F: Fn(usize) -> Option<Option<Verdict>>,
{
    let most = slab.types.iter().map(Vec::len).max().unwrap_or(0);
    for index in 1..most {
        // Beyond its end, a shorter list gives its last item: the later ones are tried together.
        let types = core::array::from_fn(|ty| {
            let of = slab.of(ty);
            of.get(index).or(of.last()).copied().into_iter().collect()
        });
        if oracle.takes(&Region::new(suite.kind, types))?.is_none() {
            return Ok(false);
        }
    }
    let all: usize = slab.types.iter().map(Vec::len).product();
    *untried = untried.saturating_add(all.saturating_sub(most.max(1)));
    Ok(true)
}
