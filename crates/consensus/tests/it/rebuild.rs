//! Blocks out of ids, the mempool and what peers send.

use std::sync::Arc;

use proptest::prelude::*;
use seiza_consensus::compact::{CompactProposal, TxIds};
use seiza_consensus::rebuild::{Rebuild, RebuildError, SupplyError};
use seiza_types::limits::BLOCK_BYTES_MAX;
use seiza_types::{B256, Block, Bytes};

use super::forge::{block, block_at, evidence, hashes, proposal, propose, tx, txs};

/// A mempool that holds these.
fn pool(txs: &[Bytes]) -> Vec<(B256, Bytes)> {
    hashes(txs).into_iter().zip(txs.iter().cloned()).collect()
}

fn rebuild(proposal: Arc<CompactProposal>, pool: &[(B256, Bytes)]) -> Result<Rebuild, RebuildError> {
    Rebuild::new(proposal, pool.iter().map(|(hash, bytes)| (hash, bytes)))
}

#[test]
fn a_block_whose_transactions_all_wait_needs_nothing() {
    let strangers = pool(&(5_000..5_500).map(|n| tx(n, 10)).collect::<Vec<_>>());
    for count in [0, 1, 199, 200, 1_000] {
        let block = block_at(9, 0, txs(count), vec![evidence(1, 8, 1)]);
        let mut pool = [pool(&block.txs), strangers.clone()].concat();
        pool.sort();
        let rebuild = rebuild(proposal(&block), &pool).unwrap();
        assert_eq!((rebuild.missing_count(), rebuild.missing(), rebuild.txs() as u64), (0, vec![], count));
        let made = rebuild.finish().unwrap();
        assert_eq!(made, block, "{count} transactions");
        assert_eq!(made.encode(), block.encode(), "so that it has the proposer's parts");
    }
}

#[test]
fn an_empty_blocks_header_may_leave_its_data_hash_out() {
    let mut block = block(vec![]);
    block.header.data_hash = None;
    assert_eq!(rebuild(proposal(&block), &[]).unwrap().finish(), Ok(block));
}

#[test]
fn what_is_missing_is_named_in_order_and_can_be_supplied_in_any() {
    let block = block(txs(400));
    let known: Vec<Bytes> =
        block.txs.iter().enumerate().filter(|(n, _)| n % 40 != 7).map(|(_, tx)| tx.clone()).collect();
    let mut rebuild = rebuild(proposal(&block), &pool(&known)).unwrap();
    let missing = rebuild.missing();
    assert_eq!(missing, [7, 47, 87, 127, 167, 207, 247, 287, 327, 367]);
    assert_eq!(rebuild.clone().finish(), Err(RebuildError::Missing(10)));
    for (done, index) in missing.iter().rev().enumerate() {
        assert_eq!(rebuild.missing_count(), 10 - done);
        rebuild.supply(*index, block.txs[*index as usize].clone()).unwrap();
    }
    assert_eq!(rebuild.finish().unwrap(), block);
}

#[test]
fn prefilled_transactions_need_no_pool() {
    let block = block(txs(250));
    let proposal = Arc::new(propose(&block, 0, &[0, 100, 249]));
    let rebuild = rebuild(proposal, &pool(&block.txs[1..100])).unwrap();
    assert_eq!(rebuild.missing(), (101..249).collect::<Vec<_>>());
}

#[test]
fn a_prefilled_transaction_that_its_id_does_not_name_is_the_proposers_fault() {
    for count in [3, 300] {
        let good = propose(&block(txs(count)), 0, &[1, 2]);
        for (case, wrong) in [("another", tx(9_999, 0)), ("none", Bytes::from_static(b"no transaction"))] {
            let mut bad = good.clone();
            bad.prefilled[1].1 = wrong;
            let refused = rebuild(Arc::new(bad), &[]);
            assert_eq!(refused.err(), Some(RebuildError::Prefilled(2)), "{case} of {count}");
        }
    }
}

#[test]
fn a_wrong_transaction_is_its_senders_fault_and_changes_nothing() {
    for count in [3, 300] {
        let block = block(txs(count));
        let mut rebuild = rebuild(proposal(&block), &pool(&block.txs[2..])).unwrap();
        let rows = [
            (1, block.txs[0].clone(), Err(SupplyError::Wrong { index: 1 })),
            (1, tx(9_999, 0), Err(SupplyError::Wrong { index: 1 })),
            (1, Bytes::new(), Err(SupplyError::Wrong { index: 1 })),
            (1, Bytes::from_static(b"\xff"), Err(SupplyError::Wrong { index: 1 })),
            (count as u32, tx(1, 70), Err(SupplyError::Index { index: count as u32, txs: count as usize })),
            (u32::MAX, tx(1, 70), Err(SupplyError::Index { index: u32::MAX, txs: count as usize })),
            (2, tx(9_999, 0), Ok(())),
        ];
        for (index, bytes, expected) in rows {
            assert_eq!(rebuild.supply(index, bytes), expected);
            assert_eq!(rebuild.missing(), [0, 1]);
        }
        rebuild.supply(0, block.txs[0].clone()).unwrap();
        rebuild.supply(1, block.txs[1].clone()).unwrap();
        assert_eq!(rebuild.finish().unwrap(), block, "what was passed over did no harm");
    }
}

#[test]
fn ids_that_meet_other_transactions_are_found_out_by_the_data_hash() {
    let (meant, met) = (block(txs(300)), (1..301).map(|n| tx(n, 71)).collect::<Vec<_>>());
    let honest = propose(&meant, 0, &[]);
    let collided = CompactProposal { txs: TxIds::of(meant.hash(), &hashes(&met)), ..honest };
    let refused = rebuild(Arc::new(collided), &pool(&met)).unwrap().finish();
    assert!(matches!(refused, Err(RebuildError::DataHash { .. })), "{refused:?}");
}

#[test]
fn one_id_in_many_places_costs_no_more_and_makes_no_giant() {
    let large = tx(0, 900_000);
    let block = block(vec![tx(1, 0)]);
    let ids = TxIds::Full(vec![hashes(&[large.clone()])[0]; 20]);
    let proposal = Arc::new(CompactProposal { txs: ids, ..propose(&block, 0, &[]) });
    let bytes = 20 * large.len();
    let refused = rebuild(proposal, &pool(&[large])).unwrap().finish();
    assert_eq!(refused, Err(RebuildError::TooLong { bytes, max: BLOCK_BYTES_MAX }));
}

/// Quadratic work over these would be 6.5e8 steps.
#[test]
fn ten_thousand_of_a_full_pool_are_found_at_once() {
    let all: Vec<(B256, Bytes)> = (0..65_536u64).map(|n| (B256::from(spread(n)), Bytes::from_static(b"tx"))).collect();
    let wanted: Vec<B256> = all.iter().step_by(6).take(10_000).map(|(hash, _)| *hash).collect();
    let block = block(vec![]);
    let ids = TxIds::of(block.hash(), &wanted);
    assert!(matches!(ids, TxIds::Short(_)));
    let proposal = Arc::new(CompactProposal { txs: ids, ..propose(&block, 0, &[]) });
    assert_eq!(rebuild(proposal, &all).unwrap().missing_count(), 0);
}

/// Spread-out bytes for a number.
fn spread(n: u64) -> [u8; 32] {
    let word = |k: u64| {
        (n + k * 65_537).wrapping_mul(0x9e37_79b9_7f4a_7c15).rotate_left(29).wrapping_mul(0xbf58_476d_1ce4_e5b9)
    };
    std::array::from_fn(|at| word(at as u64 / 8).to_be_bytes()[at % 8])
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(32))]

    #[test]
    fn whatever_the_pool_holds_the_block_is_the_proposers(
        count in prop_oneof![0u64..5, 195u64..205, 400u64..450],
        holes in proptest::collection::vec(any::<prop::sample::Index>(), 0..20),
        whole in proptest::collection::vec(any::<prop::sample::Index>(), 0..5),
        strangers in 0u64..50,
    ) {
        let block: Block = block(txs(count));
        let places = |set: &[prop::sample::Index]| -> std::collections::BTreeSet<usize> {
            set.iter().filter(|_| count > 0).map(|at| at.index(count as usize)).collect()
        };
        let (holes, whole) = (places(&holes), places(&whole));
        let known = block.txs.iter().enumerate().filter(|(at, _)| !holes.contains(at)).map(|(_, tx)| tx.clone());
        let waiting: Vec<Bytes> = known.chain((0..strangers).map(|n| tx(10_000 + n, 3))).collect();
        let proposal = Arc::new(propose(&block, 0, &whole.iter().copied().collect::<Vec<_>>()));
        let mut rebuild = rebuild(proposal, &pool(&waiting)).unwrap();
        let expected: Vec<u32> = holes.difference(&whole).map(|at| *at as u32).collect();
        prop_assert_eq!(rebuild.missing(), expected.clone());
        for index in expected {
            rebuild.supply(index, block.txs[index as usize].clone()).unwrap();
        }
        prop_assert_eq!(rebuild.finish().unwrap(), block);
    }
}
