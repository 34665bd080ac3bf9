//! Whole blocks in parts: proofs, order, what is refused and whose fault it is.

use seiza_consensus::limits::{PART_BYTES, PARTS_MAX, PROOF_HASHES_MAX};
use seiza_consensus::parts::{Added, Part, PartError, PartSet, PartSetHeader, Parts};
use seiza_types::{B256, Bytes};

use super::forge::{block, tx, txs};

/// Bytes for `parts` parts, the last of which has `last` bytes.
fn bytes(parts: usize, last: usize) -> Bytes {
    (0..(parts - 1) * PART_BYTES + last).map(|at| (at / PART_BYTES * 31 + at % 251) as u8).collect::<Vec<u8>>().into()
}

#[test]
fn the_root_is_tendermints() {
    for count in [1, 2, 3, 4, 5, 7, 8, 9, 31, 33] {
        let bytes = bytes(count, 17);
        let leaves: Vec<&[u8]> = bytes.chunks(PART_BYTES).collect();
        let root = tendermint::merkle::simple_hash_from_byte_vectors::<tendermint::crypto::default::Sha256>(&leaves);
        let header = Parts::of_bytes(bytes.clone()).header();
        assert_eq!(header, PartSetHeader { total: count as u32, root: B256::new(root) }, "{count} parts");
    }
}

#[test]
fn parts_in_any_order_make_the_block() {
    let block = block((0..12).map(|n| tx(n, 30_000)).collect());
    let parts = Parts::of(&block);
    assert_eq!(parts.header().total, 6);
    for order in [[0, 1, 2, 3, 4, 5], [5, 4, 3, 2, 1, 0], [3, 0, 5, 1, 4, 2]] {
        let mut set = PartSet::new(parts.header()).unwrap();
        for (done, index) in order.iter().enumerate() {
            assert!(!set.is_complete());
            assert_eq!(set.missing().count(), 6 - done);
            let part = Part::decode(&parts.part(*index).unwrap().encode()).unwrap();
            assert_eq!(set.add(part.clone()).unwrap(), if done == 5 { Added::Complete } else { Added::New });
            assert_eq!(set.add(part).unwrap(), Added::Known);
        }
        assert!(set.is_complete());
        assert_eq!(set.finish(block.hash()).unwrap(), block, "{order:?}");
    }
    assert_eq!(parts.part(6), None);
}

#[test]
fn every_part_of_every_count_has_its_proof_and_no_other() {
    for count in [1, 2, 3, 6, 8, 13, PARTS_MAX as usize] {
        let parts = Parts::of_bytes(bytes(count, PART_BYTES));
        let mut set = PartSet::new(parts.header()).unwrap();
        let step = count.div_ceil(13);
        for index in (0..count as u32).step_by(step) {
            let part = parts.part(index).unwrap();
            assert!(part.proof.len() <= PROOF_HASHES_MAX);
            let elsewhere = Part { index: (index + 1) % count as u32, ..part.clone() };
            let longer = Part { proof: [&part.proof[..], &[B256::ZERO]].concat(), ..part.clone() };
            let mut wrong = vec![longer];
            wrong.extend((count > 1).then_some(elsewhere));
            wrong.extend((count > 1).then(|| Part { proof: part.proof[1..].to_vec(), ..part.clone() }));
            for wrong in wrong {
                let index = wrong.index;
                assert_eq!(set.add(wrong), Err(PartError::Proof { index }), "part {index} of {count}");
            }
            set.add(part).unwrap();
        }
    }
}

#[test]
fn a_wrong_part_is_its_senders_fault_and_changes_nothing() {
    let parts = Parts::of_bytes(bytes(3, 100));
    let mut set = PartSet::new(parts.header()).unwrap();
    let (middle, last) = (parts.part(1).unwrap(), parts.part(2).unwrap());
    let mut other = middle.bytes.to_vec();
    other[7] ^= 1;
    let rows = [
        (Part { bytes: other.into(), ..middle.clone() }, PartError::Proof { index: 1 }),
        (Part { bytes: Bytes::from_static(b"short"), ..middle.clone() }, PartError::Bytes { index: 1, bytes: 5 }),
        (Part { bytes: Bytes::new(), ..last.clone() }, PartError::Bytes { index: 2, bytes: 0 }),
        (Part { index: 3, ..last.clone() }, PartError::Index { index: 3, total: 3 }),
        (Part { bytes: bytes(1, PART_BYTES + 1), ..last }, PartError::Bytes { index: 2, bytes: PART_BYTES + 1 }),
    ];
    for (part, error) in rows {
        assert!(!error.is_proposers());
        assert_eq!(set.add(part), Err(error));
        assert_eq!(set.missing().collect::<Vec<_>>(), [0, 1, 2]);
    }
    assert_eq!(set.clone().finish(B256::ZERO), Err(PartError::Missing(3)));
}

#[test]
fn a_root_over_something_else_is_the_proposers_fault() {
    for total in [0, PARTS_MAX + 1, u32::MAX] {
        let error = PartSet::new(PartSetHeader { total, root: B256::ZERO }).unwrap_err();
        assert!(error == PartError::Total(total) && error.is_proposers());
    }
    let (mine, other) = (block(txs(3)), block(txs(4)));
    let whole = |parts: Parts| {
        let mut set = PartSet::new(parts.header()).unwrap();
        set.add(parts.part(0).unwrap()).unwrap();
        set
    };
    let error = whole(Parts::of(&other)).finish(mine.hash()).unwrap_err();
    assert_eq!(error, PartError::OtherBlock { expected: mine.hash(), actual: other.hash() });
    assert!(error.is_proposers());
    let error = whole(Parts::of_bytes(Bytes::from_static(b"no block"))).finish(mine.hash()).unwrap_err();
    assert!(matches!(error, PartError::Block(_)) && error.is_proposers());
}

#[test]
fn a_parts_bytes_are_refused_by_name() {
    let good = Parts::of_bytes(bytes(3, 5)).part(2).unwrap().encode();
    let mut far = good.clone();
    far[..4].copy_from_slice(&PARTS_MAX.to_be_bytes());
    let mut deep = good.clone();
    deep[4] = PROOF_HASHES_MAX as u8 + 1;
    let rows = [
        (&good[..3], PartError::Short),
        (&good[..4], PartError::Short),
        (&good[..36], PartError::Short),
        (&good[..37], PartError::Bytes { index: 2, bytes: 0 }),
        (&far, PartError::Index { index: PARTS_MAX, total: PARTS_MAX }),
        (&deep, PartError::ProofHashes(PROOF_HASHES_MAX + 1)),
    ];
    for (bytes, error) in rows {
        assert_eq!(Part::decode(bytes), Err(error));
    }
    let long = [&good[..], &bytes(1, PART_BYTES)].concat();
    assert_eq!(Part::decode(&long), Err(PartError::Bytes { index: 2, bytes: PART_BYTES + 5 }));
}

#[test]
fn the_largest_block_fits_into_the_parts() {
    let block = block(vec![tx(0, 1_000_000); 16]);
    assert!(Parts::of(&block).header().total < PARTS_MAX);
}
