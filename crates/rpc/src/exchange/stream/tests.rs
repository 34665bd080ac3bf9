//! Streams against a made-up chain: whatever a client does, what it has is what the chain had at that height.

use std::collections::BTreeMap;
use std::sync::Arc;

use proptest::prelude::*;
use seiza_storage::BlockResults;
use seiza_types::Address;
use seiza_types::exchange::{LevelEvent, MarketId, MarketOutcome, OrderSide};

use super::*;
use crate::exchange::candle::Candle;
use crate::exchange::feed::{Blocks, Feed};
use crate::exchange::interval::Interval;
use crate::exchange::series::{Changes, Published, Series};
use crate::exchange::shapes::{Amount, Depth, Level};
use crate::exchange::source::OpenOrders;
use crate::exchange::trade::Trade;

const MARKET: MarketId = MarketId(1);

/// One side of a book: price to quantity and orders.
type Side = BTreeMap<u128, (u128, u64)>;
/// Bids and asks.
type Book = [Side; 2];

/// A chain that is made of outcomes alone, and remembers its book after each block.
#[derive(Default)]
struct Chain {
    blocks: Vec<Published>,
    books: Vec<Book>,
    head: Height,
    earliest: Height,
    feed: Feed,
}

impl Chain {
    /// A chain of these blocks, each a list of level changes: side, price, quantity; of which none is published yet.
    fn of(blocks: &[Vec<(bool, u8, u8)>]) -> Self {
        let mut chain = Self { books: vec![Book::default()], earliest: 1, ..Self::default() };
        for (height, changes) in (1..).zip(blocks) {
            let mut outcome = MarketOutcome::of(MARKET);
            let mut book = chain.books.last().unwrap().clone();
            for (buys, price, quantity) in changes {
                let (side, price, quantity) =
                    (if *buys { OrderSide::Buy } else { OrderSide::Sell }, u128::from(*price), u128::from(*quantity));
                let orders = u64::from(quantity > 0);
                outcome.levels.retain(|level: &LevelEvent| (level.side, level.price) != (side, price));
                outcome.levels.push(LevelEvent { side, price, quantity, orders });
                put(&mut book[side as usize], price, quantity, orders);
                outcome.price = Some(price + 1);
                outcome.volume += quantity;
            }
            let outcomes = if changes.is_empty() { vec![] } else { vec![outcome] };
            let results = Arc::new(BlockResults { outcomes, ..BlockResults::default() });
            chain.blocks.push(Published { height, time: height * 700, results });
            chain.books.push(book);
        }
        chain
    }
}

fn put(side: &mut Side, price: u128, quantity: u128, orders: u64) {
    match quantity {
        0 => side.remove(&price),
        _ => side.insert(price, (quantity, orders)),
    };
}

impl Blocks for Chain {
    fn head(&self) -> Height {
        self.head
    }

    fn earliest(&self) -> Height {
        self.earliest
    }

    fn published(&self, height: Height) -> Answer<Published> {
        assert!((1..=self.head).contains(&height), "nobody asks for {height} of {}", self.head);
        if height < self.earliest {
            return Err(Failure::HistoryPruned { earliest: self.earliest });
        }
        Ok(self.blocks[height as usize - 1].clone())
    }
}

impl Source for Chain {
    fn changes(&self, height: Height) -> Answer<Changes> {
        self.published(height).map(|block| Changes::of(&block))
    }

    fn depth(&self, market: MarketId, levels: usize) -> Answer<Depth> {
        let [bids, asks] = &self.books[self.head as usize];
        let level =
            |(price, (quantity, orders)): (&u128, &(u128, u64))| Level(Amount(*price), Amount(*quantity), *orders);
        Ok(Depth {
            height: self.head,
            time: self.head * 700,
            market: market.0,
            bids: bids.iter().rev().map(level).take(levels).collect(),
            asks: asks.iter().map(level).take(levels).collect(),
            complete: bids.len().max(asks.len()) <= levels,
        })
    }

    fn open_orders(&self, _: Address, _: Option<MarketId>, _: usize) -> Answer<OpenOrders> {
        Ok(OpenOrders { height: self.head, time: self.head * 700, orders: Vec::new(), complete: true })
    }

    fn with_series<T>(&self, read: impl FnOnce(&Series) -> T) -> Answer<T> {
        self.feed.read(self, read)
    }
}

/// What a client makes of a depth stream.
#[derive(Default)]
struct Client {
    at: Option<Height>,
    book: Book,
    resets: usize,
}

impl Client {
    fn hear(&mut self, message: &Message) {
        let Body::Depth { bids, asks, .. } = &message.body else { panic!("{message:?}") };
        match message.kind {
            Kind::Snapshot => self.book = Book::default(),
            Kind::Update => assert_eq!(message.previous, self.at, "no gap"),
        }
        self.resets += usize::from(message.reset);
        for (side, levels) in self.book.iter_mut().zip([bids, asks]) {
            levels.iter().for_each(|Level(price, quantity, orders)| put(side, price.0, quantity.0, *orders));
        }
        self.at = Some(message.height);
    }
}

/// What can happen between a client and the node.
#[derive(Debug, Clone)]
enum Step {
    /// Blocks are published.
    Publish(u8),
    /// The client reads so many messages.
    Read(u8),
    /// It goes, and comes back with what it has.
    Reconnect,
    /// Old blocks are pruned, up to so many before the head.
    Prune(u8),
}

fn step() -> impl Strategy<Value = Step> {
    prop_oneof![
        4 => (1..20_u8).prop_map(Step::Publish),
        4 => (1..6_u8).prop_map(Step::Read),
        1 => Just(Step::Reconnect),
        1 => (0..40_u8).prop_map(Step::Prune),
    ]
}

fn blocks() -> impl Strategy<Value = Vec<Vec<(bool, u8, u8)>>> {
    let change = (any::<bool>(), 0..6_u8, 0..4_u8);
    proptest::collection::vec(prop_oneof![1 => Just(vec![]), 2 => proptest::collection::vec(change, 0..5)], 150)
}

/// Reads up to `count` messages; whether the stream is in step with the head.
fn hear(chain: &Chain, stream: &mut Stream, count: usize, mut tell: impl FnMut(&Message)) -> bool {
    for _ in 0..count {
        match stream.next(chain).unwrap() {
            Next::Message(message) => tell(&message),
            Next::Later => {}
            Next::InStep => return true,
        }
    }
    false
}

proptest! {
    /// Snapshot and updates, however they come, are the book at each height that is named.
    #[test]
    fn any_interleaving_gives_the_book_at_each_height(blocks in blocks(), steps in proptest::collection::vec(step(), 1..60)) {
        let mut chain = Chain::of(&blocks);
        let mut client = Client::default();
        let mut stream = Stream::new(Topic::Depth(MARKET), None, &chain).unwrap();
        for step in steps.into_iter().chain([Step::Read(255)]) {
            match step {
                Step::Publish(count) => chain.head = (chain.head + u64::from(count)).min(blocks.len() as u64),
                Step::Read(count) => {
                    let in_step = hear(&chain, &mut stream, count.into(), |message| {
                        client.hear(message);
                        assert_eq!(client.book, chain.books[message.height as usize], "after {}", message.height);
                    });
                    if in_step {
                        prop_assert_eq!(&client.book, &chain.books[chain.head as usize]);
                    }
                }
                Step::Reconnect => stream = Stream::new(Topic::Depth(MARKET), client.at, &chain).unwrap(),
                Step::Prune(kept) => chain.earliest = chain.earliest.max(chain.head.saturating_sub(kept.into())),
            }
        }
    }

    /// Trades come once each and in order, across reconnections.
    #[test]
    fn every_trade_is_told_once(blocks in blocks(), steps in proptest::collection::vec(step(), 1..60)) {
        let mut chain = Chain::of(&blocks);
        let (mut at, mut heard) = (None, Vec::new());
        let mut stream = Stream::new(Topic::Trades(MARKET), None, &chain).unwrap();
        for step in steps.into_iter().chain([Step::Read(255)]) {
            match step {
                Step::Publish(count) => chain.head = (chain.head + u64::from(count)).min(blocks.len() as u64),
                Step::Read(count) => drop(hear(&chain, &mut stream, count.into(), |message| {
                    let Body::Trades { trades, .. } = &message.body else { panic!("{message:?}") };
                    if message.kind == Kind::Snapshot { heard.clear() }
                    heard.extend(trades.iter().map(|trade| trade.height));
                    at = Some(message.height);
                })),
                Step::Reconnect => stream = Stream::new(Topic::Trades(MARKET), at, &chain).unwrap(),
                Step::Prune(_) => {}
            }
        }
        let told = at.unwrap_or(0);
        let trades = chain.blocks[..told as usize].iter().filter_map(|block| Trade::of(block.height, block.time, block.of(MARKET)?));
        let expected: Vec<Height> = trades.map(|trade| trade.height).collect();
        prop_assert!(expected.ends_with(&heard) && (heard.len() >= expected.len().min(TRADES_TOLD)), "{:?} {:?}", heard, expected);
    }

    /// Whoever puts updates of candles over a snapshot has the candles of the head.
    #[test]
    fn candles_end_as_the_series_has_them(blocks in blocks(), steps in proptest::collection::vec(step(), 1..60)) {
        let mut chain = Chain::of(&blocks);
        let mut client: BTreeMap<u64, Candle> = BTreeMap::new();
        let mut at = None;
        let topic = || Topic::Candles(MARKET, Interval::FiveSeconds);
        let mut stream = Stream::new(topic(), None, &chain).unwrap();
        for step in steps.into_iter().chain([Step::Read(255)]) {
            match step {
                Step::Publish(count) => chain.head = (chain.head + u64::from(count)).min(blocks.len() as u64),
                Step::Read(count) => drop(hear(&chain, &mut stream, count.into(), |message| {
                    let Body::Candles { candles, .. } = &message.body else { panic!("{message:?}") };
                    if message.kind == Kind::Snapshot { client.clear() }
                    client.extend(candles.iter().map(|candle| (candle.time, *candle)));
                    at = Some(message.height);
                })),
                Step::Reconnect => stream = Stream::new(topic(), at, &chain).unwrap(),
                Step::Prune(_) => {}
            }
        }
        let of_series = |series: &Series| -> Vec<Candle> {
            series.market(MARKET).into_iter().flat_map(|kept| kept.candles(Interval::FiveSeconds).between(0, u64::MAX)).copied().collect()
        };
        prop_assert_eq!(client.into_values().collect::<Vec<_>>(), chain.with_series(of_series).unwrap());
    }
}

/// Trades that a snapshot holds at least.
const TRADES_TOLD: usize = crate::limits::TRADES_SNAPSHOT;

/// A chain whose only change of a level is in block 1, and its stream after the snapshot of block 1.
fn quiet_chain() -> (Chain, Stream) {
    let mut blocks = vec![Vec::new(); 3 * RESUME_BLOCKS_MAX as usize];
    blocks[0] = vec![(true, 5, 2)];
    let mut chain = Chain::of(&blocks);
    chain.head = 1;
    let mut stream = Stream::new(Topic::Depth(MARKET), None, &chain).unwrap();
    let Next::Message(first) = stream.next(&chain).unwrap() else { panic!("a snapshot") };
    assert_eq!((first.kind, first.height, first.reset), (Kind::Snapshot, 1, false));
    (chain, stream)
}

#[test]
fn a_quiet_stream_says_so_now_and_then() {
    let (mut chain, mut stream) = quiet_chain();
    chain.head = 3 * QUIET_BLOCKS_MAX;
    let mut heights = Vec::new();
    assert!(hear(&chain, &mut stream, 100, |message| heights.push((message.previous, message.height))));
    assert_eq!(heights, [(Some(1), 1 + QUIET_BLOCKS_MAX), (Some(1 + QUIET_BLOCKS_MAX), 1 + 2 * QUIET_BLOCKS_MAX)]);
}

#[test]
fn too_far_back_begins_anew_and_the_future_is_refused() {
    let (mut chain, _) = quiet_chain();
    chain.head = 2 * RESUME_BLOCKS_MAX;
    chain.earliest = RESUME_BLOCKS_MAX + 10;
    let first = |from| {
        let mut stream = Stream::new(Topic::Depth(MARKET), Some(from), &chain).unwrap();
        let mut found = None;
        while found.is_none() {
            match stream.next(&chain).unwrap() {
                Next::Message(message) => found = Some((message.kind, message.height, message.reset)),
                Next::Later => {}
                Next::InStep => break,
            }
        }
        found
    };
    let table = [
        (0, Some((Kind::Snapshot, chain.head, true))),
        (RESUME_BLOCKS_MAX - 1, Some((Kind::Snapshot, chain.head, true))),
        (RESUME_BLOCKS_MAX + 8, Some((Kind::Snapshot, chain.head, true))),
        (RESUME_BLOCKS_MAX + 9, Some((Kind::Update, RESUME_BLOCKS_MAX + 9 + QUIET_BLOCKS_MAX, false))),
        (chain.head, None),
    ];
    for (from, expected) in table {
        assert_eq!(first(from), expected, "from {from}");
    }
    let refused = Stream::new(Topic::Depth(MARKET), Some(chain.head + 1), &chain).err();
    assert_eq!(refused, Some(Failure::InvalidParams("fromHeight: 4001 is above the head, 4000".into())));
}
