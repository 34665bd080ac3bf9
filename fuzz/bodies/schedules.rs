//! What must hold of any block of jobs, whatever they touch, declare, rely on and are claimed to write: every mode and every
//! number of workers gives what sequential execution gives, or fails as it does.

use std::num::NonZeroUsize;

use seiza_executor::{Cancel, Intent, Job, Mode, Options, Outcome, RunError, Tuning, run_with};
use seiza_state::{
    Access, Changeset, Delta, Empty, Key, KeyRange, Overlay, Premise, StateError, StateRead, StateWrite, StoreId,
    Write, WriteSet, amount_from_value, value_from_amount,
};
use seiza_types::U256;

/// Jobs of a block, at most: schedules differ enough.
const JOBS: usize = 64;

/// One step of a job: what to do, with which key, and how much of it.
#[derive(Debug, Clone, Copy)]
struct Step {
    act: u8,
    key: u8,
    other: u8,
    much: u8,
}

/// A job, as decoded.
#[derive(Debug)]
struct Program {
    steps: Vec<Step>,
    /// How its declarations are off: 0 says nothing, 1 is right.
    declares: u8,
    claim: Option<WriteSet>,
}

/// A key that holds bytes.
fn plain(n: u8) -> Key {
    Key::new(StoreId::Evm, &[&[n]])
}

/// A key that holds an amount.
fn amount(n: u8) -> Key {
    Key::new(StoreId::Bank, &[&[n]])
}

fn mix(seen: u64, bytes: Option<&[u8]>) -> u64 {
    let mix = |seen: u64, next: u64| (seen ^ next).wrapping_mul(0x9E37_79B9_7F4A_7C15).rotate_left(23);
    bytes.map_or(mix(seen, 1), |bytes| bytes.iter().fold(seen, |seen, byte| mix(seen, u64::from(*byte) + 2)))
}

/// Does one step; answers what the job has seen so far.
fn step(access: &mut Access<'_>, step: Step, seen: u64) -> Result<u64, StateError> {
    let (byte_key, wei_key, wei) = (plain(step.key), amount(step.key), U256::from(step.much));
    match step.act % 10 {
        0 => access.put(byte_key, seen.to_be_bytes().to_vec().into()),
        1 => access.delete(byte_key),
        2 => return Ok(mix(seen, access.get(&byte_key)?.as_deref())),
        3 => access.add(wei_key, Delta::credit(wei))?,
        4 => return pay(access, &wei_key, amount(step.other), wei, seen),
        5 => {
            let now = amount_from_value(&wei_key, access.peek(&wei_key)?.as_deref())?;
            access.rely(&wei_key, Premise::as_empty_as(now))?;
            return Ok(mix(seen, Some(&[u8::from(now.is_zero())])));
        }
        6 => return scan(access, plain(step.key.min(step.other)), plain(step.key.max(step.other)), step.much, seen),
        7 => {
            let checkpoint = access.checkpoint();
            access.add(wei_key, Delta::credit(wei))?;
            access.put(byte_key, vec![step.much].into());
            access.revert(checkpoint);
        }
        8 => return Ok(mix(seen, access.get(&wei_key)?.as_deref())),
        _ if step.much == 0 => return Err(StateError::Damaged(byte_key, "the input wants it so")),
        // Without a look: it may not come out.
        _ => access.add(wei_key, Delta::debit(wei >> 5))?,
    }
    Ok(seen)
}

/// Pays if the balance suffices; who is too poor looks exactly.
fn pay(access: &mut Access<'_>, from: &Key, to: Key, wei: U256, seen: u64) -> Result<u64, StateError> {
    if amount_from_value(from, access.peek(from)?.as_deref())? < wei {
        return Ok(mix(seen, access.get(from)?.as_deref()));
    }
    access.rely(from, Premise::covers(wei))?;
    access.add(from.clone(), Delta::debit(wei))?;
    access.add(to, Delta::credit(wei))?;
    Ok(seen)
}

fn scan(access: &Access<'_>, start: Key, end: Key, most: u8, mut seen: u64) -> Result<u64, StateError> {
    let mut count = 0;
    access.scan(&KeyRange { start, end: Some(end) }, &mut |key, value| {
        seen = mix(mix(seen, Some(key.as_bytes())), Some(value));
        count += 1;
        count <= most
    })?;
    Ok(seen)
}

impl Job for Program {
    type Output = u64;

    fn run(&self, access: &mut Access<'_>) -> Result<u64, StateError> {
        self.steps.iter().try_fold(7, |seen, next| step(access, *next, seen))
    }

    fn declare(&self, declare: &mut dyn FnMut(&Key, Intent)) {
        let Some(off) = self.declares.checked_sub(1) else { return };
        for step in &self.steps {
            let key = step.key.wrapping_add(off);
            match step.act % 10 {
                0 | 1 => declare(&plain(key), Intent::Write),
                2 => declare(&plain(key), Intent::Read),
                3 | 9 => declare(&amount(key), Intent::Add),
                4 | 5 => declare(&amount(key), Intent::Rely),
                8 => declare(&amount(key), Intent::Read),
                _ => declare(&plain(key), Intent::Change),
            }
        }
    }

    fn shipped(&self) -> Option<&WriteSet> {
        self.claim.as_ref()
    }
}

/// Takes bytes one by one; zeros when they have run out.
struct Input<'a>(&'a [u8]);

impl Input<'_> {
    fn byte(&mut self) -> u8 {
        let Some((first, rest)) = self.0.split_first() else { return 0 };
        self.0 = rest;
        *first
    }

    fn step(&mut self, keys: u8) -> Step {
        Step { act: self.byte(), key: self.byte() % keys, other: self.byte() % keys, much: self.byte() }
    }

    fn program(&mut self, keys: u8) -> Program {
        let shape = self.byte();
        let steps = (0..shape % 5).map(|_| self.step(keys)).collect();
        Program { steps, declares: (shape >> 5) % 4, claim: None }
    }
}

/// What is claimed of job `at`, given what the jobs write.
fn claim(kind: u8, writes: &[WriteSet], at: usize) -> Option<WriteSet> {
    let hostile = |n: u8| [(amount(n), Write::Add(Delta::debit(U256::MAX))), (plain(n), Write::Delete)];
    match kind % 8 {
        0 => None,
        1 => Some(hostile(kind / 8).into_iter().collect()),
        2 => Some([(amount(kind / 8), Write::Put(vec![kind].into()))].into_iter().collect()),
        3 => writes.get(at + 1).cloned(),
        4 => {
            writes.get(at).map(|right| right.iter().skip(1).map(|(key, write)| (key.clone(), write.clone())).collect())
        }
        _ => writes.get(at).cloned(),
    }
}

fn run(base: &Overlay, jobs: &[Program], mode: Mode, tuning: &Tuning) -> Result<Outcome<u64>, RunError> {
    run_with(base, jobs, mode, &Cancel::default(), Options { tuning: Some(tuning), keeps_writes: true })
}

/// Decodes a block, runs it in every mode, compares.
pub fn schedules(bytes: &[u8]) {
    let mut input = Input(bytes);
    let keys = 1 + input.byte() % 12;
    let rich: Changeset = (0..keys).map(|n| (amount(n), value_from_amount(U256::from(input.byte())))).collect();
    let base = Overlay::new(std::sync::Arc::new(Empty)).with(std::sync::Arc::new(rich));
    let mut jobs = Vec::new();
    while !input.0.is_empty() && jobs.len() < JOBS {
        jobs.push(input.program(keys));
    }
    let always = Tuning::always_parallel();
    let expected = run(&base, &jobs, Mode::Sequential, &always);
    let writes = expected.as_ref().map(|outcome| outcome.writes.clone()).unwrap_or_default();
    for claimed in [false, true] {
        for (at, job) in jobs.iter_mut().enumerate().filter(|_| claimed) {
            job.claim = claim(bytes[at % bytes.len()], &writes, at);
        }
        for workers in [1, 2, 4].into_iter().filter_map(NonZeroUsize::new) {
            for mode in [Mode::Optimistic { workers }, Mode::Declared { workers }] {
                match (run(&base, &jobs, mode, &always), &expected) {
                    (Ok(found), Ok(expected)) => {
                        assert_eq!(found.outputs, expected.outputs, "{mode:?} {jobs:?}");
                        assert_eq!(found.changes, expected.changes, "{mode:?} {jobs:?}");
                        assert_eq!(found.writes, expected.writes, "{mode:?} {jobs:?}");
                    }
                    (found, expected) => assert_eq!(found.as_ref().err(), expected.as_ref().err(), "{mode:?} {jobs:?}"),
                }
            }
        }
    }
}
