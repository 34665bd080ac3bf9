//! What the archive holds: blocks, the state that each touches, contract codes, hashes of earlier blocks.

use std::collections::BTreeMap;
use std::sync::Arc;

use alloy_primitives::{Address, B256, Bytes, U256};
use seiza_chain::evm;
use seiza_chain::modules::{auth, bank};
use seiza_state::{Access, Changeset, Empty, Overlay, StateWrite};
use seiza_types::Denom;
use serde::Deserialize;

use crate::archive::Entry;
use crate::block::MainnetBlock;

/// All of the archive.
pub struct World {
    blocks: BTreeMap<u64, Vec<u8>>,
    states: BTreeMap<u64, Vec<u8>>,
    codes: BTreeMap<B256, Bytes>,
    hashes: Arc<BTreeMap<u64, B256>>,
}

#[derive(Deserialize)]
struct Account {
    balance: U256,
    nonce: u64,
    code_hash: Option<B256>,
    storage: BTreeMap<U256, U256>,
}

impl World {
    pub fn read(files: Vec<Entry>) -> Self {
        let (mut blocks, mut states) = (BTreeMap::new(), BTreeMap::new());
        let (mut codes, mut hashes) = (BTreeMap::new(), BTreeMap::new());
        for (path, bytes) in files {
            let mut parts = path.rsplit('/');
            let (file, folder) = (parts.next().unwrap(), parts.next().unwrap_or_default());
            match file {
                "bytecodes.json" => codes = serde_json::from_slice(&bytes).unwrap(),
                "block_hashes.json" => hashes = serde_json::from_slice(&bytes).unwrap(),
                "block.json" => drop(blocks.insert(folder.parse().unwrap(), bytes)),
                "pre_state.json" => drop(states.insert(folder.parse().unwrap(), bytes)),
                _ => {}
            }
        }
        Self { blocks, states, codes, hashes: Arc::new(hashes) }
    }

    pub fn numbers(&self) -> Vec<u64> {
        self.blocks.keys().copied().collect()
    }

    pub fn block(&self, number: u64) -> MainnetBlock {
        MainnetBlock::parse(&self.blocks[&number])
    }

    pub fn block_hashes(&self) -> Arc<BTreeMap<u64, B256>> {
        self.hashes.clone()
    }

    /// The state before the block, as far as the block touches it.
    pub fn state(&self, number: u64) -> Overlay {
        let accounts: BTreeMap<Address, Account> = serde_json::from_slice(&self.states[&number]).unwrap();
        let nothing = Overlay::new(Arc::new(Empty));
        let mut access = Access::unrecorded(&nothing);
        for (address, account) in &accounts {
            self.write(&mut access, address, account);
        }
        let mut changes = Changeset::default();
        changes.absorb(access.finish().1, &nothing).unwrap();
        nothing.with(Arc::new(changes))
    }

    fn write(&self, state: &mut dyn StateWrite, address: &Address, account: &Account) {
        auth::set_account(state, address, &auth::Account { nonce: account.nonce, public_key: None });
        bank::mint(state, address, &Denom::native(), account.balance).unwrap();
        if let Some(code) = account.code_hash.and_then(|hash| self.codes.get(&hash)) {
            evm::set_code(state, address, code.clone());
        }
        for (slot, value) in &account.storage {
            evm::set_storage(state, address, slot, *value);
        }
    }
}
