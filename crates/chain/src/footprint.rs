//! Learning what a transaction touches by trying it out on the state there is. Nothing is kept of the trial but the keys.
//!
//! The state will have moved on when the transaction is executed, so what is learned is a guess: a plan is made of it, and
//! what it gets wrong costs one run more.

use std::sync::Arc;

use seiza_executor::Intent;
use seiza_modules::{auth, exchange, fees};
use seiza_state::{Access, Changeset, Key, Overlay, ReadSet, Write, WriteSet};
use seiza_storage::Head;
use seiza_types::limits::{FOOTPRINT_KEYS_MAX, LEARN_GAS_MAX};
use seiza_types::{Code, VerifiedTx};
use seiza_vm::evm::BlockContext;

use crate::header::coinbase;
use crate::hints::Footprint;
use crate::tx::TxJob;
use crate::{Chain, ChainError};

impl Chain {
    /// Tries a transaction out on the published head, as if in the next block. `None` where it cannot run yet or any more,
    /// or may use more than [`LEARN_GAS_MAX`] gas.
    #[must_use]
    pub fn learn(&self, tx: &VerifiedTx) -> Option<Footprint> {
        if tx.gas_limit > LEARN_GAS_MAX {
            return None;
        }
        let head = self.head();
        learn(&self.head_overlay(), &self.context_after(&head).ok()?, tx)
    }

    /// The next block, as far as it can be told without building it.
    fn context_after(&self, head: &Head) -> Result<BlockContext, ChainError> {
        let rules = self.rules();
        let timestamp = u64::try_from(head.time.unix_timestamp()).unwrap_or_default();
        Ok(BlockContext {
            base_fee: fees::base_fee(&head.state)?,
            gas_limit: rules.block_gas_max,
            coinbase: head.block.as_ref().map_or_else(Default::default, |stored| coinbase(&stored.block.header)),
            prevrandao: head.block_hash,
            ..BlockContext::new(rules.evm_chain_id, rules.fork, head.height + 1, timestamp)
        })
    }
}

/// Runs `tx` over `state` in the block that `context` describes, and tells which keys it touched and how; the keys that it
/// writes come first, and there are at most [`FOOTPRINT_KEYS_MAX`]. Earlier transactions of the same sender may be
/// outstanding. `None` where it did not run.
#[must_use]
pub fn learn(state: &Overlay, context: &BlockContext, tx: &VerifiedTx) -> Option<Footprint> {
    let state = after_earlier_ones(state, tx)?;
    let mut access = Access::new(&state);
    let result = TxJob { tx, context, index: 0, learned: None }.run(&mut access).ok()?;
    if result.code == Code::Skipped {
        return None;
    }
    let (reads, writes) = access.finish();
    Some(footprint(&reads, &writes))
}

/// The state when the transactions of the same sender that come first have run, as far as its nonce and its link go.
fn after_earlier_ones(state: &Overlay, tx: &VerifiedTx) -> Option<Overlay> {
    let signer = &tx.signer;
    if auth::nonce(state, &signer.address).ok()? >= tx.nonce {
        return Some(state.clone());
    }
    let record = auth::Account { nonce: tx.nonce, public_key: Some(signer.public_key) };
    let mut changes = Changeset::default();
    changes.insert(auth::keys::account(&signer.address), Some(record.encode()));
    changes.insert(auth::keys::link(&signer.sei), Some(signer.address.as_slice().into()));
    Some(state.with(Arc::new(changes)))
}

fn footprint(reads: &ReadSet, writes: &WriteSet) -> Footprint {
    // Where an order arrives depends on its place in the block, which nobody knows yet.
    let writes = writes.iter().filter(|(key, _)| !exchange::keys::is_arrival(key));
    let written = writes.map(|(key, write)| (key.clone(), intent(reads.points.contains(key), write)));
    let mut keys: Vec<(Key, Intent)> = written.collect();
    let is_written = |key: &Key| keys.binary_search_by(|(written, _)| written.cmp(key)).is_ok();
    let read = reads.points.iter().filter(|key| !is_written(key)).map(|key| (key.clone(), Intent::Read));
    let relied =
        reads.premises.iter().map(|(key, _)| key).filter(|key| !is_written(key) && !reads.points.contains(key));
    let relied = relied.map(|key| (key.clone(), Intent::Rely));
    let only_read: Vec<(Key, Intent)> = read.chain(relied).collect();
    keys.extend(only_read);
    keys.truncate(FOOTPRINT_KEYS_MAX);
    keys.into()
}

fn intent(was_read: bool, write: &Write) -> Intent {
    match write {
        _ if was_read => Intent::Change,
        Write::Add(_) => Intent::Add,
        Write::Put(_) | Write::Delete => Intent::Write,
    }
}
