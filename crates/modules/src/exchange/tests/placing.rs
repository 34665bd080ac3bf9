//! Every rule of placing, and that a fault is one order's own.

use seiza_types::exchange::TriggerKind;

use super::*;

#[test]
fn each_fault_has_its_refusal_and_takes_nothing() {
    let trigger = |price| Some(Trigger { kind: TriggerKind::Stop, price });
    let huge = u128::from(u64::MAX);
    let table: Vec<(PlaceOrder, Refusal)> = vec![
        (PlaceOrder { market: MarketId(9), ..buy(10_000, 500_000) }, Refusal::UnknownMarket),
        (PlaceOrder { venue: VenueId(7), ..buy(10_000, 500_000) }, Refusal::UnknownVenue),
        (buy(10_000, 0), Refusal::ZeroPrice),
        (buy(0, 500_000), Refusal::ZeroQuantity),
        (PlaceOrder { trigger: trigger(0), ..buy(10_000, 500_000) }, Refusal::ZeroTriggerPrice),
        (buy(10_000, 500_050), Refusal::OffTick { price: 500_050, tick: 100 }),
        (PlaceOrder { trigger: trigger(7), ..buy(10_000, 500_000) }, Refusal::OffTick { price: 7, tick: 100 }),
        (buy(10_001, 500_000), Refusal::OffLot { quantity: 10_001, lot: 10_000 }),
        (buy(10_000, (huge + 1) * 100), Refusal::Overflow),
        (buy((huge + 1) * 10_000, 100), Refusal::Overflow),
        (buy(10_000, 99_900), Refusal::BelowMinNotional { notional: 999, min: 1_000 }),
        (PlaceOrder { expiry: OrderExpiry::Height(0), ..buy(10_000, 500_000) }, Refusal::Expired),
        (PlaceOrder { expiry: OrderExpiry::Time(1_000_999_999_999), ..buy(10_000, 500_000) }, Refusal::Expired),
        (
            buy(2_000_010_000, 500_000),
            Refusal::InsufficientFunds { denom: usdc(), have: "999995000".into(), want: 1_000_005_000 },
        ),
        (
            sell(1_000_010_000, 500_000),
            Refusal::InsufficientFunds { denom: usei(), have: "1000000000".into(), want: 1_000_010_000 },
        ),
    ];
    for (order, refusal) in table {
        let mut world = World::new();
        let orders = [buy(10_000, 500_000), order.clone(), buy(20_000, 500_000)];
        let results = world.place_all(ALICE, &orders);
        assert!(results[0].is_ok() && results[2].is_ok(), "the others stand");
        assert_eq!(results[1], Err(refusal), "{order:?}");
        assert_eq!(world.balance(ALICE, &usdc()), 1_000_000_000 - 15_000);
        assert_eq!(world.balance(ALICE, &usei()), 1_000_000_000);
        let refused: Vec<_> = world.events.iter().filter(|event| event.kind == "order_refused").collect();
        assert_eq!((refused.len(), refused[0].attributes[2].value.text()), (1, "1".into()));
        world.end();
    }
}

#[test]
fn a_price_times_a_quantity_beyond_128_bits_is_refused() {
    let mut world = World::with(|genesis| genesis.markets[1] = market("ueth", 0, u128::from(u64::MAX), 1));
    let most = u128::from(u64::MAX);
    let order = PlaceOrder { market: ETH, ..buy(most, most * most) };
    assert_eq!(world.place(ALICE, &order), Err(Refusal::Overflow));
    world.end();
}

#[test]
fn a_client_id_is_one_open_orders_own() {
    let mut world = World::new();
    let named = |quantity| PlaceOrder { client_id: 7, ..buy(quantity, 500_000) };
    let first = world.place(ALICE, &named(10_000)).unwrap();
    assert_eq!(world.place(ALICE, &named(20_000)), Err(Refusal::DuplicateClientId { open: first }), "in one block");
    world.place(BOB, &named(10_000)).unwrap();
    world.end();
    assert_eq!(world.place(ALICE, &named(20_000)), Err(Refusal::DuplicateClientId { open: first }), "while it rests");
    assert_eq!(view::order_by_client(&world.state, ALICE, 7).unwrap().unwrap().id, first);
    world.place(CAROL, &sell(20_000, 500_000)).unwrap();
    world.end();
    assert!(world.place(ALICE, &named(20_000)).is_ok(), "what is filled has no name any more");
    world.end();
}

#[test]
fn orders_are_named_by_where_they_arrived() {
    let mut world = World::new();
    world.tx = 3;
    let orders = [buy(10_000, 500_000), buy(1, 1), buy(10_000, 500_000)];
    let results = world.place_all(ALICE, &orders);
    let names: Vec<_> = results.into_iter().flatten().map(|order| order.to_string()).collect();
    assert_eq!(names, ["1-3-0-0", "1-3-0-2"]);
    world.end();
}

#[test]
fn five_hundred_orders_fit_a_message_and_no_more() {
    let mut world = World::new();
    let orders = vec![buy(10_000, 500_000); 501];
    let (result, _) = world.run(10_000_000, |ctx| super::super::place_orders(ctx, ALICE, &orders));
    assert!(matches!(result, Err(ModuleError::Rejected(_))));
    let (result, gas) = world.run(10_000_000, |ctx| super::super::place_orders(ctx, ALICE, &orders[..500]));
    assert_eq!((result.unwrap().iter().flatten().count(), gas), (500, 1_005_000));
    let (result, _) = world.run(1_004_999, |ctx| super::super::place_orders(ctx, ALICE, &orders[..500]));
    assert_eq!(result, Err(ModuleError::OutOfGas { limit: 1_004_999 }));
    world.end();
}
