//! What an IKE SA came to: proof of success, an error, or neither.

use super::authentication_failed;
use super::follows_rekey;
use super::redirected;
use super::seen::Seen;
use crate::diagnose::facts::EspFlow;
use crate::diagnose::facts::room;
use crate::instant::Instant;
use crate::role::Role;

/// What an IKE SA came to, as far as it was seen.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::diagnose) enum Outcome {
    /// It came up, and nothing is wrong with it.
    Up,
    /// An error was found.
    Failed,
    /// It stopped, and the same client came up soon after.
    TakenBack,
    /// Too little of it was seen.
    Undetermined,
}

/// What it came to; asked once everything else was found.
pub(in crate::diagnose) fn outcome(seen: &Seen<'_>) -> Outcome {
    if seen.has_error() {
        Outcome::Failed
    } else if let Some(away) = redirected::away(seen).filter(|away| seen.sa.auth.stands.is_none() && (away.is_told || !is_up(seen))) {
        if redirected::followed(seen, &away) { Outcome::TakenBack } else { Outcome::Undetermined }
    } else if is_up(seen) {
        Outcome::Up
    } else if seen.came_up_after() || seen.is_probe() {
        Outcome::TakenBack
    } else {
        Outcome::Undetermined
    }
}

/// Whether it came up, and every request since has had its answer.
pub(super) fn is_up(seen: &Seen<'_>) -> bool {
    let (auth, init) = (&seen.sa.auth, &seen.sa.init);
    // An answer that is too small for a child SA is no failure where the IKE SA is used without one.
    let least = room::with_child(init.prf);
    let asked = auth
        .asked
        .as_ref()
        .is_some_and(|asked| asked.child.map_or_else(|| asked.room.is_some_and(|room| !room.holds(least)), |child| !child));
    let childless = init.is_childless() && auth.kept.is_some() && (asked || auth.made || carries(seen).is_some());
    let doubt = auth.doubt.is_some() && !follows_rekey::takes_place(seen)
        || auth.deleted_at_once.is_some()
        || auth.child_refused.is_some()
        || auth.small_answer.is_some() && !childless;
    came_up(seen).is_some() && seen.visible.all_answered() && !doubt
}

/// When it was proved to stand: by the end of IKE_AUTH, by an exchange after it, or by ESP in both directions.
pub(in crate::diagnose) fn came_up(seen: &Seen<'_>) -> Option<Instant> {
    if authentication_failed::is_refused(seen) {
        return None;
    }
    let auth = &seen.sa.auth;
    let proved = auth.done.filter(|done| done.proved).map(|done| done.time);
    proved.or(auth.stands).or_else(|| carries(seen)).or_else(|| answers_in_place(seen))
}

/// When an IKE SA that takes the place of another had its first answer: its SPIs were told inside that one.
fn answers_in_place(seen: &Seen<'_>) -> Option<Instant> {
    if !follows_rekey::takes_place(seen) {
        return None;
    }
    seen.sa.exchanges.iter().find_map(|e| e.response.whole.filter(|_| e.request.whole.is_some() && e.response.inside.is_some()))
}

/// When ESP had gone both ways.
fn carries(seen: &Seen<'_>) -> Option<Instant> {
    let there = esp_from(seen, Role::Initiator)?.since(seen.sa.auth.began)?;
    let back = esp_from(seen, Role::Responder)?.since(seen.sa.auth.began)?;
    Some(there.first.max(back.first)).filter(|_| there.last >= seen.sa.first && back.last >= seen.sa.first)
}

/// What one side sends to the other as ESP.
pub(super) fn esp_from<'a>(seen: &Seen<'a>, side: Role) -> Option<&'a EspFlow> {
    let ends = &seen.sa.ends;
    seen.surroundings()?.esp(*ends.of(side), *ends.of(side.other()))
}
