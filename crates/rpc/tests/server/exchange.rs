//! Market data of a market that trades: every method, the same by REST, and streams.

use alloy_primitives::{Bytes, U256};
use cosmos_sdk_proto::Any;
use cosmos_sdk_proto::cosmos::base::v1beta1::Coin;
use cosmos_sdk_proto::cosmos::crypto::secp256k1::PubKey;
use cosmos_sdk_proto::cosmos::tx::v1beta1::mode_info::{Single, Sum};
use cosmos_sdk_proto::cosmos::tx::v1beta1::{AuthInfo, Fee, ModeInfo, SignerInfo, TxBody, TxRaw};
use prost::Message as _;
use seiza_chain::modules::bank::Balance;
use seiza_chain::modules::exchange::GenesisMarket;
use seiza_types::exchange::{CancelTarget, ExchangeMsg, MarketId, OrderKind, OrderRef, OrderSide, PlaceOrder};
use seiza_types::tx::sign_bytes;
use serde_json::{Value, json};
use sha2::{Digest as _, Sha256};

use crate::client::{self, Socket};
use crate::wallet::Wallet;
use crate::world::World;

const MARKET: MarketId = MarketId(1);
/// A market maker and a taker.
const MAKER: u8 = 1;
const TAKER: u8 = 2;

/// A world with SEI for dollars, in which both own both.
fn world() -> World {
    let rich = [MAKER, TAKER].map(Wallet::new);
    World::founded(&rich, |genesis| {
        let dollars = |wallet: &Wallet| Balance {
            address: wallet.address(),
            denom: "uusdc".into(),
            amount: U256::from(1_000_000_000_u64),
        };
        genesis.bank.balances.extend(rich.iter().map(dollars));
        genesis.exchange.markets = vec![GenesisMarket {
            base: "usei".into(),
            quote: "uusdc".into(),
            base_decimals: 6,
            quote_decimals: 6,
            tick: 100,
            lot: 100_000,
            min_notional: 10_000,
            maker_fee_ppm: 0,
            taker_fee_ppm: 300,
        }];
    })
}

fn order(side: OrderSide, price: u128, quantity: u128) -> PlaceOrder {
    PlaceOrder::limit(MARKET, side, quantity, price)
}

fn place(seed: u8, sequence: u64, orders: Vec<PlaceOrder>) -> Bytes {
    let sender = Wallet::new(seed).signer().sei;
    signed(seed, sequence, &ExchangeMsg::PlaceOrders { sender, orders })
}

fn signed(seed: u8, sequence: u64, message: &ExchangeMsg) -> Bytes {
    let wallet = Wallet::new(seed);
    let message = Any { type_url: message.type_url().into(), value: message.encode() };
    let body_bytes = TxBody { messages: vec![message], ..TxBody::default() }.encode_to_vec();
    let key = PubKey { key: wallet.signer().public_key.to_vec() };
    let public_key = Some(Any { type_url: "/cosmos.crypto.secp256k1.PubKey".into(), value: key.encode_to_vec() });
    let mode_info = Some(ModeInfo { sum: Some(Sum::Single(Single { mode: 1 })) });
    let amount = vec![Coin { denom: "usei".into(), amount: "1000".into() }];
    let fee = Some(Fee { amount, gas_limit: 200_000, ..Fee::default() });
    let signer_infos = vec![SignerInfo { public_key, mode_info, sequence }];
    let auth_info_bytes = AuthInfo { signer_infos, fee, ..AuthInfo::default() }.encode_to_vec();
    let digest = Sha256::digest(sign_bytes(&body_bytes, &auth_info_bytes, "seiza-test-1"));
    let signatures = vec![wallet.sign_digest(digest.into()).to_vec()];
    TxRaw { body_bytes, auth_info_bytes, signatures }.encode_to_vec().into()
}

/// What REST says at a path below the root: status and body.
fn rest(world: &World, path: &str) -> (u16, Value) {
    let answer = client::request(world.http(), &format!("GET /seiza/exchange/v1/{path}"), "", "");
    (answer.status, answer.json())
}

/// Block 1: the maker offers 5 at 0.45 and 7 at 0.46. Block 2: nothing. Block 3: the taker buys 6 up to 0.46. The maker's ids.
fn traded(world: &World) -> [String; 2] {
    world.include(&[place(
        MAKER,
        0,
        vec![order(OrderSide::Sell, 450_000, 5_000_000), order(OrderSide::Sell, 460_000, 7_000_000)],
    )]);
    world.mine();
    world.include(&[place(TAKER, 0, vec![order(OrderSide::Buy, 460_000, 6_000_000)])]);
    [0, 1].map(|index| OrderRef::new(1, 0, 0, index).to_string())
}

#[test]
fn every_answer_is_of_one_market_and_names_its_height() {
    let world = world();
    let [first, second] = traded(&world);
    let maker = Wallet::new(MAKER);
    let ask = |method: &str, params: Value| world.call(&format!("exchange_{method}"), params);
    assert_eq!(ask("markets", json!([]))["markets"][0]["tick"], "100");
    let depth = ask("depth", json!([1]));
    assert_eq!((&depth["height"], &depth["asks"]), (&json!(3), &json!([["460000", "6000000", 1]])));
    let book = ask("book", json!([1, "sell"]));
    assert_eq!((&book["orders"][0]["id"], &book["orders"][0]["remaining"]), (&json!(second), &json!("6000000")));
    let trades = ask("trades", json!([1]));
    let trade = &trades["trades"][0];
    assert_eq!(
        json!([trade["height"], trade["price"], trade["quantity"], trade["fills"]]),
        json!([3, "460000", "6000000", 3])
    );
    assert_eq!(json!([trades["fromHeight"], trades["toHeight"], trades["next"]]), json!([1, 3, null]));
    let candle = &ask("candles", json!([1, "1s"]))["candles"][0];
    assert_eq!(json!([candle["open"], candle["volume"], candle["firstHeight"]]), json!(["460000", "6000000", 3]));
    let ticker = ask("ticker", json!([1]));
    assert_eq!(
        json!([ticker["last"], ticker["human"]["last"], ticker["bid"], ticker["partial"]]),
        json!(["460000", "0.46", null, false])
    );
    let over = ask("order", json!([first]));
    assert_eq!(json!([over["status"], over["filled"], over["endedHeight"]]), json!(["filled", "5000000", 3]));
    let open = ask("order", json!([second]));
    assert_eq!(json!([open["status"], open["quantity"], open["filled"]]), json!(["open", "7000000", "1000000"]));
    let fills = ask("fills", json!([maker.address()]));
    assert_eq!(fills["fills"].as_array().unwrap().len(), 2);
    assert_eq!(ask("fills", json!({ "owner": maker.signer().sei.to_string(), "from": 1 }))["fills"], fills["fills"]);
    assert_eq!(ask("openOrders", json!([maker.address()]))["orders"], book["orders"]);
}

#[test]
fn rest_says_the_same() {
    let world = world();
    let [first, _] = traded(&world);
    let maker = Wallet::new(MAKER).address();
    let table = [
        ("status", "status", json!([])),
        ("markets/1", "market", json!([1])),
        ("markets/1/depth?levels=1", "depth", json!([1, 1])),
        ("markets/1/trades?from=2", "trades", json!([1, 2])),
        ("markets/1/candles?interval=1d", "candles", json!([1, "1d"])),
        ("tickers", "ticker", json!([])),
        (&format!("orders/{first}"), "order", json!([first])),
        (&format!("accounts/{maker}/fills?limit=1"), "fills", json!([maker, null, 1])),
    ];
    for (path, method, params) in table {
        assert_eq!(rest(&world, path), (200, world.call(&format!("exchange_{method}"), params)), "{path}");
    }
    for (path, status) in [("markets/2", 404), ("markets/x", 400), ("markets/1/depth?level=1", 400), ("trades", 404)] {
        let (found, body) = rest(&world, path);
        assert_eq!(found, status, "{path}: {body}");
        assert!(body["error"]["message"].is_string(), "{body}");
    }
}

#[test]
fn cancelled_and_refused_orders_have_a_story() {
    let world = world();
    traded(&world);
    let (sender, rest_of) = (Wallet::new(MAKER).signer().sei, OrderRef::new(1, 0, 0, 1));
    let named =
        PlaceOrder { client_id: 9, kind: OrderKind::ImmediateOrCancel, ..order(OrderSide::Buy, 440_000, 1_000_000) };
    let off = order(OrderSide::Buy, 440_050, 1_000_000);
    let cancel = ExchangeMsg::CancelOrders { sender, market: MARKET, targets: vec![CancelTarget::Id(rest_of)] };
    let hashes = world.include(&[signed(MAKER, 1, &cancel), place(TAKER, 1, vec![named, off])]);
    for _ in 0..5 {
        world.mine();
    }
    let story = world.call("exchange_order", json!([rest_of.to_string()]));
    assert_eq!(json!([story["status"], story["remaining"], story["endedHeight"]]), json!(["cancelled", "6000000", 4]));
    let by_name = world.call("exchange_order", json!({ "owner": Wallet::new(TAKER).address(), "clientId": 9 }));
    assert_eq!(
        json!([by_name["status"], by_name["remaining"], by_name["filled"]]),
        json!(["unfilled", "1000000", "0"])
    );
    let answers = world.call("exchange_transaction", json!([hashes[1]]));
    let orders = &answers["messages"][0]["orders"];
    assert_eq!((&orders[0]["result"], &orders[1]["code"]), (&json!("placed"), &json!(8)));
    assert_eq!(world.call("exchange_transaction", json!([format!("0x{}", "12".repeat(32))])), Value::Null);
    let (code, text) = world.fails("exchange_order", json!(["4-9-0-0"]));
    assert_eq!((code, text.as_str()), (-32000, "unknown order 4-9-0-0"));
}

#[test]
fn streams_begin_with_what_there_is_and_go_on_from_a_height() {
    let world = world();
    let stream = |params| {
        let mut socket = Socket::open(world.ws());
        let id = socket.call("exchange_subscribe", params)["result"].take();
        (socket, id)
    };
    let (mut depth, depth_id) = stream(json!(["depth", { "market": 1 }]));
    let snapshot = depth.news(&depth_id);
    assert_eq!(json!([snapshot["kind"], snapshot["height"], snapshot["asks"]]), json!(["snapshot", 0, []]));
    let (mut orders, orders_id) = stream(json!(["orders", { "owner": Wallet::new(MAKER).address() }]));
    assert_eq!(orders.news(&orders_id)["orders"], json!([]));
    traded(&world);
    let updates = [depth.news(&depth_id), depth.news(&depth_id)];
    assert_eq!(json!([updates[0]["height"], updates[0]["previous"]]), json!([1, 0]));
    assert_eq!(json!([updates[1]["height"], updates[1]["previous"]]), json!([3, 1]));
    assert_eq!(updates[1]["asks"], json!([["450000", "0", 0], ["460000", "6000000", 1]]));
    let events = [orders.news(&orders_id), orders.news(&orders_id)];
    let kinds = |news: &Value| {
        news["events"].as_array().unwrap().iter().map(|event| event["event"].clone()).collect::<Vec<_>>()
    };
    assert_eq!(kinds(&events[0]), ["rested", "rested"]);
    assert_eq!(kinds(&events[1]), ["filled", "filled"]);
    let (mut again, again_id) = stream(json!(["depth", { "market": 1, "fromHeight": 1 }]));
    assert_eq!(again.news(&again_id), updates[1]);
    let (mut trades, trades_id) = stream(json!(["trades", { "market": 1, "fromHeight": 2 }]));
    assert_eq!(trades.news(&trades_id)["trades"][0]["height"], 3);
    let mut socket = Socket::open(world.ws());
    let refused = socket.call("exchange_subscribe", json!(["depth", { "market": 1, "fromHeight": 4 }]));
    assert_eq!(refused["error"]["message"], "fromHeight: 4 is above the head, 3");
    assert_eq!(again.call("exchange_unsubscribe", json!([again_id]))["result"], true);
}
