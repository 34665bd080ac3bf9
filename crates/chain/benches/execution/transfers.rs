//! Plain transfers in four shapes: who pays whom decides what conflicts.

use alloy_primitives::Address;

use crate::actor::{Actor, Order};
use crate::founding::Founding;
use crate::workload::Workload;

const TXS: usize = 10_000;

/// The names of all shapes.
pub const NAMES: [&str; 4] =
    ["transfers, independent", "transfers, i to i+1", "transfers, all to one", "transfers, one to all"];

/// One shape of plain transfers.
pub fn build(name: &str) -> Workload {
    let mut actors = Actor::many(0, TXS + 1);
    let founding = Founding::of(&actors);
    let places: Vec<Address> = actors.iter().map(Actor::address).collect();
    let mut pay = |from: usize, to: Address| actors[from].pay(to);
    let orders: Vec<Order> = (0..TXS)
        .map(|i| match name {
            "transfers, independent" => pay(i, nobody(i)),
            "transfers, i to i+1" => pay(i, places[i + 1]),
            "transfers, all to one" => pay(i, places[TXS]),
            _ => pay(TXS, places[i]),
        })
        .collect();
    founding.workload(name, &orders)
}

/// An address that no key is known of.
fn nobody(index: usize) -> Address {
    Address::with_last_byte(1).create(index as u64)
}
