//! The peer: revm as its users run it, one EVM re-used over its in-memory database, no parallelism, nothing of ours.

use std::hint::black_box;

use revm::context::{BlockEnv, CfgEnv, Context, TxEnv};
use revm::database::InMemoryDB;
use revm::primitives::hardfork::SpecId;
use revm::primitives::{TxKind, U256};
use revm::state::{AccountInfo, Bytecode};
use revm::{ExecuteCommitEvm as _, MainBuilder as _, MainContext as _};
use seiza_chain::evm::{self, BlockContext, BlockHashes, CallEnv};
use seiza_chain::state::Overlay;
use seiza_types::VerifiedTx;
use seiza_types::tx::{Body, Message};

use crate::clock::Clock;

/// A block for plain revm: everything prepared that is not counted.
pub struct Plain {
    db: InMemoryDB,
    cfg: CfgEnv<SpecId>,
    block: BlockEnv,
    envs: Vec<TxEnv>,
    /// Gas that the block uses there.
    pub gas: u64,
}

impl Plain {
    /// The same block over the same state. A Cosmos transaction becomes a plain transfer, which is the nearest that plain
    /// revm can do.
    pub fn new(state: &Overlay, context: &BlockContext, txs: &[VerifiedTx]) -> Self {
        let mut cfg = CfgEnv::new_with_spec(context.spec());
        cfg.chain_id = context.chain_id;
        let envs = txs.iter().map(|tx| env(tx, context)).collect();
        let mut plain = Self { db: database(state, context), cfg, block: context.env(), envs, gas: 0 };
        plain.gas = plain.run(Clock::Wall).1;
        plain
    }

    /// Seconds that the block takes. Copying database and environments, and dropping the database, is not counted.
    pub fn seconds(&self, clock: Clock) -> f64 {
        self.run(clock).0
    }

    fn run(&self, clock: Clock) -> (f64, u64) {
        let context = Context::mainnet().with_db(self.db.clone()).with_cfg(self.cfg.clone());
        let mut machine = context.with_block(self.block.clone()).build_mainnet();
        let envs = self.envs.clone();
        let (mut gas, began) = (0, clock.now());
        for env in envs {
            gas += black_box(machine.transact_commit(env).unwrap()).tx_gas_used();
        }
        (clock.since(began), gas)
    }
}

fn env(tx: &VerifiedTx, context: &BlockContext) -> TxEnv {
    match &tx.body {
        Body::Evm(evm) => CallEnv::of(evm, &tx.signer).into_env(),
        Body::Cosmos(cosmos) => {
            let Message::Send { to, .. } = &cosmos.messages[0] else { unreachable!("the bench sends coins") };
            TxEnv {
                caller: tx.signer.address,
                nonce: tx.nonce,
                kind: TxKind::Call(to.cast()),
                value: U256::ONE,
                gas_limit: 21_000,
                gas_price: context.base_fee.into(),
                chain_id: Some(context.chain_id),
                ..TxEnv::default()
            }
        }
    }
}

fn database(state: &Overlay, context: &BlockContext) -> InMemoryDB {
    let mut db = InMemoryDB::default();
    for (address, account) in evm::accounts(state).unwrap() {
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
    if let BlockHashes::Fixed(hashes) = &context.block_hashes {
        db.cache.block_hashes.extend(hashes.iter().map(|(number, hash)| (U256::from(*number), *hash)));
    }
    db
}
