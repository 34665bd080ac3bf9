//! Stories and tables of module bank.

use seiza_state::{Access, Empty, Premise, StateError, StateRead as _, StateWrite as _, Write};
use seiza_types::tx::Message;
use seiza_types::{Address, Coin, Denom, Event, SeiAddress, U256, WEI_PER_USEI};

use super::{
    Balance, Bank, BankGenesis, balance, balances, burn, credit, debit, kept_amount, keys, mint, native_balance,
    supply, sweep, transfer,
};
use crate::{BlockInfo, Ctx, GasMeter, Module as _, ModuleError};

const ALICE: Address = Address::repeat_byte(0xa1);
const BOB: Address = Address::repeat_byte(0xb0);

fn atom() -> Denom {
    "factory/atom".parse().unwrap()
}

fn usei() -> Denom {
    Denom::native()
}

fn coin(denom: Denom, amount: u64) -> Coin {
    Coin { denom, amount: U256::from(amount) }
}

/// A state in which Alice has 1,000 of `factory/atom` and 5 SEI and a dust of 7 wei.
fn funded() -> Access<'static> {
    let mut state = Access::unrecorded(&Empty);
    mint(&mut state, &ALICE, &atom(), U256::from(1_000)).unwrap();
    mint(&mut state, &ALICE, &usei(), sei(5) + U256::from(7)).unwrap();
    state
}

fn sei(amount: u64) -> U256 {
    U256::from(amount) * U256::from(10).pow(U256::from(18))
}

/// Runs with a context of its own; answers the result, the gas used and the events.
fn run<T>(
    state: &mut Access<'_>,
    gas: u64,
    work: impl FnOnce(&mut Ctx<'_>) -> Result<T, ModuleError>,
) -> (Result<T, ModuleError>, u64, Vec<Event>) {
    let block = BlockInfo { height: 1, timestamp: 0, nanos: 0, evm_chain_id: 1 };
    let (mut gas, mut events) = (GasMeter::new(gas), Vec::new());
    let result = work(&mut Ctx { state, block: &block, place: Default::default(), gas: &mut gas, events: &mut events });
    (result, gas.used(), events)
}

fn send(state: &mut Access<'_>, gas: u64, amount: Vec<Coin>) -> (Result<(), ModuleError>, u64, Vec<Event>) {
    let (from, to) = (SeiAddress::cast_from(ALICE), SeiAddress::cast_from(BOB));
    run(state, gas, |ctx| Bank::handle(ctx, ALICE, &Message::Send { from, to, amount }))
}

#[test]
fn amounts_are_shown_rounded_down_and_kept_to_the_wei() {
    let mut state = Access::unrecorded(&Empty);
    let table = [(0, 0), (1, 0), (WEI_PER_USEI - 1, 0), (WEI_PER_USEI, 1), (2 * WEI_PER_USEI - 1, 1)];
    for (wei, shown) in table {
        super::set_native_balance(&mut state, &ALICE, U256::from(wei));
        assert_eq!(balance(&state, &ALICE, &usei()), Ok(U256::from(shown)), "{wei} wei");
        assert_eq!(native_balance(&state, &ALICE), Ok(U256::from(wei)));
    }
    assert_eq!(kept_amount(&coin(usei(), 3)), Ok(U256::from(3 * WEI_PER_USEI)));
    assert_eq!(kept_amount(&coin(atom(), 3)), Ok(U256::from(3)));
    let huge = Coin { denom: usei(), amount: U256::MAX };
    assert!(matches!(kept_amount(&huge), Err(ModuleError::Amount(_))));
}

#[test]
fn a_send_moves_coins_and_tells_of_it() {
    let mut state = funded();
    let (result, gas, events) = send(&mut state, 100_000, vec![coin(usei(), 2_000_000), coin(atom(), 400)]);
    assert_eq!((result, gas), (Ok(()), 50_000));
    assert_eq!(native_balance(&state, &ALICE), Ok(sei(3) + U256::from(7)), "the dust stays");
    assert_eq!(native_balance(&state, &BOB), Ok(sei(2)));
    assert_eq!(balance(&state, &ALICE, &atom()), Ok(U256::from(600)));
    assert_eq!(balance(&state, &BOB, &atom()), Ok(U256::from(400)));
    assert_eq!(Bank::invariants(&state), Ok(()));
    let kinds: Vec<_> = events.iter().map(|event| &*event.kind).collect();
    assert_eq!(kinds, ["coin_spent", "coin_received", "transfer", "message"]);
    assert_eq!(events[2].attributes[2].value, "2000000usei,400factory/atom");
}

#[test]
fn a_send_that_cannot_be_paid_writes_nothing_for_its_coin() {
    let table = [
        (vec![coin(atom(), 1_001)], "insufficient funds: 1000factory/atom is smaller than 1001factory/atom"),
        (
            vec![coin(usei(), 5_000_001)],
            "insufficient funds: 5000000000000000007wei is smaller than 5000001000000000000wei",
        ),
        (
            vec![coin("factory/none".parse().unwrap(), 1)],
            "insufficient funds: 0factory/none is smaller than 1factory/none",
        ),
        (vec![coin(atom(), 0)], "bank: a send moves at least one coin, and no zero amounts"),
        (vec![], "bank: a send moves at least one coin, and no zero amounts"),
    ];
    for (amount, reason) in table {
        let base = funded();
        let mut state = Access::unrecorded(&base);
        let (result, _, events) = send(&mut state, 100_000, amount);
        assert_eq!(result.unwrap_err().to_string(), reason);
        assert_eq!(events, []);
        assert!(state.finish().1.is_empty());
    }
}

#[test]
fn gas_is_charged_before_anything_else() {
    let mut state = funded();
    let coins = vec![coin(atom(), 1), coin(usei(), 1)];
    assert_eq!(send(&mut state, 49_999, coins.clone()).0, Err(ModuleError::OutOfGas { limit: 49_999 }));
    assert_eq!(native_balance(&state, &BOB), Ok(U256::ZERO));
    assert_eq!(send(&mut state, 50_000, coins).0, Ok(()));
    let (result, gas, _) = send(&mut state, 35_000, vec![coin(atom(), 1)]);
    assert_eq!((result, gas), (Ok(()), 35_000));
}

#[test]
fn a_send_to_a_linked_address_reaches_the_account() {
    let mut state = funded();
    let bobs = SeiAddress([9; 20]);
    state.put(crate::auth::keys::link(&bobs), BOB.as_slice().into());
    let message = Message::Send { from: SeiAddress::cast_from(ALICE), to: bobs, amount: vec![coin(atom(), 10)] };
    let (result, ..) = run(&mut state, 100_000, |ctx| Bank::handle(ctx, ALICE, &message));
    assert_eq!(result, Ok(()));
    assert_eq!(balance(&state, &BOB, &atom()), Ok(U256::from(10)));
    assert_eq!(balance(&state, &bobs.cast(), &atom()), Ok(U256::ZERO));
}

#[test]
fn a_send_to_oneself_changes_nothing() {
    let mut state = funded();
    transfer(&mut state, &ALICE, &ALICE, &coin(atom(), 1_000)).unwrap();
    assert_eq!(balance(&state, &ALICE, &atom()), Ok(U256::from(1_000)));
    assert!(transfer(&mut state, &ALICE, &ALICE, &coin(atom(), 1_001)).is_err());
    assert_eq!(Bank::invariants(&state), Ok(()));
}

#[test]
fn a_transfer_reads_nothing_and_relies_on_the_payers_funds() {
    let base = funded();
    let mut state = Access::new(&base);
    transfer(&mut state, &ALICE, &BOB, &coin(usei(), 1)).unwrap();
    transfer(&mut state, &ALICE, &BOB, &coin(usei(), 2)).unwrap();
    let (reads, writes) = state.finish();
    assert!(reads.points.is_empty() && reads.ranges.is_empty(), "{reads:?}");
    let covers = |usei: u64| Premise::covers(U256::from(usei * WEI_PER_USEI));
    assert_eq!(reads.premises, [(keys::native(&ALICE), covers(1)), (keys::native(&ALICE), covers(3))]);
    let adds: Vec<_> = writes.iter().filter(|(_, write)| matches!(write, Write::Add(_))).map(|(key, _)| key).collect();
    assert_eq!(adds, [&keys::native(&ALICE), &keys::native(&BOB)]);
}

#[test]
fn a_refused_transfer_depends_on_the_balance_that_it_names() {
    let base = funded();
    let mut state = Access::new(&base);
    transfer(&mut state, &ALICE, &BOB, &coin(atom(), 1_001)).unwrap_err();
    let (reads, writes) = state.finish();
    assert!(reads.points.contains(&keys::balance(&ALICE, &atom())) && writes.is_empty());
}

#[test]
fn more_than_256_bits_in_one_transaction_are_computed() {
    let mut base = Access::unrecorded(&Empty);
    let most = U256::MAX - U256::from(5);
    mint(&mut base, &ALICE, &atom(), most).unwrap();
    let mut state = Access::new(&base);
    let all = Coin { denom: atom(), amount: most };
    for _ in 0..3 {
        transfer(&mut state, &ALICE, &ALICE, &all).unwrap();
        transfer(&mut state, &ALICE, &BOB, &all).unwrap();
        transfer(&mut state, &BOB, &ALICE, &all).unwrap();
    }
    assert!(transfer(&mut state, &BOB, &ALICE, &coin(atom(), 1)).is_err());
    burn(&mut state, &ALICE, &atom(), most).unwrap();
    mint(&mut state, &ALICE, &atom(), most).unwrap();
    assert_eq!(balance(&state, &ALICE, &atom()), Ok(most));
    assert_eq!(Bank::invariants(&state), Ok(()));
}

#[test]
fn zero_is_absence() {
    let mut state = funded();
    debit(&mut state, &ALICE, &atom(), U256::from(1_000)).unwrap();
    assert_eq!(state.get(&keys::balance(&ALICE, &atom())), Ok(None));
    credit(&mut state, &ALICE, &atom(), U256::ZERO).unwrap();
    assert_eq!(state.get(&keys::balance(&ALICE, &atom())), Ok(None));
}

#[test]
fn all_balances_are_sorted_by_denom_in_their_own_units() {
    let mut state = funded();
    mint(&mut state, &ALICE, &"zeta".parse().unwrap(), U256::from(3)).unwrap();
    mint(&mut state, &BOB, &"zeta".parse().unwrap(), U256::from(4)).unwrap();
    let expected = [coin(atom(), 1_000), coin(usei(), 5_000_000), coin("zeta".parse().unwrap(), 3)];
    assert_eq!(balances(&state, &ALICE).unwrap(), expected);
    super::set_native_balance(&mut state, &BOB, U256::from(1));
    assert_eq!(balances(&state, &BOB).unwrap(), [coin("zeta".parse().unwrap(), 4)], "dust is no usei");
}

#[test]
fn supply_follows_mint_and_burn() {
    let mut state = funded();
    burn(&mut state, &ALICE, &atom(), U256::from(300)).unwrap();
    assert_eq!(supply(&state, &atom()), Ok(U256::from(700)));
    assert!(matches!(burn(&mut state, &ALICE, &atom(), U256::from(701)), Err(ModuleError::InsufficientFunds { .. })));
    assert_eq!(supply(&state, &atom()), Ok(U256::from(700)));
    assert_eq!(supply(&state, &usei()), Ok(U256::from(5_000_000)));
    assert_eq!(Bank::invariants(&state), Ok(()));
}

#[test]
fn a_sweep_moves_everything_and_a_sweep_to_oneself_nothing() {
    let mut state = funded();
    sweep(&mut state, &ALICE, &ALICE).unwrap();
    assert_eq!(native_balance(&state, &ALICE), Ok(sei(5) + U256::from(7)));
    mint(&mut state, &BOB, &atom(), U256::from(1)).unwrap();
    sweep(&mut state, &ALICE, &BOB).unwrap();
    assert_eq!(balances(&state, &ALICE), Ok(vec![]));
    assert_eq!(native_balance(&state, &ALICE), Ok(U256::ZERO), "dust and all");
    assert_eq!(native_balance(&state, &BOB), Ok(sei(5) + U256::from(7)));
    assert_eq!(balance(&state, &BOB, &atom()), Ok(U256::from(1_001)));
    assert_eq!(Bank::invariants(&state), Ok(()));
}

#[test]
fn a_sweep_of_nothing_relies_on_there_being_nothing() {
    let base = funded();
    let mut state = Access::new(&base);
    sweep(&mut state, &BOB, &ALICE).unwrap();
    let (reads, writes) = state.finish();
    let nothing = Premise::exactly(U256::ZERO);
    assert_eq!((reads.points.len(), reads.premises), (0, vec![(keys::native(&BOB), nothing)]));
    assert_eq!(reads.ranges, [keys::balances(&BOB)]);
    assert!(writes.is_empty());
}

#[test]
fn a_sweep_leaves_neighbours_alone() {
    let mut state = Access::unrecorded(&Empty);
    let mut next = ALICE;
    next.0[19] += 1;
    mint(&mut state, &next, &atom(), U256::from(8)).unwrap();
    sweep(&mut state, &ALICE, &BOB).unwrap();
    assert_eq!(balance(&state, &next, &atom()), Ok(U256::from(8)));
}

#[test]
fn genesis_mints_and_refuses_bad_denoms() {
    let mut state = Access::unrecorded(&Empty);
    let entry = |denom: &str, amount: u64| Balance { address: ALICE, denom: denom.into(), amount: U256::from(amount) };
    let genesis = BankGenesis { balances: vec![entry("usei", 5), entry("factory/atom", 6), entry("usei", 1)] };
    assert_eq!(run(&mut state, 0, |ctx| Bank::init_genesis(ctx, &genesis)).0, Ok(()));
    assert_eq!(native_balance(&state, &ALICE), Ok(U256::from(6)), "genesis counts the native coin in wei");
    assert_eq!(balance(&state, &ALICE, &atom()), Ok(U256::from(6)));
    assert_eq!(Bank::invariants(&state), Ok(()));
    let bad = BankGenesis { balances: vec![entry("x", 1)] };
    assert!(matches!(run(&mut state, 0, |ctx| Bank::init_genesis(ctx, &bad)).0, Err(ModuleError::Amount(_))));
}

#[test]
fn the_invariant_notices_money_from_nowhere_and_damage() {
    let mut state = funded();
    credit(&mut state, &BOB, &usei(), U256::ONE).unwrap();
    assert!(Bank::invariants(&state).unwrap_err().starts_with("bank: balances sum to"));
    let mut state = funded();
    state.put(keys::supply(&"ghost".parse().unwrap()), vec![1; 32].into());
    assert!(Bank::invariants(&state).is_err(), "a supply without balances");
    let mut state = funded();
    state.put(keys::native(&BOB), vec![1].into());
    assert!(Bank::invariants(&state).unwrap_err().ends_with("is damaged"));
    assert!(matches!(native_balance(&state, &BOB), Err(StateError::Damaged(..))));
}

#[test]
fn keys_tell_what_they_hold() {
    assert_eq!(keys::address_of_native(&keys::native(&ALICE)), Some(ALICE));
    assert_eq!(keys::address_of_native(&keys::balance(&ALICE, &atom())), None);
    assert_eq!(keys::denom_of(&keys::balance(&ALICE, &atom())), Some(atom()));
    assert_eq!(keys::denom_of(&keys::supply(&usei())), Some(usei()));
    assert_eq!(keys::denom_of(&keys::native(&ALICE)), None);
    assert_eq!(keys::balance(&ALICE, &usei()), keys::native(&ALICE), "the native coin has one key");
}
