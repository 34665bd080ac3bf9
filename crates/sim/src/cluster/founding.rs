//! A cluster's beginning: keys, genesis with planned changes of its validators, nodes on empty folders.

use std::path::Path;
use std::sync::Arc;

use rand::Rng as _;
use rand::rngs::StdRng;
use seiza_chain::modules::bank::{Balance, BankGenesis};
use seiza_chain::{Genesis, GenesisValidator, GenesisValidatorChange, Mode};
use seiza_types::{Time, U256, ValidatorKey};

use super::{BEGINNING_NS, Options, WAIT};
use crate::node::{Founding, Node};
use crate::profile::Profile;
use crate::wallet::{CHAIN_ID, EVM_CHAIN_ID};
use crate::workload::{ACCOUNTS, wallet};

/// Power of a founding validator.
const POWER: u64 = 10;
/// Nanoseconds by which clocks differ at most.
const SKEW_NS: u64 = 150_000_000;

/// The nodes, none started.
pub fn nodes(options: &Options, folder: &Path, rng: &mut StdRng) -> Vec<Node> {
    let keys: Vec<ValidatorKey> = (0..options.validators).map(|_| ValidatorKey::from_seed(rng.random())).collect();
    let genesis = Arc::new(genesis(&keys, options.profile));
    let founding = Founding { genesis, nodes: keys.len(), wait: WAIT };
    let found = |(index, key): (usize, ValidatorKey)| {
        // Every mode gives the same results: one node shows it.
        let workers = std::num::NonZeroUsize::new(2).expect("two");
        let mode = if index == 1 { Mode::Optimistic { workers } } else { Mode::Sequential };
        let mut node = Node::new(index, key, folder.join(format!("node{index}")), &founding, mode);
        node.skew_ns = rng.random_range(0..SKEW_NS);
        node.sabotage = options.sabotage.filter(|(broken, _)| *broken == index).map(|(_, how)| how);
        node
    };
    keys.into_iter().enumerate().map(found).collect()
}

fn genesis(keys: &[ValidatorKey], profile: Profile) -> Genesis {
    let balance = |account| Balance {
        address: wallet(account).signer().address,
        denom: "usei".into(),
        amount: U256::from(1_000_000_000_000_000_000_000u128),
    };
    Genesis {
        chain_id: CHAIN_ID.into(),
        evm_chain_id: EVM_CHAIN_ID,
        time: Time::from_unix_timestamp(i64::try_from(BEGINNING_NS / 1_000_000_000).expect("64 bits"), 0)
            .expect("a time of this century"),
        block_gas_max: 30_000_000,
        fees: Default::default(),
        bank: BankGenesis { balances: (0..ACCOUNTS).map(balance).collect() },
        exchange: Default::default(),
        validators: keys.iter().map(|key| GenesisValidator { public_key: key.public_key(), power: POWER }).collect(),
        validator_changes: changes(keys, profile),
    }
}

/// Planned changes: powers move; where there are no liars, the last validator leaves and comes back.
fn changes(keys: &[ValidatorKey], profile: Profile) -> Vec<GenesisValidatorChange> {
    let change =
        |height, key: &ValidatorKey, power| GenesisValidatorChange { height, public_key: key.public_key(), power };
    let [first, .., last] = keys else { return Vec::new() };
    let mut changes = vec![change(5, first, POWER + 2), change(14, first, POWER)];
    if profile != Profile::Byzantine {
        changes.extend([change(8, last, 0), change(20, last, POWER - 1), change(30, last, 0), change(36, last, POWER)]);
    }
    changes
}
