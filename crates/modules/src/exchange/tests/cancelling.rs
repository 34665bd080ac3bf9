//! Taking orders back, one, by name, or all; and replacing them.

use seiza_types::exchange::{OrderEnd, ReplaceOrder};

use super::*;

#[test]
fn an_order_comes_back_by_id_by_name_or_with_all_others() {
    for resting in [false, true] {
        let mut world = World::new();
        let named = PlaceOrder { client_id: 5, ..sell(10_000, 500_000) };
        let orders = world.place_all(ALICE, &[sell(20_000, 510_000), named, buy(30_000, 400_000)]);
        let orders: Vec<_> = orders.into_iter().map(Result::unwrap).collect();
        let held = (world.balance(ALICE, &usei()), world.balance(ALICE, &usdc()));
        assert_eq!(held, (1_000_000_000 - 30_000, 1_000_000_000 - 12_000));
        if resting {
            world.end();
        }
        assert_eq!(world.cancel(ALICE, SEI, CancelTarget::Id(orders[0])), Ok(()));
        assert_eq!(world.balance(ALICE, &usei()), 1_000_000_000 - 10_000, "at once");
        assert_eq!(world.cancel(ALICE, SEI, CancelTarget::Id(orders[0])), Err(Refusal::UnknownOrder), "once");
        assert_eq!(world.cancel(ALICE, SEI, CancelTarget::ClientId(5)), Ok(()));
        assert_eq!(world.cancel(ALICE, SEI, CancelTarget::ClientId(5)), Err(Refusal::UnknownOrder));
        assert_eq!(world.cancel(ALICE, SEI, CancelTarget::AllOf(SEI)), Ok(()));
        assert_eq!(world.cancel(ALICE, SEI, CancelTarget::AllOf(SEI)), Ok(()), "none is all");
        let outcome = world.end_one();
        let ended: Vec<_> = outcome.ended.iter().map(|end| (end.order, end.reason)).collect();
        assert_eq!(ended.len(), 3);
        assert!(orders.iter().all(|order| ended.contains(&(*order, OrderEnd::Cancelled))));
        assert_eq!(outcome.levels.len(), if resting { 3 } else { 0 });
        assert_eq!((world.balance(ALICE, &usei()), world.balance(ALICE, &usdc())), (1_000_000_000, 1_000_000_000));
        assert_eq!(world.open(ALICE), []);
    }
}

#[test]
fn others_orders_and_orders_of_other_markets_stay() {
    for resting in [false, true] {
        let mut world = World::new();
        let order = world.place(ALICE, &PlaceOrder { client_id: 5, ..sell(20_000, 510_000) }).unwrap();
        if resting {
            world.end();
        }
        assert_eq!(world.cancel(BOB, SEI, CancelTarget::Id(order)), Err(Refusal::NotOwner));
        assert_eq!(world.cancel(BOB, SEI, CancelTarget::ClientId(5)), Err(Refusal::UnknownOrder));
        assert_eq!(world.cancel(ALICE, ETH, CancelTarget::Id(order)), Err(Refusal::UnknownOrder));
        assert_eq!(world.cancel(ALICE, ETH, CancelTarget::ClientId(5)), Err(Refusal::UnknownOrder));
        assert_eq!(world.cancel(ALICE, MarketId(9), CancelTarget::AllOf(MarketId(9))), Err(Refusal::UnknownMarket));
        assert_eq!(world.cancel(BOB, SEI, CancelTarget::AllOf(SEI)), Ok(()));
        world.end();
        assert_eq!(world.open(ALICE).len(), 1);
    }
}

#[test]
fn what_is_cancelled_does_not_trade_in_its_block() {
    let mut world = World::new();
    let order = world.place(ALICE, &sell(20_000, 500_000)).unwrap();
    world.end();
    world.place(BOB, &buy(20_000, 500_000)).unwrap();
    world.cancel(ALICE, SEI, CancelTarget::Id(order)).unwrap();
    let outcome = world.end_one();
    assert_eq!((outcome.volume, outcome.rested.len(), outcome.ended.len()), (0, 1, 1));
}

#[test]
fn a_replacement_uses_the_escrow_and_the_name_of_what_it_replaces() {
    for resting in [false, true] {
        let mut world = World::new();
        let all = PlaceOrder { client_id: 5, ..sell(1_000_000_000, 500_000) };
        let first = world.place(ALICE, &all).unwrap();
        if resting {
            world.end();
        }
        assert_eq!(world.balance(ALICE, &usei()), 0);
        let place = PlaceOrder { price: 600_000, ..all };
        for cancel in [CancelTarget::ClientId(5), CancelTarget::AllOf(SEI)] {
            let replacement = ReplaceOrder { cancel, place: place.clone() };
            let replaced = world.run(1_000_000, |ctx| super::super::replace_orders(ctx, ALICE, &[replacement]));
            assert!(replaced.0.unwrap().remove(0).is_ok_and(|order| order != first));
        }
        world.end();
        let open = world.open(ALICE);
        assert_eq!((open.len(), open[0].price, open[0].client_id), (1, 600_000, 5));
    }
}

#[test]
fn a_replacement_that_is_refused_leaves_what_it_was_to_replace_unless_funds_are_wanting() {
    let mut world = World::new();
    let first = world.place(ALICE, &sell(20_000, 500_000)).unwrap();
    world.end();
    let replace = |world: &mut World, cancel, place| {
        let replacement = ReplaceOrder { cancel, place };
        world.run(1_000_000, |ctx| super::super::replace_orders(ctx, ALICE, &[replacement])).0.unwrap().remove(0)
    };
    let other = OrderRef::new(1, 99, 0, 0);
    let unknown = replace(&mut world, CancelTarget::Id(other), sell(20_000, 600_000));
    assert_eq!(unknown, Err(Refusal::UnknownOrder));
    let off = replace(&mut world, CancelTarget::Id(first), sell(20_001, 600_000));
    assert_eq!(off, Err(Refusal::OffLot { quantity: 20_001, lot: 10_000 }));
    assert_eq!(world.open(ALICE).len(), 1);
    let poor = replace(&mut world, CancelTarget::Id(first), sell(2_000_000_000, 600_000));
    assert!(matches!(poor, Err(Refusal::InsufficientFunds { .. })));
    world.end();
    assert_eq!((world.open(ALICE), world.balance(ALICE, &usei())), (vec![], 1_000_000_000));
}

#[test]
fn all_of_an_account_is_at_most_a_thousand_and_twenty_four_the_oldest_first() {
    let mut world = World::new();
    for _ in 0..3 {
        world.place_all(ALICE, &vec![buy(10_000, 500_000); 500]);
    }
    world.end();
    let (result, gas) =
        world.run(10_000_000, |ctx| super::super::cancel_orders(ctx, ALICE, SEI, &[CancelTarget::AllOf(SEI)]));
    assert_eq!((result.unwrap(), gas), (vec![Ok(())], 5_000 + 1_000 + 1_024_000));
    world.end();
    assert_eq!(world.open(ALICE).len(), 1_500 - 1_024);
}
