//! A block of everything, from people who act several times in it: transfers (half of them to one exchange), ERC-20 and
//! Uniswap V3 in a few hot contracts, Cosmos sends, calls that revert or run out of gas, creations.

use rand::rngs::StdRng;
use rand::{Rng as _, SeedableRng as _};

use alloy_primitives::Address;

use crate::actor::{Actor, Order};
use crate::founding::Founding;
use crate::token;
use crate::uniswap::{Exchange, Pair};
use crate::workload::Workload;

/// The name of the workload.
pub const NAME: &str = "mixed block";

const TXS: usize = 5_000;
const PEOPLE: usize = 2_000;
const PAIRS: usize = 8;
const SEED: u64 = 48;
/// Enough to be charged for the call, too little to finish it.
const GAS_TOO_LITTLE: u64 = 25_000;

/// The workload; Uniswap's artefacts must be there.
pub fn build() -> Workload {
    let mut random = StdRng::seed_from_u64(SEED);
    let mut owner = Actor::new(u64::MAX);
    let mut people = Actor::many(0, PEOPLE);
    let mut founding = Founding::of(people.iter().chain([&owner]));
    let exchange = Exchange::deploy(&mut founding, &mut owner);
    let pairs = exchange.open(PAIRS, &mut founding, &mut owner);
    let mut approvals = Vec::new();
    pairs.iter().for_each(|pair| exchange.admit(*pair, &mut owner, &mut people, &mut approvals));
    founding.play(&approvals);
    let orders: Vec<Order> = (0..TXS).map(|_| order(&mut random, &mut people, &exchange, &pairs)).collect();
    founding.workload(NAME, &orders)
}

/// A random transaction of a random person; the share of each kind is in percent.
fn order(random: &mut StdRng, people: &mut [Actor], exchange: &Exchange, pairs: &[Pair]) -> Order {
    let pair = pairs[random.random_range(0..pairs.len())];
    let other = people[random.random_range(0..people.len())].signer;
    let hot = people[0].address();
    let person = random.random_range(0..people.len());
    let person = &mut people[person];
    match random.random_range(0..100) {
        0..20 => person.pay(hot),
        20..40 => person.pay(other.address),
        40..65 => token::transfer(person, pair.0, other.address, 1),
        65..77 => exchange.swap(person, pair, random.random_range(0..4)),
        77..91 => person.send(other.sei),
        91..95 => token::transfer(person, pair.0, other.address, u128::MAX),
        95..99 => out_of_gas(person, pair.0),
        _ => token::deploy(person).0,
    }
}

fn out_of_gas(person: &mut Actor, token: Address) -> Order {
    let mut transfer = token::transfer(person, token, token, 1);
    transfer.limit_gas(GAS_TOO_LITTLE);
    transfer
}
