//! A block's changes: made in execution's order, read key by key, walked in key order; against an ordered map.
//! `cargo bench -p seiza-state --bench changeset`.
#![allow(clippy::disallowed_types, reason = "a bench measures time")]

use std::collections::BTreeMap;
use std::hint::black_box;
use std::sync::Arc;
use std::time::Instant;

use seiza_state::{Access, Changeset, Empty, Key, Overlay, StateRead, StateWrite, StoreId, Value, WriteBuffer};

const CHANGES: u64 = 30_000;
const ROUNDS: usize = 9;

type Pairs = Vec<(Key, Option<Value>)>;

fn spread(number: u64) -> [u8; 8] {
    number.wrapping_mul(0x9e37_79b9_7f4a_7c15).rotate_left(31).wrapping_mul(0x9e37_79b9_7f4a_7c15).to_be_bytes()
}

/// Accounts' balances.
fn balance(number: u64) -> Key {
    let word = spread(number);
    Key::new(StoreId::Bank, &[&[1], &word, &word, &word[..4]])
}

/// Slots of one contract.
fn slot(number: u64) -> Key {
    let word = spread(number);
    Key::new(StoreId::Evm, &[&[3], &[7; 20], &word, &word, &word, &word])
}

fn pairs(key: fn(u64) -> Key, numbers: std::ops::Range<u64>) -> Pairs {
    numbers.map(|number| (key(number), Some(Value::from(&[7; 32][..])))).collect()
}

/// Makes sure that something was worked out.
fn look<T>(found: T) {
    black_box(found);
}

/// Nanoseconds for each of `count`: the best of the rounds.
fn best(count: u64, mut work: impl FnMut()) -> f64 {
    let mut best = f64::MAX;
    for _ in 0..ROUNDS {
        let begun = Instant::now();
        work();
        best = best.min(begun.elapsed().as_secs_f64() * 1e9 / count as f64);
    }
    best
}

fn line(what: &str, ours: f64, map: f64) {
    println!("  {what:36} {ours:7.1} ns, ordered map {map:7.1} ns: {:.2} x", map / ours);
}

fn compare(name: &str, key: fn(u64) -> Key) {
    println!("{name}, {CHANGES} changes");
    let (present, absent) = (pairs(key, 0..CHANGES), pairs(key, CHANGES..2 * CHANGES));
    let make = |pairs: &Pairs| Changeset::from_unordered(pairs.clone());
    let copy = best(CHANGES, || look(present.clone()));
    line(
        "make and index, less copying",
        best(CHANGES, || look(make(&present).get(&present[0].0))) - copy,
        best(CHANGES, || look(present.iter().cloned().collect::<BTreeMap<_, _>>())) - copy,
    );
    let sort = best(CHANGES, || look(make(&present).iter().count())) - copy;
    println!("  {:36} {sort:7.1} ns", "make and sort, less copying");
    let (set, map) = (make(&present), present.iter().cloned().collect::<BTreeMap<_, _>>());
    for (what, asked) in [("read, present", &present), ("read, absent", &absent)] {
        let ours = best(CHANGES, || asked.iter().for_each(|(key, _)| look(set.get(key))));
        line(what, ours, best(CHANGES, || asked.iter().for_each(|(key, _)| look(map.get(key)))));
    }
    let ours = best(CHANGES, || set.iter().for_each(look));
    line("walk in key order", ours, best(CHANGES, || map.iter().for_each(look)));
    let overlay = Overlay::new(Arc::new(Empty)).with(Arc::new(set)).with(Arc::new(Changeset::default()));
    for (what, asked) in [("present", &present), ("absent", &absent)] {
        let took = best(CHANGES, || asked.iter().for_each(|(key, _)| look(overlay.get(key))));
        println!("  {:36} {took:7.1} ns", format!("read through an overlay, {what}"));
    }
}

/// What a transfer does to its access: three reads, three writes.
fn jobs() {
    let base = Overlay::new(Arc::new(Empty)).with(Arc::new(Changeset::from_unordered(pairs(balance, 0..CHANGES))));
    let keys: Vec<Key> = (0..CHANGES).map(balance).collect();
    let value = Value::from(&[7; 32][..]);
    let mut buffer = WriteBuffer::default();
    let took = best(CHANGES / 3, || {
        for keys in keys.chunks(3) {
            let mut access = Access::reusing(&base, std::mem::take(&mut buffer));
            for key in keys {
                black_box(access.get(key)).expect("memory does not fail");
                access.put(key.clone(), value.clone());
            }
            buffer = access.into_buffer();
            buffer.drain().for_each(look);
        }
    });
    println!("a job of three reads and three writes    {took:7.1} ns");
}

/// As the modules make their keys: of an address, and of an address and a slot.
fn keys() {
    let accounts: Vec<([u8; 20], [u8; 32])> = (0..CHANGES)
        .map(|number| {
            (std::array::from_fn(|at| spread(number)[at % 8]), std::array::from_fn(|at| spread(!number)[at % 8]))
        })
        .collect();
    let balance = |account: &([u8; 20], [u8; 32])| Key::new(StoreId::Bank, &[&[1], &account.0]).hash64();
    let slot = |account: &([u8; 20], [u8; 32])| Key::new(StoreId::Evm, &[&[3], &account.0, &account.1]).hash64();
    let took = best(CHANGES, || assert_ne!(0, accounts.iter().map(balance).fold(0, |a, b| a ^ b)));
    println!("a balance's key made and hashed          {took:7.1} ns");
    let took = best(CHANGES, || assert_ne!(0, accounts.iter().map(slot).fold(0, |a, b| a ^ b)));
    println!("a slot's key made and hashed             {took:7.1} ns");
}

fn main() {
    compare("balances", balance);
    compare("slots of one contract", slot);
    jobs();
    keys();
}
