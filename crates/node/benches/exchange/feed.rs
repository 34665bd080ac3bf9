//! The orders of both chains: transactions of 50 each, 35 limit orders, five market orders, ten cancellations of what the same
//! account placed in its transaction before.

/// Orders and cancellations of a transaction.
pub const TOGETHER: usize = LIMITS + MARKETS + CANCELS;
const LIMITS: usize = 35;
const MARKETS: usize = 5;
/// The first so many limit orders have names, and are cancelled by the next transaction.
const CANCELS: usize = 10;
/// The price around which everything happens, in ticks.
const MID: u64 = 25_000;
const NEAR: u64 = 50;
/// How far a market order goes.
const WORST: u64 = 500;

/// One order.
#[derive(Clone, Copy)]
pub struct Wish {
    /// Buys, not sells.
    pub buys: bool,
    /// At any price up to its worst, at once or not at all.
    pub immediate: bool,
    /// Limit, in ticks.
    pub ticks: u64,
    /// Size.
    pub lots: u64,
    /// The account's own name for it; zero is none.
    pub name: u64,
}

/// One transaction's worth.
pub struct Load {
    /// Names of the account's orders to cancel first.
    pub cancels: Vec<u64>,
    /// New orders.
    pub wishes: Vec<Wish>,
}

/// Numbers that look random and are the same each time.
pub struct Dice(u64);

impl Dice {
    /// Thrown from that seed on.
    pub fn new(seed: u64) -> Self {
        Self(seed.wrapping_mul(0x9e37_79b9_7f4a_7c15) | 1)
    }

    fn below(&mut self, bound: u64) -> u64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        (self.0 >> 16) % bound
    }
}

/// The `nth` transaction of an account. One limit order in eight reaches across the middle.
pub fn load(nth: u64, dice: &mut Dice) -> Load {
    let named = |tx: u64| (1..=CANCELS as u64).map(move |at| tx * CANCELS as u64 + at);
    // Whoever is on both sides meets itself: a transaction buys, or sells.
    let (buys, mut names) = (dice.below(2) == 0, named(nth));
    let wish = |at: usize| {
        let lots = 50 + dice.below(100);
        let away = 1 + dice.below(NEAR);
        if at >= LIMITS {
            let ticks = if buys { MID + WORST } else { MID - WORST };
            return Wish { buys, immediate: true, ticks, lots, name: 0 };
        }
        let across = dice.below(8) == 0;
        let below = buys != across;
        let ticks = if below { MID - away } else { MID + away };
        Wish { buys, immediate: false, ticks, lots, name: names.next().unwrap_or(0) }
    };
    let wishes: Vec<Wish> = (0..LIMITS + MARKETS).map(wish).collect();
    let cancels = nth.checked_sub(1).map(|before| named(before).collect()).unwrap_or_default();
    Load { cancels, wishes }
}
