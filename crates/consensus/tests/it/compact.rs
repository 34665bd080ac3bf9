//! Compact proposals: what they hold, what is refused, and that nobody but the proposer can make one.

use seiza_consensus::compact::{CompactError, CompactProposal, ShortIdKey, TxIds};
use seiza_consensus::limits::*;
use seiza_types::{B256, Bytes, Signature, ValidatorSet, ValidatorUpdate, ValueId};

use super::forge::{block, block_at, chain_id, evidence, hashes, key, propose, proposer, set, tx, txs};

#[test]
fn a_proposal_survives_its_encoding() {
    let rows = [
        ("empty, first height", block_at(1, 0, vec![], vec![]), 0, vec![]),
        ("one", block(txs(1)), 0, vec![]),
        ("the last with full ids", block(txs(199)), 0, vec![0, 198]),
        ("the first with short ids", block(txs(200)), 0, vec![7, 8, 9]),
        ("many", block(txs(3_000)), 0, (0..100).collect()),
        ("a later round", block_at(2, 3, txs(2), vec![]), 3, vec![]),
        ("evidence", block_at(9, 0, txs(2), vec![evidence(1, 8, 1), evidence(2, 7, 2)]), 0, vec![1]),
    ];
    for (case, block, round, whole) in rows {
        let proposal = propose(&block, round, &whole);
        let bytes = proposal.encode();
        assert_eq!(CompactProposal::decode(&bytes).as_ref(), Ok(&proposal), "{case}");
        assert_eq!(proposal.verify(&chain_id(), &set()), Ok(()), "{case}");
        assert_eq!((proposal.block(), proposal.height()), (block.hash(), block.height()), "{case}");
        assert_eq!(proposal.value_id(), ValueId::of(&block.header), "{case}");
        let places: Vec<usize> = proposal.prefilled.iter().map(|(index, _)| *index as usize).collect();
        assert_eq!(places, whole, "{case}");
    }
}

#[test]
fn ids_are_whole_below_200_transactions_and_8_bytes_from_there() {
    for (count, short) in [(0, false), (1, false), (199, false), (200, true), (1_000, true)] {
        let ids = propose(&block(txs(count)), 0, &[]).txs;
        assert_eq!((ids.len() as u64, matches!(ids, TxIds::Short(_))), (count, short), "{count} transactions");
        assert_eq!(ids.is_empty(), count == 0);
    }
    let sizes = [5_000, 10_000].map(|count| propose(&block(txs(count)), 0, &[]).encode().len());
    assert_eq!(sizes[1] - sizes[0], 5_000 * 8, "8 bytes for each more");
}

#[test]
fn equal_short_ids_in_one_block_make_all_ids_whole() {
    let mut txs = txs(300);
    txs[299] = txs[0].clone();
    let ids = propose(&block(txs.clone()), 0, &[]).txs;
    assert_eq!(ids, TxIds::Full(hashes(&txs)));
}

#[test]
fn a_short_id_is_siphash_2_4_keyed_by_the_block() {
    // Computed apart, by a program of its own after the paper; the key is the bytes 0 to 15, the input the bytes 0 to 31.
    let block = B256::from(std::array::from_fn(|at| at as u8));
    assert_eq!(ShortIdKey::of(block).id(&block), SIPHASH_OF_32);
    let other = B256::repeat_byte(7);
    assert_ne!(ShortIdKey::of(other).id(&block), SIPHASH_OF_32, "another block, another id");
}

const SIPHASH_OF_32: u64 = 0x7127_512f_72f2_7cce;

#[test]
fn prefilling_ends_at_its_bound() {
    let large = vec![tx(0, 700 << 10), tx(1, 700 << 10), tx(2, 100)];
    let proposal = propose(&block(large), 0, &[0, 1, 2]);
    let places: Vec<u32> = proposal.prefilled.iter().map(|(index, _)| *index).collect();
    assert_eq!(places, [0, 2], "the second does not fit, the third does");
    assert!(CompactProposal::decode(&proposal.encode()).is_ok());
}

/// Where the fields of the first height's proposal of `count` transactions begin.
struct Offsets {
    commit: usize,
    ids: usize,
    prefilled: usize,
}

fn first(count: u64) -> (Vec<u8>, Offsets) {
    let bytes = propose(&block_at(1, 0, txs(count), vec![]), 0, &[]).encode();
    let header = u32::from_be_bytes(bytes[5..9].try_into().unwrap()) as usize;
    let (commit, ids) = (9 + header, 9 + header + 8);
    let width = bytes[ids + 4] as usize;
    (bytes, Offsets { commit, ids, prefilled: ids + 5 + width * count as usize })
}

fn with(mut bytes: Vec<u8>, at: usize, number: u32) -> Vec<u8> {
    bytes[at..at + 4].copy_from_slice(&number.to_be_bytes());
    bytes
}

fn bound(field: &'static str, max: usize) -> CompactError {
    CompactError::Bound { field, found: max + 1, max }
}

#[test]
fn every_bound_is_named_where_it_is_exceeded() {
    let (bytes, at) = first(3);
    let root = at.prefilled + 4;
    let rows = [
        ("round", 1, ROUND_MAX as usize, "round"),
        ("header", 5, HEADER_BYTES_MAX, "header"),
        ("commit", at.commit, COMMIT_BYTES_MAX, "last_commit"),
        ("evidence", at.commit + 4, EVIDENCE_MAX, "evidence"),
        ("ids", at.ids, COMPACT_TXS_MAX, "txs"),
        ("prefilled: more than there are", at.prefilled, 3, "prefilled"),
        ("parts", root, PARTS_MAX as usize, "parts.total"),
    ];
    for (case, at, max, field) in rows {
        let refused = CompactProposal::decode(&with(bytes.clone(), at, max as u32 + 1));
        assert_eq!(refused, Err(bound(field, max)), "{case}");
        let text = refused.unwrap_err().to_string();
        assert!(text.contains(field) && text.contains(&max.to_string()), "{case}: {text}");
    }
    let long = vec![0; COMPACT_BYTES_MAX + 1];
    let expected = CompactError::TooLong { bytes: COMPACT_BYTES_MAX + 1, max: COMPACT_BYTES_MAX };
    assert_eq!(CompactProposal::decode(&long), Err(expected));
}

#[test]
fn prefilled_transactions_have_their_bounds() {
    let splice = |at: usize, entries: &[(u32, usize)]| {
        let (mut bytes, offsets) = first(3);
        let count = (entries.len() as u32).to_be_bytes().to_vec();
        let whole = entries.iter().flat_map(|(index, length)| {
            [&index.to_be_bytes()[..], &(*length as u32).to_be_bytes(), &vec![0xda; *length]].concat()
        });
        bytes.splice(offsets.prefilled..offsets.prefilled + at, count.into_iter().chain(whole));
        CompactProposal::decode(&bytes).unwrap_err()
    };
    let malformed = |reason: &str| CompactError::Malformed { field: "prefilled index", reason: reason.into() };
    assert_eq!(splice(4, &[(3, 1)]), CompactError::Bound { field: "prefilled index", found: 3, max: 2 });
    assert_eq!(splice(4, &[(1, 1), (1, 1)]), malformed("1 comes after 1"));
    assert_eq!(splice(4, &[(2, 1), (0, 1)]), malformed("0 comes after 2"));
    assert_eq!(splice(4, &[(0, PREFILLED_BYTES_MAX + 1)]), bound("prefilled", PREFILLED_BYTES_MAX));
    let half = PREFILLED_BYTES_MAX / 2;
    assert_eq!(splice(4, &[(0, half), (1, half + 1)]), bound("prefilled", half), "all of them together");
}

#[test]
fn bytes_that_end_early_or_late_are_refused() {
    let bytes = propose(&block_at(9, 0, txs(3), vec![evidence(1, 8, 1)]), 0, &[1]).encode();
    for length in 0..bytes.len() {
        let refused = CompactProposal::decode(&bytes[..length]);
        assert!(matches!(refused, Err(CompactError::Short(_))), "{length} of {} bytes: {refused:?}", bytes.len());
    }
    let trailing = [&bytes[..], &[0]].concat();
    assert_eq!(CompactProposal::decode(&trailing), Err(CompactError::NotCanonical));
}

#[test]
fn other_versions_and_widths_are_refused() {
    let (bytes, at) = first(3);
    let mut version = bytes.clone();
    version[0] = 2;
    assert_eq!(CompactProposal::decode(&version), Err(CompactError::Version(2)));
    for (width, says) in [(16, "ids of 16 bytes"), (8, "short ids for 3 transactions")] {
        let mut other = bytes.clone();
        other[at.ids + 4] = width;
        let text = CompactProposal::decode(&other).unwrap_err().to_string();
        assert!(text.contains("txs") && text.contains(says), "{text}");
    }
}

#[test]
fn a_header_in_another_encoding_is_refused() {
    let (mut bytes, _) = first(1);
    let header = u32::from_be_bytes(bytes[5..9].try_into().unwrap());
    // An unknown field, which protobuf passes over.
    bytes.splice(9..9, [0xf8, 0x07, 0x01]);
    let bytes = with(bytes, 5, header + 3);
    assert_eq!(CompactProposal::decode(&bytes), Err(CompactError::NotCanonical));
}

#[test]
fn only_the_proposer_of_the_round_can_propose() {
    let block = block_at(2, 1, txs(3), vec![]);
    let good = propose(&block, 1, &[0]);
    let mut signed_by_another = good.clone();
    signed_by_another.signature = CompactProposal::of(&block, &hashes(&block.txs), 1, |at| at == 0, &key(9)).signature;
    let other_round = CompactProposal { round: 2, ..good.clone() };
    let expected = set().proposer(2).address;
    let rows = [
        ("as it is", good.clone(), Ok(())),
        ("another's signature", signed_by_another, Err(CompactError::Signature)),
        (
            "no signature",
            CompactProposal { signature: Signature([0; 64]), ..good.clone() },
            Err(CompactError::Signature),
        ),
        (
            "another round",
            other_round,
            Err(CompactError::Proposer { round: 2, expected, found: proposer(1).address() }),
        ),
    ];
    for (case, proposal, verdict) in rows {
        assert_eq!(proposal.verify(&chain_id(), &set()), verdict, "{case}");
    }
    let elsewhere: seiza_types::ChainId = "seiza-2".parse().unwrap();
    let found = chain_id();
    assert_eq!(good.verify(&elsewhere, &set()), Err(CompactError::Chain { expected: elsewhere, found }));
    let alone = ValidatorSet::new(&[ValidatorUpdate { public_key: key(9).public_key(), power: 1 }]).unwrap();
    assert!(matches!(good.verify(&chain_id(), &alone), Err(CompactError::Proposer { .. })), "another set");
}

#[test]
fn the_signature_covers_every_field() {
    let block = block_at(9, 0, txs(3), vec![evidence(1, 8, 1)]);
    let good = propose(&block, 0, &[0]);
    type Change = fn(&mut CompactProposal);
    // The same validator proposes in round 4: there are four of equal power.
    assert_eq!(set().proposer(4).address, set().proposer(0).address);
    let changes: [(&str, Change); 8] = [
        ("round", |proposal| proposal.round = 4),
        ("header", |proposal| proposal.header.consensus_hash = tendermint::Hash::Sha256([9; 32])),
        ("last commit", |proposal| proposal.last_commit = None),
        ("evidence", |proposal| proposal.evidence.clear()),
        ("ids", |proposal| proposal.txs = TxIds::Full(vec![B256::ZERO; 3])),
        ("prefilled", |proposal| proposal.prefilled[0].1 = Bytes::from_static(b"other")),
        ("parts, number", |proposal| proposal.parts.total += 1),
        ("parts, root", |proposal| proposal.parts.root = B256::ZERO),
    ];
    for (case, change) in changes {
        let mut changed = good.clone();
        change(&mut changed);
        assert_eq!(changed.verify(&chain_id(), &set()), Err(CompactError::Signature), "{case}");
    }
}
