//! The two markets that a devnet is founded with, SEI and ether for dollars, and the prices at which they start.

use seiza_chain::modules::exchange::GenesisMarket;
use seiza_types::USEI;
use seiza_types::exchange::MarketId;

use super::dice::Dice;

/// The devnet's dollar.
pub const DOLLAR: &str = "uusdc";
/// The devnet's ether.
pub const ETHER: &str = "ueth";
/// The most that a price moves in a round, in millionths.
const STRIDE: u64 = 500;
/// A price is drawn to where it began by one part in so many of the distance, each round.
const PULL: i64 = 500;

/// One market: its scales, and where its price begins.
pub struct Pair {
    /// Its number on a chain that was founded with both.
    pub id: MarketId,
    /// What is traded.
    pub base: &'static str,
    /// Quote units for one whole base coin.
    pub tick: u128,
    /// Base units.
    pub lot: u128,
    /// Ticks.
    pub start: u64,
    /// Lots of a usual order.
    pub size: u64,
}

/// Both, by number. All coins have six decimals.
pub const PAIRS: [Pair; 2] = [
    // A quarter of a dollar, in steps of a thousandth of a cent; a thousand SEI at a time, in tenths.
    Pair { id: MarketId(1), base: USEI, tick: 10, lot: 100_000, start: 25_000, size: 10_000 },
    // Four thousand dollars, in steps of a cent; a quarter of an ether at a time, in ten thousandths.
    Pair { id: MarketId(2), base: ETHER, tick: 10_000, lot: 100, start: 400_000, size: 2_500 },
];

impl Pair {
    /// Whether a market of the founding document is this one.
    pub fn is(&self, market: &GenesisMarket) -> bool {
        let GenesisMarket { base, quote, tick, lot, .. } = market;
        (base.as_str(), quote.as_str(), *tick, *lot) == (self.base, DOLLAR, self.tick, self.lot)
    }

    /// Where the price goes from `at`, in ticks: a step at random, drawn a little to where it began.
    pub fn walk(&self, at: u64, dice: &mut Dice) -> u64 {
        let reach = (at * STRIDE / 1_000_000).max(1);
        let stepped = (at + dice.below(2 * reach + 1)).saturating_sub(reach);
        let pull = (self.start as i64 - stepped as i64) / PULL;
        stepped.saturating_add_signed(pull).clamp(self.start / 2, self.start * 2)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn prices_move_and_stay_in_reach_of_where_they_began() {
        for pair in PAIRS {
            let (mut dice, mut at, mut seen) = (Dice::new(7), pair.start, std::collections::BTreeSet::new());
            for _ in 0..100_000 {
                at = pair.walk(at, &mut dice);
                seen.insert(at);
                assert!((pair.start / 2..=pair.start * 2).contains(&at));
            }
            assert!(seen.len() > 100, "{} prices of {}", seen.len(), pair.base);
        }
    }

    #[test]
    fn a_tick_of_a_lot_is_a_whole_number_of_quote_units() {
        for pair in PAIRS {
            assert_eq!(pair.tick * pair.lot % 1_000_000, 0);
        }
    }
}
