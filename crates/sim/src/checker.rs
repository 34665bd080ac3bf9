//! What must hold whatever goes wrong, looked at after every commit and every signature of every honest node.
//!
//! | rule | looked at |
//! |---|---|
//! | one block and one app hash a height, everywhere | every commit |
//! | heights follow one another; a node that comes back has lost none | every commit, every start |
//! | the certificate proves the decision by the height's validators | every commit |
//! | a header names the block before it and the app hash after that | every commit |
//! | supply is the sum of balances | every commit |
//! | nobody honest signs two things where it may sign one, crashes or not | every signature |

use std::collections::BTreeMap;

use malachitebft_core_consensus::SignedConsensusMsg;
use malachitebft_core_types::{NilOrVal, Round, VoteType};
use seiza_chain::modules::Module as _;
use seiza_chain::modules::bank::Bank;
use seiza_engine::context::{Address, Seiza, Value};
use seiza_storage::Head;
use seiza_types::{AppHash, B256, Height, ValidatorSet};

/// What was signed: by whom, at which height and round; `None` for a proposal.
type Slot = (Address, Height, Round, Option<VoteType>);

/// The memory of all that was decided and signed.
pub struct Checker {
    blocks: BTreeMap<Height, (B256, AppHash)>,
    signed: BTreeMap<Slot, NilOrVal<Value>>,
    tips: Vec<Height>,
}

impl Checker {
    /// Nothing has happened among `nodes` nodes.
    #[must_use]
    pub fn new(nodes: usize) -> Self {
        Self { blocks: BTreeMap::new(), signed: BTreeMap::new(), tips: vec![0; nodes] }
    }

    /// The highest height that a node has committed.
    #[must_use]
    pub fn tip(&self, node: usize) -> Height {
        self.tips[node]
    }

    /// The highest height that anybody has committed.
    #[must_use]
    pub fn top(&self) -> Height {
        self.tips.iter().copied().max().unwrap_or(0)
    }

    /// A node started and has this head.
    ///
    /// # Errors
    /// The rule that is broken.
    pub fn started(&mut self, node: usize, head: &Head) -> Result<(), String> {
        if head.height < self.tips[node] {
            return Err(format!(
                "node {node} had committed height {}, and comes back at {}",
                self.tips[node], head.height
            ));
        }
        // It may have more than it told: it died after the write and before a word of it.
        for height in self.tips[node] + 1..=head.height {
            self.tips[node] = height;
        }
        if head.height == 0 { Ok(()) } else { self.agree(node, head) }
    }

    /// A node committed a block that `set` decided.
    ///
    /// # Errors
    /// The rule that is broken.
    pub fn committed(&mut self, node: usize, head: &Head, set: &ValidatorSet) -> Result<(), String> {
        if head.height != self.tips[node] + 1 {
            return Err(format!("node {node} commits height {} after {}", head.height, self.tips[node]));
        }
        self.tips[node] = head.height;
        self.agree(node, head)?;
        self.check_block(node, head, set)?;
        Bank::invariants(&head.state).map_err(|error| format!("node {node}, height {}: {error}", head.height))
    }

    fn agree(&mut self, node: usize, head: &Head) -> Result<(), String> {
        let found = (head.block_hash, head.app_hash);
        let expected = *self.blocks.entry(head.height).or_insert(found);
        if expected.0 != found.0 {
            return Err(format!("node {node}, height {}: block {}, others have {}", head.height, found.0, expected.0));
        }
        if expected.1 != found.1 {
            return Err(format!(
                "node {node}, height {}: app hash {}, others have {}",
                head.height, found.1, expected.1
            ));
        }
        Ok(())
    }

    fn check_block(&self, node: usize, head: &Head, set: &ValidatorSet) -> Result<(), String> {
        let wrong = |what: &str| Err(format!("node {node}, height {}: {what}", head.height));
        let Some(stored) = &head.block else { return wrong("has no block") };
        let (block, header) = (&stored.block, &stored.block.header);
        if let Err(error) = stored.certificate.verify(block, &header.chain_id, set) {
            return wrong(&format!("the certificate proves nothing: {error}"));
        }
        if header.validators_hash != set.hash() {
            return wrong("the header names another validator set");
        }
        let Some((parent, app_hash)) = self.blocks.get(&(head.height - 1)) else { return Ok(()) };
        if header.last_block_id.is_none_or(|id| id.hash.as_bytes() != parent.as_slice()) {
            return wrong("the header names another parent");
        }
        if header.app_hash.as_bytes() != app_hash.as_slice() {
            return wrong("the header carries another app hash than the one after its parent");
        }
        Ok(())
    }

    /// Somebody honest published a signature.
    ///
    /// # Errors
    /// It signed something else there before.
    pub fn signed(&mut self, message: &SignedConsensusMsg<Seiza>) -> Result<(), String> {
        let (slot, value) = match message {
            SignedConsensusMsg::Vote(vote) => ((vote.address, vote.height.0, vote.round, Some(vote.kind)), vote.value),
            SignedConsensusMsg::Proposal(p) => ((p.address, p.height.0, p.round, None), NilOrVal::Val(p.value)),
        };
        let before = *self.signed.entry(slot).or_insert(value);
        if before == value {
            return Ok(());
        }
        let (who, height, round, kind) = slot;
        let kind = kind.map_or("a proposal".to_owned(), |kind| format!("a {kind:?}"));
        Err(format!("{who} signed {kind} at {height}/{round} for {before:?} and for {value:?}"))
    }

    /// Forgets signatures of heights that everybody has behind them.
    pub fn forget(&mut self) {
        let low = self.tips.iter().copied().min().unwrap_or(0);
        self.signed.retain(|(_, height, ..), _| *height > low);
    }
}
