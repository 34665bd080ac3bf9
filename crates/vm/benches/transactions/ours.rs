//! Our way through the same transactions, over a map in memory.

use std::collections::HashMap;
use std::hash::RandomState;
use std::hint::black_box;

use seiza_modules::{auth, bank};
use seiza_state::{Access, Empty, Key, KeyRange, StateError, StateRead, Value, Visit, WriteBuffer};
use seiza_types::tx::{EvmTx, Signer};
use seiza_types::{Code, Denom, Fork};
use seiza_vm::evm::{self, BlockContext, CallEnv, Checks, Session};

use crate::workload::{CHAIN_ID, TOKEN, Workload, balance_slot, funds};

/// A state and the block that the transactions are in.
pub struct Chain<'a> {
    state: Memory,
    block: BlockContext,
    txs: &'a [(EvmTx, Signer)],
}

/// Transactions of a session.
const CHUNK: usize = 32;

struct Memory(HashMap<Key, Value, RandomState>);

impl StateRead for Memory {
    fn get(&self, key: &Key) -> Result<Option<Value>, StateError> {
        Ok(self.0.get(key).cloned())
    }
    fn scan(&self, _: &KeyRange, _: Visit<'_>) -> Result<(), StateError> {
        Ok(())
    }
}

impl<'a> Chain<'a> {
    pub fn new(workload: &'a Workload) -> Self {
        Self { state: state(workload), block: BlockContext::new(CHAIN_ID, Fork::Prague, 1, 1), txs: &workload.txs }
    }

    /// As a block does it: sequentially in one buffer, or with the reads recorded.
    pub fn run(&self, recorded: bool) {
        let mut buffer = WriteBuffer::default();
        for (tx, signer) in self.txs {
            let mut access = if recorded {
                Access::new(&self.state)
            } else {
                Access::reusing(&self.state, std::mem::take(&mut buffer))
            };
            let outcome = evm::transact(&mut access, &self.block, tx, signer, 0).expect("valid");
            assert_eq!(outcome.code, Code::Ok);
            black_box(outcome);
            if recorded { drop(black_box(access.finish())) } else { buffer = access.into_buffer() }
        }
    }

    /// As a block does it that gives each thread a few consecutive transactions at a time.
    pub fn run_in_sessions(&self) {
        let mut buffer = WriteBuffer::default();
        for txs in self.txs.chunks(CHUNK) {
            let mut access = Access::reusing(&self.state, std::mem::take(&mut buffer));
            let mut session = Session::new(&self.block);
            for (tx, signer) in txs {
                let outcome = session.transact(&mut access, tx, signer, 0).expect("valid");
                assert_eq!(outcome.code, Code::Ok);
                black_box(outcome);
            }
            session.flush(&mut access).expect("no overflow");
            buffer = access.into_buffer();
        }
    }

    /// The same without a short cut for what needs no EVM: a call that is not held to the block's gas limit takes none.
    pub fn run_in_evm(&self) {
        let checks = Checks { block_gas: false, ..Checks::ALL };
        let mut buffer = WriteBuffer::default();
        for (tx, signer) in self.txs {
            let mut access = Access::reusing(&self.state, std::mem::take(&mut buffer));
            let outcome = evm::execute(&mut access, &self.block, CallEnv::of(tx, signer), checks).expect("valid");
            assert_eq!(outcome.code, Code::Ok);
            black_box(outcome);
            buffer = access.into_buffer();
        }
    }
}

fn state(workload: &Workload) -> Memory {
    let mut genesis = Access::unrecorded(&Empty);
    for address in Workload::accounts() {
        bank::mint(&mut genesis, &address, &Denom::native(), funds()).expect("no overflow");
        auth::set_account(&mut genesis, &address, &auth::Account { nonce: 0, public_key: Some([2; 33]) });
    }
    if let Some(code) = &workload.token {
        evm::set_code(&mut genesis, &TOKEN, code.clone());
        for address in Workload::accounts() {
            evm::set_storage(&mut genesis, &TOKEN, &balance_slot(&address), funds());
        }
    }
    let resolved = genesis.finish().1.into_iter().filter_map(|(key, write)| {
        let value = write.resolve(&key, || Ok(None)).expect("no overflow")?;
        Some((key, value))
    });
    Memory(resolved.collect())
}
