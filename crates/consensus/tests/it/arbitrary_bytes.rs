//! The fuzz targets' bodies on stable Rust: arbitrary bytes, and good proposals and parts with bytes changed.

use proptest::prelude::*;
use seiza_consensus::parts::Parts;

use super::compact_decode::compact_decode;
use super::forge::{block_at, evidence, propose, txs};
use super::part_decode::part_decode;

fn proposals() -> Vec<Vec<u8>> {
    let full = block_at(9, 0, txs(3), vec![evidence(1, 8, 1)]);
    let short = block_at(2, 0, txs(200), vec![]);
    [propose(&block_at(1, 0, vec![], vec![]), 0, &[]), propose(&full, 0, &[0, 2]), propose(&short, 0, &[7])]
        .map(|proposal| proposal.encode())
        .to_vec()
}

fn parts() -> Vec<Vec<u8>> {
    let parts = Parts::of_bytes(vec![0xda; 200_000].into());
    (0..4).map(|index| parts.part(index).unwrap().encode()).collect()
}

/// A position and what happens there.
fn change() -> impl Strategy<Value = (prop::sample::Index, Option<u8>, bool)> {
    (any::<prop::sample::Index>(), any::<Option<u8>>(), any::<bool>())
}

/// Overwrites, inserts or removes a byte for each change.
fn mutate(mut bytes: Vec<u8>, changes: &[(prop::sample::Index, Option<u8>, bool)]) -> Vec<u8> {
    for (at, byte, insert) in changes {
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
    fn any_bytes_are_a_proposal_or_an_error(version in prop_oneof![9 => Just(1u8), 1 => any::<u8>()], rest: Vec<u8>) {
        compact_decode(&[vec![version], rest].concat());
    }

    #[test]
    fn changed_proposals_have_one_encoding_or_none(
        seed in 0usize..3,
        changes in proptest::collection::vec(change(), 1..4),
    ) {
        compact_decode(&mutate(proposals()[seed].clone(), &changes));
    }

    #[test]
    fn any_bytes_are_a_part_or_an_error(rest: Vec<u8>, hashes in 0u8..12) {
        part_decode(&rest);
        part_decode(&[vec![0, 0, 0, 1, hashes], rest].concat());
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(32))]

    #[test]
    fn changed_parts_are_taken_or_refused(seed in 0usize..4, changes in proptest::collection::vec(change(), 1..4)) {
        part_decode(&mutate(parts()[seed].clone(), &changes));
    }
}

#[test]
fn the_seeds_themselves_pass() {
    proposals().iter().for_each(|seed| compact_decode(seed));
    parts().iter().for_each(|seed| part_decode(seed));
}
