//! A feed that both engines understand: 70 % limit orders, 20 % cancellations, 10 % market orders around one price, in one
//! market or spread over many.

/// The price around which everything happens.
pub const MID: u64 = 1_000_000;
/// How far from it the feed's limit orders stand, at most, in ticks.
const NEAR: u64 = 50;

/// One thing that arrives. `nth` counts the market's first orders, then its events.
#[derive(Clone, Copy)]
pub enum Event {
    /// A limit order.
    Limit { buys: bool, price: u64, quantity: u64 },
    /// A market order.
    Market { buys: bool, quantity: u64 },
    /// The cancellation of the order with that number; it may have traded since.
    Cancel { nth: usize },
}

/// Numbers that look random and are the same each time.
pub struct Dice(u64);

impl Dice {
    pub fn new(seed: u64) -> Self {
        Self(seed | 1)
    }

    pub fn below(&mut self, bound: u64) -> u64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        (self.0 >> 16) % bound
    }
}

/// A market's first orders: `orders` of them, half on each side, on `orders / 100` levels of a side, 50 at least.
pub fn resting(orders: usize) -> Vec<Event> {
    let mut dice = Dice::new(7);
    let levels = NEAR.max(orders as u64 / 100);
    let one = |nth: usize| {
        let (buys, away) = (nth.is_multiple_of(2), 1 + dice.below(levels));
        let price = if buys { MID - away } else { MID + away };
        Event::Limit { buys, price, quantity: 1 + dice.below(100) }
    };
    (0..orders).map(one).collect()
}

/// What arrives at one market, one thing after the other.
struct Arrivals {
    dice: Dice,
    /// Orders that may be cancelled.
    placed: Vec<usize>,
    next: usize,
}

impl Arrivals {
    fn new(seed: u64, resting: usize) -> Self {
        Self { dice: Dice::new(seed), placed: (0..resting).collect(), next: resting }
    }

    /// One limit order in eight reaches across the middle.
    fn next(&mut self) -> Event {
        let Self { dice, placed, next } = self;
        let nth = *next;
        *next += 1;
        let (buys, quantity) = (dice.below(2) == 0, 1 + dice.below(100));
        match dice.below(10) {
            0..7 => {
                placed.push(nth);
                let (away, across) = (1 + dice.below(NEAR), dice.below(8) == 0);
                let price = if buys != across { MID - away.min(if across { 3 } else { NEAR }) } else { MID + away };
                Event::Limit { buys, price, quantity }
            }
            7..9 if !placed.is_empty() => {
                let at = placed.len() - 1 - dice.below(placed.len().min(1_000) as u64) as usize;
                Event::Cancel { nth: placed.swap_remove(at) }
            }
            _ => Event::Market { buys, quantity },
        }
    }
}

/// What arrives after the first orders: each thing at a random market, named by its index.
pub fn feed(resting: usize, markets: usize, events: usize) -> Vec<(usize, Event)> {
    let mut dice = Dice::new(11);
    let mut arrivals: Vec<_> = (0..markets as u64).map(|market| Arrivals::new(13 + 2 * market, resting)).collect();
    let one = |_| {
        let market = dice.below(markets as u64) as usize;
        (market, arrivals[market].next())
    };
    (0..events).map(one).collect()
}
