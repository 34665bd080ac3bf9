//! Who has how much in a market, free and locked: what a chain's bank does around the book, in memory.
//!
//! An order locks the most that it can owe. A fill moves that to the other side, less the fee of whoever receives; what a
//! buyer saved against the limit is free again at once, and so is what an order that ended had locked. Accounts are numbered,
//! and orders carry the number of their owner's.

use seiza_orderbook::*;
use seiza_types::Address;

/// Fees, in millionths of what is received.
const MAKER_PPM: u128 = 200;
const TAKER_PPM: u128 = 500;
/// What everybody begins with, of either asset.
const FUNDS: u128 = 1 << 100;

/// One account in one market: base and quote.
#[derive(Clone, Copy)]
struct Account {
    free: [u128; 2],
    locked: [u128; 2],
}

const BASE: usize = 0;
const QUOTE: usize = 1;

/// All accounts of one market.
#[derive(Clone)]
pub struct Ledger {
    params: MarketParams,
    accounts: Vec<Account>,
    fees: [u128; 2],
}

/// One fill, settled.
pub struct Receipt {
    pub order: OrderId,
    pub owner: Address,
    pub side: Side,
    pub quantity: Quantity,
    pub remaining: Quantity,
    pub received: u128,
    pub fee: u128,
    pub liquidity: Liquidity,
}

impl Receipt {
    /// Whether it can be, at that price.
    pub fn is_sound(&self, price: Option<Price>) -> bool {
        let Self { order, owner, side, quantity, remaining, received, fee, liquidity } = self;
        let whole = u128::from(quantity.0) + u128::from(remaining.0);
        let named = *owner != Address::ZERO && order.height() > 0;
        let paid = *side == Side::Ask || *received == whole.min(quantity.0.into()) * 1_000;
        named && price.is_some() && paid && fee < received && matches!(liquidity, Liquidity::Maker | Liquidity::Taker)
    }
}

impl Ledger {
    pub fn new(params: MarketParams, accounts: usize) -> Self {
        let rich = Account { free: [FUNDS; 2], locked: [0; 2] };
        Self { params, accounts: vec![rich; accounts], fees: [0; 2] }
    }

    fn account(&mut self, order: &Order) -> &mut Account {
        &mut self.accounts[order.tag as usize]
    }

    fn base(&self, quantity: Quantity) -> u128 {
        self.params.base(quantity).expect("the order was taken").0
    }

    fn quote(&self, price: Price, quantity: Quantity) -> u128 {
        self.params.quote(price * quantity).expect("the order was taken").0
    }

    /// What so much of an order locks, and of what.
    fn owed(&self, order: &Order, quantity: Quantity) -> (usize, u128) {
        match order.side {
            Side::Bid => (QUOTE, self.quote(order.price, quantity)),
            Side::Ask => (BASE, self.base(quantity)),
        }
    }

    /// Locks what orders can owe; answers how many could not be paid.
    pub fn lock(&mut self, orders: &[Order]) -> usize {
        let mut unpaid = 0;
        for order in orders {
            let (asset, owed) = self.owed(order, order.quantity);
            let account = self.account(order);
            match account.free[asset].checked_sub(owed) {
                Some(left) => {
                    account.free[asset] = left;
                    account.locked[asset] += owed;
                }
                None => unpaid += 1,
            }
        }
        unpaid
    }

    /// Settles a batch; writes a receipt for each fill.
    pub fn settle(&mut self, clearing: &Clearing, receipts: &mut Vec<Receipt>) {
        receipts.clear();
        if let Some(price) = clearing.price {
            receipts.extend(clearing.fills.iter().map(|fill| self.fill(fill, price)));
        }
        for ended in &clearing.ended {
            let order = &ended.order.order;
            let (asset, owed) = self.owed(order, order.quantity);
            let account = self.account(order);
            account.locked[asset] -= owed;
            account.free[asset] += owed;
        }
    }

    fn fill(&mut self, fill: &Fill, price: Price) -> Receipt {
        let (order, quantity) = (&fill.order.order, fill.quantity);
        let (base, quote) = (self.base(quantity), self.quote(price, quantity));
        let (paid, locked) = self.owed(order, quantity);
        let (asset, received, spent) = if order.side == Side::Bid { (BASE, base, quote) } else { (QUOTE, quote, base) };
        let liquidity = fill.liquidity();
        let fee = fee(received, if liquidity == Liquidity::Maker { MAKER_PPM } else { TAKER_PPM });
        self.fees[asset] += fee;
        let account = self.account(order);
        account.locked[paid] -= locked;
        account.free[paid] += locked - spent;
        account.free[asset] += received - fee;
        let (order, owner, side) = (order.id, order.owner, order.side);
        Receipt { order, owner, side, quantity, remaining: fill.remaining(), received, fee, liquidity }
    }

    /// All there is of both assets.
    pub fn total(&self) -> [u128; 2] {
        let sum = |asset: usize| self.accounts.iter().map(|account| account.free[asset] + account.locked[asset]).sum();
        let sums: [u128; 2] = [BASE, QUOTE].map(sum);
        [sums[BASE] + self.fees[BASE], sums[QUOTE] + self.fees[QUOTE]]
    }
}

/// Rounded up.
fn fee(received: u128, ppm: u128) -> u128 {
    match u64::try_from(received * ppm) {
        Ok(small) => small.div_ceil(1_000_000).into(),
        Err(_) => (received * ppm).div_ceil(1_000_000),
    }
}
