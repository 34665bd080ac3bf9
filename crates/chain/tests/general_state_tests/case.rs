//! One case: pre-state into storage, the transaction through decoding, verification and a block, Ethereum's root out.

use std::collections::BTreeMap;
use std::sync::Arc;

use alloy_primitives::{B256, keccak256};
use alloy_trie::TrieAccount;
use alloy_trie::root::{state_root_unhashed, storage_root_unhashed};
use seiza_chain::evm::{self, BlockContext, BlockHashes, FeePolicy};
use seiza_chain::modules::fees::FeeParams;
use seiza_chain::modules::{auth, bank};
use seiza_chain::{BlockInput, BlockOutput, Cancel, Hints, Mode};
use seiza_state::{Access, Changeset, Empty, Overlay};
use seiza_storage::{GenesisRecord, Options, Storage};
use seiza_types::{Code, Denom, Fork, Log, Receipt, Rules, Tx, VerifiedTx};

use crate::Verdict;
use crate::fixture::{Case, Env, Test};

/// BLOCKHASH reaches this many blocks back.
const BLOCK_HASHES: u64 = 256;

pub fn run(case: &Case) -> Verdict {
    let Some(fork) = case.fork else { return Verdict::Skipped("a fork that this chain does not know") };
    let folder = tempfile::tempdir().expect("a temporary folder can be made");
    let storage = Storage::open(folder.path(), Options::without_fsync()).expect("an empty folder opens");
    let record = GenesisRecord { time: seiza_types::Time::unix_epoch(), meta: Default::default() };
    storage.init_genesis(record, &pre_state(&case.test)).expect("genesis is written once");
    let parent = Overlay::new(Arc::new(storage.head().state.clone()));
    let context = context(&case.test.env, fork);
    let txs: Vec<VerifiedTx> = verified(case, fork, &context).into_iter().collect();
    let input = BlockInput {
        context: &context,
        parent_hash: None,
        txs: &txs,
        fees: &FeeParams::default(),
        hints: Hints::None,
        turn: None,
    };
    let BlockOutput { changes, results, .. } = match input.run(&parent, Mode::Sequential, &Cancel::default()) {
        Ok(ran) => ran,
        Err(error) => return Verdict::Failed(error.to_string()),
    };
    let after = parent.with(Arc::new(changes));
    if let Err(error) = storage.root_after(after.layers()) {
        return Verdict::Failed(format!("our own root: {error}"));
    }
    compare(case, &after, &results.receipts)
}

fn compare(case: &Case, after: &Overlay, receipts: &[Receipt]) -> Verdict {
    let effective = receipts.iter().any(|receipt| receipt.code != Code::Skipped);
    match (&case.post.expect_exception, effective) {
        (Some(expected), true) => return Verdict::Failed(format!("executed, expected {expected}")),
        (None, false) => return Verdict::Failed("refused, expected to be executed".into()),
        _ => {}
    }
    let logs: Vec<Log> = receipts.iter().flat_map(|receipt| receipt.logs.clone()).collect();
    let logs = keccak256(alloy_rlp::encode(&logs));
    if logs != case.post.logs {
        return Verdict::Failed(format!("logs hash {logs}, expected {}", case.post.logs));
    }
    let root = ethereum_root(after);
    if root != case.post.hash {
        return Verdict::Failed(format!("state root {root}, expected {}; {receipts:?}", case.post.hash));
    }
    Verdict::Passed
}

/// The transaction, unless the stateless rules refuse it: then the block stays empty, as it must.
fn verified(case: &Case, fork: Fork, context: &BlockContext) -> Option<VerifiedTx> {
    let rules = Rules { fork, blobs: true, block_gas_max: context.gas_limit, ..Rules::new(1, "conformance-1") };
    Tx::decode(&case.post.txbytes).ok()?.verify(&rules).ok()
}

fn pre_state(test: &Test) -> Changeset {
    let nothing = Overlay::new(Arc::new(Empty));
    let mut access = Access::unrecorded(&nothing);
    for (address, account) in &test.pre {
        let nonce = account.nonce.to();
        auth::set_account(&mut access, address, &auth::Account { nonce, public_key: None });
        bank::mint(&mut access, address, &Denom::native(), account.balance).expect("supplies fit 256 bits");
        evm::set_code(&mut access, address, account.code.clone());
        for (slot, value) in &account.storage {
            evm::set_storage(&mut access, address, slot, *value);
        }
    }
    let mut changes = Changeset::default();
    changes.absorb(access.finish().1, &nothing).expect("amounts fit 256 bits");
    changes
}

fn context(env: &Env, fork: Fork) -> BlockContext {
    let number: u64 = env.current_number.to();
    let hashes: BTreeMap<u64, B256> =
        (number.saturating_sub(BLOCK_HASHES)..number).map(|number| (number, keccak256(number.to_string()))).collect();
    BlockContext {
        number,
        timestamp: env.current_timestamp.saturating_to(),
        nanos: 0,
        base_fee: env.current_base_fee.saturating_to(),
        gas_limit: env.current_gas_limit.saturating_to(),
        coinbase: env.current_coinbase,
        prevrandao: B256::from(env.current_random.unwrap_or_default()),
        difficulty: env.current_difficulty,
        chain_id: 1,
        fork,
        block_hashes: BlockHashes::Fixed(Arc::new(hashes)),
        fees: FeePolicy::Ethereum,
        excess_blob_gas: env.current_excess_blob_gas.map(|gas| gas.saturating_to()),
    }
}

/// Ethereum's Merkle Patricia root over every account that exists.
fn ethereum_root(state: &Overlay) -> B256 {
    let accounts = evm::accounts(state).expect("state reads");
    state_root_unhashed(accounts.into_iter().map(|(address, account)| {
        let slots = account.storage.iter().map(|(slot, value)| (B256::from(*slot), *value));
        let trie = TrieAccount {
            nonce: account.nonce,
            balance: account.balance,
            storage_root: storage_root_unhashed(slots),
            code_hash: keccak256(&account.code),
        };
        (address, trie)
    }))
}
