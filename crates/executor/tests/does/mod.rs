//! Jobs that are functions, for tests that tell a story.
#![allow(dead_code, reason = "each test uses a part")]

use std::num::NonZeroUsize;
use std::sync::atomic::{AtomicUsize, Ordering};

use seiza_executor::{Cancel, Intent, Job, Mode, Outcome, RunError, Tuning, run_tuned};
use seiza_state::{
    Access, Delta, Empty, Key, Premise, StateError, StateRead, StateWrite, StoreId, WriteSet, amount_from_value,
    value_from_amount,
};
use seiza_types::U256;

pub const WORKERS: NonZeroUsize = NonZeroUsize::new(4).expect("not zero");
pub const OPTIMISTIC: Mode = Mode::Optimistic { workers: WORKERS };
pub const DECLARED: Mode = Mode::Declared { workers: WORKERS };

pub fn key(n: u32) -> Key {
    Key::new(StoreId::Bank, &[&n.to_be_bytes()])
}

/// A job that is a function.
pub struct Does<F> {
    pub act: F,
    pub declares: Vec<(Key, Intent)>,
    pub shipped: Option<WriteSet>,
    pub runs: AtomicUsize,
}

impl<F: Fn(&mut Access<'_>) -> Result<u64, StateError> + Sync> Job for Does<F> {
    type Output = u64;

    fn run(&self, access: &mut Access<'_>) -> Result<u64, StateError> {
        self.runs.fetch_add(1, Ordering::Relaxed);
        (self.act)(access)
    }

    fn declare(&self, declare: &mut dyn FnMut(&Key, Intent)) {
        self.declares.iter().for_each(|(key, intent)| declare(key, *intent));
    }

    fn shipped(&self) -> Option<&WriteSet> {
        self.shipped.as_ref()
    }
}

pub fn does<F: Fn(&mut Access<'_>) -> Result<u64, StateError> + Sync>(act: F) -> Does<F> {
    Does { act, declares: Vec::new(), shipped: None, runs: AtomicUsize::new(0) }
}

/// Reads an amount, waits a little so that others get ahead, and sets it one higher.
pub fn raise(access: &mut Access<'_>, n: u32) -> Result<u64, StateError> {
    let now = amount_from_value(&key(n), access.get(&key(n))?.as_deref())?;
    (0..200).for_each(|_| std::hint::spin_loop());
    access.put(key(n), value_from_amount(now + U256::from(1)).expect("not zero"));
    Ok(now.to())
}

/// Pays if the balance covers it, which is all it relies on; answers whether it did. Who is too poor looks exactly.
pub fn pay(access: &mut Access<'_>, from: u32, to: u32, wei: u64) -> Result<u64, StateError> {
    let wei = U256::from(wei);
    if amount_from_value(&key(from), access.peek(&key(from))?.as_deref())? < wei {
        access.get(&key(from))?;
        return Ok(0);
    }
    access.rely(&key(from), Premise::covers(wei))?;
    (0..200).for_each(|_| std::hint::spin_loop());
    access.add(key(from), Delta::debit(wei))?;
    access.add(key(to), Delta::credit(wei))?;
    Ok(1)
}

pub fn parallel<J: Job>(jobs: &[J], mode: Mode) -> Result<Outcome<J::Output>, RunError> {
    run_tuned(&Empty, jobs, mode, &Cancel::default(), &Tuning::always_parallel())
}
