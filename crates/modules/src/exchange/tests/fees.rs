//! Fees: of the market, of the venue, in the native coin.

use seiza_types::exchange::{FeeAsset, FillEvent};

use super::*;

fn collected(world: &World, denom: &Denom) -> u64 {
    world.balance(crate::fees::collector(), denom)
}

/// Alice sells, Bob buys, both with `change`d orders; answers Bob's and Alice's fills.
fn trade(world: &mut World, change: impl Fn(PlaceOrder) -> PlaceOrder) -> (FillEvent, FillEvent) {
    world.place(ALICE, &change(sell(10_000_000, 500_000))).unwrap();
    world.end();
    world.place(BOB, &change(buy(10_000_000, 500_000))).unwrap();
    let mut fills = world.end_one().fills;
    (fills.remove(0), fills.remove(0))
}

#[test]
fn makers_and_takers_pay_of_what_they_receive() {
    let mut world = World::new();
    let (bob, alice) = trade(&mut world, |order| order);
    assert_eq!((bob.fee, bob.venue_fee, alice.fee, alice.venue_fee), (3_000, 0, 500, 0));
    assert_eq!((collected(&world, &usei()), collected(&world, &usdc())), (3_000, 500));
}

#[test]
fn a_venue_is_paid_by_those_who_come_through_it() {
    let mut world = World::new();
    let (bob, alice) = trade(&mut world, |order| PlaceOrder { venue: VenueId(1), ..order });
    assert_eq!((bob.venue_fee, alice.venue_fee), (10_000, 5_000), "10 hundredths of a per cent");
    assert_eq!((world.balance(RED, &usei()), world.balance(RED, &usdc())), (10_000, 5_000));
    assert_eq!(world.balance(BOB, &usei()), 1_010_000_000 - 3_000 - 10_000);
}

#[test]
fn a_fee_in_the_native_coin_is_cheaper() {
    let mut world = World::new();
    trade(&mut world, |order| order);
    let before = (world.balance(ALICE, &usei()), world.balance(ALICE, &usdc()));
    let (bob, alice) = trade(&mut world, |order| PlaceOrder { fee_in_native: true, ..order });
    assert_eq!((bob.fee, bob.fee_asset), (2_250, FeeAsset::Base), "who receives it anyway pays three quarters");
    assert_eq!((alice.fee, alice.fee_asset), (750, FeeAsset::Native), "500 uusdc are 1000 usei at 0.5, less a quarter");
    assert_eq!(world.balance(ALICE, &usei()), before.0 - 10_000_000 - 750);
    assert_eq!(world.balance(ALICE, &usdc()), before.1 + 5_000_000);
    assert_eq!((collected(&world, &usei()), collected(&world, &usdc())), (3_000 + 2_250 + 750, 500));
}

#[test]
fn a_native_fee_that_has_no_price_or_no_funds_is_taken_from_what_is_received() {
    let native = |order| PlaceOrder { fee_in_native: true, ..order };
    let mut world = World::new();
    let (_, alice) = trade(&mut world, native);
    assert_eq!((alice.fee, alice.fee_asset), (500, FeeAsset::Quote), "no last price when the block began");
    let rest = world.balance(ALICE, &usei());
    world.place(ALICE, &sell(u128::from(rest) - 10_000_000, 900_000)).unwrap();
    let (_, alice) = trade(&mut world, native);
    assert_eq!((alice.fee, alice.fee_asset), (500, FeeAsset::Quote), "all she has is in escrow");
}

#[test]
fn fees_are_never_more_than_what_is_received() {
    let mut world = World::with(|genesis| {
        genesis.markets[0] = GenesisMarket {
            tick: 1_000_000,
            lot: 1,
            min_notional: 1,
            maker_fee_ppm: 50_000,
            taker_fee_ppm: 50_000,
            ..market("usei", 6, 1, 1)
        };
        genesis.fee_markets.clear();
    });
    world.place(ALICE, &PlaceOrder { venue: VenueId(1), ..sell(1, 1_000_000) }).unwrap();
    world.end();
    world.place(BOB, &PlaceOrder { venue: VenueId(1), ..buy(1, 1_000_000) }).unwrap();
    let outcome = world.end_one();
    let fees: Vec<_> = outcome.fills.iter().map(|fill| (fill.fee, fill.venue_fee)).collect();
    assert_eq!(fees, [(1, 0), (1, 0)], "rounded up, and then there is nothing left");
    assert_eq!((world.balance(BOB, &usei()), world.balance(ALICE, &usdc())), (1_000_000_000, 1_000_000_000));
}
