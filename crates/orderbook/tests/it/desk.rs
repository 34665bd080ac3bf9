//! A desk that reads and tells in plain words, so that a test is a table: `"A buys 10@100"`, `"10 at 100: A+10 B-10"`.

use seiza_orderbook::*;
use seiza_types::Address;

/// One market and the block that comes next.
pub struct Desk {
    pub book: Book,
    pub height: u64,
}

fn owner(name: &str) -> Address {
    Address::with_last_byte(name.as_bytes()[0])
}

fn name(order: &Order) -> char {
    char::from(order.owner[19])
}

fn numbers(text: &str, separator: char) -> (u64, u64) {
    let (first, second) = text.split_once(separator).unwrap();
    (first.parse().unwrap(), second.parse().unwrap())
}

impl Desk {
    pub fn new() -> Self {
        Self::of(MarketParams::new(1, 1, Notional(0)).unwrap(), Limits::default())
    }

    pub fn of(params: MarketParams, limits: Limits) -> Self {
        Self { book: Book::with_limits(params, limits), height: 1 }
    }

    /// A desk where somebody once traded a lot at `price`, and this rests now.
    pub fn after(price: u64, resting: &[&str]) -> Self {
        let mut desk = Self::new();
        desk.clear(&[&format!("Y sells 1@{price}"), &format!("Z buys 1@{price}")]);
        assert_eq!(trade(&desk.clear(resting)), "no trade");
        desk
    }

    /// Clears the next block's batch. The nth line is transaction n.
    ///
    /// - `A buys 10@100`, then any of: `ioc`, `fok`, `post`, `market`; `newest`, `oldest`, `both`; `until=7` (a height);
    ///   `stop=90`, `profit=110`
    /// - `A cancels 3.0`: transaction 0 of block 3
    pub fn clear(&mut self, lines: &[&str]) -> Clearing {
        let mut batch = Batch { height: self.height, ..Batch::default() };
        for (tx, line) in (0..).zip(lines) {
            self.read(&mut batch, OrderId::new(self.height, tx, 0, 0), line);
        }
        self.height += 1;
        self.book.clear(&batch)
    }

    fn read(&self, batch: &mut Batch, id: OrderId, line: &str) {
        let words: Vec<&str> = line.split(' ').collect();
        let owner = owner(words[0]);
        if words[1] == "cancels" {
            let (height, tx) = numbers(words[2], '.');
            return batch.cancels.push(Cancel { id: OrderId::new(height, tx as u32, 0, 0), owner });
        }
        let (quantity, price) = numbers(words[2], '@');
        let mut order = Order {
            id,
            owner,
            side: if words[1] == "buys" { Side::Bid } else { Side::Ask },
            kind: Kind::Limit,
            price: Price(price),
            quantity: Quantity(quantity),
            expiry: Expiry::Never,
            self_trade: SelfTrade::CancelNewest,
            tag: 0,
        };
        let mut condition = None;
        for word in &words[3..] {
            let (what, number) = word.split_once('=').unwrap_or((word, "0"));
            let number = number.parse().unwrap();
            match what {
                "ioc" => order.kind = Kind::ImmediateOrCancel,
                "fok" => order.kind = Kind::FillOrKill,
                "post" => order.kind = Kind::PostOnly,
                "market" => order.kind = Kind::Market,
                "newest" => order.self_trade = SelfTrade::CancelNewest,
                "oldest" => order.self_trade = SelfTrade::CancelOldest,
                "both" => order.self_trade = SelfTrade::CancelBoth,
                "until" => order.expiry = Expiry::Height(number),
                "stop" => condition = Some(Condition::stop(order.side, Price(number))),
                "profit" => condition = Some(Condition::take_profit(order.side, Price(number))),
                _ => panic!("{word}?"),
            }
        }
        match condition {
            Some(condition) => batch.triggers.push(Trigger { order, condition }),
            None => batch.orders.push(order),
        }
    }

    /// All orders, best first: `A 10@99, B 5@98 | C 3@101`.
    pub fn shows(&self) -> String {
        [Side::Bid, Side::Ask].map(|side| list(self.book.orders(side))).join(" | ")
    }
}

fn list(orders: impl Iterator<Item = Resting>) -> String {
    let one = |Resting { order, .. }: Resting| format!("{} {}@{}", name(&order), order.quantity.0, order.price.0);
    orders.map(one).collect::<Vec<_>>().join(", ")
}

/// Who traded what: `10 at 100: A+10 B-10`.
pub fn trade(clearing: &Clearing) -> String {
    let Some(price) = clearing.price else { return "no trade".into() };
    let sign = |side| if side == Side::Bid { '+' } else { '-' };
    let fill = |fill: &Fill| format!(" {}{}{}", name(&fill.order.order), sign(fill.order.order.side), fill.quantity.0);
    format!("{} at {}:{}", clearing.volume.0, price.0, clearing.fills.iter().map(fill).collect::<String>())
}

/// What ended otherwise: `A 3 Unfilled, B 5 Cancelled`.
pub fn endings(clearing: &Clearing) -> String {
    let one = |ended: &Ended| {
        let order = &ended.order.order;
        format!("{} {} {:?}", name(order), order.quantity.0, ended.reason)
    };
    clearing.ended.iter().map(one).collect::<Vec<_>>().join(", ")
}

/// What was refused, in its own words.
pub fn refusals(clearing: &Clearing) -> Vec<String> {
    let orders = clearing.rejected.iter().map(|(id, error)| format!("{id}: {error}"));
    let cancels = clearing.refused.iter().map(|(cancel, error)| format!("cancel {}: {error}", cancel.id));
    orders.chain(cancels).collect()
}
