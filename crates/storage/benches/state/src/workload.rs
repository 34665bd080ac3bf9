//! The keys and values that all engines get: 32 bytes each, spread evenly, chosen from a fixed seed.

/// A key.
pub type Path = [u8; 32];

/// Random numbers from a seed, the same everywhere.
pub struct Dice(pub u64);

impl Dice {
    /// The next number.
    pub fn number(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }
}

/// The key with that number.
pub fn path(number: u64) -> Path {
    let mut dice = Dice(number.wrapping_mul(0x5851_f42d_4c95_7f2d));
    let mut path = [0; 32];
    path.chunks_exact_mut(8).for_each(|part| part.copy_from_slice(&dice.number().to_be_bytes()));
    path
}

/// A value that differs for different seeds.
pub fn value(seed: u64) -> [u8; 32] {
    path(seed ^ 0xdead_beef_0000_0000)
}

/// What a block updates, in key order, each key once.
pub fn block(height: u64, updates: u64, keys: u64) -> Vec<(Path, [u8; 32])> {
    let mut dice = Dice(height << 32);
    let mut changes: Vec<_> = (0..updates).map(|_| (path(dice.number() % keys), value(dice.number()))).collect();
    changes.sort_unstable();
    changes.dedup_by_key(|(path, _)| *path);
    changes
}

/// Keys to be read, present ones.
pub fn reads(count: u64, keys: u64) -> Vec<Path> {
    let mut dice = Dice(77);
    (0..count).map(|_| path(dice.number() % keys)).collect()
}
