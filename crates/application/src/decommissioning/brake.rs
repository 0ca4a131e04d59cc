//! When so many services vanish at once that it must be a mistake.

use chrono::{DateTime, TimeDelta, Utc};

use crate::ports::{Removal, RemovalState};

/// Services that go within this time go together.
pub(super) const WINDOW: TimeDelta = TimeDelta::minutes(1);
/// Fewer than this are never too many.
const LEAST: usize = 10;
/// More than one service in so many is too many.
const SHARE: u64 = 10;

/// What to do now.
#[derive(Debug, Default, PartialEq)]
pub(super) struct Decision<'a> {
    pub(super) decommission: Vec<&'a Removal>,
    /// Whether those that wait need a person.
    pub(super) hold: bool,
}

/// Decides about removals, oldest first, of which `services` are left: that is how many tasks are still completed.
///
/// Removals that a person confirmed are carried out; none of the others is, once too many have gone. As long as removals keep coming it is
/// too early to tell, so they wait until none has come for `settle`, but no longer than a minute: then everything that went together
/// has been heard of.
pub(super) fn decide(removals: &[Removal], services: u64, now: DateTime<Utc>, settle: TimeDelta) -> Decision<'_> {
    let of = |state: fn(&RemovalState) -> bool| removals.iter().filter(move |removal| state(&removal.state));
    let waiting: Vec<_> = of(|state| *state == RemovalState::Waiting).collect();
    let mut decision =
        Decision { decommission: of(|state| matches!(state, RemovalState::Confirmed(_))).collect(), hold: false };
    let done = of(|state| matches!(state, RemovalState::Done { .. })).count();
    let total = services.saturating_add(done as u64);
    let braked = of(|state| *state == RemovalState::Held).next().is_some() || too_many(removals, total);
    if braked {
        decision.hold = !waiting.is_empty();
        return decision;
    }
    // With so few services the brake can't be meant.
    let settled = total < LEAST as u64 || waiting.iter().all(|removal| removal.heard_at + settle <= now);
    decision.decommission.extend(waiting.into_iter().filter(|removal| settled || removal.heard_at + WINDOW <= now));
    decision
}

/// Whether more than a tenth, and at least ten, went within a minute: by the time that their events tell, or by the time
/// that they were heard of, since what an event says of itself may be wrong. What a person confirmed was no mistake.
fn too_many(removals: &[Removal], total: u64) -> bool {
    let meant =
        |state: &RemovalState| matches!(state, RemovalState::Confirmed(_) | RemovalState::Done { confirmed: true });
    let times =
        |at: fn(&Removal) -> DateTime<Utc>| removals.iter().filter(|removal| !meant(&removal.state)).map(at).collect();
    crowded(times(|removal| removal.removed_at), total) || crowded(times(|removal| removal.heard_at), total)
}

fn crowded(mut times: Vec<DateTime<Utc>>, total: u64) -> bool {
    times.sort_unstable();
    let mut first = 0;
    times.iter().enumerate().any(|(last, time)| {
        while *time - times[first] > WINDOW {
            first += 1;
        }
        let together = last - first + 1;
        together >= LEAST && (together as u64).saturating_mul(SHARE) > total
    })
}

#[cfg(test)]
mod tests {
    use domain::{Actor, TaskId};
    use proptest::prelude::*;
    use uuid::Uuid;

    use super::*;

    const SETTLE: TimeDelta = TimeDelta::seconds(5);

    fn at(seconds: i64) -> DateTime<Utc> {
        DateTime::UNIX_EPOCH + TimeDelta::seconds(seconds)
    }

    fn removal(number: u128, seconds: i64, state: RemovalState) -> Removal {
        Removal {
            task: TaskId::new(Uuid::from_u128(number)),
            entity_ref: format!("component:s{number}").parse().unwrap(),
            event_id: number.to_string(),
            correlation_id: None,
            removed_at: at(seconds),
            heard_at: at(seconds),
            state,
        }
    }

    fn waiting(times: impl IntoIterator<Item = i64>) -> Vec<Removal> {
        (0..).zip(times).map(|(number, time)| removal(number, time, RemovalState::Waiting)).collect()
    }

    fn decided(removals: &[Removal], services: u64, now: i64) -> (usize, bool) {
        let decision = decide(removals, services, at(now), SETTLE);
        (decision.decommission.len(), decision.hold)
    }

    #[test]
    fn one_of_many_is_done_once_it_has_been_quiet() {
        let one = waiting([0]);
        assert_eq!(decided(&one, 100, 4), (0, false));
        assert_eq!(decided(&one, 100, 5), (1, false));
    }

    #[test]
    fn of_a_few_services_each_is_done_at_once() {
        assert_eq!(decided(&waiting([0, 0, 0]), 9, 0), (3, false));
        assert_eq!(decided(&waiting([0, 0, 0]), 10, 0), (0, false));
    }

    #[test]
    fn ten_at_once_are_too_many_of_ninety_nine_but_not_of_a_hundred() {
        let ten = waiting([0; 10]);
        assert_eq!(decided(&ten, 99, 60), (0, true));
        assert_eq!(decided(&ten, 100, 60), (10, false));
        assert_eq!(decided(&waiting([0; 9]), 10, 60), (9, false));
    }

    #[test]
    fn a_minute_is_what_makes_them_go_together() {
        assert_eq!(decided(&waiting((0..10).map(|n| n * 6)), 50, 100), (0, true));
        assert_eq!(decided(&waiting((0..10).map(|n| n * 7)), 50, 100), (10, false));
    }

    #[test]
    fn events_that_come_together_go_together_whatever_times_they_tell() {
        let mut ten = waiting([0; 10]);
        for (days, removal) in (0..).zip(&mut ten) {
            removal.removed_at = at(0) - TimeDelta::days(days);
        }
        assert_eq!(decided(&ten, 50, 60), (0, true));
    }

    #[test]
    fn while_one_is_held_all_others_are() {
        let mut some = waiting([0, 100]);
        some[0].state = RemovalState::Held;
        assert_eq!(decided(&some, 100, 1000), (0, true));
    }

    #[test]
    fn those_that_were_done_count_and_those_that_somebody_confirmed_do_not() {
        let with = |confirmed| {
            let mut some = waiting([0; 10]);
            for removal in &mut some[..9] {
                removal.state = RemovalState::Done { confirmed };
            }
            some
        };
        assert_eq!(decided(&with(false), 41, 60), (0, true));
        assert_eq!(decided(&with(true), 41, 60), (1, false));
        let mut confirmed = waiting([0; 20]);
        let by = RemovalState::Confirmed(Actor::new("issuer", "ann"));
        for removal in &mut confirmed {
            removal.state = by.clone();
        }
        assert_eq!(decided(&confirmed, 20, 0), (20, false));
    }

    #[test]
    fn a_stream_without_a_pause_waits_a_minute_at_most() {
        let stream = waiting((0..16).map(|n| n * 4));
        assert_eq!(decided(&stream, 1000, 60), (1, false));
    }

    proptest! {
        /// The brake holds all or nothing.
        #[test]
        fn nothing_is_decommissioned_while_the_brake_holds(times in proptest::collection::vec(0_i64..300, 0..60), services in 0_u64..200, now in 0_i64..400) {
            let some = waiting(times);
            let decision = decide(&some, services, at(now), SETTLE);
            prop_assert!(!decision.hold || decision.decommission.is_empty());
            prop_assert!(decision.hold || now < 360 || decision.decommission.len() == some.len());
        }
    }
}
