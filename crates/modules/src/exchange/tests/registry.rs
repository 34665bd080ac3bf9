//! Listing, halting, delisting; venues; genesis.

use seiza_types::exchange::{MarketStatus, OrderEnd, RegisterVenue};

use super::*;

fn wish() -> RegisterMarket {
    RegisterMarket {
        base: "factory/cat".parse().unwrap(),
        quote: usei(),
        base_decimals: 6,
        quote_decimals: 6,
        tick: 100,
        lot: 10_000,
        min_notional: 5,
        maker_fee_ppm: 0,
        taker_fee_ppm: 50_000,
    }
}

fn register(world: &mut World, who: Address, wish: &RegisterMarket) -> Result<MarketId, ModuleError> {
    world.run(1_000_000, |ctx| super::super::register_market(ctx, who, wish)).0
}

fn set(world: &mut World, who: Address, market: MarketId, status: MarketStatus) -> Result<(), ModuleError> {
    world.run(1_000_000, |ctx| super::super::set_status(ctx, who, market, status)).0
}

#[test]
fn anybody_lists_a_market_for_a_deposit_that_comes_back_with_its_last_order() {
    let mut world = World::new();
    assert_eq!(register(&mut world, CAROL, &wish()), Ok(MarketId(3)));
    assert_eq!(world.balance(CAROL, &usei()), 999_000_000);
    let market = view::market(&world.state, MarketId(3)).unwrap().unwrap();
    assert_eq!((market.creator, market.deposit, market.status), (CAROL, 1_000_000, MarketStatus::Active));
    let again = register(&mut world, BOB, &wish());
    assert_eq!(again, Err(ModuleError::Rejected("exchange: the pair has a market already")));
    world.place(ALICE, &PlaceOrder { market: MarketId(3), ..buy(10_000, 500_000) }).unwrap();
    world.end();
    set(&mut world, AUTHORITY, MarketId(3), MarketStatus::Delisted).unwrap();
    let outcome = world.end_one();
    assert_eq!(outcome.ended[0].reason, OrderEnd::Delisted);
    assert_eq!((world.balance(CAROL, &usei()), world.balance(ALICE, &usei())), (1_000_000_000, 1_000_000_000));
    assert_eq!(touched(&world.state).unwrap(), []);
    assert_eq!(register(&mut world, BOB, &wish()), Ok(MarketId(4)), "the pair is free again");
}

#[test]
fn a_market_that_cannot_be_is_refused_and_costs_nothing() {
    let table: Vec<(RegisterMarket, &str)> = vec![
        (RegisterMarket { base: usei(), ..wish() }, "two denoms"),
        (RegisterMarket { base_decimals: 31, ..wish() }, "30 decimals"),
        (RegisterMarket { tick: 0, ..wish() }, "at least 1"),
        (RegisterMarket { lot: 0, ..wish() }, "at least 1"),
        (RegisterMarket { tick: 10, ..wish() }, "multiple of 10^base_decimals"),
        (RegisterMarket { tick: u128::MAX, ..wish() }, "multiple of 10^base_decimals"),
        (RegisterMarket { taker_fee_ppm: 50_001, ..wish() }, "50000 millionths"),
        (RegisterMarket { base: usei(), quote: usdc(), ..wish() }, "has a market already"),
    ];
    let mut world = World::new();
    for (wish, reason) in table {
        let refused = register(&mut world, ALICE, &wish).unwrap_err().to_string();
        assert!(refused.contains(reason), "{refused}");
    }
    assert_eq!(world.balance(ALICE, &usei()), 1_000_000_000);
    let poor = register(&mut world, RED, &wish());
    assert!(matches!(poor, Err(ModuleError::InsufficientFunds { .. })));
}

#[test]
fn a_halted_market_takes_cancellations_and_nothing_else() {
    let mut world = World::new();
    let order = world.place(ALICE, &sell(20_000, 500_000)).unwrap();
    let other = world.place(ALICE, &sell(20_000, 510_000)).unwrap();
    world.end();
    let arrived = world.place(BOB, &buy(20_000, 500_000)).unwrap();
    set(&mut world, AUTHORITY, SEI, MarketStatus::Halted).unwrap();
    assert_eq!(world.place(BOB, &buy(20_000, 500_000)), Err(Refusal::Halted));
    world.cancel(ALICE, SEI, CancelTarget::Id(order)).unwrap();
    let outcome = world.end_one();
    assert_eq!((outcome.volume, outcome.ended.len()), (0, 1));
    assert_eq!((outcome.rejected[0].order, outcome.rejected[0].code), (arrived, 3), "it came before the halt");
    assert_eq!(world.balance(BOB, &usdc()), 1_000_000_000);
    set(&mut world, AUTHORITY, SEI, MarketStatus::Active).unwrap();
    world.place(BOB, &buy(20_000, 510_000)).unwrap();
    let outcome = world.end_one();
    assert_eq!((outcome.volume, outcome.fills[1].order), (20_000, other));
}

#[test]
fn triggers_that_were_met_before_a_halt_fire_after_it() {
    let mut world = World::new();
    world.place(ALICE, &sell(10_000, 500_000)).unwrap();
    world.place(BOB, &buy(10_000, 500_000)).unwrap();
    world.end();
    let trigger = Some(Trigger { kind: seiza_types::exchange::TriggerKind::Stop, price: 600_000 });
    world.place(CAROL, &PlaceOrder { trigger, ..buy(10_000, 700_000) }).unwrap();
    world.place(ALICE, &sell(10_000, 600_000)).unwrap();
    world.place(BOB, &buy(10_000, 600_000)).unwrap();
    world.end();
    set(&mut world, AUTHORITY, SEI, MarketStatus::Halted).unwrap();
    assert_eq!(world.end_one(), MarketOutcome::of(SEI));
    assert_eq!(touched(&world.state).unwrap(), []);
    set(&mut world, AUTHORITY, SEI, MarketStatus::Active).unwrap();
    let outcome = world.end_one();
    assert_eq!((outcome.rested.len(), outcome.rested[0].owner), (1, CAROL));
}

#[test]
fn a_delisted_market_gives_back_some_orders_each_block() {
    let mut world = World::new();
    for _ in 0..3 {
        world.place_all(ALICE, &vec![buy(10_000, 500_000); 300]);
        world.place_all(BOB, &vec![sell(10_000, 600_000); 300]);
    }
    let trigger = Some(Trigger { kind: seiza_types::exchange::TriggerKind::Stop, price: 600_000 });
    world.place_all(CAROL, &vec![PlaceOrder { trigger, ..buy(10_000, 700_000) }; 300]);
    world.end();
    set(&mut world, AUTHORITY, SEI, MarketStatus::Delisted).unwrap();
    let refused = set(&mut world, AUTHORITY, SEI, MarketStatus::Active);
    assert_eq!(refused, Err(ModuleError::Rejected("exchange: the market is delisted")));
    assert_eq!(world.place(BOB, &buy(20_000, 500_000)), Err(Refusal::Delisted));
    world.cancel(CAROL, SEI, CancelTarget::AllOf(SEI)).unwrap();
    assert_eq!(world.end_one().ended.len(), 300 + 1_024);
    assert_eq!(world.end_one().ended.len(), 1_800 - 1_024);
    assert_eq!(world.end(), []);
    for account in [ALICE, BOB, CAROL] {
        assert_eq!((world.balance(account, &usei()), world.balance(account, &usdc())), (1_000_000_000, 1_000_000_000));
    }
}

#[test]
fn only_the_authority_changes_a_markets_status() {
    let mut world = World::new();
    for (who, market) in [(ALICE, SEI), (AUTHORITY, MarketId(9))] {
        assert!(matches!(set(&mut world, who, market, MarketStatus::Halted), Err(ModuleError::Rejected(_))));
    }
    let mut world = World::with(|genesis| genesis.authority = None);
    assert!(set(&mut world, Address::ZERO, SEI, MarketStatus::Halted).is_err());
}

#[test]
fn venues_are_numbered_and_bounded() {
    let good = RegisterVenue {
        name: "Blue Dex".into(),
        fee_bps: 100,
        fee_recipient: Address::ZERO,
        callback: None,
        callback_gas: 0,
    };
    let mut world = World::new();
    let mut register =
        |wish: &RegisterVenue| world.run(1_000_000, |ctx| super::super::register_venue(ctx, BOB, wish)).0;
    assert_eq!(register(&good), Ok(VenueId(2)));
    for bad in [
        RegisterVenue { name: String::new(), ..good.clone() },
        RegisterVenue { name: "x".repeat(33), ..good.clone() },
        RegisterVenue { name: "tab\t".into(), ..good.clone() },
        RegisterVenue { fee_bps: 101, ..good.clone() },
        RegisterVenue { callback: Some(ALICE), callback_gas: 500_001, ..good.clone() },
        RegisterVenue { callback_gas: 1, ..good.clone() },
    ] {
        assert!(matches!(register(&bad), Err(ModuleError::Rejected(_))), "{bad:?}");
    }
    let venue = view::venue(&world.state, VenueId(2)).unwrap().unwrap();
    assert_eq!((venue.owner, venue.fee_recipient), (BOB, BOB), "the owner is paid where nobody else is named");
    assert_eq!(view::venues(&world.state).unwrap().len(), 2);
}

#[test]
fn genesis_says_what_is_wrong_with_it() {
    type Spoil = fn(&mut ExchangeGenesis);
    let table: Vec<(Spoil, &str)> = vec![
        (|genesis| genesis.markets.push(market("usei", 6, 100, 10_000)), "markets[0]: the pair has another market"),
        (|genesis| genesis.markets.push(market("x", 6, 100, 10_000)), "markets[1]"),
        (|genesis| genesis.markets[0].tick = 3, "multiple of 10^base_decimals"),
        (|genesis| genesis.fee_markets = [("uusdc".into(), 2)].into(), "fee_markets: market 2"),
        (|genesis| genesis.fee_markets = [("ueth".into(), 1)].into(), "fee_markets: market 1"),
        (
            |genesis| {
                genesis.venues.push(GenesisVenue { owner: BOB, name: "".into(), fee_bps: 1, fee_recipient: None });
            },
            "venues[0]",
        ),
    ];
    let good = || ExchangeGenesis { markets: vec![market("usei", 6, 100, 10_000)], ..ExchangeGenesis::default() };
    good().check().unwrap();
    for (change, reason) in table {
        let mut genesis = good();
        change(&mut genesis);
        let wrong = genesis.check().unwrap_err();
        assert!(wrong.contains(reason), "{wrong}");
    }
}
