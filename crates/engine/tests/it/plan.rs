//! Who decides which height, and the made-up blocks that are decided.

use std::time::{Duration, SystemTime, UNIX_EPOCH};

use seiza_engine::{HeightParams, Timeouts};
use seiza_types::{Block, ChainId, Height, Time, ValidatorKey, ValidatorSet, ValidatorUpdate, data_hash};
use tendermint::block::header::Version;
use tendermint::{AppHash, Hash};

/// The chain of these tests.
pub fn chain_id() -> ChainId {
    "seiza-engine-test".parse().unwrap()
}

/// The key of validator `number`.
pub fn key(number: u8) -> ValidatorKey {
    ValidatorKey::from_seed([number + 1; 32])
}

/// The updates that give these validators power 1.
pub fn updates(numbers: impl IntoIterator<Item = u8>) -> Vec<ValidatorUpdate> {
    numbers.into_iter().map(|number| ValidatorUpdate { public_key: key(number).public_key(), power: 1 }).collect()
}

/// The first set, and at most one change.
#[derive(Clone)]
pub struct Plan {
    pub first: ValidatorSet,
    pub change: Option<(Height, Vec<ValidatorUpdate>)>,
}

impl Plan {
    pub fn of(validators: u8) -> Self {
        Self { first: ValidatorSet::new(&updates(0..validators)).unwrap(), change: None }
    }

    /// Who decides `height`.
    pub fn set(&self, height: Height) -> ValidatorSet {
        (2..=height).fold(self.first.clone(), |set, at| match &self.change {
            Some((from, updates)) if *from == at => set.updated(updates).unwrap().advanced(),
            _ => set.advanced(),
        })
    }

    pub fn params(&self, height: Height) -> HeightParams {
        let ms = Duration::from_millis;
        let timeouts = Timeouts {
            propose: ms(1000),
            propose_delta: ms(500),
            prevote: ms(300),
            prevote_delta: ms(200),
            precommit: ms(300),
            precommit_delta: ms(200),
            rebroadcast: ms(1000),
        };
        HeightParams { height, validators: self.set(height), timeouts, target_time: None }
    }
}

/// An empty block of this height by this proposer, at this moment.
pub fn block(height: Height, proposer: &ValidatorKey, set: &ValidatorSet) -> Block {
    let now = SystemTime::now().duration_since(UNIX_EPOCH).unwrap();
    let header = seiza_types::Header {
        version: Version { block: 11, app: 1 },
        chain_id: chain_id(),
        height: tendermint::block::Height::try_from(height).unwrap(),
        time: Time::from_unix_timestamp(now.as_secs().cast_signed(), now.subsec_nanos()).unwrap(),
        last_block_id: None,
        last_commit_hash: None,
        data_hash: Some(Hash::Sha256(data_hash(&[]).0)),
        validators_hash: set.hash(),
        next_validators_hash: set.hash(),
        consensus_hash: Hash::Sha256([4; 32]),
        app_hash: AppHash::try_from(vec![5; 32]).unwrap(),
        last_results_hash: None,
        evidence_hash: None,
        proposer_address: proposer.address(),
    };
    Block { header, txs: vec![], evidence: vec![], last_commit: None }
}
