//! The exchange's precompile: every refusal over the ABI, whole-call faults, operators, and orders that go with their frame.

use alloy_primitives::hex;
use alloy_sol_types::{SolCall, SolEventInterface as _, SolInterface as _};
use proptest::prelude::*;
use revm::bytecode::opcode::POP;
use seiza_modules::exchange::{self, view};
use seiza_modules::{Ctx, GasMeter, Place, bank};
use seiza_types::exchange::{
    EXCHANGE_ADDRESS, MarketId, MarketOutcome, OrderRef, OrderSide, VenueCall, VenueId, settlement_logs,
};
use seiza_types::limits::EXCHANGE_ORDERS_MAX;
use seiza_types::{Address, Bytes, Code as ResultCode, Denom, U256};

use super::asm::{Code, Kind};
use super::world::{World, contract, reason, to, user};
use crate::evm::{CallEnv, TxOutcome};
use crate::precompiles::exchange::abi::IExchange::{
    self, Cancel, Expiry, IExchangeErrors, IExchangeEvents, NewMarket, Order, Replacement, SelfTrade, Side, Trigger,
    approveOperatorCall, cancelOrdersCall, denomOfCall, depthCall, lastPriceCall, marketCall, marketsCall,
    openOrdersCall, orderByClientIdCall, orderCall, placeOrdersCall, placeOrdersForCall, registerMarketCall,
    registerVenueCall, replaceOrdersCall, setMarketStatusCall, venueCall,
};

const ATOM: &str = "factory/atom";
const WHOLE: u128 = 1_000_000;
/// Price of the plain orders: 2 SEI for one whole atom.
const PRICE: u128 = 2 * WHOLE;

/// A market of atoms against SEI, number 1; users 1 and 2 own a thousand whole atoms each.
pub(super) fn world() -> World {
    let mut world = World::new();
    for n in 1..=2 {
        world.mint(user(n).address, ATOM, U256::from(1_000 * WHOLE));
    }
    let id = ask(&mut world, 1, registerMarketCall { market: listing(ATOM) }).unwrap();
    assert_eq!(id, 1);
    world
}

fn listing(base: &str) -> NewMarket {
    NewMarket {
        base: base.into(),
        quote: "usei".into(),
        baseDecimals: 6,
        quoteDecimals: 6,
        tick: 1_000,
        lot: 1_000,
        minNotional: 1_000,
        makerFeePpm: 200,
        takerFeePpm: 500,
    }
}

/// One whole atom bought at [`PRICE`].
pub(super) fn order(side: Side) -> Order {
    Order {
        market: 1,
        venue: 0,
        side,
        kind: IExchange::Kind::Limit,
        price: PRICE,
        quantity: WHOLE,
        trigger: Trigger::None,
        triggerPrice: 0,
        expiryKind: Expiry::Never,
        expiry: 0,
        selfTrade: SelfTrade::CancelNewest,
        clientId: 0,
        feeInNative: false,
    }
}

fn buy() -> Order {
    order(Side::Buy)
}

fn sell() -> Order {
    order(Side::Sell)
}

/// User `n` calls the exchange, by the block's transaction of that number.
fn calls(n: u8, input: Vec<u8>) -> CallEnv {
    CallEnv { gas: 20_000_000, index: n.into(), ..to(&user(n), EXCHANGE_ADDRESS, U256::ZERO, input) }
}

/// Asks by a transaction of user `n`: the answer, or why it reverted.
fn ask<C: SolCall>(world: &mut World, n: u8, call: C) -> Result<C::Return, String> {
    let outcome = world.run(calls(n, call.abi_encode())).unwrap();
    match outcome.code {
        ResultCode::Ok => Ok(C::abi_decode_returns(&outcome.output).unwrap()),
        code => Err(format!("{code:?}: {}", reason(&outcome.output))),
    }
}

fn place(world: &mut World, n: u8, orders: Vec<Order>) -> Vec<IExchange::Result> {
    ask(world, n, placeOrdersCall { orders }).unwrap()
}

/// The name of the error that a result's refusal is, with its fields.
fn named(result: &IExchange::Result) -> String {
    if result.refusal.is_empty() {
        return format!("taken {}", result.code);
    }
    let error = IExchangeErrors::abi_decode(&result.refusal).unwrap();
    let text = format!("{error:?}");
    let inner = text.split_once('(').map_or(text.as_str(), |(_, inner)| inner.trim_end_matches(')'));
    inner.to_owned()
}

fn events(outcome: &TxOutcome) -> Vec<IExchangeEvents> {
    let decode = |log: &seiza_types::Log| {
        assert_eq!(log.address, EXCHANGE_ADDRESS);
        IExchangeEvents::decode_log(log).unwrap().data
    };
    outcome.logs.iter().map(decode).collect()
}

/// Ends the block for market 1, and begins the next.
pub(super) fn end_block(world: &mut World) -> MarketOutcome {
    let mut outcome = None;
    let block = world.block.info();
    world.set(|state| outcome = Some(end_market(state, &block)));
    world.block.number += 1;
    outcome.unwrap()
}

fn end_market(state: &mut seiza_state::Access<'_>, block: &seiza_modules::BlockInfo) -> MarketOutcome {
    let rates = exchange::NativeRates::read(state).unwrap();
    exchange::end_market(state, block, &rates, MarketId(1)).unwrap()
}

fn escrow(world: &World, denom: &str) -> U256 {
    let denom: Denom = denom.parse().unwrap();
    bank::balance(&world.state, &EXCHANGE_ADDRESS, &denom).unwrap()
}

#[test]
fn every_refusal_of_an_order_is_a_custom_error_and_the_others_stand() {
    let table: [(Order, &str); 14] = [
        (Order { market: 9, ..buy() }, "UnknownMarket { market: 9 }"),
        (Order { market: 0, ..buy() }, "UnknownMarket { market: 0 }"),
        (Order { venue: 9, ..buy() }, "UnknownVenue { venue: 9 }"),
        (Order { price: 0, ..buy() }, "ZeroPrice"),
        (Order { quantity: 0, ..buy() }, "ZeroQuantity"),
        (Order { trigger: Trigger::Stop, ..buy() }, "ZeroTriggerPrice"),
        (Order { price: 1_001, ..buy() }, "OffTick { price: 1001, tick: 1000 }"),
        (Order { trigger: Trigger::Stop, triggerPrice: 7, ..buy() }, "OffTick { price: 7, tick: 1000 }"),
        (Order { quantity: 1_001, ..sell() }, "OffLot { quantity: 1001, lot: 1000 }"),
        (Order { price: u128::MAX - u128::MAX % 1_000, ..buy() }, "TooLarge"),
        (Order { price: 1_000, quantity: 1_000, ..buy() }, "BelowMinNotional { notional: 1, minNotional: 1000 }"),
        (Order { quantity: 2_000 * WHOLE, ..sell() }, "InsufficientFunds { denom: \"factory/atom\", have: "),
        (Order { expiryKind: Expiry::Height, expiry: 3, ..buy() }, "AlreadyExpired"),
        (Order { expiryKind: Expiry::Time, expiry: 1_600_000_000, ..buy() }, "AlreadyExpired"),
    ];
    for (wrong, expected) in table {
        let mut world = world();
        let before = (world.balance(user(1).address), escrow(&world, ATOM));
        let outcome = world.succeed(calls(1, placeOrdersCall { orders: vec![wrong, sell()] }.abi_encode()));
        let results = placeOrdersCall::abi_decode_returns(&outcome.output).unwrap();
        assert!(named(&results[0]).starts_with(expected), "{expected}: {}", named(&results[0]));
        assert_eq!((results[0].orderId, results[0].code > 0), (0, true), "{expected}");
        let id = OrderRef::new(7, 1, 0, 1).number();
        assert_eq!((results[1].orderId, results[1].code, results[1].refusal.len()), (id, 0, 0), "{expected}");
        let events = events(&outcome);
        assert!(
            matches!(&events[..], [IExchangeEvents::OrderRefused(refused), IExchangeEvents::OrderPlaced(placed)]
                if refused.refusal == results[0].refusal && refused.code == results[0].code && placed.orderId == id),
            "{expected}: {events:?}"
        );
        let fee = U256::from(outcome.gas_used) * U256::from(outcome.effective_gas_price);
        assert_eq!(world.balance(user(1).address), before.0 - fee, "{expected}: nothing was taken for it");
        assert_eq!(escrow(&world, ATOM), before.1 + U256::from(WHOLE), "{expected}");
    }
}

#[test]
fn names_of_ones_own_are_taken_once() {
    let mut world = world();
    let named_order = || Order { clientId: 5, ..buy() };
    let results = place(&mut world, 1, vec![named_order(), named_order()]);
    let open = OrderRef::new(7, 1, 0, 0).number();
    assert_eq!(named(&results[1]), format!("DuplicateClientId {{ clientId: 5, openOrder: {open} }}"));
    assert_eq!(place(&mut world, 2, vec![named_order()])[0].code, 0, "another's names are another's");
}

#[test]
fn faults_of_a_call_revert_it_and_name_the_field() {
    let many = vec![buy(); EXCHANGE_ORDERS_MAX + 1];
    let both = Cancel { orderId: 1, clientId: 1 };
    let venue = |name: &str, fee: u16| registerVenueCall {
        name: name.into(),
        feeBps: fee,
        feeRecipient: user(1).address,
        callback: Address::ZERO,
        callbackGas: 0,
    };
    let table: Vec<(Vec<u8>, &str)> = vec![
        (placeOrdersCall { orders: vec![] }.abi_encode(), "orders: 0 entries, a call has 1 to 500"),
        (placeOrdersCall { orders: many }.abi_encode(), "orders: 501 entries, a call has 1 to 500"),
        (placeOrdersCall { orders: vec![buy(), order(Side::None)] }.abi_encode(), "orders[1].side is none"),
        (cancelOrdersCall { market: 1, targets: vec![] }.abi_encode(), "targets: 0 entries"),
        (cancelOrdersCall { market: 1, targets: vec![both] }.abi_encode(), "targets[0].clientId is none"),
        (placeOrdersForCall { owner: user(2).address, orders: vec![buy()] }.abi_encode(), "0x"),
        (registerMarketCall { market: listing("x") }.abi_encode(), "base: "),
        (registerMarketCall { market: listing("usei") }.abi_encode(), "exchange: base and quote are two denoms"),
        (registerMarketCall { market: listing(ATOM) }.abi_encode(), "exchange: the pair has a market already"),
        (venue("", 1).abi_encode(), "exchange: a venue's name"),
        (venue("Red", 101).abi_encode(), "exchange: a venue's fee"),
        (
            setMarketStatusCall { market: 1, status: IExchange::Status::Halted }.abi_encode(),
            "exchange: only the authority",
        ),
        (setMarketStatusCall { market: 1, status: IExchange::Status::None }.abi_encode(), "status is none"),
        (marketCall { id: 2 }.abi_encode(), "market 2 does not exist"),
        (venueCall { id: 1 }.abi_encode(), "venue 1 does not exist"),
        (orderCall { orderId: 3 }.abi_encode(), "no open order of that name"),
        (depthCall { market: 1, side: Side::Buy, limit: 101 }.abi_encode(), "limit is 101, at most 100 are shown"),
        (depthCall { market: 1, side: Side::None, limit: 1 }.abi_encode(), "side is none"),
        (placeOrdersCall { orders: vec![buy()] }.abi_encode()[..100].to_vec(), "invalid arguments"),
        (vec![1, 2, 3, 4], "unknown function selector 0x01020304"),
        (vec![1], "no function selector"),
    ];
    for (input, expected) in table {
        let mut world = world();
        let shown = hex::encode(&input[..input.len().min(8)]);
        let outcome = world.run(calls(1, input)).unwrap();
        assert_eq!(outcome.code, ResultCode::Reverted, "{shown} {expected}");
        assert!(reason(&outcome.output).starts_with(expected), "{expected}: {}", reason(&outcome.output));
        assert_eq!(outcome.logs.len(), 0);
    }
}

#[test]
fn bytes_that_are_no_arguments_never_do_anything() {
    let mut world = world();
    let whole = placeOrdersCall { orders: vec![buy()] }.abi_encode();
    for at in (4..whole.len()).step_by(7) {
        let mut input = whole.clone();
        input[at] = 0xff;
        let outcome = world.run(calls(1, input)).unwrap();
        assert!(matches!(outcome.code, ResultCode::Ok | ResultCode::Reverted), "{at}: {:?}", outcome.code);
    }
}

#[test]
fn orders_trade_and_are_shown_until_then() {
    let mut world = world();
    let sold = place(&mut world, 1, vec![Order { clientId: 9, ..sell() }]);
    end_block(&mut world);
    let open = ask(&mut world, 3, orderCall { orderId: sold[0].orderId }).unwrap();
    assert_eq!((open.owner, open.order.quantity, open.order.clientId), (user(1).address, WHOLE, 9));
    let by_name = ask(&mut world, 3, orderByClientIdCall { owner: user(1).address, clientId: 9 }).unwrap();
    assert_eq!(by_name.orderId, open.orderId);
    let all = ask(&mut world, 3, openOrdersCall { owner: user(1).address, market: 0, after_: 0, limit: 9 }).unwrap();
    assert_eq!(all.len(), 1);
    let after = openOrdersCall { owner: user(1).address, market: 1, after_: open.orderId, limit: 9 };
    assert_eq!(ask(&mut world, 3, after).unwrap().len(), 0);
    let levels = ask(&mut world, 3, depthCall { market: 1, side: Side::Sell, limit: 5 }).unwrap();
    let levels: Vec<_> = levels.iter().map(|level| (level.price, level.quantity, level.orders)).collect();
    assert_eq!(levels, [(PRICE, WHOLE, 1)]);
    assert_eq!(ask(&mut world, 3, lastPriceCall { market: 1 }).unwrap(), 0);

    place(&mut world, 2, vec![buy()]);
    let outcome = end_block(&mut world);
    assert_eq!((outcome.price, outcome.volume, outcome.fills.len()), (Some(PRICE), WHOLE, 2));
    assert_eq!(ask(&mut world, 3, lastPriceCall { market: 1 }).unwrap(), PRICE);
    assert!(ask(&mut world, 3, orderCall { orderId: sold[0].orderId }).is_err());
    let shown = ask(&mut world, 3, marketsCall { first: 0, limit: 5 }).unwrap();
    assert_eq!((shown.len(), shown[0].base.as_str(), shown[0].lot), (1, ATOM, 1_000));
    let denom = ask(&mut world, 3, denomOfCall { token: contract(1) }).unwrap();
    assert_eq!(denom, bank::wrapped_denom(&contract(1)).to_string());
}

#[test]
fn cancelling_and_replacing_say_what_went_wrong() {
    let mut world = world();
    let mine = place(&mut world, 1, vec![Order { clientId: 3, ..buy() }])[0].orderId;
    let theirs = place(&mut world, 2, vec![sell()])[0].orderId;
    let cancel = |id, name| Cancel { orderId: id, clientId: name };
    let targets = vec![cancel(theirs, 0), cancel(77, 0), cancel(0, 8), cancel(mine, 0), cancel(mine, 0)];
    let results = ask(&mut world, 1, cancelOrdersCall { market: 1, targets }).unwrap();
    let names: Vec<_> = results.iter().map(named).collect();
    assert_eq!(names[..3], ["NotOwner", "UnknownOrder", "UnknownOrder"]);
    assert_eq!((names[3].as_str(), results[3].orderId), ("taken 0", mine));
    assert_ne!(results[4].code, 0, "once is enough: {}", names[4]);
    let replacement = |id, order| Replacement { cancel: cancel(id, 0), order };
    assert_eq!(end_block(&mut world).volume, 0);
    let again = place(&mut world, 1, vec![buy()])[0].orderId;
    let dearer = Order { price: 3 * WHOLE, ..buy() };
    let replacements = vec![replacement(theirs, dearer.clone()), replacement(again, dearer)];
    let results = ask(&mut world, 1, replaceOrdersCall { replacements }).unwrap();
    assert_eq!((named(&results[0]).as_str(), results[1].code), ("NotOwner", 0));
    assert_eq!(end_block(&mut world).volume, WHOLE, "the new one trades, and the old one is gone");
    assert_eq!(view::open_orders(&world.state, user(1).address, None, None, 10).unwrap(), []);
}

#[test]
fn an_operator_acts_for_who_approved_it() {
    let mut world = world();
    let orders = || vec![sell()];
    let owner = user(2).address;
    let refused = ask(&mut world, 1, placeOrdersForCall { owner, orders: orders() }).err().unwrap();
    assert_eq!(refused, format!("Reverted: {} is no operator of {owner}", user(1).address));
    let approval = |approved| approveOperatorCall { operator: user(1).address, approved };
    ask(&mut world, 2, approval(true)).unwrap();
    let placed = ask(&mut world, 1, placeOrdersForCall { owner, orders: orders() }).unwrap();
    assert_eq!(placed[0].code, 0);
    end_block(&mut world);
    assert_eq!(view::open_orders(&world.state, owner, None, None, 9).unwrap().len(), 1);
    assert_eq!(bank::balance(&world.state, &owner, &ATOM.parse().unwrap()).unwrap(), U256::from(999 * WHOLE));
    ask(&mut world, 2, approval(false)).unwrap();
    assert!(ask(&mut world, 1, placeOrdersForCall { owner, orders: orders() }).is_err());
}

/// What the words' crate writes by hand reads as the interface's events.
#[test]
fn settlement_logs_are_events_of_the_interface() {
    let mut world = world();
    place(&mut world, 1, vec![Order { clientId: 4, ..sell() }]);
    place(&mut world, 2, vec![buy(), Order { kind: IExchange::Kind::ImmediateOrCancel, price: WHOLE, ..buy() }]);
    let outcome = end_block(&mut world);
    let (venue, market, contract) = (VenueId(3), MarketId(1), contract(1));
    let call = VenueCall { venue, market, contract, ok: true, gas_used: 9, logs: Vec::new(), events: Vec::new() };
    let logs = settlement_logs(std::slice::from_ref(&outcome), &[call]);
    let told: Vec<_> = logs.iter().map(|log| IExchangeEvents::decode_log(log).unwrap().data).collect();
    let [cleared, bought, sold, ended, called] = &told[..] else { panic!("{told:?}") };
    assert!(matches!(cleared, IExchangeEvents::MarketCleared(event)
        if (event.market, event.price, event.volume, event.quoteVolume) == (1, PRICE, WHOLE, PRICE)));
    for (event, fill) in [bought, sold].into_iter().zip(&outcome.fills) {
        let IExchangeEvents::OrderFilled(event) = event else { panic!("{event:?}") };
        assert_eq!((event.owner, event.market, event.venue), (fill.owner, 1, fill.venue.0));
        assert_eq!((event.orderId, event.clientId), (fill.order.number(), fill.client_id));
        assert_eq!((event.side as u8, event.maker), (fill.side as u8 + 1, fill.maker));
        assert_eq!((event.price, event.quantity, event.quote), (fill.price, fill.quantity, fill.quote));
        assert_eq!((event.remaining, event.fee, event.venueFee), (fill.remaining, fill.fee, fill.venue_fee));
    }
    assert!(matches!(ended, IExchangeEvents::OrderEnded(event)
        if (event.owner, event.reason, event.remaining) == (user(2).address, IExchange::EndReason::Unfilled, WHOLE)));
    assert!(matches!(called, IExchangeEvents::VenueCalled(event) if (event.venue, event.gasUsed) == (3, 9)));
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    /// Nothing that is sent to the exchange is more than refused.
    #[test]
    fn random_arguments_are_answered_or_refused(
        function: prop::sample::Index, arguments in prop::collection::vec(prop_oneof![Just(0u8), any::<u8>()], 0..700),
    ) {
        let mut world = world();
        let selector = IExchange::IExchangeCalls::SELECTORS[function.index(IExchange::IExchangeCalls::COUNT)];
        let outcome = world.run(calls(1, [&selector[..], &arguments].concat())).unwrap();
        prop_assert!(matches!(outcome.code, ResultCode::Ok | ResultCode::Reverted), "{:?}", outcome.code);
    }
}

/// Code that places `order` and goes on.
fn placing(order: &Order) -> Code {
    let input = placeOrdersCall { orders: vec![order.clone()] }.abi_encode();
    Code::new().call(Kind::Call, EXCHANGE_ADDRESS, U256::ZERO, &input).op(&[POP])
}

#[test]
fn orders_go_with_the_frame_that_placed_them() {
    let sei = U256::from(100 * WHOLE) * U256::from(seiza_types::WEI_PER_USEI);
    let inner = |code: Code| {
        let mut world = world();
        world.install(contract(1), code.bytes());
        let outer = placing(&buy()).call(Kind::Call, contract(1), U256::ZERO, &[]).store(0);
        let outer =
            outer.call(Kind::Call, EXCHANGE_ADDRESS, U256::ZERO, &placeOrdersCall { orders: vec![buy()] }.abi_encode());
        world.install(contract(2), outer.op(&[POP]).bytes());
        for n in [1, 2] {
            world.set(|state| bank::mint(state, &contract(n), &Denom::native(), sei).unwrap());
        }
        world.succeed(CallEnv { gas: 5_000_000, ..to(&user(1), contract(2), U256::ZERO, []) });
        world
    };
    let kept = inner(placing(&buy()));
    let undone = inner(placing(&buy()).revert());
    let never = inner(Code::new().revert());
    assert_eq!(open_of(&kept, 1), [OrderRef::new(7, 0, 1, 0)]);
    assert_eq!(open_of(&kept, 2), [OrderRef::new(7, 0, 0, 0), OrderRef::new(7, 0, 2, 0)], "names tell the calls apart");
    assert_eq!(open_of(&undone, 1), []);
    assert_eq!(open_of(&undone, 2), [OrderRef::new(7, 0, 0, 0), OrderRef::new(7, 0, 1, 0)]);
    assert_eq!(undone.balance(contract(1)), sei);
    let exchange_keys = |world: &World| -> Vec<_> {
        let keys = world.state.pairs.iter().filter(|(key, _)| key.store() == seiza_state::StoreId::Exchange);
        keys.map(|(key, value)| (key.clone(), value.clone())).collect()
    };
    assert_eq!(exchange_keys(&undone), exchange_keys(&never), "as if the frame had never run");
    assert_eq!(escrow(&undone, "usei"), escrow(&never, "usei"));
}

/// The names of the open orders of a contract.
fn open_of(world: &World, n: u8) -> Vec<OrderRef> {
    let mut ended = World { state: world.state.clone(), block: world.block.clone(), ..World::new() };
    end_block(&mut ended);
    let open = view::open_orders(&ended.state, contract(n), None, None, 10).unwrap();
    open.into_iter().map(|open| open.id).collect()
}

#[test]
fn what_may_not_write_is_refused_and_may_read() {
    let write = placeOrdersCall { orders: vec![buy()] }.abi_encode();
    let table: [(Kind, &[u8], Option<&str>); 4] = [
        (Kind::Static, &write, Some("cannot change state in a static call")),
        (Kind::Delegate, &write, Some("cannot change state in a delegate call")),
        (Kind::Static, &marketCall { id: 1 }.abi_encode(), None),
        (Kind::Delegate, &lastPriceCall { market: 1 }.abi_encode(), None),
    ];
    for (kind, input, expected) in table {
        let mut world = world();
        let code = Code::new().call(kind, EXCHANGE_ADDRESS, U256::ZERO, input).store(0).return_answer();
        world.install(contract(1), code.bytes());
        let outcome = world.succeed(to(&user(1), contract(1), U256::ZERO, []));
        assert_eq!(reason(&outcome.output), expected.unwrap_or_default(), "{kind:?}");
        assert_eq!(world.slot(contract(1), 0), U256::from(u8::from(expected.is_none())), "{kind:?}");
    }
}

#[test]
fn value_is_not_taken_and_gas_is_charged_before_work() {
    let mut world = world();
    let input = placeOrdersCall { orders: vec![buy(); 100] }.abi_encode();
    let paid = world.run(CallEnv { value: U256::ONE, ..calls(1, input.clone()) }).unwrap();
    assert_eq!(reason(&paid.output), "function is not payable");
    let whole = world.succeed(calls(1, input.clone())).gas_used;
    let one = world.succeed(calls(1, placeOrdersCall { orders: vec![buy()] }.abi_encode())).gas_used;
    let each = (whole - one) / 99;
    assert!((5_000..20_000).contains(&each), "an order costs {each} gas");
    let escrowed = escrow(&world, "usei");
    let short = world.run(CallEnv { gas: whole - 10, ..calls(1, input) }).unwrap();
    assert_eq!((short.code, short.logs.len()), (ResultCode::OutOfGas, 0));
    assert_eq!(escrow(&world, "usei"), escrowed);
}

#[test]
fn a_place_of_its_own_for_each_call_of_each_transaction() {
    let mut world = world();
    let input: Bytes = placeOrdersCall { orders: vec![buy(), buy()] }.abi_encode().into();
    let outcome = world.succeed(CallEnv { index: 4, ..calls(1, input.to_vec()) });
    let results = placeOrdersCall::abi_decode_returns(&outcome.output).unwrap();
    let ids: Vec<_> = results.iter().map(|result| OrderRef::from_number(result.orderId)).collect();
    assert_eq!(ids, [OrderRef::new(7, 4, 0, 0), OrderRef::new(7, 4, 0, 1)]);
    let mut gas = GasMeter::new(1_000_000);
    let (block, mut events) = (world.block.info(), Vec::new());
    let wish = crate::precompiles::exchange::abi::order(&sell()).unwrap();
    assert_eq!(wish.side, OrderSide::Sell);
    world.set(|state| {
        let place = Place { tx: 5, message: 0 };
        let mut ctx = Ctx { state, block: &block, place, gas: &mut gas, events: &mut events };
        let results = exchange::place_orders(&mut ctx, user(2).address, &[wish]).unwrap();
        assert_eq!(results, [Ok(OrderRef::new(7, 5, 0, 0))], "the same words by the native door");
    });
    assert_eq!(end_block(&mut world).volume, WHOLE);
}
