//! Executions before the decision: stories, and what holds over every history.

use std::collections::{BTreeMap, BTreeSet};

use proptest::prelude::*;
use seiza_consensus::limits::SPECULATIONS_MAX;
use seiza_consensus::speculation::{Action, Speculation};
use seiza_types::B256;

use Action::{Adopt, Cancel, Start};

const A: B256 = B256::repeat_byte(0xa);
const B: B256 = B256::repeat_byte(0xb);
const C: B256 = B256::repeat_byte(0xc);

/// What the host is told.
#[derive(Debug, Clone, Copy)]
enum Event {
    Complete(B256, u32, bool),
    Held(Option<B256>, Option<B256>),
    Decided(B256),
    Stop,
}
use Event::{Complete, Decided, Held, Stop};

fn step(speculation: &mut Speculation, event: Event) -> Vec<Action> {
    match event {
        Complete(block, round, valid) => speculation.on_complete(block, round, valid),
        Held(locked, valid) => {
            speculation.on_round(locked, valid);
            Vec::new()
        }
        Decided(block) => speculation.on_decided(block),
        Stop => speculation.on_stop(),
    }
}

fn play(story: &str, enabled: bool, steps: &[(Event, &[Action])]) {
    let mut speculation = Speculation::new(enabled);
    for (index, (event, expected)) in steps.iter().enumerate() {
        assert_eq!(step(&mut speculation, *event), *expected, "{story}: step {index}, {event:?}");
        assert!(speculation.alive().count() <= SPECULATIONS_MAX, "{story}: step {index}");
    }
}

#[test]
fn the_usual_height_starts_one_and_adopts_it() {
    play("usual", true, &[(Complete(A, 0, true), &[Start(A)]), (Decided(A), &[Adopt(A)])]);
}

#[test]
fn a_block_that_was_not_executed_is_executed_at_its_decision() {
    play("synced", true, &[(Decided(A), &[Start(A), Adopt(A)])]);
    play("another", true, &[(Complete(A, 0, true), &[Start(A)]), (Decided(B), &[Cancel(A), Start(B), Adopt(B)])]);
    play("invalid", true, &[(Complete(A, 0, false), &[]), (Decided(B), &[Start(B), Adopt(B)])]);
}

#[test]
fn switched_off_nothing_starts_before_the_decision() {
    play(
        "off",
        false,
        &[(Complete(A, 0, true), &[]), (Complete(B, 1, true), &[]), (Decided(A), &[Start(A), Adopt(A)])],
    );
}

#[test]
fn a_new_round_cancels_the_older_one_only_when_another_block_is_here() {
    let story: &[(Event, &[Action])] = &[
        (Complete(A, 0, true), &[Start(A)]),
        (Held(None, None), &[]),
        (Complete(B, 1, true), &[Cancel(A), Start(B)]),
        (Decided(B), &[Adopt(B)]),
    ];
    play("unlocked", true, story);
    play(
        "late precommits",
        true,
        &[(Complete(A, 0, true), &[Start(A)]), (Held(None, None), &[]), (Decided(A), &[Adopt(A)])],
    );
}

#[test]
fn a_locked_or_valid_block_is_not_cancelled_by_a_round() {
    for held in [Held(Some(A), None), Held(None, Some(A)), Held(Some(A), Some(A))] {
        let story: &[(Event, &[Action])] = &[
            (Complete(A, 0, true), &[Start(A)]),
            (held, &[]),
            (Complete(B, 1, true), &[Start(B)]),
            (Complete(C, 2, true), &[Cancel(B), Start(C)]),
            (Decided(A), &[Cancel(C), Adopt(A)]),
        ];
        play("held", true, story);
    }
}

#[test]
fn a_block_proposed_again_runs_once_and_counts_for_the_later_round() {
    let story: &[(Event, &[Action])] = &[
        (Complete(A, 0, true), &[Start(A)]),
        (Complete(A, 2, true), &[]),
        (Complete(B, 1, true), &[Start(B)]),
        (Complete(C, 2, true), &[Cancel(B), Start(C)]),
        (Decided(C), &[Cancel(A), Adopt(C)]),
    ];
    play("again", true, story);
}

#[test]
fn two_held_blocks_leave_no_place_for_a_third() {
    let story: &[(Event, &[Action])] = &[
        (Complete(A, 0, true), &[Start(A)]),
        (Held(Some(A), None), &[]),
        (Complete(B, 1, true), &[Start(B)]),
        (Held(Some(A), Some(B)), &[]),
        (Complete(C, 2, true), &[]),
        (Decided(C), &[Cancel(A), Cancel(B), Start(C), Adopt(C)]),
    ];
    play("two held", true, story);
}

#[test]
fn an_equivocating_proposer_gets_two_executions_at_most() {
    let story: &[(Event, &[Action])] = &[
        (Complete(A, 0, true), &[Start(A)]),
        (Complete(B, 0, true), &[Start(B)]),
        (Complete(C, 0, true), &[]),
        (Decided(B), &[Cancel(A), Adopt(B)]),
    ];
    play("two proposals", true, story);
}

#[test]
fn after_the_end_nothing_happens() {
    let stopped: &[(Event, &[Action])] = &[
        (Complete(A, 0, true), &[Start(A)]),
        (Stop, &[Cancel(A)]),
        (Stop, &[]),
        (Complete(B, 0, true), &[]),
        (Decided(A), &[]),
    ];
    play("stopped", true, stopped);
    let decided: &[(Event, &[Action])] =
        &[(Decided(A), &[Start(A), Adopt(A)]), (Decided(A), &[]), (Complete(B, 1, true), &[]), (Stop, &[])];
    play("decided", true, decided);
}

fn event() -> impl Strategy<Value = Event> {
    let block = || (0u8..5).prop_map(B256::repeat_byte);
    let held = || proptest::option::of((0u8..5).prop_map(B256::repeat_byte));
    prop_oneof![
        8 => (block(), 0u32..4, any::<bool>()).prop_map(|(block, round, valid)| Complete(block, round, valid)),
        3 => (held(), held()).prop_map(|(locked, valid)| Held(locked, valid)),
        1 => block().prop_map(Decided),
        1 => Just(Stop),
    ]
}

/// What became of each block's execution.
#[derive(Default)]
struct Ledger {
    alive: BTreeSet<B256>,
    started: BTreeMap<B256, usize>,
    ended: BTreeMap<B256, usize>,
}

impl Ledger {
    fn enter(&mut self, action: Action, decided: Option<B256>) {
        match action {
            Start(block) => {
                assert!(self.alive.insert(block), "started while alive");
                assert!(self.alive.len() <= SPECULATIONS_MAX, "at most two alive");
                *self.started.entry(block).or_default() += 1;
            }
            Cancel(block) | Adopt(block) => {
                assert!(self.alive.remove(&block), "ended what is not alive");
                assert!(!(matches!(action, Cancel(_)) && decided == Some(block)), "a decided block is never cancelled");
                assert!(!(matches!(action, Adopt(_)) && decided != Some(block)), "only a decided block is adopted");
                *self.ended.entry(block).or_default() += 1;
            }
        }
    }
}

proptest! {
    #[test]
    fn every_execution_ends_once_and_two_are_alive_at_most(
        events in proptest::collection::vec(event(), 0..40),
        enabled: bool,
    ) {
        let (mut speculation, mut ledger, mut over) = (Speculation::new(enabled), Ledger::default(), false);
        for event in events.into_iter().chain([Stop]) {
            let decided = match event { Decided(block) => Some(block), _ => None };
            let actions = step(&mut speculation, event);
            prop_assert!(decided.is_none() || over || actions.contains(&Adopt(decided.unwrap())));
            over |= matches!(event, Decided(_) | Stop);
            actions.into_iter().for_each(|action| ledger.enter(action, decided));
            prop_assert_eq!(speculation.alive().collect::<BTreeSet<_>>(), ledger.alive.clone());
        }
        prop_assert!(ledger.alive.is_empty(), "something was never ended");
        prop_assert_eq!(ledger.started, ledger.ended);
    }
}
