//! Consecutive transfers through a session: they end as one by one and as in the EVM, whenever it is flushed, and depend on
//! no more than they say.

mod drafts;

use proptest::prelude::*;
use seiza_modules::{auth, bank};
use seiza_state::{Access, Key, Premise, ReadSet, StateRead as _, Value, Write, WriteSet};
use seiza_types::{Fork, U256};

use self::drafts::{Draft, draft};
use super::runs::{Outcome, SignedTx, changes, in_session, resolved};
use super::transfers::{COINBASE, RICH, fork, policy, world};
use super::world::{GWEI, Memory, ether, user};
use crate::evm::{self, BlockContext, CallEnv, Checks, FeePolicy, Session, run_in_evm};

/// The transactions one by one; the nonces are those of the state that they meet.
fn one_by_one(state: &Memory, block: &BlockContext, drafts: &[Draft]) -> (Vec<SignedTx>, Vec<Outcome>, WriteSet) {
    let mut access = Access::new(state);
    let (mut txs, mut outcomes) = (Vec::new(), Vec::new());
    for (n, draft) in (0..).zip(drafts) {
        let signer = draft.signer();
        let tx = draft.tx(auth::nonce(&access, &signer.address).unwrap());
        outcomes.push(evm::transact(&mut access, block, &tx, &signer, n));
        txs.push((tx, signer));
    }
    (txs, outcomes, access.finish().1)
}

fn in_evm(state: &Memory, block: &BlockContext, txs: &[SignedTx]) -> (Vec<Outcome>, WriteSet) {
    let mut access = Access::new(state);
    let run = |(tx, signer): &SignedTx| run_in_evm(&mut access, block, CallEnv::of(tx, signer), Checks::ALL);
    (txs.iter().map(run).collect(), access.finish().1)
}

/// What is taken for granted of each amount that was only looked at, or not even that.
fn premises(reads: &ReadSet, writes: &WriteSet) -> Vec<(Key, Premise)> {
    let looked_at = reads.premises.iter().map(|(key, _)| key);
    let written = writes.iter().filter(|(_, write)| matches!(write, Write::Add(_))).map(|(key, _)| key);
    let free = looked_at.chain(written).filter(|key| !reads.points.contains(key));
    let of = |key: &Key| {
        let all = reads.premises.iter().filter(|(at, _)| at == key).map(|(_, premise)| *premise);
        all.fold(Premise::default(), Premise::and)
    };
    free.map(|key| (key.clone(), of(key))).collect()
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 1024, failure_persistence: None, ..ProptestConfig::default() })]

    /// Whatever they are, and whenever the session is flushed.
    #[test]
    fn a_session_ends_as_its_transfers_one_by_one(
        policy in policy(), fork in fork(), base_fee in prop_oneof![Just(GWEI), Just(0)], coinbase_left_empty: bool,
        coinbase in prop_oneof![4 => Just(COINBASE), 2 => Just(user(1).address), 1 => Just(RICH)],
        (drafts, flushes) in (prop::collection::vec(draft(), 1..40), prop::collection::vec(proptest::bool::weighted(0.1), 40)),
    ) {
        let mut world = world(policy, fork, coinbase_left_empty);
        (world.block.base_fee, world.block.coinbase) = (base_fee, coinbase);
        let (state, block) = (&world.state, &world.block);
        let (txs, outcomes, writes) = one_by_one(state, block, &drafts);
        let (in_session, _, session_writes) = in_session(state, block, &txs, |n| flushes[n]);
        prop_assert_eq!(&in_session, &outcomes);
        // The same keys; an amount that was relied upon exactly may be put, which comes to the same.
        prop_assert_eq!(changes(session_writes, state), changes(writes.clone(), state));
        let (in_evm, evm_writes) = in_evm(state, block, &txs);
        prop_assert_eq!(in_evm, outcomes);
        prop_assert_eq!(resolved(writes, state), resolved(evm_writes, state));
    }

    /// With the least and the greatest amounts that it allows, a session ends the same.
    #[test]
    fn a_session_depends_on_what_it_says_and_no_more(
        policy in policy(), fork in fork(),
        coinbase in prop_oneof![4 => Just(COINBASE), 2 => Just(user(1).address), 1 => Just(RICH)],
        (drafts, flushes) in (prop::collection::vec(draft(), 1..40), prop::collection::vec(proptest::bool::weighted(0.1), 40)),
    ) {
        let mut world = world(policy, fork, false);
        world.block.coinbase = coinbase;
        let (txs, ..) = one_by_one(&world.state, &world.block, &drafts);
        let (outcomes, reads, writes) = in_session(&world.state, &world.block, &txs, |n| flushes[n]);
        for least in [true, false] {
            let mut state = world.state.clone();
            for (key, premise) in premises(&reads, &writes) {
                // Supply keeps amounts far below what they could be; without it, the EVM takes for granted that fees fit.
                let room = if policy == FeePolicy::Collector { U256::MAX >> 8 } else { U256::MAX - U256::from(u64::MAX) };
                let most = premise.at_most.min(room).max(premise.at_least);
                let amount = if least { premise.at_least } else { most };
                state.set(key, seiza_state::value_from_amount(amount));
            }
            let (again, _, written) = in_session(&state, &world.block, &txs, |n| flushes[n]);
            prop_assert_eq!(again, outcomes.clone(), "least: {}", least);
            prop_assert_eq!(resolved(written, &state), resolved(writes.clone(), &state), "least: {}", least);
        }
    }
}

/// Of a chain of payments, each out of the one before, only the first depends on a balance; fees and hops are written once.
#[test]
fn what_was_received_is_spent_without_looking_below() {
    let mut world = world(FeePolicy::Collector, Fork::Prague, false);
    let fee = U256::from(21_000 * 2 * GWEI);
    let paid = ether(1) / U256::from(2);
    world.set(|state| [2, 3].iter().for_each(|n| evm::set_balance(state, &user(*n).address, U256::ZERO)));
    let hop = |from: u8, value: U256| (Draft::plain(from, user(from + 1).address, value).tx(5), user(from));
    let txs = vec![hop(1, paid), hop(2, paid - fee * U256::from(3)), hop(3, U256::ONE)];
    let (outcomes, reads, writes) = in_session(&world.state, &world.block, &txs, |_| false);
    assert!(outcomes.iter().all(Result::is_ok), "{outcomes:?}");
    let relied: Vec<Key> = reads.premises.iter().map(|(key, _)| key.clone()).collect();
    assert_eq!(relied, [bank::keys::native(&user(1).address)]);
    assert_eq!(writes.iter().count(), 8, "three records, four balances, the collector");
}

/// Whoever shares the state sees what was done once the session is flushed, and the session sees what they write.
#[test]
fn a_flushed_session_begins_anew() {
    let world = world(FeePolicy::Collector, Fork::Prague, false);
    let draft = Draft::plain(1, user(2).address, U256::ONE);
    let mut access = Access::new(&world.state);
    let mut session = Session::new(&world.block);
    for nonce in [5, 6, 9] {
        if nonce == 9 {
            let record = auth::Account { nonce, public_key: Some(user(1).public_key) };
            auth::set_account(&mut access, &user(1).address, &record);
        }
        session.transact(&mut access, &draft.tx(nonce), &user(1), 0).unwrap();
        session.flush(&mut access).unwrap();
        let record: Option<Value> = access.get(&auth::keys::account(&user(1).address)).unwrap();
        assert_eq!(record.unwrap()[..8], (nonce + 1).to_be_bytes());
    }
}
