//! Stories of sets over heights, and of offences.

use seiza_state::{Access, Changeset, Empty, Overlay};
use std::sync::Arc;

use seiza_types::{B256, CastVote, ChainId, Time, ValidatorKey, ValueId, VoteKind, vote_sign_bytes};

use super::*;

fn update(seed: u8, power: u64) -> ValidatorUpdate {
    ValidatorUpdate { public_key: ValidatorKey::from_seed([seed; 32]).public_key(), power }
}

fn first() -> ValidatorSet {
    ValidatorSet::new(&[update(1, 10), update(2, 10)]).unwrap()
}

/// A state that goes from height to height.
struct World(Overlay);

impl World {
    fn new() -> Self {
        let mut world = Self(Overlay::new(Arc::new(Empty)));
        world.change(|state| init(state, &first()));
        world
    }

    fn change<T>(&mut self, change: impl FnOnce(&mut Access<'_>) -> T) -> T {
        let mut access = Access::unrecorded(&self.0);
        let answer = change(&mut access);
        let mut changes = Changeset::default();
        changes.absorb(access.finish().1, &self.0).unwrap();
        self.0 = self.0.with(Arc::new(changes));
        answer
    }
}

#[test]
fn turns_go_on_from_height_to_height() {
    let mut world = World::new();
    let mut expected = first();
    for height in 0..10 {
        let sets = sets(&world.0, height).unwrap();
        assert_eq!((sets.current.clone(), sets.next.clone()), (expected.clone(), expected.advanced()), "{height}");
        expected = sets.next;
        world.change(|state| turn(state, height + 1, &[])).unwrap();
    }
}

#[test]
fn what_a_block_changes_takes_effect_two_heights_later() {
    let mut world = World::new();
    world.change(|state| turn(state, 1, &[])).unwrap();
    world.change(|state| turn(state, 2, &[update(3, 5)])).unwrap();
    world.change(|state| turn(state, 3, &[])).unwrap();
    let sets = sets(&world.0, 3).unwrap();
    assert_eq!((sets.last.len(), sets.current.len(), sets.next.len()), (2, 3, 3));
    for (height, members) in [(0, 2), (3, 2), (4, 3), (1_000, 3)] {
        assert_eq!(members_at(&world.0, height).unwrap().len(), members, "{height}");
    }
}

#[test]
fn members_are_forgotten_when_no_evidence_may_name_them() {
    let mut world = World::new();
    let late = EVIDENCE_AGE_BLOCKS_MAX + 50;
    for (height, power) in [(10, 11), (20, 12), (late, 13)] {
        world.change(|state| put(state, keys::set(height + 1), height + 1, &first()));
        world.change(|state| turn(state, height, &[update(1, power)])).unwrap();
    }
    assert!(members_at(&world.0, 15).is_err());
    assert_eq!(members_at(&world.0, 30).unwrap().total_power(), 22);
    assert_eq!(members_at(&world.0, late + 2).unwrap().total_power(), 23);
}

#[test]
fn an_offence_is_noted_once_whatever_else_was_signed() {
    let mut world = World::new();
    let chain: ChainId = "seiza-1".parse().unwrap();
    let key = ValidatorKey::from_seed([1; 32]);
    let vote = |byte: u8| {
        let value = Some(ValueId { block: B256::repeat_byte(byte), time_ns: 5 });
        let signature = key.sign(&vote_sign_bytes(&chain, VoteKind::Prevote, 7, 0, value));
        CastVote { kind: VoteKind::Prevote, height: 7, round: 0, value, validator: key.address(), signature }
    };
    let evidence = |a, b| Evidence::new(vote(a), vote(b), &first(), Time::unix_epoch()).unwrap();
    assert!(!is_accused(&world.0, &evidence(1, 2)).unwrap());
    world.change(|state| accuse(state, 8, &evidence(1, 2)));
    assert!(is_accused(&world.0, &evidence(1, 2)).unwrap());
    assert!(is_accused(&world.0, &evidence(2, 3)).unwrap(), "the same round, another pair");
}
