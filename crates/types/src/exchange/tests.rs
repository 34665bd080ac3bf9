//! Encodings of messages and outcomes: every value returns, nothing else is accepted, no bytes make a decoder panic.

use proptest::collection::vec;
use proptest::option;
use proptest::prelude::*;

use super::*;
use crate::tx::DecodeError;
use crate::wire::Wire as _;
use crate::{Address, SeiAddress};

fn any_order() -> impl Strategy<Value = PlaceOrder> {
    let trigger = (1u8..=2, any::<u128>())
        .prop_map(|(kind, price)| Trigger { kind: TriggerKind::from_number(kind).unwrap(), price });
    let expiry = prop_oneof![
        Just(OrderExpiry::Never),
        (1u64..).prop_map(OrderExpiry::Height),
        (1u64..).prop_map(OrderExpiry::Time),
    ];
    let named = (any::<u32>(), any::<u32>(), 1u8..=2, 1u8..=5, any::<u128>(), any::<u128>());
    (named, option::of(trigger), expiry, 1u8..=3, any::<u64>(), any::<bool>()).prop_map(
        |((market, venue, side, kind, price, quantity), trigger, expiry, rule, client_id, fee_in_native)| PlaceOrder {
            market: MarketId(market),
            venue: VenueId(venue),
            side: OrderSide::from_number(side).unwrap(),
            kind: OrderKind::from_number(kind).unwrap(),
            price,
            quantity,
            trigger,
            expiry,
            self_trade: SelfTradeRule::from_number(rule).unwrap(),
            client_id,
            fee_in_native,
        },
    )
}

fn any_target(market: u32) -> impl Strategy<Value = CancelTarget> {
    prop_oneof![
        any::<[u8; 16]>().prop_map(|id| CancelTarget::Id(OrderRef(id))),
        any::<u64>().prop_map(CancelTarget::ClientId),
        Just(CancelTarget::AllOf(MarketId(market))),
    ]
}

fn any_replacement() -> impl Strategy<Value = ReplaceOrder> {
    any_order().prop_flat_map(|place| {
        any_target(place.market.0).prop_map(move |cancel| ReplaceOrder { cancel, place: place.clone() })
    })
}

prop_compose! {
    fn any_market()(
        base in "[a-z]{3,9}", quote in "[a-z]{3,9}", base_decimals: u8, quote_decimals: u8, tick: u128, lot: u128,
        min_notional: u128, maker_fee_ppm: u32, taker_fee_ppm: u32,
    ) -> RegisterMarket {
        RegisterMarket {
            base: base.parse().unwrap(), quote: quote.parse().unwrap(), base_decimals, quote_decimals, tick, lot,
            min_notional, maker_fee_ppm, taker_fee_ppm,
        }
    }
}

prop_compose! {
    fn any_venue()(
        name in ".{0,40}", fee_bps: u16, to: [u8; 20], callback in option::of(any::<[u8; 20]>()), callback_gas: u64,
    ) -> RegisterVenue {
        let callback = callback.map(Address::new);
        RegisterVenue { name, fee_bps, fee_recipient: Address::new(to), callback, callback_gas }
    }
}

fn any_msg() -> impl Strategy<Value = ExchangeMsg> {
    let sender = any::<[u8; 20]>().prop_map(SeiAddress);
    let body = prop_oneof![
        vec(any_order(), 1..6).prop_map(|orders| ExchangeMsg::PlaceOrders { sender: SeiAddress([0; 20]), orders }),
        any::<u32>().prop_flat_map(|market| vec(any_target(market), 1..6).prop_map(move |targets| {
            ExchangeMsg::CancelOrders { sender: SeiAddress([0; 20]), market: MarketId(market), targets }
        })),
        vec(any_replacement(), 1..6)
            .prop_map(|replacements| ExchangeMsg::ReplaceOrders { sender: SeiAddress([0; 20]), replacements }),
        any_market().prop_map(|market| ExchangeMsg::RegisterMarket { sender: SeiAddress([0; 20]), market }),
        any_venue().prop_map(|venue| ExchangeMsg::RegisterVenue { sender: SeiAddress([0; 20]), venue }),
        (any::<u32>(), 1u8..=3).prop_map(|(market, status)| ExchangeMsg::SetMarketStatus {
            sender: SeiAddress([0; 20]),
            market: MarketId(market),
            status: MarketStatus::from_number(status).unwrap(),
        }),
    ];
    (sender, body).prop_map(|(from, mut msg)| {
        match &mut msg {
            ExchangeMsg::PlaceOrders { sender, .. }
            | ExchangeMsg::CancelOrders { sender, .. }
            | ExchangeMsg::ReplaceOrders { sender, .. }
            | ExchangeMsg::RegisterMarket { sender, .. }
            | ExchangeMsg::RegisterVenue { sender, .. }
            | ExchangeMsg::SetMarketStatus { sender, .. } => *sender = from,
        }
        msg
    })
}

fn any_side() -> impl Strategy<Value = OrderSide> {
    (1u8..=2).prop_map(|side| OrderSide::from_number(side).unwrap())
}

fn any_name() -> impl Strategy<Value = (OrderRef, Address, VenueId, u64)> {
    (any::<[u8; 16]>(), any::<[u8; 20]>(), any::<u32>(), any::<u64>())
        .prop_map(|(order, owner, venue, client)| (OrderRef(order), Address::new(owner), VenueId(venue), client))
}

prop_compose! {
    fn any_fill()(
        (order, owner, venue, client_id) in any_name(), side in any_side(), price: u128, quantity: u128, quote: u128,
        remaining: u128, fee: u128, asset in 1u8..=3, venue_fee: u128, maker: bool,
    ) -> FillEvent {
        let fee_asset = FeeAsset::from_number(asset).unwrap();
        FillEvent {
            order, owner, venue, client_id, side, price, quantity, quote, remaining, fee, fee_asset, venue_fee, maker,
        }
    }
}

prop_compose! {
    fn any_end()(
        (order, owner, venue, client_id) in any_name(), side in any_side(), price: u128, reason in 1u8..=7,
        remaining: u128,
    ) -> EndEvent {
        let reason = OrderEnd::from_number(reason).unwrap();
        EndEvent { order, owner, venue, client_id, side, price, reason, remaining }
    }
}

prop_compose! {
    fn any_rest()(
        (order, owner, venue, client_id) in any_name(), side in any_side(), price: u128, quantity: u128, waiting: bool,
    ) -> RestEvent {
        RestEvent { order, owner, venue, client_id, side, price, quantity, waiting }
    }
}

prop_compose! {
    fn any_reject()((order, owner, venue, client_id) in any_name(), cancel: bool, code: u32) -> RejectEvent {
        RejectEvent { order, owner, venue, client_id, cancel, code }
    }
}

prop_compose! {
    fn any_outcome()(
        market: u32, price in option::of(any::<u128>()), volume: u128, quote_volume: u128,
        fills in vec(any_fill(), 0..4), ended in vec(any_end(), 0..4), rested in vec(any_rest(), 0..4),
        rejected in vec(any_reject(), 0..4),
        levels in vec((any_side(), any::<u128>(), any::<u128>(), any::<u64>()), 0..4),
    ) -> MarketOutcome {
        let level = |(side, price, quantity, orders)| LevelEvent { side, price, quantity, orders };
        let levels = levels.into_iter().map(level).collect();
        MarketOutcome { market: MarketId(market), price, volume, quote_volume, fills, ended, rested, rejected, levels }
    }
}

proptest! {
    #[test]
    fn messages_return(msg in any_msg()) {
        prop_assert_eq!(ExchangeMsg::decode(msg.type_url(), &msg.encode()).unwrap(), Ok(msg));
    }

    #[test]
    fn an_accepted_message_means_itself(msg in any_msg(), at: prop::sample::Index, bit in 0u8..8) {
        let mut bytes = msg.encode();
        let at = at.index(bytes.len());
        bytes[at] ^= 1 << bit;
        if let Ok(other) = ExchangeMsg::decode(msg.type_url(), &bytes).unwrap() {
            prop_assert_eq!(ExchangeMsg::decode(other.type_url(), &other.encode()).unwrap(), Ok(other));
        }
    }

    #[test]
    fn random_bytes_are_no_panic(bytes in vec(any::<u8>(), 0..200), msg in any_msg()) {
        let _ = ExchangeMsg::decode(msg.type_url(), &bytes);
        let _ = Response::decode_orders(&bytes);
        let _ = Response::decode_number(&bytes);
        let _ = MarketOutcome::decode(&bytes);
        let _ = (Market::decode(&bytes), Venue::decode(&bytes));
    }

    #[test]
    fn outcomes_return(outcome in any_outcome()) {
        prop_assert_eq!(MarketOutcome::decode(&outcome.encode()), Ok(outcome));
    }

    #[test]
    fn an_accepted_outcome_has_one_encoding(outcome in any_outcome(), at: prop::sample::Index, bit in 0u8..8) {
        let mut bytes = outcome.encode();
        let at = at.index(bytes.len());
        bytes[at] ^= 1 << bit;
        if let Ok(decoded) = MarketOutcome::decode(&bytes) {
            prop_assert_eq!(decoded.encode(), bytes);
        }
    }

    #[test]
    fn answers_return(codes in vec(option::of(any::<u32>()), 0..9)) {
        let result = |code: &Option<u32>| match code {
            None => OrderResult::Placed(OrderRef::new(1, 2, 3, 4)),
            Some(0) => OrderResult::Cancelled,
            Some(code) => OrderResult::Refused(*code),
        };
        let results: Vec<_> = codes.iter().map(result).collect();
        prop_assert_eq!(Response::decode_orders(&Response::Orders(results.clone()).encode()), Ok(results));
    }
}

fn order() -> PlaceOrder {
    PlaceOrder::limit(MarketId(1), OrderSide::Buy, 6, 5)
}

fn place(count: usize) -> ExchangeMsg {
    ExchangeMsg::PlaceOrders { sender: SeiAddress([1; 20]), orders: vec![order(); count] }
}

#[test]
fn a_message_holds_one_to_five_hundred_orders() {
    for (count, fits) in [(0, false), (1, true), (500, true), (501, false), (10_000, false)] {
        let msg = place(count);
        let decoded = ExchangeMsg::decode(msg.type_url(), &msg.encode()).unwrap();
        assert_eq!(decoded.is_ok(), fits, "{count}");
        if count == 501 {
            assert_eq!(decoded, Err(DecodeError::TooMany { field: "orders", len: 501, limit: 500 }));
        }
    }
}

#[test]
fn what_is_not_known_at_any_depth_is_refused() {
    let msg = place(1);
    let mut bytes = msg.encode();
    let inner = bytes.len() - order_bytes().len() - 1;
    bytes.extend([0xf8, 0x07, 1]);
    assert!(ExchangeMsg::decode(msg.type_url(), &bytes).unwrap().is_err(), "an unknown field of the message");
    let mut bytes = msg.encode();
    bytes[inner] += 3;
    bytes.extend([0xf8, 0x07, 1]);
    assert!(ExchangeMsg::decode(msg.type_url(), &bytes).unwrap().is_err(), "an unknown field of an order");
    assert!(ExchangeMsg::decode("/seiza.exchange.v1.MsgOther", &bytes).is_none());
}

fn order_bytes() -> Vec<u8> {
    let whole = place(2).encode().len() - place(1).encode().len();
    let bytes = place(1).encode();
    bytes[bytes.len() - whole + 2..].to_vec()
}
