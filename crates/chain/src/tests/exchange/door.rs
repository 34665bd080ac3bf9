//! Native messages: how they come in, what they answer, and what is kept of a block's end.

use cosmos_sdk_proto::cosmos::base::abci::v1beta1::TxMsgData;
use prost::Message as _;
use seiza_modules::exchange::{event, keys, view};
use seiza_types::exchange::{CancelTarget, MarketStatus, OrderRef, OrderResult, RegisterMarket, Response};
use seiza_types::{Code, Receipt};

use super::*;

fn answer(receipt: &Receipt, nth: usize) -> Vec<u8> {
    TxMsgData::decode(&receipt.data[..]).unwrap().msg_responses[nth].value.clone()
}

#[test]
fn orders_meet_at_the_end_of_their_block_and_the_outcome_is_kept() {
    let mut world = world(2, 1);
    let (alice, bob) = (Wallet::new(1), Wallet::new(2));
    let sell = place(&alice, vec![limit(SEI_MARKET, OrderSide::Sell, 1_000_000, 500_000)]);
    let buys = [limit(SEI_MARKET, OrderSide::Buy, 1, 1), limit(SEI_MARKET, OrderSide::Buy, 3_000_000, 500_000)];
    let receipts =
        world.block(vec![alice.exchange(0, &[sell.clone(), sell]), bob.exchange(0, &[place(&bob, buys.to_vec())])]);
    assert!(receipts.iter().all(|receipt| receipt.code == Code::Ok), "{receipts:?}");
    let first = Response::decode_orders(&answer(&receipts[0], 1)).unwrap();
    assert_eq!(first, [OrderResult::Placed(OrderRef::new(1, 0, 1, 0))], "named by the message, too");
    let second = Response::decode_orders(&answer(&receipts[1], 0)).unwrap();
    assert_eq!(second, [OrderResult::Refused(8), OrderResult::Placed(OrderRef::new(1, 1, 0, 1))]);
    let kinds: Vec<_> = receipts[1].events.iter().map(|event| &*event.kind).collect();
    assert_eq!(kinds, ["orders_placed", "order_refused"]);
    let outcomes = world.outcomes();
    assert_eq!((outcomes.len(), outcomes[0].volume, outcomes[0].fills.len()), (1, 2_000_000, 3));
    let told: Vec<_> = event::of_outcome(&outcomes[0]).into_iter().map(|event| event.kind).collect();
    assert_eq!(told, ["market_cleared", "order_filled", "order_filled", "order_filled", "order_rested"]);
    world.check_exchange();
    let world = world.restart();
    assert_eq!(world.outcomes(), outcomes, "kept on disk");
}

#[test]
fn a_message_that_fails_takes_the_whole_transaction_back() {
    let mut world = world(2, 1);
    let bob = Wallet::new(2);
    let status =
        ExchangeMsg::SetMarketStatus { sender: bob.signer().sei, market: SEI_MARKET, status: MarketStatus::Halted };
    let order = place(&bob, vec![limit(SEI_MARKET, OrderSide::Sell, 1_000_000, 500_000)]);
    let receipts = world.block(vec![bob.exchange(0, &[order, status])]);
    assert_eq!((receipts[0].code, receipts[0].events.len()), (Code::Rejected, 0));
    assert_eq!(world.outcomes(), []);
    world.check_exchange();
}

#[test]
fn a_message_for_somebody_else_is_no_transaction() {
    let (alice, bob) = (Wallet::new(1), Wallet::new(2));
    let theirs = place(&alice, vec![limit(SEI_MARKET, OrderSide::Sell, 1_000_000, 500_000)]);
    assert!(std::panic::catch_unwind(|| bob.exchange(0, &[theirs])).is_err(), "verification refuses it");
}

#[test]
fn a_listed_market_is_numbered_and_trades() {
    let mut world = world(2, 1);
    let alice = Wallet::new(1);
    let wish = RegisterMarket {
        base: DOLLAR.parse().unwrap(),
        quote: "usei".parse().unwrap(),
        base_decimals: 6,
        quote_decimals: 6,
        tick: 100,
        lot: 10_000,
        min_notional: 1,
        maker_fee_ppm: 0,
        taker_fee_ppm: 0,
    };
    let listing = ExchangeMsg::RegisterMarket { sender: alice.signer().sei, market: wish };
    let order = place(&alice, vec![limit(MarketId(2), OrderSide::Buy, 1_000_000, 500_000)]);
    let receipts = world.block(vec![alice.exchange(0, &[listing, order])]);
    assert_eq!(Response::decode_number(&answer(&receipts[0], 0)), Ok(2));
    assert_eq!(world.outcomes()[0].rested.len(), 1);
    let cancel = ExchangeMsg::CancelOrders {
        sender: alice.signer().sei,
        market: MarketId(2),
        targets: vec![CancelTarget::AllOf(MarketId(2))],
    };
    let receipts = world.block(vec![alice.exchange(1, &[cancel])]);
    assert_eq!(Response::decode_orders(&answer(&receipts[0], 0)), Ok(vec![OrderResult::Cancelled]));
    assert_eq!(world.outcomes()[0].ended.len(), 1);
    world.check_exchange();
}

#[test]
fn a_block_without_arrivals_says_nothing_of_markets() {
    let mut world = world(2, 1);
    world.block(vec![]);
    assert_eq!(world.outcomes(), []);
    let state = &world.chain.head().state;
    assert_eq!(view::markets(state).unwrap().len(), 1);
}

#[test]
fn what_is_learned_of_an_order_leaves_out_where_it_will_arrive() {
    let mut world = world(2, 1);
    let alice = Wallet::new(1);
    world.block(vec![alice.transfer(0, alice.signer().address, 1)]);
    let order = place(&alice, vec![limit(SEI_MARKET, OrderSide::Sell, 1_000_000, 500_000)]);
    let learned = world.chain.learn(&alice.exchange(1, &[order])).unwrap();
    assert!(!learned.iter().any(|(key, _)| keys::is_arrival(key)) && learned.len() > 3, "{learned:?}");
}
