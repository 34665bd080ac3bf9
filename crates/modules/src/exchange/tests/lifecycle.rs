//! An order's life: it rests, trades, ends; and what a block tells of it.

use seiza_types::exchange::{FeeAsset, OrderEnd, TriggerKind};

use super::*;

#[test]
fn an_order_rests_and_its_level_shows_it() {
    let mut world = World::new();
    let order = world.place(ALICE, &sell(5_000_000, 500_000)).unwrap();
    assert_eq!(world.balance(ALICE, &usei()), 995_000_000, "the base is in escrow at once");
    let outcome = world.end_one();
    assert_eq!((outcome.price, outcome.rested.len(), outcome.levels.len()), (None, 1, 1));
    assert_eq!((outcome.rested[0].order, outcome.rested[0].quantity), (order, 5_000_000));
    let levels = view::levels(&world.state, SEI, OrderSide::Sell, 10).unwrap();
    assert_eq!(levels, [view::Level { price: 500_000, quantity: 5_000_000, orders: 1 }]);
    let open = world.open(ALICE);
    assert_eq!((open.len(), open[0].id, open[0].remaining, open[0].price), (1, order, 5_000_000, 500_000));
    assert_eq!(view::order(&world.state, order).unwrap().as_ref(), Some(&open[0]));
}

#[test]
fn two_orders_meet_and_everybody_gets_what_is_theirs() {
    let mut world = World::new();
    world.place(ALICE, &sell(10_000_000, 500_000)).unwrap();
    world.end();
    let order = world.place(BOB, &buy(4_000_000, 600_000)).unwrap();
    assert_eq!(world.balance(BOB, &usdc()), 1_000_000_000 - 2_400_000, "4 SEI at 0.6 are in escrow");
    let outcome = world.end_one();
    assert_eq!((outcome.price, outcome.volume, outcome.quote_volume), (Some(500_000), 4_000_000, 2_000_000));
    let fees: Vec<_> = outcome.fills.iter().map(|fill| (fill.owner, fill.fee, fill.fee_asset, fill.maker)).collect();
    assert_eq!(fees, [(BOB, 1_200, FeeAsset::Base, false), (ALICE, 200, FeeAsset::Quote, true)]);
    assert_eq!((outcome.fills[0].order, outcome.fills[0].remaining), (order, 0));
    assert_eq!(outcome.fills[1].remaining, 6_000_000);
    assert_eq!(world.balance(BOB, &usei()), 1_000_000_000 + 4_000_000 - 1_200);
    assert_eq!(world.balance(BOB, &usdc()), 1_000_000_000 - 2_000_000, "what a better price leaves comes back at once");
    assert_eq!(world.balance(ALICE, &usdc()), 1_000_000_000 + 2_000_000 - 200);
    assert_eq!(world.balance(ALICE, &usei()), 990_000_000, "the rest stays in escrow");
    assert_eq!(world.open(BOB), []);
    assert_eq!(world.open(ALICE)[0].remaining, 6_000_000);
    assert_eq!(view::last_price(&world.state, SEI).unwrap(), Some(500_000));
    let levels = view::levels(&world.state, SEI, OrderSide::Sell, 10).unwrap();
    assert_eq!(levels, [view::Level { price: 500_000, quantity: 6_000_000, orders: 1 }]);
}

#[test]
fn orders_of_one_block_meet_at_one_price() {
    let mut world = World::new();
    world.place(ALICE, &sell(1_000_000, 400_000)).unwrap();
    world.place(BOB, &buy(1_000_000, 600_000)).unwrap();
    world.place(CAROL, &buy(1_000_000, 300_000)).unwrap();
    let outcome = world.end_one();
    assert_eq!((outcome.price, outcome.fills.len(), outcome.rested.len()), (Some(400_000), 2, 1));
    assert!(outcome.fills.iter().all(|fill| !fill.maker), "those that meet in a block are takers");
}

#[test]
fn immediate_orders_end_with_what_they_did_not_get() {
    let mut world = World::new();
    world.place(ALICE, &sell(1_000_000, 500_000)).unwrap();
    world.end();
    let table = [
        (OrderKind::ImmediateOrCancel, OrderEnd::Unfilled, 1),
        (OrderKind::FillOrKill, OrderEnd::NotFilledInFull, 0),
        (OrderKind::Market, OrderEnd::Unfilled, 0),
    ];
    for (kind, reason, traded) in table {
        let before = world.balance(BOB, &usdc());
        let order = PlaceOrder { kind, ..buy(3_000_000, 500_000) };
        world.place(BOB, &order).unwrap();
        let outcome = world.end_one();
        let ended: Vec<_> = outcome.ended.iter().map(|end| (end.owner, end.reason)).collect();
        assert_eq!(ended, [(BOB, reason)], "{kind:?}");
        assert_eq!(outcome.volume, traded * 1_000_000);
        assert_eq!(world.balance(BOB, &usdc()), before - traded as u64 * 500_000);
        assert_eq!(world.open(BOB), []);
    }
}

#[test]
fn a_post_only_order_that_would_trade_is_refused_at_the_blocks_end_and_given_back() {
    let mut world = World::new();
    world.place(ALICE, &sell(1_000_000, 500_000)).unwrap();
    world.end();
    let order = PlaceOrder { kind: OrderKind::PostOnly, client_id: 9, ..buy(1_000_000, 500_000) };
    let order = world.place(BOB, &order).unwrap();
    let outcome = world.end_one();
    assert_eq!((outcome.rejected.len(), outcome.rejected[0].order, outcome.rejected[0].code), (1, order, 18));
    assert_eq!((world.balance(BOB, &usdc()), world.open(BOB).len()), (1_000_000_000, 0));
    assert_eq!(view::order_by_client(&world.state, BOB, 9).unwrap(), None);
}

#[test]
fn a_stop_holds_escrow_waits_and_fires_into_the_next_block() {
    let mut world = World::new();
    let trigger = Some(Trigger { kind: TriggerKind::Stop, price: 450_000 });
    let stop = PlaceOrder { trigger, kind: OrderKind::Market, client_id: 4, ..sell(2_000_000, 300_000) };
    let order = world.place(ALICE, &stop).unwrap();
    let outcome = world.end_one();
    assert!(outcome.rested[0].waiting && outcome.levels.is_empty());
    assert_eq!(world.balance(ALICE, &usei()), 998_000_000);
    assert_eq!(world.open(ALICE)[0].trigger, trigger);
    assert_eq!(view::order_by_client(&world.state, ALICE, 4).unwrap().unwrap().id, order);

    world.place(BOB, &buy(1_000_000, 440_000)).unwrap();
    world.place(CAROL, &sell(1_000_000, 440_000)).unwrap();
    world.place(BOB, &buy(9_000_000, 430_000)).unwrap();
    assert_eq!(world.end_one().price, Some(440_000));
    assert_eq!(touched(&world.state).unwrap(), [SEI], "a met trigger makes its market due");
    let outcome = world.end_one();
    assert_eq!((outcome.price, outcome.volume), (Some(430_000), 2_000_000));
    assert_eq!(outcome.fills.iter().find(|fill| fill.owner == ALICE).unwrap().order, order);
    assert_eq!((world.open(ALICE), touched(&world.state).unwrap()), (vec![], vec![]));
}

#[test]
fn expired_orders_are_given_back_when_they_are_met() {
    let mut world = World::new();
    let order = PlaceOrder { expiry: OrderExpiry::Height(2), ..sell(1_000_000, 500_000) };
    world.place(ALICE, &order).unwrap();
    world.end();
    world.end();
    assert_eq!(world.height, 3);
    world.place(BOB, &buy(1_000_000, 500_000)).unwrap();
    let outcome = world.end_one();
    assert_eq!((outcome.volume, outcome.ended[0].reason), (0, OrderEnd::Expired));
    assert_eq!((world.balance(ALICE, &usei()), world.open(ALICE).len()), (1_000_000_000, 0));
}

#[test]
fn nobody_trades_with_themselves() {
    let mut world = World::new();
    world.place(ALICE, &sell(1_000_000, 500_000)).unwrap();
    world.end();
    let order = PlaceOrder { self_trade: SelfTradeRule::CancelOldest, ..buy(1_000_000, 500_000) };
    world.place(ALICE, &order).unwrap();
    let outcome = world.end_one();
    assert_eq!((outcome.volume, outcome.ended[0].reason, outcome.rested.len()), (0, OrderEnd::SelfTrade, 1));
    assert_eq!(world.balance(ALICE, &usei()), 1_000_000_000);
}

#[test]
fn a_simulated_order_says_what_would_happen_and_changes_nothing() {
    let mut world = World::new();
    world.place(ALICE, &sell(1_000_000, 500_000)).unwrap();
    world.end();
    let simulated = view::simulate(&world.state, BOB, &buy(3_000_000, 600_000), world.height, 0).unwrap();
    assert_eq!((simulated.refusal, simulated.price), (None, Some(500_000)));
    assert_eq!((simulated.filled, simulated.quote, simulated.rests), (1_000_000, 500_000, 2_000_000));
    let off = view::simulate(&world.state, BOB, &buy(3_000_001, 600_000), world.height, 0).unwrap();
    assert_eq!(off.refusal, Some(Refusal::OffLot { quantity: 3_000_001, lot: 10_000 }));
    assert_eq!(touched(&world.state).unwrap(), []);
}
