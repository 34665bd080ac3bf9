//! Random contracts: programs of effects that read and change what other transactions read and change, too.

use alloy_primitives::Address;
use rand::Rng;
use rand::rngs::StdRng;
use revm::bytecode::opcode::{CALL, CALLCODE, DELEGATECALL, STATICCALL};

use crate::cast::{CHILDREN, CONTRACTS, Cast, SALTS, Who};
use crate::native;

/// One step of a program.
#[derive(Debug, Clone)]
pub enum Effect {
    /// Slot += 1.
    Count(u8),
    /// Slot := number.
    Set(u8, u8),
    /// Slot := word.
    Keep(u8, Word),
    /// A log with the word as its topic.
    Log(Word),
    /// A call without data; `None` sends all there is.
    Pay(Who, Option<u64>),
    /// A call of another contract with half of the gas left, its success logged.
    Call(u8, u8, u64),
    /// A call of a native precompile, its answer's first word logged.
    Native(Address, Vec<u8>, u64),
    /// A creation, its address logged; with a salt by CREATE2.
    Create(u8, Option<u8>, u64),
    Destroy(Who),
    /// What is done only where a word is more than a number.
    If(Word, u64, Vec<Effect>),
    Revert,
    /// All gas is lost.
    Invalid,
    /// So many rounds of nothing.
    Spin(u16),
}

/// Something to look at.
#[derive(Debug, Clone)]
pub enum Word {
    Balance(Who),
    SelfBalance,
    CodeHash(Who),
    CodeSize(Who),
    Slot(u8),
    CallValue,
    CoinbaseBalance,
}

/// Opcodes of the ways to call.
const CALLS: [u8; 4] = [CALL, STATICCALL, DELEGATECALL, CALLCODE];

/// A random program of up to `length` steps; one of `depth` 0 creates nothing and has no conditions.
pub fn program(rng: &mut StdRng, cast: &Cast, length: usize, depth: usize) -> Vec<Effect> {
    (0..rng.random_range(1..=length)).map(|_| effect(rng, cast, depth)).collect()
}

fn effect(rng: &mut StdRng, cast: &Cast, depth: usize) -> Effect {
    let slot = rng.random_range(0..4);
    let who = cast.who(rng);
    match rng.random_range(0..100) {
        0..14 => Effect::Count(slot),
        14..20 => Effect::Set(slot, rng.random_range(0..2)),
        20..30 => Effect::Keep(slot, word(rng, cast)),
        30..42 => Effect::Log(word(rng, cast)),
        42..54 => Effect::Pay(who, rng.random_bool(0.8).then(|| rng.random_range(0..300))),
        54..62 => {
            let kind = CALLS[rng.random_range(0..CALLS.len())];
            Effect::Call(kind, rng.random_range(0..CONTRACTS), rng.random_range(0..3) * 50)
        }
        62..72 => {
            let (to, input, value) = native::call(rng, cast);
            Effect::Native(to, input, value)
        }
        72..78 if depth > 0 => {
            let salt = rng.random_bool(0.7).then(|| rng.random_range(0..SALTS));
            Effect::Create(rng.random_range(0..CHILDREN), salt, rng.random_range(0..2) * 70)
        }
        78..82 => Effect::Destroy(who),
        82..92 if depth > 0 => Effect::If(word(rng, cast), rng.random_range(0..600), program(rng, cast, 3, depth - 1)),
        92..94 => Effect::Revert,
        94 => Effect::Invalid,
        _ => Effect::Spin(rng.random_range(1..60)),
    }
}

fn word(rng: &mut StdRng, cast: &Cast) -> Word {
    let who = cast.who(rng);
    match rng.random_range(0..12) {
        0..4 => Word::Balance(who),
        4 | 5 => Word::SelfBalance,
        6 => Word::CodeHash(who),
        7 => Word::CodeSize(who),
        8 | 9 => Word::Slot(rng.random_range(0..4)),
        10 => Word::CallValue,
        _ => Word::CoinbaseBalance,
    }
}
