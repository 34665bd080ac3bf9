//! The undecided blocks of a node: those on its disk, and those on their way to it.

use std::collections::BTreeMap;

use seiza_consensus::fetch::Fetch;
use seiza_consensus::parts::PartSet;
use seiza_consensus::rebuild::Rebuild;
use seiza_types::{B256, Block, Bytes, Height};

/// An undecided block, as it is kept on disk before anything is said about it.
#[derive(Clone)]
pub struct Body {
    /// The round it was first proposed in.
    pub round: u32,
    /// The block.
    pub block: Block,
    /// Its encoded compact proposal, to be published again as it was; empty where it came by sync.
    pub compact: Bytes,
}

/// The undecided blocks on disk: each is written whole before anybody hears of it, and survives a crash.
#[derive(Default)]
pub struct Bodies {
    /// By hash.
    pub blocks: BTreeMap<B256, Body>,
    /// What this node proposed in a height and round.
    pub own: BTreeMap<(Height, u32), B256>,
}

impl Bodies {
    /// Forgets what is decided.
    pub fn settle(&mut self, height: Height) {
        self.blocks.retain(|_, body| body.block.height() > height);
        self.own.retain(|(found, _), _| *found > height);
    }
}

/// A block whose transactions are not all here.
pub struct Pending {
    /// The block so far.
    pub rebuild: Rebuild,
    /// Its parts, where they are fetched.
    pub parts: PartSet,
    /// Whom to ask for what.
    pub fetch: Fetch<usize>,
    /// Its encoded compact proposal.
    pub compact: Bytes,
}
