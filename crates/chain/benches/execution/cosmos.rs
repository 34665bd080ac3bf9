//! Cosmos `MsgSend`s, each with a fee: from everybody to somebody new, and all to one.

use alloy_primitives::Address;
use seiza_types::SeiAddress;

use crate::actor::{Actor, Order};
use crate::founding::Founding;
use crate::workload::Workload;

const TXS: usize = 10_000;

/// The names of all shapes.
pub const NAMES: [&str; 2] = ["Cosmos, independent", "Cosmos, all to one"];

/// One shape of Cosmos sends.
pub fn build(name: &str) -> Workload {
    let mut actors = Actor::many(0, TXS + 1);
    let founding = Founding::of(&actors);
    let one = actors[TXS].signer.sei;
    let orders: Vec<Order> = (0..TXS)
        .map(|i| {
            let nobody = SeiAddress::cast_from(Address::with_last_byte(2).create(i as u64));
            actors[i].send(if name == "Cosmos, all to one" { one } else { nobody })
        })
        .collect();
    founding.workload(name, &orders)
}
