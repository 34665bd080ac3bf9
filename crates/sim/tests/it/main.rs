//! Stories of whole clusters.

mod digests;
mod sabotage;

use seiza_sim::{Options, Profile, Sabotage};

/// A short run.
fn options(seed: u64, profile: Profile, sabotage: Option<(usize, Sabotage)>) -> Options {
    Options { seed, seconds: 12, validators: 4, profile, sabotage, loud: false }
}
