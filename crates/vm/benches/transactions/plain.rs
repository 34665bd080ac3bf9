//! The peer: revm as its users run it.

use std::hint::black_box;

use revm::context::{BlockEnv, CfgEnv, Context, TxEnv};
use revm::database::InMemoryDB;
use revm::primitives::hardfork::SpecId;
use revm::state::{AccountInfo, Bytecode};
use revm::{ExecuteEvm as _, MainBuilder as _, MainContext as _, MainnetEvm};
use seiza_vm::evm::CallEnv;

use crate::workload::{CHAIN_ID, TOKEN, Workload, balance_slot, funds};

type Machine = MainnetEvm<Context<BlockEnv, TxEnv, CfgEnv, InMemoryDB>>;

/// One EVM that is re-used, and the environments that it is given.
pub struct Peer {
    machine: Machine,
    envs: Vec<TxEnv>,
}

impl Peer {
    pub fn new(workload: &Workload) -> Self {
        let mut cfg = CfgEnv::new_with_spec(SpecId::PRAGUE);
        cfg.chain_id = CHAIN_ID;
        let machine = Context::mainnet().with_db(database(workload)).with_cfg(cfg).build_mainnet();
        let envs = workload.txs.iter().map(|(tx, signer)| CallEnv::of(tx, signer).into_env()).collect();
        Self { machine, envs }
    }

    pub fn run(&mut self) {
        for env in &self.envs {
            let ended = self.machine.transact(env.clone()).expect("valid");
            assert!(ended.result.is_success());
            black_box(ended);
        }
    }
}

fn database(workload: &Workload) -> InMemoryDB {
    let mut db = InMemoryDB::default();
    for address in Workload::accounts() {
        db.insert_account_info(address, AccountInfo { balance: funds(), ..AccountInfo::default() });
    }
    if let Some(code) = &workload.token {
        db.insert_account_info(TOKEN, AccountInfo::from_bytecode(Bytecode::new_raw(code.clone())));
        for address in Workload::accounts() {
            db.insert_account_storage(TOKEN, balance_slot(&address), funds()).expect("in memory");
        }
    }
    db
}
