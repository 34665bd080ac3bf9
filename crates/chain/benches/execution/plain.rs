//! The peer: revm as its users run it, one EVM re-used over its in-memory database, no parallelism, nothing of ours.

use std::hint::black_box;
use std::time::Instant;

use revm::context::{CfgEnv, Context};
use revm::database::InMemoryDB;
use revm::state::{AccountInfo, Bytecode};
use revm::{ExecuteCommitEvm as _, MainBuilder as _, MainContext as _};
use seiza_chain::evm::{self, BlockHashes, CallEnv};
use seiza_types::tx::Body;

use crate::workload::Workload;

/// Seconds that plain revm takes for the block. Building the database and the environments is not counted.
pub fn seconds(workload: &Workload) -> f64 {
    let context = &workload.context;
    let mut cfg = CfgEnv::new_with_spec(context.spec());
    cfg.chain_id = context.chain_id;
    let mut machine =
        Context::mainnet().with_db(database(workload)).with_cfg(cfg).with_block(context.env()).build_mainnet();
    let envs: Vec<_> = workload
        .txs
        .iter()
        .filter_map(|tx| match &tx.body {
            Body::Evm(evm) => Some(CallEnv::of(evm, &tx.signer).into_env()),
            Body::Cosmos(_) => None,
        })
        .collect();
    let start = Instant::now();
    for env in envs {
        black_box(machine.transact_commit(env).unwrap());
    }
    start.elapsed().as_secs_f64()
}

fn database(workload: &Workload) -> InMemoryDB {
    let mut db = InMemoryDB::default();
    for (address, account) in evm::accounts(&workload.state).unwrap() {
        let code = (!account.code.is_empty()).then(|| Bytecode::new_raw(account.code));
        let mut info = AccountInfo { balance: account.balance, nonce: account.nonce, ..AccountInfo::default() };
        if let Some(code) = code {
            info.code_hash = code.hash_slow();
            info.code = Some(code);
        }
        db.insert_account_info(address, info);
        for (slot, value) in account.storage {
            db.insert_account_storage(address, slot, value).unwrap();
        }
    }
    if let BlockHashes::Fixed(hashes) = &workload.context.block_hashes {
        db.cache
            .block_hashes
            .extend(hashes.iter().map(|(number, hash)| (revm::primitives::U256::from(*number), *hash)));
    }
    db
}
