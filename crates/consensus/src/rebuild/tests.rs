//! Ambiguous places: two transactions of one short id can't be made, so they are offered for one place here.

use std::sync::Arc;

use seiza_types::{B256, Bytes, Header, Signature, Time};
use tendermint::block::header::Version;
use tendermint::{AppHash, Hash};

use super::{Rebuild, RebuildError, Slot};
use crate::compact::{CompactProposal, TxIds};
use crate::parts::PartSetHeader;

fn proposal(txs: usize) -> Arc<CompactProposal> {
    let hash = Hash::Sha256([1; 32]);
    let header = Header {
        version: Version { block: 11, app: 1 },
        chain_id: "seiza-1".parse().unwrap(),
        height: 1u32.into(),
        time: Time::unix_epoch(),
        last_block_id: None,
        last_commit_hash: None,
        data_hash: None,
        validators_hash: hash,
        next_validators_hash: hash,
        consensus_hash: hash,
        app_hash: AppHash::try_from(vec![]).unwrap(),
        last_results_hash: None,
        evidence_hash: None,
        proposer_address: tendermint::account::Id::new([1; 20]),
    };
    let (txs, parts) = (TxIds::Full(vec![B256::ZERO; txs]), PartSetHeader { total: 1, root: B256::ZERO });
    let (prefilled, evidence, signature) = (Vec::new(), Vec::new(), Signature([0; 64]));
    Arc::new(CompactProposal { round: 0, header, last_commit: None, evidence, txs, prefilled, parts, signature })
}

fn empty(txs: usize) -> Rebuild {
    Rebuild::new(proposal(txs), []).unwrap()
}

#[test]
fn two_pool_transactions_of_one_id_leave_the_place_missing() {
    let (a, b) = ((B256::repeat_byte(1), Bytes::from_static(b"a")), (B256::repeat_byte(2), Bytes::from_static(b"b")));
    let rows = [
        ("one", vec![&a], 1, 0),
        ("the same twice", vec![&a, &a], 1, 0),
        ("two", vec![&a, &b], 2, 1),
        ("two, and the first again", vec![&a, &b, &a], 2, 1),
    ];
    for (case, offers, missing, ambiguous) in rows {
        let mut rebuild = empty(2);
        offers.into_iter().for_each(|(hash, bytes)| rebuild.offer(1, hash, bytes));
        rebuild.missing = rebuild.slots.iter().filter(|slot| slot.is_missing()).count();
        assert_eq!((rebuild.missing_count(), rebuild.ambiguous_count()), (missing, ambiguous), "{case}");
        assert_eq!(rebuild.missing(), if ambiguous == 1 { vec![0, 1] } else { vec![0] }, "{case}");
        assert_eq!(rebuild.finish(), Err(RebuildError::Missing(missing)), "{case}");
    }
}

#[test]
fn what_was_sent_stands_against_the_pool() {
    let mut rebuild = empty(1);
    rebuild.slots[0] = Slot::Sent(Bytes::from_static(b"sent"));
    rebuild.offer(0, &B256::repeat_byte(1), &Bytes::from_static(b"pool"));
    assert!(matches!(&rebuild.slots[0], Slot::Sent(bytes) if bytes[..] == *b"sent"));
}
