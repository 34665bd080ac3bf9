//! The state as revm's database.

use std::collections::BTreeMap;

use revm::primitives::{AddressMap, KECCAK_EMPTY};
use revm::state::{AccountInfo, Bytecode};
use revm::{Database, DatabaseRef};
use seiza_state::StateRead;
use seiza_types::{Address, B256, U256};

use super::accounts::{self, AccountView};
use super::block::{BlockContext, BlockHashes, FeePolicy};
use super::error::DbError;
use super::history;

/// A read-only view of the state in the form that revm and its inspectors take. BLOCKHASH reads the history contract.
#[derive(Clone, Copy)]
pub struct StateDb<'a>(pub &'a dyn StateRead);

fn info(view: AccountView) -> AccountInfo {
    let code = (view.code_hash == KECCAK_EMPTY).then(Bytecode::default);
    AccountInfo { balance: view.balance, nonce: view.nonce, code_hash: view.code_hash, account_id: None, code }
}

impl DatabaseRef for StateDb<'_> {
    type Error = DbError;

    fn basic_ref(&self, address: Address) -> Result<Option<AccountInfo>, DbError> {
        Ok(accounts::account(self.0, &address)?.map(info))
    }

    fn code_by_hash_ref(&self, hash: B256) -> Result<Bytecode, DbError> {
        Ok(accounts::bytecode(self.0, hash)?)
    }

    fn storage_ref(&self, address: Address, slot: U256) -> Result<U256, DbError> {
        Ok(accounts::storage(self.0, &address, &slot)?)
    }

    fn block_hash_ref(&self, number: u64) -> Result<B256, DbError> {
        Ok(history::recorded_hash(self.0, number)?)
    }
}

impl Database for StateDb<'_> {
    type Error = DbError;

    fn basic(&mut self, address: Address) -> Result<Option<AccountInfo>, DbError> {
        self.basic_ref(address)
    }

    fn code_by_hash(&mut self, hash: B256) -> Result<Bytecode, DbError> {
        self.code_by_hash_ref(hash)
    }

    fn storage(&mut self, address: Address, slot: U256) -> Result<U256, DbError> {
        self.storage_ref(address, slot)
    }

    fn block_hash(&mut self, number: u64) -> Result<B256, DbError> {
        self.block_hash_ref(number)
    }
}

/// The database of one transaction. It remembers the public keys that it met beside the nonces, so that a nonce is written
/// back with its key and without a second read.
pub struct TxDb<'a> {
    pub(crate) state: &'a dyn StateRead,
    hashes: Option<&'a BTreeMap<u64, B256>>,
    refuses_stored: bool,
    pub(crate) public_keys: AddressMap<[u8; 33]>,
}

impl<'a> TxDb<'a> {
    pub(crate) fn new(state: &'a dyn StateRead, block: &'a BlockContext, public_keys: AddressMap<[u8; 33]>) -> Self {
        let hashes = match &block.block_hashes {
            BlockHashes::State => None,
            BlockHashes::Fixed(hashes) => Some(hashes.as_ref()),
        };
        Self { state, hashes, refuses_stored: block.fees == FeePolicy::Ethereum, public_keys }
    }

    /// EIP-7610: no creation over an account that has storage. revm asks for code and nonce only; a code hash of zero
    /// counts as no code everywhere but there.
    fn mark_stored(&self, address: &Address, info: &mut AccountInfo) -> Result<(), DbError> {
        let bare = info.nonce == 0 && info.code_hash == KECCAK_EMPTY;
        if bare && accounts::has_storage(self.state, address)? {
            info.code_hash = B256::ZERO;
        }
        Ok(())
    }
}

impl Database for TxDb<'_> {
    type Error = DbError;

    fn basic(&mut self, address: Address) -> Result<Option<AccountInfo>, DbError> {
        let (view, key) = accounts::load(self.state, &address)?;
        if let Some(key) = key {
            self.public_keys.insert(address, key);
        }
        let Some(mut info) = view.map(info) else { return Ok(None) };
        if self.refuses_stored {
            self.mark_stored(&address, &mut info)?;
        }
        Ok(Some(info))
    }

    fn code_by_hash(&mut self, hash: B256) -> Result<Bytecode, DbError> {
        Ok(accounts::bytecode(self.state, hash)?)
    }

    fn storage(&mut self, address: Address, slot: U256) -> Result<U256, DbError> {
        Ok(accounts::storage(self.state, &address, &slot)?)
    }

    fn block_hash(&mut self, number: u64) -> Result<B256, DbError> {
        match self.hashes {
            Some(hashes) => Ok(hashes.get(&number).copied().unwrap_or_default()),
            None => Ok(history::recorded_hash(self.state, number)?),
        }
    }
}
