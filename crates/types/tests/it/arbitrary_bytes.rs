//! The fuzz targets' bodies on stable Rust: arbitrary bytes, and good transactions and blocks with bytes changed.

use proptest::prelude::*;

use super::block_decode::block_decode;
use super::blocks::block;
use super::cosmos_forge::CosmosForge;
use super::evm_forge::{eip1559, eip2930, legacy, signed};
use super::exchange_decode::exchange_decode;
use super::tx_decode::tx_decode;

fn seeds() -> Vec<Vec<u8>> {
    vec![signed(legacy()), signed(eip2930()), signed(eip1559()), CosmosForge::new().bytes()]
}

/// A position and what happens there.
fn change() -> impl Strategy<Value = (prop::sample::Index, Option<u8>, bool)> {
    (any::<prop::sample::Index>(), any::<Option<u8>>(), any::<bool>())
}

/// Overwrites, inserts or removes a byte for each change.
fn mutate(mut bytes: Vec<u8>, changes: &[(prop::sample::Index, Option<u8>, bool)]) -> Vec<u8> {
    for (at, byte, insert) in changes {
        if bytes.is_empty() {
            break;
        }
        let at = at.index(bytes.len());
        match byte {
            Some(byte) if *insert => bytes.insert(at, *byte),
            Some(byte) => bytes[at] = *byte,
            None => drop(bytes.remove(at)),
        }
    }
    bytes
}

proptest! {
    #[test]
    fn any_bytes_are_words_of_the_exchange_or_an_error(bytes: Vec<u8>) {
        exchange_decode(&bytes);
    }

    #[test]
    fn any_bytes_are_a_transaction_or_an_error(first in prop_oneof![Just(0x0au8), 1u8..5, 0xc0u8.., any::<u8>()], rest: Vec<u8>) {
        tx_decode(&[vec![first], rest].concat());
    }

    #[test]
    fn changed_transactions_have_one_encoding_or_none(
        seed in 0usize..4,
        changes in proptest::collection::vec(change(), 1..4),
    ) {
        tx_decode(&mutate(seeds()[seed].clone(), &changes));
    }

    #[test]
    fn any_bytes_are_a_block_or_an_error(bytes: Vec<u8>) {
        block_decode(&bytes);
    }

    #[test]
    fn changed_blocks_survive_a_round_trip_or_are_refused(changes in proptest::collection::vec(change(), 1..4)) {
        block_decode(&mutate(block(3).encode(), &changes));
    }
}

#[test]
fn the_seeds_themselves_pass() {
    seeds().iter().for_each(|seed| tx_decode(seed));
    (1..4).for_each(|height| block_decode(&block(height).encode()));
}
