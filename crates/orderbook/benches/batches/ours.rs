//! The feed as batches of our books.

use seiza_orderbook::*;
use seiza_types::Address;

use super::feed::{Dice, Event, MID};
use super::ledger::{Ledger, Receipt};

/// Orders of one transaction.
const TOGETHER: usize = 50;

pub fn params() -> MarketParams {
    MarketParams::new(1_000, 10, Notional(1)).expect("a lot and a tick are worth something")
}

/// One market: its book, and who has and owes what in it.
#[derive(Clone)]
pub struct Market {
    pub book: Book,
    pub ledger: Ledger,
}

/// What one worker keeps from batch to batch.
#[derive(Default)]
pub struct Desk {
    clearer: Clearer,
    clearing: Clearing,
    receipts: Vec<Receipt>,
}

/// What a batch tells whoever listens: what became of each order, each fill's settlement, each level that changed.
pub struct Events<'a> {
    pub clearing: &'a Clearing,
    pub receipts: &'a [Receipt],
    pub levels: Vec<((Side, Price), LevelDelta)>,
}

impl Desk {
    /// Whether what the last batch's receipts say can be.
    pub fn is_sound(&self) -> bool {
        self.receipts.iter().all(|receipt| receipt.is_sound(self.clearing.price))
    }

    /// Clears a batch and writes the book.
    pub fn clear(&mut self, market: &mut Market, batch: &Batch) -> usize {
        market.book.clear_with(&mut self.clearer, batch, &mut self.clearing);
        self.clearing.fills.len()
    }

    /// Locks what the batch's orders can owe, clears it, writes the book, settles with fees, gives back, and tells of it.
    pub fn process(&mut self, market: &mut Market, batch: &Batch) -> Events<'_> {
        assert_eq!(market.ledger.lock(&batch.orders), 0, "everybody can pay");
        self.clear(market, batch);
        market.ledger.settle(&self.clearing, &mut self.receipts);
        Events { clearing: &self.clearing, receipts: &self.receipts, levels: self.clearing.level_deltas() }
    }
}

/// Who placed what in one market, and under which name.
struct Names {
    dice: Dice,
    owners: u64,
    orders: Vec<(OrderId, u64)>,
}

/// The owner of that number. Addresses are hashes, so they look like nothing.
fn owner(nth: u64) -> Address {
    let mut bytes = [0; 20];
    for (at, part) in bytes.chunks_mut(8).enumerate() {
        let word = (nth + 1).wrapping_mul(0x9e37_79b9_7f4a_7c15).rotate_left(23 * at as u32 + 17).wrapping_mul(!2);
        part.copy_from_slice(&word.to_be_bytes()[..part.len()]);
    }
    Address::from(bytes)
}

impl Names {
    fn new(owners: u64) -> Self {
        Self { dice: Dice::new(17), owners, orders: Vec::new() }
    }

    /// Names the next order, or the event in its place.
    fn name(&mut self, id: OrderId) -> (OrderId, u64) {
        let named = (id, self.dice.below(self.owners));
        self.orders.push(named);
        named
    }
}

fn order((id, account): (OrderId, u64), buys: bool, kind: Kind, price: u64, quantity: u64) -> Order {
    Order {
        id,
        owner: owner(account),
        side: if buys { Side::Bid } else { Side::Ask },
        kind,
        price: Price(price),
        quantity: Quantity(quantity),
        expiry: Expiry::Never,
        self_trade: SelfTrade::CancelNewest,
        tag: account as u32,
    }
}

fn rest(nth: usize, event: &Event, names: &mut Names) -> Option<Resting> {
    let id = OrderId::new(1, (nth / TOGETHER) as u32, 0, (nth % TOGETHER) as u16);
    let named = names.name(id);
    let Event::Limit { buys, price, quantity } = *event else { return None };
    Some(Resting { order: order(named, buys, Kind::Limit, price, quantity), since: id })
}

/// A market with the given orders.
pub fn market(first: &[Event], owners: u64) -> Market {
    let mut market = Market { book: Book::new(params()), ledger: Ledger::new(params(), owners as usize) };
    let mut names = Names::new(owners);
    for (nth, event) in first.iter().enumerate() {
        if let Some(resting) = rest(nth, event, &mut names) {
            assert_eq!(market.ledger.lock(&[resting.order]), 0, "everybody can pay");
            market.book.rest(&resting);
        }
    }
    market
}

/// The feed in blocks of `block` events: for each, a batch a market.
pub fn blocks(first: &[Event], owners: u64, markets: usize, feed: &[(usize, Event)], block: usize) -> Vec<Vec<Batch>> {
    let mut names: Vec<_> = (0..markets).map(|_| Names::new(owners)).collect();
    for names in &mut names {
        first.iter().enumerate().for_each(|(nth, event)| _ = rest(nth, event, names));
    }
    let chunks = (2..).zip(feed.chunks(block));
    let block = |(height, events): (u64, &[(usize, Event)])| {
        let mut batches = vec![Batch { height, ..Batch::default() }; markets];
        for (at, (market, event)) in events.iter().enumerate() {
            let id = OrderId::new(height, (at / TOGETHER) as u32, 0, (at % TOGETHER) as u16);
            arrive(&mut batches[*market], &mut names[*market], id, event);
        }
        batches
    };
    chunks.map(block).collect()
}

fn arrive(batch: &mut Batch, names: &mut Names, id: OrderId, event: &Event) {
    let named = names.name(id);
    match *event {
        Event::Limit { buys, price, quantity } => {
            batch.orders.push(order(named, buys, Kind::Limit, price, quantity));
        }
        Event::Market { buys, quantity } => {
            let worst = if buys { MID + 500 } else { MID - 500 };
            batch.orders.push(order(named, buys, Kind::Market, worst, quantity));
        }
        Event::Cancel { nth } => {
            let (id, account) = names.orders[nth];
            batch.cancels.push(Cancel { id, owner: owner(account) });
        }
    }
}
