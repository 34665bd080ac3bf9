//! After a commit: what the block left of the accounts that have transactions waiting.

use std::collections::BTreeSet;

use parking_lot::Mutex;
use seiza_chain::modules::{auth, bank};
use seiza_chain::{ChainError, VerifiedBlock};
use seiza_mempool::{LaneUpdate, Pool};
use seiza_state::Changeset;
use seiza_storage::Head;
use seiza_types::{Address, B256};

/// Tells the pool of a committed block: its transactions leave, touched lanes are looked at again. Gives the hashes of those
/// that have left.
///
/// # Errors
/// Those of reading state.
pub fn settle(
    pool: &Mutex<Pool>,
    block: &VerifiedBlock,
    changes: &Changeset,
    head: &Head,
) -> Result<Vec<B256>, ChainError> {
    let hashes: Vec<B256> = block.txs().iter().map(|tx| tx.hash).collect();
    let touched = touched(pool, block, changes);
    let updates = touched.iter().map(|address| update(head, *address)).collect::<Result<Vec<_>, ChainError>>()?;
    Ok(pool.lock().included(&updates, &hashes).dropped)
}

/// Lanes in the pool whose account sent, or whose balance changed. Reads of state stay outside the lock.
fn touched(pool: &Mutex<Pool>, block: &VerifiedBlock, changes: &Changeset) -> BTreeSet<Address> {
    let senders = block.txs().iter().map(|tx| tx.signer.address);
    let natives = bank::keys::natives();
    let balances = changes.range(&natives).filter_map(|(key, _)| bank::keys::address_of_native(key));
    let all: BTreeSet<Address> = senders.chain(balances).collect();
    let pool = pool.lock();
    all.into_iter().filter(|address| pool.lane(address).is_some()).collect()
}

fn update(head: &Head, lane: Address) -> Result<LaneUpdate, ChainError> {
    let nonce = auth::nonce(&head.state, &lane)?;
    let balance = bank::native_balance(&head.state, &lane)?;
    Ok(LaneUpdate { lane, nonce, balance })
}
