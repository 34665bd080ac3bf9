//! The state before the first block, and the blocks that follow each other on it.

use std::sync::Arc;

use rand::rngs::StdRng;
use seiza_chain::evm::{self, BlockContext, FeePolicy};
use seiza_chain::modules::{auth, bank, fees};
use seiza_state::{Access, Changeset, Empty, Overlay};
use seiza_types::{B256, Fork, U256};

use crate::EVM_CHAIN_ID;
use crate::cast::{CAST_ONLY, COINBASE, CONTRACTS, Cast, LINKED, POOR, USERS, Who};
use crate::code::runtime;
use crate::program::program;

/// What a poor user owns: gas for a few transfers.
const A_LITTLE: u64 = 2_500_000_000_000_000;
/// Steps of a contract's code.
const STEPS: usize = 8;

/// A chain without storage.
pub struct World {
    pub cast: Cast,
    pub state: Overlay,
    pub fork: Fork,
    height: u64,
}

impl World {
    /// Users, tokens and random contracts.
    pub fn new(rng: &mut StdRng, conflict: f64, fork: Fork) -> Self {
        let cast = Cast::new(rng, conflict);
        let nothing = Overlay::new(Arc::new(Empty));
        let mut access = Access::unrecorded(&nothing);
        evm::init_genesis(&mut access);
        fees::set_base_fee(&mut access, 2_000_000_000);
        (0..USERS).for_each(|user| found_user(&mut access, &cast, user));
        for contract in 0..CONTRACTS {
            let address = cast.address(&Who::Contract(contract));
            evm::set_code(&mut access, &address, runtime(&program(rng, &cast, STEPS, 2), &cast).into());
            evm::set_nonce(&mut access, &address, 1).unwrap();
            (0..4).for_each(|slot| evm::set_storage(&mut access, &address, &U256::from(slot), U256::from(slot)));
            bank::mint(&mut access, &address, &"usei".parse().unwrap(), U256::from(500)).unwrap();
        }
        let mut changes = Changeset::default();
        changes.absorb(access.finish().1, &nothing).unwrap();
        Self { cast, state: nothing.with(Arc::new(changes)), fork, height: 0 }
    }

    /// The next block's context.
    pub fn next(&mut self) -> BlockContext {
        self.height += 1;
        BlockContext {
            base_fee: fees::base_fee(&self.state).unwrap(),
            coinbase: COINBASE,
            prevrandao: B256::with_last_byte(3),
            gas_limit: 30_000_000,
            fees: FeePolicy::Collector,
            ..BlockContext::new(EVM_CHAIN_ID, self.fork, self.height, 1_700_000_000 + self.height)
        }
    }
}

fn found_user(state: &mut Access<'_>, cast: &Cast, user: u8) {
    let signer = cast.signer(user);
    let owner = if user < CAST_ONLY { signer.address } else { signer.sei.cast() };
    let rich = U256::from(1_000_000_000_000_000_000_000_u128);
    let wei = if (POOR..CAST_ONLY).contains(&user) { U256::from(A_LITTLE) } else { rich };
    bank::mint(state, &owner, &"usei".parse().unwrap(), wei).unwrap();
    bank::mint(state, &owner, &"factory/atom".parse().unwrap(), U256::from(300)).unwrap();
    if user < LINKED {
        auth::link(state, signer).unwrap();
    }
}
