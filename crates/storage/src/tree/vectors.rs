//! cosmos/iavl's own known roots: `TestTreeHash` of its `tree_test.go` makes 4 versions of 4,096 random edits each and
//! compares the roots with constants. The edits come from Go's `math/rand`, so that is rebuilt here: an additive lagged
//! Fibonacci generator whose seed table is its own state after 7.8e12 steps, which a polynomial power gives in no time.

use seiza_state::{Key, StoreId, Value};

use super::{Leaf, Tree};

const LENGTH: usize = 607;
const TAP: usize = 273;
const STEPS: u64 = 7_800_000_000_000;

/// Go's `rngSource` and the bytes that `Rand.Read` keeps back.
struct GoRand {
    state: Vec<u64>,
    tap: usize,
    feed: usize,
    kept: (u64, u8),
}

/// The minimal standard generator that spreads a seed.
fn spread(x: i64) -> i64 {
    x * 48_271 % 2_147_483_647
}

/// A table of 607 words from a seed: three numbers a word, shifted and mixed.
fn table(seed: i64, shift: u32) -> Vec<u64> {
    let mut x = seed % 2_147_483_647;
    (0..20).for_each(|_| x = spread(x));
    let mut next = || {
        x = spread(x);
        u64::try_from(x).unwrap()
    };
    (0..LENGTH).map(|_| (next() << (2 * shift)) ^ (next() << shift) ^ next()).collect()
}

/// `a * b` modulo x^607 - x^334 - 1 (the generator's recurrence), coefficients modulo 2^64.
fn multiply(a: &[u64], b: &[u64]) -> Vec<u64> {
    let mut product = vec![0u64; 2 * LENGTH];
    for (i, a) in a.iter().enumerate().filter(|(_, a)| **a != 0) {
        for (j, b) in b.iter().enumerate() {
            product[i + j] = product[i + j].wrapping_add(a.wrapping_mul(*b));
        }
    }
    for i in (LENGTH..2 * LENGTH).rev() {
        let high = std::mem::take(&mut product[i]);
        product[i - LENGTH] = product[i - LENGTH].wrapping_add(high);
        product[i - TAP] = product[i - TAP].wrapping_add(high);
    }
    product.truncate(LENGTH);
    product
}

/// The generator's state `STEPS` after seed 1: Go's `rngCooked`.
fn cooked() -> Vec<u64> {
    let first = table(1, 10);
    // In the order of generation: the word at place p was made 333 - p (mod 607) steps into the round before.
    let mut words: Vec<u64> = (0..LENGTH).map(|step| first[(333 + LENGTH - step) % LENGTH]).collect();
    for i in LENGTH..2 * LENGTH {
        words.push(words[i - LENGTH].wrapping_add(words[i - TAP]));
    }
    let (mut power, mut square) = (vec![0; LENGTH], vec![0; LENGTH]);
    (power[0], square[1]) = (1, 1);
    for bit in 0..64 - STEPS.leading_zeros() {
        if STEPS >> bit & 1 == 1 {
            power = multiply(&power, &square);
        }
        square = multiply(&square, &square);
    }
    let at = |offset: usize| {
        power.iter().zip(&words[offset..]).fold(0u64, |sum, (p, w)| sum.wrapping_add(p.wrapping_mul(*w)))
    };
    let last: Vec<u64> = (0..LENGTH).map(at).collect();
    let turned = usize::try_from(STEPS % LENGTH as u64).unwrap();
    let mut cooked = vec![0; LENGTH];
    for (step, word) in last.into_iter().enumerate() {
        cooked[(333 + 2 * LENGTH - step - turned) % LENGTH] = word;
    }
    cooked
}

impl GoRand {
    fn new(seed: i64) -> Self {
        let state = table(seed, 20).into_iter().zip(cooked()).map(|(own, cooked)| own ^ cooked).collect();
        Self { state, tap: 0, feed: LENGTH - TAP, kept: (0, 0) }
    }

    fn int63(&mut self) -> u64 {
        self.tap = (self.tap + LENGTH - 1) % LENGTH;
        self.feed = (self.feed + LENGTH - 1) % LENGTH;
        self.state[self.feed] = self.state[self.feed].wrapping_add(self.state[self.tap]);
        self.state[self.feed] & (u64::MAX >> 1)
    }

    /// Whether Go's `Float64() <= tenths / 10`.
    fn at_most(&mut self, tenths: u64) -> bool {
        // Float64 is a 63-bit number over 2^63; what rounding does to it matters once in 2^50 times.
        u128::from(self.int63()) * 10 <= u128::from(tenths) << 63
    }

    fn below(&mut self, n: usize) -> usize {
        let n = u64::try_from(n).unwrap();
        let max = (1 << 31) - 1 - (1 << 31) % n;
        loop {
            let number = self.int63() >> 32;
            if n.is_power_of_two() || number <= max {
                return usize::try_from(number % n).unwrap();
            }
        }
    }

    fn bytes(&mut self) -> [u8; 16] {
        std::array::from_fn(|_| {
            if self.kept.1 == 0 {
                self.kept = (self.int63(), 7);
            }
            let byte = self.kept.0.to_le_bytes()[0];
            self.kept = (self.kept.0 >> 8, self.kept.1 - 1);
            byte
        })
    }
}

#[test]
fn the_generator_is_gos() {
    // The first words of Go's rngCooked, and the well-known first number of rand.New(rand.NewSource(1)).
    assert_eq!(i64::from_le_bytes(cooked()[0].to_le_bytes()), -4_181_792_142_133_755_926);
    assert_eq!(GoRand::new(1).int63(), 5_577_006_791_947_779_410);
}

#[test]
fn roots_are_those_that_cosmos_iavl_expects() {
    let expected = [
        "58ec30fa27f338057e5964ed9ec3367e59b2b54bec4c194f10fde7fed16c2a1c",
        "91ad3ace227372f0064b2d63e8493ce8f4bdcbd16c7a8e4f4d54029c9db9570c",
        "92c25dce822c5968c228cfe7e686129ea281f79273d4a8fcf6f9130a47aa5421",
        "e44d170925554f42e00263155c19574837a38e3efed8910daccc7fa12f560fa0",
    ];
    let (mut random, mut tree, mut keys) = (GoRand::new(49_872_768_940), Tree::default(), Vec::new());
    for (version, expected) in (1..).zip(expected) {
        for _ in 0..4_096 {
            edit(&mut tree, &mut keys, &mut random, version);
        }
        assert_eq!(tree.root().to_string(), format!("0x{expected}"), "version {version}");
    }
}

/// One edit as the Go test makes it: a fifth removals, then two fifths updates, else a new key.
fn edit(tree: &mut Tree, keys: &mut Vec<[u8; 16]>, random: &mut GoRand, version: u64) {
    let store_key = |path: &[u8; 16]| Key::new(StoreId::Evm, &[path]);
    if !keys.is_empty() && random.at_most(2) {
        let gone = keys.remove(random.below(keys.len()));
        return tree.remove(&store_key(&gone), version);
    }
    let key = if !keys.is_empty() && random.at_most(4) {
        keys[random.below(keys.len())]
    } else {
        keys.push(random.bytes());
        keys[keys.len() - 1]
    };
    tree.set(Leaf::new(store_key(&key), Value::from(&random.bytes()[..]), version), version);
}
