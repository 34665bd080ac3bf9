//! Fixed gas costs, compared with revm's own for every fork.

use alloy_consensus::{Transaction, TxEip2930, TxEip7702, TxLegacy};
use alloy_eips::eip2930::{AccessList, AccessListItem};
use alloy_eips::eip7702::{Authorization, SignedAuthorization};
use alloy_primitives::{Address, B256, Bytes, TxKind, U256};
use proptest::prelude::*;
use revm::context_interface::cfg::gas::calculate_initial_tx_gas;
use revm::primitives::hardfork::SpecId;
use seiza_types::Fork;
use seiza_types::tx::intrinsic_gas;

const FORKS: [(Fork, SpecId); 14] = [
    (Fork::Frontier, SpecId::FRONTIER),
    (Fork::Homestead, SpecId::HOMESTEAD),
    (Fork::TangerineWhistle, SpecId::TANGERINE),
    (Fork::SpuriousDragon, SpecId::SPURIOUS_DRAGON),
    (Fork::Byzantium, SpecId::BYZANTIUM),
    (Fork::Constantinople, SpecId::BYZANTIUM),
    (Fork::Petersburg, SpecId::PETERSBURG),
    (Fork::Istanbul, SpecId::ISTANBUL),
    (Fork::Berlin, SpecId::BERLIN),
    (Fork::London, SpecId::LONDON),
    (Fork::Paris, SpecId::MERGE),
    (Fork::Shanghai, SpecId::SHANGHAI),
    (Fork::Cancun, SpecId::CANCUN),
    (Fork::Prague, SpecId::PRAGUE),
];

fn agrees(tx: &impl Transaction, since: Fork) {
    let list = tx.access_list().cloned().unwrap_or_default();
    for (fork, spec) in FORKS.into_iter().filter(|(fork, _)| *fork >= since) {
        let theirs = calculate_initial_tx_gas(
            spec,
            tx.input(),
            tx.is_create(),
            list.len() as u64,
            list.storage_keys_count() as u64,
            tx.authorization_count().unwrap_or(0),
            None,
        );
        let ours = intrinsic_gas(tx, fork);
        let initial = theirs.initial_regular_gas + theirs.initial_state_gas;
        assert_eq!((ours.initial, ours.floor), (initial, theirs.floor_gas), "{fork:?}");
    }
}

fn access_list(slots: &[u8]) -> AccessList {
    let item = |slots: &u8| AccessListItem { address: Address::ZERO, storage_keys: vec![B256::ZERO; (*slots).into()] };
    AccessList(slots.iter().map(item).collect())
}

fn kind(create: bool) -> TxKind {
    if create { TxKind::Create } else { TxKind::Call(Address::ZERO) }
}

proptest! {
    #[test]
    fn fixed_costs_are_those_of_the_evm(
        input in proptest::collection::vec(prop_oneof![Just(0u8), any::<u8>()], 0..400),
        create: bool,
        slots in proptest::collection::vec(0u8..5, 0..6),
        authorizations in 0usize..6,
    ) {
        let input = Bytes::from(input);
        let access_list = access_list(&slots);
        agrees(&TxLegacy { to: kind(create), input: input.clone(), ..TxLegacy::default() }, Fork::Frontier);
        let eip2930 = TxEip2930 { to: kind(create), input: input.clone(), access_list: access_list.clone(), ..TxEip2930::default() };
        agrees(&eip2930, Fork::Berlin);
        let authorization = Authorization { chain_id: U256::ZERO, address: Address::ZERO, nonce: 0 };
        let authorization = SignedAuthorization::new_unchecked(authorization, 0, U256::ZERO, U256::ZERO);
        let authorization_list = vec![authorization; authorizations];
        agrees(&TxEip7702 { input, access_list, authorization_list, ..TxEip7702::default() }, Fork::Prague);
    }
}

#[test]
fn the_plainest_costs_are_known() {
    let transfer = TxLegacy { to: kind(false), ..TxLegacy::default() };
    let creation = TxLegacy { to: kind(true), input: vec![1; 33].into(), ..TxLegacy::default() };
    let costs = |tx: &TxLegacy, fork| (intrinsic_gas(tx, fork).initial, intrinsic_gas(tx, fork).floor);
    assert_eq!(costs(&transfer, Fork::Prague), (21_000, 21_000));
    assert_eq!(costs(&transfer, Fork::Cancun), (21_000, 0));
    assert_eq!(costs(&creation, Fork::Frontier), (21_000 + 33 * 68, 0));
    assert_eq!(costs(&creation, Fork::Homestead), (53_000 + 33 * 68, 0));
    assert_eq!(costs(&creation, Fork::Istanbul), (53_000 + 33 * 16, 0));
    assert_eq!(costs(&creation, Fork::Shanghai), (53_000 + 33 * 16 + 2 * 2, 0));
    assert_eq!(costs(&creation, Fork::Prague), (53_000 + 33 * 16 + 2 * 2, 21_000 + 33 * 40));
}
