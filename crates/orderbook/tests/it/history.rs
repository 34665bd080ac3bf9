//! Any bytes as a history of batches: small prices, few accounts, so that everything meets everything.

use seiza_orderbook::*;
use seiza_types::Address;

/// The highest price of a history; the naive model tries some more.
const PRICE_MAX: u8 = 24;

/// What a history is made of, read from bytes that end in zeros for ever.
struct Bytes<'a>(&'a [u8]);

impl Bytes<'_> {
    fn next(&mut self) -> u8 {
        let (first, rest) = self.0.split_first().unwrap_or((&0, &[]));
        self.0 = rest;
        *first
    }

    fn below(&mut self, bound: u8) -> u8 {
        self.next() % bound
    }
}

/// The batches that the bytes stand for. All arrivals are such that a market takes them.
pub fn history(bytes: &[u8]) -> Vec<Batch> {
    let mut bytes = Bytes(bytes);
    let mut batches: Vec<Batch> = Vec::new();
    let mut ids = Vec::new();
    let (mut height, mut tx) = (1, 0);
    let mut batch = Batch { height, ..Batch::default() };
    while !bytes.0.is_empty() {
        match bytes.below(16) {
            0..=8 => batch.orders.push(order(&mut bytes, height, &mut tx, &mut ids)),
            9 | 10 => {
                let order = order(&mut bytes, height, &mut tx, &mut ids);
                batch.triggers.push(Trigger { order, condition: condition(&mut bytes) });
            }
            11..=13 => batch.cancels.push(cancel(&mut bytes, height, &ids)),
            _ => {
                height += 1 + u64::from(bytes.below(2));
                let next = Batch { height, time_ns: height * 10, ..Batch::default() };
                batches.push(std::mem::replace(&mut batch, next));
                tx = 0;
            }
        }
    }
    batches.push(batch);
    batches
}

fn order(bytes: &mut Bytes<'_>, height: u64, tx: &mut u32, ids: &mut Vec<(OrderId, Address)>) -> Order {
    let shape = bytes.next();
    let id = OrderId::new(height, *tx, 0, u16::from(shape % 3));
    *tx += 1;
    let owner = Address::with_last_byte(bytes.below(5));
    ids.push((id, owner));
    Order {
        id,
        owner,
        side: if shape & 1 == 0 { Side::Bid } else { Side::Ask },
        kind: match shape >> 4 {
            0..=6 => Kind::Limit,
            7 | 8 => Kind::PostOnly,
            9 | 10 => Kind::ImmediateOrCancel,
            11 | 12 => Kind::Market,
            _ => Kind::FillOrKill,
        },
        price: Price(1 + u64::from(bytes.below(PRICE_MAX))),
        quantity: Quantity(1 + u64::from(bytes.below(9))),
        expiry: match bytes.below(8) {
            0 => Expiry::Height(height + u64::from(bytes.below(4))),
            1 => Expiry::Time(height * 10 + u64::from(bytes.below(40))),
            _ => Expiry::Never,
        },
        self_trade: match bytes.below(3) {
            0 => SelfTrade::CancelNewest,
            1 => SelfTrade::CancelOldest,
            _ => SelfTrade::CancelBoth,
        },
        tag: u32::from(shape),
    }
}

fn condition(bytes: &mut Bytes<'_>) -> Condition {
    let shape = bytes.next();
    let price = Price(1 + u64::from(shape >> 1) % u64::from(PRICE_MAX));
    if shape & 1 == 0 { Condition::AtOrAbove(price) } else { Condition::AtOrBelow(price) }
}

/// Mostly of an order that there was, mostly by its owner.
fn cancel(bytes: &mut Bytes<'_>, height: u64, ids: &[(OrderId, Address)]) -> Cancel {
    let (which, whose) = (usize::from(bytes.next()), bytes.next());
    let known = ids.len().checked_sub(1 + which % 16).map(|at| ids[at]);
    let (id, owner) = known.unwrap_or((OrderId::new(height, which as u32, 0, 0), Address::ZERO));
    Cancel { id, owner: if whose < 25 { Address::with_last_byte(whose % 5) } else { owner } }
}
