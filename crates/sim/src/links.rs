//! The network between nodes: how long a message takes, whether it arrives, how often, and who can reach whom.

use rand::Rng;
use rand::rngs::StdRng;

use crate::schedule::Micros;

/// How good every link is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Quality {
    /// Least time of one way.
    pub delay_us: Micros,
    /// At most this much more, evenly spread: messages overtake each other.
    pub jitter_us: Micros,
    /// Messages in a thousand that are lost.
    pub loss_permille: u32,
    /// Messages in a thousand that arrive twice.
    pub duplicate_permille: u32,
    /// Messages in a thousand that take up to twenty times as long.
    pub late_permille: u32,
}

impl Quality {
    /// A data centre: a few milliseconds, nothing lost.
    pub const QUIET: Self =
        Self { delay_us: 2_000, jitter_us: 3_000, loss_permille: 0, duplicate_permille: 0, late_permille: 0 };
    /// The world on a bad day.
    pub const LOSSY: Self =
        Self { delay_us: 20_000, jitter_us: 60_000, loss_permille: 50, duplicate_permille: 30, late_permille: 20 };
}

/// All links of a cluster.
pub struct Links {
    /// How good they are.
    pub quality: Quality,
    /// The side of the partition on which each node is; all on one where there is none.
    sides: Vec<u8>,
}

impl Links {
    /// Links between `nodes` nodes, all on one side.
    #[must_use]
    pub fn new(nodes: usize, quality: Quality) -> Self {
        Self { quality, sides: vec![0; nodes] }
    }

    /// Parts the nodes: those of one side reach each other only.
    pub fn part(&mut self, sides: Vec<u8>) {
        self.sides = sides;
    }

    /// Puts all nodes on one side again.
    pub fn heal(&mut self) {
        self.sides.fill(0);
    }

    /// When a message sent now arrives: never, once, or twice.
    pub fn arrivals(&self, from: usize, to: usize, rng: &mut StdRng) -> Vec<Micros> {
        let quality = self.quality;
        // Chance is asked the same number of times whatever comes of it: a fault more does not change all that follows.
        let [lost, twice, late] = std::array::from_fn(|_| rng.random_range(0..1_000u32));
        let mut way = || quality.delay_us + rng.random_range(0..=quality.jitter_us);
        let (mut first, second) = (way(), way());
        if late < quality.late_permille {
            first *= 20;
        }
        if self.sides[from] != self.sides[to] || lost < quality.loss_permille {
            return Vec::new();
        }
        if twice < quality.duplicate_permille { vec![first, first + second] } else { vec![first] }
    }
}

#[cfg(test)]
mod tests {
    use rand::SeedableRng as _;

    use super::*;

    #[test]
    fn messages_are_lost_doubled_and_overtaken_about_as_often_as_told() {
        let links = Links::new(2, Quality { loss_permille: 100, duplicate_permille: 100, ..Quality::LOSSY });
        let mut rng = StdRng::seed_from_u64(1);
        let sent: Vec<_> = (0..10_000).map(|_| links.arrivals(0, 1, &mut rng)).collect();
        let (lost, twice) =
            (sent.iter().filter(|s| s.is_empty()).count(), sent.iter().filter(|s| s.len() == 2).count());
        assert!((800..1_200).contains(&lost) && (700..1_100).contains(&twice), "{lost} lost, {twice} doubled");
        assert!(sent.iter().flatten().all(|us| *us >= 20_000));
    }

    #[test]
    fn a_partition_parts_and_heals() {
        let mut links = Links::new(3, Quality::QUIET);
        let mut rng = StdRng::seed_from_u64(1);
        links.part(vec![0, 0, 1]);
        let reach: Vec<_> =
            [(0, 1), (0, 2), (2, 1)].map(|(a, b)| links.arrivals(a, b, &mut rng).len()).into_iter().collect();
        assert_eq!(reach, [1, 0, 0]);
        links.heal();
        assert_eq!(links.arrivals(0, 2, &mut rng).len(), 1);
    }
}
