//! A job's access: what it sees, what it writes, what it records.

use proptest::prelude::*;
use seiza_state::{
    Access, Changeset, Delta, Empty, KeyRange, StateError, StateRead, StateWrite, Value, Write, WriteBuffer,
};
use seiza_types::U256;

use super::memory::{Memory, amount, amount_key, any_memory, bytes_key, pairs};
use super::program::{any_program, run, run_beside_model};

proptest! {
    #[test]
    fn a_job_sees_and_leaves_what_a_plain_map_would_hold(base in any_memory(), program in any_program()) {
        let mut model = base.clone();
        let mut access = Access::new(&base);
        run_beside_model(&mut access, &mut model, &program);
        let whole = KeyRange::store(seiza_state::StoreId::Bank);
        prop_assert_eq!(pairs(&access, &whole, usize::MAX), pairs(&model, &whole, usize::MAX));
        let (_, writes) = access.finish();
        let mut changes = Changeset::default();
        changes.absorb(writes, &base).unwrap();
        let mut after = base;
        after.apply(&changes);
        prop_assert_eq!(after, model);
    }

    #[test]
    fn recording_changes_nothing_but_the_record(base in any_memory(), program in any_program()) {
        let (mut recorded, mut unrecorded) = (Access::new(&base), Access::unrecorded(&base));
        prop_assert_eq!(run(&mut recorded, &program), run(&mut unrecorded, &program));
        let (reads, writes) = unrecorded.finish();
        prop_assert_eq!(reads, seiza_state::ReadSet::default());
        prop_assert_eq!(recorded.finish().1, writes);
    }

    #[test]
    fn a_reused_buffer_remembers_nothing(base in any_memory(), first in any_program(), second in any_program()) {
        let mut earlier = Access::unrecorded(&base);
        run_beside_model(&mut earlier, &mut base.clone(), &first);
        let mut reusing = Access::reusing(&base, earlier.into_buffer());
        let mut fresh = Access::unrecorded(&base);
        run_beside_model(&mut reusing, &mut base.clone(), &second);
        run_beside_model(&mut fresh, &mut base.clone(), &second);
        prop_assert_eq!(reusing.finish().1, fresh.finish().1);
    }

    /// What a job read, and only that, decides what it does: the promise on which every scheduler stands.
    #[test]
    fn what_lies_outside_the_read_set_changes_no_result(
        base in any_memory(),
        other in any_memory(),
        program in any_program(),
    ) {
        let mut first = Access::new(&base);
        let seen = run(&mut first, &program);
        let (reads, writes) = first.finish();
        let mut mixed = base.clone();
        mixed.0.retain(|key, _| reads.conflicts_with(key));
        mixed.0.extend(other.0.into_iter().filter(|(key, _)| !reads.conflicts_with(key)));
        let mut second = Access::new(&mixed);
        prop_assert_eq!(run(&mut second, &program), seen);
        prop_assert_eq!(second.finish(), (reads, writes));
    }
}

#[test]
fn reads_of_the_base_are_recorded_and_own_writes_are_not() {
    let base = Memory::default();
    let mut access = Access::new(&base);
    access.put(bytes_key(1), Value::default());
    access.get(&bytes_key(1)).unwrap();
    access.get(&bytes_key(2)).unwrap();
    access.delete(bytes_key(3));
    access.get(&bytes_key(3)).unwrap();
    let (reads, _) = access.finish();
    assert_eq!(reads.points.into_iter().collect::<Vec<_>>(), [bytes_key(2)], "present or not");
    assert!(reads.ranges.is_empty());
}

#[test]
fn an_add_reads_nothing_until_it_is_read() {
    let base = Memory([(amount_key(1), amount(5).unwrap())].into());
    let mut access = Access::new(&base);
    access.add(amount_key(1), Delta::credit(U256::from(2))).unwrap();
    access.add(amount_key(1), Delta::debit(U256::from(6))).unwrap();
    assert_eq!(access.get(&amount_key(1)).unwrap(), amount(1));
    let (reads, writes) = access.finish();
    assert!(reads.conflicts_with(&amount_key(1)), "the sum was looked at");
    assert!(matches!(writes.iter().next(), Some((_, Write::Add(_)))));
    let mut access = Access::new(&base);
    access.add(amount_key(1), Delta::credit(U256::from(2))).unwrap();
    assert_eq!(access.finish().0, seiza_state::ReadSet::default());
}

#[test]
fn an_add_to_an_own_write_is_known_at_once() {
    let mut access = Access::new(&Empty);
    access.put(amount_key(1), amount(5).unwrap());
    access.add(amount_key(1), Delta::debit(U256::from(5))).unwrap();
    assert_eq!(access.get(&amount_key(1)).unwrap(), None, "zero is absence");
    let underflow = access.add(amount_key(1), Delta::debit(U256::from(1)));
    assert_eq!(underflow, Err(StateError::Underflow(amount_key(1))));
    assert_eq!(access.get(&amount_key(1)).unwrap(), None, "a failed add leaves what was there");
    access.put(bytes_key(1), Value::from(&b"abc"[..]));
    let damaged = access.add(bytes_key(1), Delta::credit(U256::from(1)));
    assert!(matches!(damaged, Err(StateError::Damaged(..))));
}

#[test]
fn an_impossible_sum_comes_up_when_it_is_read() {
    let mut access = Access::new(&Empty);
    access.add(amount_key(1), Delta::debit(U256::from(1))).unwrap();
    assert_eq!(access.get(&amount_key(1)), Err(StateError::Underflow(amount_key(1))));
    let range = KeyRange::prefix(amount_key(1));
    assert_eq!(access.scan(&range, &mut |_, _| true), Err(StateError::Underflow(amount_key(1))));
    let (_, writes) = access.finish();
    assert_eq!(Changeset::default().absorb(writes, &Empty), Err(StateError::Underflow(amount_key(1))));
}

#[test]
fn checkpoints_nest() {
    let mut access = Access::new(&Empty);
    access.put(bytes_key(0), Value::from(&[0][..]));
    let outer = access.checkpoint();
    access.put(bytes_key(0), Value::from(&[1][..]));
    let inner = access.checkpoint();
    access.put(bytes_key(1), Value::from(&[2][..]));
    access.delete(bytes_key(0));
    access.revert(inner);
    assert_eq!(access.get(&bytes_key(0)).unwrap(), Some(Value::from(&[1][..])));
    assert_eq!(access.get(&bytes_key(1)).unwrap(), None);
    access.revert(outer);
    assert_eq!(access.get(&bytes_key(0)).unwrap(), Some(Value::from(&[0][..])));
    access.revert(outer);
    assert_eq!(access.finish().1.iter().count(), 1, "reverting twice is reverting once");
}

#[test]
fn an_empty_buffer_serves_as_well() {
    let mut access = Access::reusing(&Empty, WriteBuffer::default());
    access.put(bytes_key(0), Value::default());
    assert_eq!(access.finish().1.iter().count(), 1);
}
