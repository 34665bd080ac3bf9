//! Stories of the whole state machine over a real storage.

mod blocks;
mod crash;
mod exchange;
mod footprint;
mod validators;
mod wallet;

use seiza_modules::bank::{Balance, Bank, BankGenesis};
use seiza_modules::{Module, auth, bank};
use seiza_storage::{Options, Storage};
use seiza_types::{Address, Receipt, Time, U256, ValidatorKey, VerifiedTx, sign_commit};

use crate::{Cancel, Chain, Executed, Genesis, GenesisValidator, Hints, Mode};
use wallet::Wallet;

const EVM_CHAIN_ID: u64 = 713_714;
const CHAIN_ID: &str = "seiza-test-1";
const SEI: u64 = 1_000_000_000_000_000_000;

/// A chain of one validator in a temporary folder.
struct World {
    chain: Chain,
    key: ValidatorKey,
    folder: tempfile::TempDir,
    seconds: i64,
}

impl World {
    fn new() -> Self {
        Self::founded(|genesis| genesis)
    }

    /// A chain of another genesis than the usual one.
    fn founded(change: impl FnOnce(Genesis) -> Genesis) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let key = ValidatorKey::from_seed([7; 32]);
        let chain = Chain::open(open(&folder), change(genesis(&key))).unwrap();
        Self { chain, key, folder, seconds: 1_700_000_000 }
    }

    /// Stops the process and starts it again on the same folder.
    fn restart(self) -> Self {
        self.restart_with(|genesis| genesis)
    }

    /// As [`World::restart`], on the genesis that the chain has.
    fn restart_with(self, genesis: impl FnOnce(Genesis) -> Genesis) -> Self {
        let Self { chain, key, folder, seconds } = self;
        let genesis = genesis(chain.genesis().clone());
        drop(chain);
        let chain = Chain::open(open(&folder), genesis).unwrap();
        Self { chain, key, folder, seconds }
    }

    fn now(&mut self) -> Time {
        self.seconds += 1;
        Time::from_unix_timestamp(self.seconds, 0).unwrap()
    }

    fn execute(&mut self, txs: Vec<VerifiedTx>) -> Executed {
        let now = self.now();
        let block = self.chain.build(txs, now, self.key.address(), vec![]);
        let parent = self.chain.head_overlay();
        self.chain.execute(&parent, &block, Hints::None, Mode::Sequential, &Cancel::default()).unwrap()
    }

    fn decide(&self, executed: &Executed) {
        let chain_id = &executed.block.header.chain_id;
        let certificate = sign_commit(&executed.block, 0, chain_id, &self.key);
        self.chain.decide(&executed.block, &certificate).unwrap();
    }

    /// Builds, executes, decides and commits one block; the invariants hold after it.
    fn block(&mut self, txs: Vec<VerifiedTx>) -> Vec<Receipt> {
        let executed = self.execute(txs);
        self.decide(&executed);
        let head = self.chain.commit(executed).unwrap();
        Bank::invariants(&head.state).unwrap();
        head.block.as_ref().unwrap().results.as_ref().unwrap().receipts.clone()
    }

    fn wei(&self, address: &Address) -> U256 {
        bank::native_balance(&self.chain.head().state, address).unwrap()
    }

    fn nonce(&self, address: &Address) -> u64 {
        auth::nonce(&self.chain.head().state, address).unwrap()
    }
}

fn open(folder: &tempfile::TempDir) -> Storage {
    Storage::open(folder.path(), Options::without_fsync()).unwrap()
}

fn genesis(key: &ValidatorKey) -> Genesis {
    let balance = |wallet: Wallet| Balance {
        address: wallet.signer().address,
        denom: "usei".into(),
        amount: U256::from(1_000 * u128::from(SEI)),
    };
    Genesis {
        chain_id: CHAIN_ID.into(),
        evm_chain_id: EVM_CHAIN_ID,
        time: Time::from_unix_timestamp(1_700_000_000, 0).unwrap(),
        block_gas_max: 30_000_000,
        fees: Default::default(),
        bank: BankGenesis { balances: (1..=4).map(|seed| balance(Wallet::new(seed))).collect() },
        exchange: Default::default(),
        validators: vec![GenesisValidator { public_key: key.public_key(), power: 10 }],
        validator_changes: vec![],
    }
}
