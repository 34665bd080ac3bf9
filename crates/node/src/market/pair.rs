//! The two markets of a devnet: SEI and BTC for dollars, and the prices at which they start.

use seiza_chain::modules::exchange::GenesisMarket;
use seiza_types::USEI;
use seiza_types::exchange::MarketId;

use super::dice::Dice;

/// The devnet's dollar: six decimals.
pub const DOLLAR: &str = "uusdc";
/// The devnet's bitcoin: six decimals.
pub const BITCOIN: &str = "ubtc";
/// All of them have six decimals.
const DECIMALS: u8 = 6;
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

/// Both, by number.
pub const PAIRS: [Pair; 2] = [
    // A quarter of a dollar, in steps of a thousandth of a cent; a thousand SEI at a time, in tenths.
    Pair { id: MarketId(1), base: USEI, tick: 10, lot: 100_000, start: 25_000, size: 10_000 },
    // A hundred thousand dollars, in steps of one; a twentieth of a bitcoin at a time, in ten thousandths.
    Pair { id: MarketId(2), base: BITCOIN, tick: 1_000_000, lot: 100, start: 100_000, size: 500 },
];

impl Pair {
    /// How genesis lists it.
    pub fn listed(&self) -> GenesisMarket {
        GenesisMarket {
            base: self.base.to_owned(),
            quote: DOLLAR.to_owned(),
            base_decimals: DECIMALS,
            quote_decimals: DECIMALS,
            tick: self.tick,
            lot: self.lot,
            min_notional: 10_000,
            maker_fee_ppm: 200,
            taker_fee_ppm: 500,
        }
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
            assert_eq!(pair.tick * pair.lot % 10u128.pow(u32::from(DECIMALS)), 0);
        }
    }
}
