//! The state as revm's database.

use std::collections::BTreeMap;

use revm::primitives::KECCAK_EMPTY;
use revm::state::{AccountInfo, Bytecode};
use revm::{Database, DatabaseRef};
use seiza_modules::fees;
use seiza_state::{Premise, StateError, StateRead};
use seiza_types::{Address, B256, Fork, U256};

use super::accounts::{self, AccountView};
use super::balances::is_bare;
use super::block::{BlockContext, BlockHashes, FeePolicy};
use super::error::DbError;
use super::history;
use super::notes::{Note, Notes};

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

/// A balance that no account owns, 2^192 wei: it is met in states that never were, where sums may exceed 256 bits. What
/// comes of it depends on it.
const ODD_BALANCE: U256 = U256::from_limbs([0, 0, 0, 1]);

const COLLECTOR: Address = fees::collector();

/// The database of one transaction. Balances are peeked at; what is to be remembered of an account goes to [`Notes`].
///
/// In a session, what earlier transactions have changed is in the journal and not yet here below. Whoever comes upon
/// something that only state can tell, or whose writing is intricate, says so ([`TxDb::be_alone`]).
pub struct TxDb<'a> {
    pub(crate) state: &'a dyn StateRead,
    hashes: Option<&'a BTreeMap<u64, B256>>,
    refuses_stored: bool,
    /// An address that shall look as if code stood there, while a creation over it is begun.
    pub(super) taken: Option<Address>,
    pub(crate) notes: Notes,
    /// Whether code may see whether an account that is loaded now is empty.
    pub(super) shows_emptiness: bool,
    /// The transaction's sender, and the nonce that it takes.
    turn: Option<(Address, u64)>,
    /// Whether the journal was not empty when the transaction began.
    pub(super) has_company: bool,
    /// Whether it must be the journal's only transaction.
    pub(super) alone: bool,
}

impl<'a> TxDb<'a> {
    pub(crate) fn new(
        state: &'a dyn StateRead,
        block: &'a BlockContext,
        notes: Notes,
        turn: Option<(Address, u64)>,
    ) -> Self {
        let hashes = match &block.block_hashes {
            BlockHashes::State => None,
            BlockHashes::Fixed(hashes) => Some(hashes.as_ref()),
        };
        let refuses_stored = block.fees == FeePolicy::Ethereum;
        // Before EIP-161, every touched account depends on whether it was there.
        let shows_emptiness = block.fork < Fork::SpuriousDragon;
        let (has_company, alone) = (false, false);
        Self { state, hashes, refuses_stored, taken: None, notes, shows_emptiness, turn, has_company, alone }
    }

    /// Notes that the transaction must be the only one on its journal.
    ///
    /// # Errors
    /// Where it is not: it ends here, and is run again on a journal of its own. The error is seen by nobody.
    pub(crate) fn be_alone(&mut self) -> Result<(), DbError> {
        self.alone = true;
        if self.has_company { Err(StateError::Io("the transaction is not alone".into()).into()) } else { Ok(()) }
    }

    /// The account at `address` where EIP-7610 forbids creating over it: storage, but neither code nor nonce.
    pub(super) fn holds_storage_alone(&self, address: &Address) -> Result<bool, DbError> {
        if !self.refuses_stored {
            return Ok(false);
        }
        let view = accounts::account(self.state, address)?;
        let bare = view.is_some_and(|view| view.nonce == 0 && view.code_hash == KECCAK_EMPTY);
        Ok(bare && accounts::has_storage(self.state, address)?)
    }
}

impl Database for TxDb<'_> {
    type Error = DbError;

    fn basic(&mut self, address: Address) -> Result<Option<AccountInfo>, DbError> {
        let turn = self.turn.filter(|(of, _)| *of == address).map(|(_, nonce)| nonce);
        let (view, key) = accounts::peek(self.state, &address, turn)?;
        let info = view.map(info);
        let (nonce, balance) = info.as_ref().map_or((0, U256::ZERO), |info| (info.nonce, info.balance));
        if address == COLLECTOR || balance >= ODD_BALANCE || info.as_ref().is_some_and(AccountInfo::is_empty) {
            // What a session owes the collector is not in the journal. A payment that overflows leaves no entry in it. What
            // was left empty, a touch removes.
            self.be_alone()?;
        }
        let mut note = Note::of(nonce, balance, key);
        if balance >= ODD_BALANCE {
            note.add(Premise::exactly(balance));
        }
        let is_bare = info.as_ref().is_none_or(is_bare);
        if self.shows_emptiness && is_bare {
            note.add(Premise::as_empty_as(balance));
        }
        self.notes.load(address, note, is_bare && !self.shows_emptiness);
        Ok(info.map(|info| match self.taken {
            Some(taken) if taken == address => AccountInfo { code_hash: B256::ZERO, ..info },
            _ => info,
        }))
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
