//! Waiting between attempts: doubling, with seeded jitter; and the seeded choice among peers.

use std::time::Duration;

/// A seeded sequence of numbers (splitmix64).
#[derive(Debug, Clone)]
pub struct Dice {
    state: u64,
}

impl Dice {
    /// The sequence of this seed.
    pub const fn new(seed: u64) -> Self {
        Self { state: seed }
    }

    /// The next number.
    pub const fn roll(&mut self) -> u64 {
        self.state = self.state.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.state;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ (mixed >> 31)
    }

    /// A number below `bound`; 0 for 0.
    pub const fn below(&mut self, bound: usize) -> usize {
        let rolled = self.roll() as usize;
        if bound == 0 { 0 } else { rolled % bound }
    }
}

/// The wait after so many failures: `min` doubled with each, at most `max`, of which the last half is jitter.
pub fn wait(failures: u32, (min, max): (Duration, Duration), dice: &mut Dice) -> Duration {
    let full = min.saturating_mul(1 << failures.min(16)).min(max);
    let half = full / 2;
    let millis = usize::try_from(half.as_millis()).unwrap_or(usize::MAX);
    half + Duration::from_millis(dice.below(millis.saturating_add(1)) as u64)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn waits_double_within_their_bounds_and_follow_the_seed() {
        let bounds = (Duration::from_millis(100), Duration::from_secs(2));
        for (failures, full) in [(0, 100), (1, 200), (2, 400), (4, 1_600), (5, 2_000), (400, 2_000)] {
            let waits: Vec<_> = (0..50).map(|seed| wait(failures, bounds, &mut Dice::new(seed)).as_millis()).collect();
            assert!(waits.iter().all(|wait| (full / 2..=full).contains(wait)), "{failures}: {waits:?}");
            assert!(waits.iter().any(|wait| *wait != waits[0]), "{failures}: no jitter");
            assert_eq!(wait(failures, bounds, &mut Dice::new(3)).as_millis(), waits[3]);
        }
    }
}
