//! Jobs for tests: little programs whose writes, and even what they write to, depend on everything they read.

use std::sync::atomic::{AtomicU64, Ordering};

use proptest::prelude::*;
use proptest::strategy::Union;
use seiza_executor::{Intent, Job};
use seiza_state::{
    Access, Changeset, Delta, Key, KeyRange, Premise, StateError, StateRead, StateWrite, StoreId, Write, WriteSet,
    amount_from_value, value_from_amount,
};
use seiza_types::U256;

/// How a generated block tastes: how few keys it is about, and how often rare steps come.
#[derive(Debug, Clone, Copy)]
pub struct Taste {
    pub keys: u8,
    pub jobs: usize,
    pub scans: u32,
    pub sums: u32,
    pub failures: u32,
    pub premises: u32,
}

impl Default for Taste {
    fn default() -> Self {
        Self { keys: 16, jobs: 60, scans: 1, sums: 3, failures: 0, premises: 3 }
    }
}

/// One step of a job. Values are single bytes at `key`, amounts lie at `amount`.
#[derive(Debug, Clone)]
pub enum Step {
    Put(u8, u8),
    /// Writes what was seen so far.
    Tell(u8),
    Delete(u8),
    Read(u8),
    /// Reads a key and writes to another that depends on what was read.
    Follow(u8, u8),
    Credit(u8, u32),
    Debit(u8, u32),
    Amount(u8),
    /// Reads an amount and sets it, one higher.
    Raise(u8),
    /// Scans from the first key below the second, at most so many pairs.
    Scan(u8, u8, u8),
    /// Scans amounts.
    ScanAmounts(u8, u8),
    /// Steps that are undone.
    Undone(Vec<Step>),
    /// Fails for good if that key holds a value that is a multiple of eight.
    FailIf(u8),
    /// Pays so much from one to another if a look says that it is there; the poor look exactly.
    Pay(u8, u8, u32),
    /// Tells zero from any other amount.
    IsZero(u8),
    /// Debits, and does not care whether that is known to be too much.
    Careless(u8, u32),
}

/// How a job declares its keys.
#[derive(Debug, Clone, Copy)]
pub enum Honesty {
    Silent,
    Right,
    Wrong,
}

/// A job.
#[derive(Debug)]
pub struct Program {
    steps: Vec<Step>,
    honesty: Honesty,
    keys: u8,
    /// How often it was run: to be different each time would be wrong, so it is only counted.
    pub runs: AtomicU64,
}

pub fn key(n: u8) -> Key {
    Key::new(StoreId::Evm, &[&[1, n]])
}

pub fn amount(n: u8) -> Key {
    Key::new(StoreId::Bank, &[&[2, n]])
}

fn mix(seen: u64, next: u64) -> u64 {
    (seen ^ next).wrapping_mul(0x9E37_79B9_7F4A_7C15).rotate_left(23)
}

struct Runner<'p, 'a, 'b> {
    program: &'p Program,
    access: &'a mut Access<'b>,
    seen: u64,
}

impl Runner<'_, '_, '_> {
    fn see(&mut self, bytes: Option<&[u8]>) {
        self.seen =
            bytes.map_or(mix(self.seen, 1), |bytes| bytes.iter().fold(self.seen, |s, b| mix(s, u64::from(*b) + 2)));
    }

    fn scan(&mut self, range: &KeyRange, limit: u8) -> Result<(), StateError> {
        let (mut seen, mut count) = (self.seen, 0);
        self.access.scan(range, &mut |key, value| {
            seen = key.as_bytes().iter().chain(value).fold(seen, |s, b| mix(s, u64::from(*b)));
            count += 1;
            count < limit
        })?;
        self.seen = seen;
        Ok(())
    }

    fn pay(&mut self, from: &Key, to: Key, by: U256) -> Result<(), StateError> {
        if amount_from_value(from, self.access.peek(from)?.as_deref())? < by {
            let poor = self.access.get(from)?;
            self.see(poor.as_deref());
            return Ok(());
        }
        self.access.rely(from, Premise::covers(by))?;
        self.access.add(from.clone(), Delta::debit(by))?;
        self.access.add(to, Delta::credit(by))
    }

    fn step(&mut self, step: &Step) -> Result<(), StateError> {
        match step {
            Step::Put(k, byte) => self.access.put(key(*k), vec![*byte].into()),
            Step::Tell(k) => self.access.put(key(*k), self.seen.to_be_bytes().to_vec().into()),
            Step::Delete(k) => self.access.delete(key(*k)),
            Step::Read(k) => {
                let value = self.access.get(&key(*k))?;
                self.see(value.as_deref());
            }
            Step::Follow(k, byte) => {
                let value = self.access.get(&key(*k))?;
                self.see(value.as_deref());
                self.access.put(key((self.seen % u64::from(self.program.keys)) as u8), vec![*byte].into());
            }
            Step::Credit(k, by) => self.access.add(amount(*k), Delta::credit(U256::from(*by)))?,
            Step::Debit(k, by) => self.access.add(amount(*k), Delta::debit(U256::from(*by)))?,
            Step::Careless(k, by) => {
                let refused = self.access.add(amount(*k), Delta::debit(U256::from(*by))).is_err();
                self.seen = mix(self.seen, u64::from(refused));
            }
            Step::Amount(k) => {
                let value = self.access.get(&amount(*k))?;
                self.see(value.as_deref());
            }
            Step::Raise(k) => {
                let now = amount_from_value(&amount(*k), self.access.get(&amount(*k))?.as_deref())?;
                self.seen = mix(self.seen, now.to());
                self.access.put(amount(*k), value_from_amount(now + U256::from(1)).expect("not zero"));
            }
            Step::Pay(from, to, by) => self.pay(&amount(*from), amount(*to), U256::from(*by))?,
            Step::IsZero(k) => {
                let now = amount_from_value(&amount(*k), self.access.peek(&amount(*k))?.as_deref())?;
                self.access.rely(&amount(*k), Premise::as_empty_as(now))?;
                self.seen = mix(self.seen, u64::from(now.is_zero()));
            }
            Step::Scan(from, to, limit) => self.scan(&KeyRange { start: key(*from), end: Some(key(*to)) }, *limit)?,
            Step::ScanAmounts(from, to) => {
                self.scan(&KeyRange { start: amount(*from), end: Some(amount(*to)) }, u8::MAX)?;
            }
            Step::Undone(steps) => {
                let checkpoint = self.access.checkpoint();
                steps.iter().try_for_each(|step| self.step(step))?;
                self.access.revert(checkpoint);
            }
            Step::FailIf(k) => {
                let value = self.access.get(&key(*k))?;
                if value.as_deref().is_some_and(|value| value[0] % 8 == 0) {
                    return Err(StateError::Damaged(key(*k), "a test wants it so"));
                }
            }
        }
        Ok(())
    }
}

impl Job for Program {
    type Output = u64;

    fn run(&self, access: &mut Access<'_>) -> Result<u64, StateError> {
        self.runs.fetch_add(1, Ordering::Relaxed);
        let mut runner = Runner { program: self, access, seen: 7 };
        self.steps.iter().try_for_each(|step| runner.step(step))?;
        Ok(runner.seen)
    }

    fn declare(&self, declare: &mut dyn FnMut(&Key, Intent)) {
        for step in &self.steps {
            let (touched, intent) = match step {
                Step::Put(k, _) | Step::Tell(k) | Step::Delete(k) => (key(*k), Intent::Write),
                Step::Read(k) | Step::Follow(k, _) | Step::FailIf(k) => (key(*k), Intent::Read),
                Step::Credit(k, _) | Step::Debit(k, _) | Step::Careless(k, _) => (amount(*k), Intent::Add),
                Step::Amount(k) => (amount(*k), Intent::Read),
                Step::Pay(from, ..) | Step::IsZero(from) => (amount(*from), Intent::Rely),
                Step::Raise(k) => (amount(*k), Intent::Change),
                Step::Scan(..) | Step::ScanAmounts(..) | Step::Undone(_) => continue,
            };
            match self.honesty {
                Honesty::Silent => {}
                Honesty::Right => declare(&touched, intent),
                Honesty::Wrong => declare(&key(touched.as_bytes()[2] / 2), Intent::Change),
            }
        }
    }
}

fn any_step(taste: Taste) -> impl Strategy<Value = Step> {
    let k = move || 0..taste.keys;
    let weighted = [
        (4, (k(), any::<u8>()).prop_map(|(k, byte)| Step::Put(k, byte)).boxed()),
        (4, k().prop_map(Step::Tell).boxed()),
        (2, k().prop_map(Step::Delete).boxed()),
        (4, k().prop_map(Step::Read).boxed()),
        (2, (k(), any::<u8>()).prop_map(|(k, byte)| Step::Follow(k, byte)).boxed()),
        (4, (k(), 1u32..1000).prop_map(|(k, by)| Step::Credit(k, by)).boxed()),
        (2, (k(), 1u32..3).prop_map(|(k, by)| Step::Debit(k, by)).boxed()),
        (2, k().prop_map(Step::Raise).boxed()),
        (1, (k(), 1u32..3).prop_map(|(k, by)| Step::Careless(k, by)).boxed()),
        (taste.premises, (k(), k(), 1u32..2_000).prop_map(|(from, to, by)| Step::Pay(from, to, by)).boxed()),
        (taste.premises / 2, k().prop_map(Step::IsZero).boxed()),
        (taste.sums, k().prop_map(Step::Amount).boxed()),
        (taste.scans, (k(), k(), 1u8..9).prop_map(|(a, b, limit)| Step::Scan(a.min(b), a.max(b), limit)).boxed()),
        (taste.scans, (k(), k()).prop_map(|(a, b)| Step::ScanAmounts(a.min(b), a.max(b))).boxed()),
        (taste.failures, k().prop_map(Step::FailIf).boxed()),
        (taste.failures, (k(), 1u32..100_000).prop_map(|(k, by)| Step::Debit(k, by)).boxed()),
    ];
    let plain = Union::new_weighted(weighted.into_iter().filter(|(weight, _)| *weight > 0).collect()).boxed();
    prop_oneof![12 => plain.clone(), 1 => prop::collection::vec(plain, 1..5).prop_map(Step::Undone)]
}

/// A job of which somebody claims that it writes this.
pub struct Claimed<'a> {
    pub program: &'a Program,
    pub claim: Option<WriteSet>,
}

impl Job for Claimed<'_> {
    type Output = u64;

    fn run(&self, access: &mut Access<'_>) -> Result<u64, StateError> {
        self.program.run(access)
    }

    fn declare(&self, declare: &mut dyn FnMut(&Key, Intent)) {
        self.program.declare(declare);
    }

    fn shipped(&self) -> Option<&WriteSet> {
        self.claim.as_ref()
    }
}

/// What is claimed of a job.
#[derive(Debug, Clone)]
pub enum Claim {
    /// Nothing.
    None,
    /// What the job so many places further on writes; 0 is right.
    Of(usize),
    /// What it writes, but without one in so many keys.
    Part(usize),
    /// Anything.
    Invented(Vec<(Key, Write)>),
}

impl Claim {
    /// The claim about job `at` of a block that writes this.
    pub fn of(&self, writes: &[WriteSet], at: usize) -> Option<WriteSet> {
        match self {
            Self::None => None,
            Self::Of(further) => writes.get(at + further).cloned(),
            Self::Part(all) => {
                let part = writes.get(at)?.iter().enumerate().filter(|(place, _)| place % all != 0);
                Some(part.map(|(_, (key, write))| (key.clone(), write.clone())).collect())
            }
            Self::Invented(writes) => Some(writes.iter().cloned().collect()),
        }
    }
}

/// Claims about jobs, more right ones than wrong ones.
pub fn any_claim(keys: u8) -> impl Strategy<Value = Claim> {
    let write = (0..keys, 0u8..6, any::<u8>()).prop_map(|(k, kind, byte)| match kind {
        0 => (key(k), Write::Delete),
        1 => (amount(k), Write::Put(vec![byte; 32].into())),
        2 => (amount(k), Write::Add(Delta::debit(U256::MAX))),
        3 => (amount(k), Write::Add(Delta::credit(U256::MAX))),
        4 => (amount(k), Write::Put(vec![byte].into())),
        _ => (key(k), Write::Put(vec![byte].into())),
    });
    prop_oneof![
        6 => Just(Claim::Of(0)),
        1 => Just(Claim::None),
        1 => (1usize..3).prop_map(Claim::Of),
        1 => (1usize..4).prop_map(Claim::Part),
        1 => prop::collection::vec(write, 0..4).prop_map(Claim::Invented),
    ]
}

/// A block of jobs.
pub fn any_block(taste: Taste) -> impl Strategy<Value = Vec<Program>> {
    let honesty = prop_oneof![Just(Honesty::Silent), Just(Honesty::Right), Just(Honesty::Right), Just(Honesty::Wrong)];
    let program = (prop::collection::vec(any_step(taste), 0..7), honesty).prop_map(move |(steps, honesty)| Program {
        steps,
        honesty,
        keys: taste.keys,
        runs: AtomicU64::new(0),
    });
    prop::collection::vec(program, taste.jobs / 2..taste.jobs)
}

/// A state to start from: some keys, and of every amount so much that it stands most debits.
pub fn any_base(keys: u8) -> impl Strategy<Value = Changeset> {
    let values = prop::collection::vec((0..keys, any::<u8>()), 0..usize::from(keys));
    let amounts = prop::collection::vec(1_000u64..100_000, usize::from(keys));
    (values, amounts).prop_map(|(values, amounts)| {
        let values = values.into_iter().map(|(k, byte)| (key(k), Some(vec![byte].into())));
        let amounts = (0..).zip(amounts).map(|(k, wei)| (amount(k), value_from_amount(U256::from(wei))));
        values.chain(amounts).collect()
    })
}
