//! Numbers that look random and are the same each time: what the crowd does depends on its seed and its round alone.

/// An xorshift generator.
pub struct Dice(u64);

impl Dice {
    /// Thrown from that seed on.
    pub fn new(seed: u64) -> Self {
        Self(seed.wrapping_mul(0x9e37_79b9_7f4a_7c15) | 1)
    }

    /// A number below `bound`, which is not zero.
    pub fn below(&mut self, bound: u64) -> u64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        (self.0 >> 16) % bound
    }

    /// Between half of `size` and one and a half of it, never zero.
    pub fn about(&mut self, size: u64) -> u64 {
        (size / 2 + self.below(size + 1)).max(1)
    }
}
