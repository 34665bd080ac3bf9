//! The state before the first block, and the blocks that follow each other on it.

use std::sync::Arc;

use rand::rngs::StdRng;
use seiza_chain::evm::{self, BlockContext, FeePolicy};
use seiza_chain::modules::{BlockInfo, Ctx, GasMeter, Place, auth, bank, exchange, fees};
use seiza_state::{Access, Changeset, Empty, Overlay};
use seiza_types::exchange::{RegisterMarket, RegisterVenue};
use seiza_types::{B256, Denom, Fork, U256};

use crate::EVM_CHAIN_ID;
use crate::cast::{CAST_ONLY, COINBASE, CONTRACTS, Cast, LINKED, POOR, USERS, Who};
use crate::code::runtime;
use crate::program::program;

/// What a poor user owns: gas for a few transfers.
const A_LITTLE: u64 = 2_500_000_000_000_000;
/// What a venue's contract owns for its call-backs.
const GAS_MONEY: u128 = 5_000_000_000_000_000;
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
        found_exchange(&mut access, &cast);
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

/// Two markets of the same two tokens, one each way; venues whose contracts are random code that pays for its call-backs.
fn found_exchange(access: &mut Access<'_>, cast: &Cast) {
    let block = BlockInfo { height: 0, timestamp: 0, nanos: 0, evm_chain_id: EVM_CHAIN_ID };
    let (mut gas, mut events) = (GasMeter::new(u64::MAX), Vec::new());
    let place = Place::default();
    let mut ctx = Ctx { state: access, block: &block, place, gas: &mut gas, events: &mut events };
    let [atom, gold]: [Denom; 2] = ["factory/atom", "factory/gold"].map(|denom| denom.parse().unwrap());
    for (base, quote) in [(&atom, &gold), (&gold, &atom)] {
        let market = RegisterMarket {
            base: base.clone(),
            quote: quote.clone(),
            base_decimals: 0,
            quote_decimals: 0,
            tick: 1,
            lot: 1,
            min_notional: 1,
            maker_fee_ppm: 200,
            taker_fee_ppm: 500,
        };
        exchange::register_market(&mut ctx, COINBASE, &market).unwrap();
    }
    for contract in 0..3 {
        let callback = cast.address(&Who::Contract(contract));
        let venue = RegisterVenue {
            name: format!("Venue {contract}"),
            fee_bps: 100,
            fee_recipient: COINBASE,
            callback: Some(callback),
            callback_gas: 150_000,
        };
        exchange::register_venue(&mut ctx, callback, &venue).unwrap();
        bank::mint(ctx.state, &callback, &Denom::native(), U256::from(GAS_MONEY)).unwrap();
    }
    for contract in 0..CONTRACTS {
        let address = cast.address(&Who::Contract(contract));
        [&atom, &gold].into_iter().for_each(|denom| bank::mint(ctx.state, &address, denom, U256::from(200)).unwrap());
    }
}

fn found_user(state: &mut Access<'_>, cast: &Cast, user: u8) {
    let signer = cast.signer(user);
    let owner = if user < CAST_ONLY { signer.address } else { signer.sei.cast() };
    let rich = U256::from(1_000_000_000_000_000_000_000_u128);
    let wei = if (POOR..CAST_ONLY).contains(&user) { U256::from(A_LITTLE) } else { rich };
    bank::mint(state, &owner, &"usei".parse().unwrap(), wei).unwrap();
    for denom in ["factory/atom", "factory/gold"] {
        bank::mint(state, &owner, &denom.parse().unwrap(), U256::from(300)).unwrap();
    }
    if user < LINKED {
        auth::link(state, signer).unwrap();
    }
}
