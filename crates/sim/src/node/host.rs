//! What a process knows beside core-consensus: chain, mempool, and the undecided blocks of the height.

use std::collections::BTreeMap;
use std::sync::Arc;

use seiza_chain::modules::{auth, bank, fees};
use seiza_chain::{Cancel, Chain, ChainError, Executed, Hints, Mode, VerifiedBlock};
use seiza_consensus::evidence::{EvidenceLimits, EvidencePool};
use seiza_consensus::speculation::{Action, Speculation};
use seiza_mempool::{LaneUpdate, Limits, Pool, SelectLimits};
use seiza_storage::Head;
use seiza_types::{Address, B256, Block, Bytes, Height, Tx, ValidatorKey, VerifiedTx};

use super::bodies::{Bodies, Body, Pending};
use crate::limits::{BLOCK_TXS, OFFERS_PER_HEIGHT};

/// One process' application.
pub struct Host {
    /// The real chain over a real storage.
    pub chain: Chain,
    /// The real mempool.
    pub pool: Pool,
    /// The validator's key.
    pub key: ValidatorKey,
    /// The undecided blocks on disk.
    pub bodies: Bodies,
    /// Complete and valid blocks of this height.
    pub blocks: BTreeMap<B256, VerifiedBlock>,
    /// Blocks on their way.
    pub pending: BTreeMap<B256, Pending>,
    /// Double votes that no block holds yet.
    pub evidence: EvidencePool,
    /// Compact proposals of heights to come, with their senders.
    pub early: BTreeMap<Height, Vec<(usize, Bytes)>>,
    executed: BTreeMap<B256, Executed>,
    speculation: Speculation,
    mode: Mode,
}

impl Host {
    /// The application of a process that starts on this chain.
    pub fn new(chain: Chain, key: ValidatorKey, bodies: Bodies, mode: Mode) -> Self {
        let head = chain.head().height;
        Self {
            chain,
            pool: Pool::new(Limits::default()),
            key,
            bodies,
            blocks: BTreeMap::new(),
            pending: BTreeMap::new(),
            evidence: EvidencePool::new(EvidenceLimits::default(), head),
            early: BTreeMap::new(),
            executed: BTreeMap::new(),
            speculation: Speculation::new(true),
            mode,
        }
    }

    /// The height being decided.
    pub fn height(&self) -> Height {
        self.chain.head().height + 1
    }

    /// A height begins: blocks of it that are on disk are known.
    pub fn begin(&mut self) {
        self.blocks.clear();
        self.pending.clear();
        self.executed.clear();
        self.speculation = Speculation::new(true);
        let height = self.height();
        self.early.retain(|found, _| *found >= height);
        self.know_bodies();
    }

    fn know_bodies(&mut self) {
        let bodies: Vec<Block> = self.bodies.blocks.values().map(|body| body.block.clone()).collect();
        for block in bodies {
            let verified = self.chain.validate(block, |_, raw| known(&self.pool, raw));
            if let Ok(verified) = verified {
                self.blocks.insert(verified.hash(), verified);
            }
        }
    }

    /// Takes a transaction into the pool; gives its hash where it is new and good.
    pub fn accept(&mut self, raw: &[u8], now_ms: u64) -> Option<B256> {
        let tx = Tx::decode(raw).ok()?;
        if self.pool.contains(&tx.hash()) {
            return None;
        }
        let tx = tx.verify(self.chain.rules()).ok()?;
        let (hash, admission) = (tx.hash, self.chain.check(&tx).ok()?);
        let base_fee = u128::from(fees::base_fee(&self.chain.head().state).ok()?);
        self.pool.insert(tx, admission, base_fee, now_ms).ok().map(|_| hash)
    }

    /// The transactions of the next block.
    pub fn select(&self) -> Vec<VerifiedTx> {
        let base_fee = fees::base_fee(&self.chain.head().state).map_or(0, u128::from);
        let room = SelectLimits { gas: self.chain.rules().block_gas_max, count: BLOCK_TXS, ..SelectLimits::default() };
        self.pool.select(base_fee, room)
    }

    /// What a transaction of the pool is verified as.
    pub fn validate(&self, block: Block) -> Result<VerifiedBlock, seiza_chain::InvalidBlock> {
        self.chain.validate(block, |_, raw| known(&self.pool, raw))
    }

    /// Keeps a compact proposal of a height to come, where it has room.
    pub fn keep_early(&mut self, height: Height, from: usize, bytes: &Bytes) {
        let early = self.early.entry(height).or_default();
        if early.len() < OFFERS_PER_HEIGHT {
            early.push((from, bytes.clone()));
        }
    }

    /// Whether another compact proposal of this height has room.
    pub fn has_room(&self) -> bool {
        self.blocks.len() + self.pending.len() < OFFERS_PER_HEIGHT
    }

    /// Keeps a complete block: on disk, then in memory, then its execution may start.
    ///
    /// # Errors
    /// Those of execution.
    pub fn keep(&mut self, block: VerifiedBlock, round: u32, compact: Bytes) -> Result<(), ChainError> {
        let hash = block.hash();
        self.bodies.blocks.insert(hash, Body { round, block: block.block().as_ref().clone(), compact });
        self.blocks.insert(hash, block);
        let actions = self.speculation.on_complete(hash, round, true);
        self.perform(&actions)
    }

    /// Executes what is decided, if that has not happened already, and gives it.
    ///
    /// # Errors
    /// Those of execution.
    pub fn adopt(&mut self, hash: &B256) -> Result<Option<Executed>, ChainError> {
        let actions = self.speculation.on_decided(*hash);
        self.perform(&actions)?;
        Ok(self.executed.remove(hash))
    }

    fn perform(&mut self, actions: &[Action]) -> Result<(), ChainError> {
        for action in actions {
            match action {
                Action::Start(hash) => self.execute(*hash)?,
                Action::Cancel(hash) => drop(self.executed.remove(hash)),
                Action::Adopt(_) => {}
            }
        }
        Ok(())
    }

    fn execute(&mut self, hash: B256) -> Result<(), ChainError> {
        let Some(block) = self.blocks.get(&hash) else { return Ok(()) };
        let executed = self.run(block)?;
        self.executed.insert(hash, executed);
        Ok(())
    }

    /// Executes a block on the head.
    ///
    /// # Errors
    /// Those of execution.
    pub fn run(&self, block: &VerifiedBlock) -> Result<Executed, ChainError> {
        self.chain.execute(&self.chain.head_overlay(), block, Hints::None, self.mode, &Cancel::default())
    }

    /// A block is committed: the pool hears of it, and what was undecided goes.
    ///
    /// # Errors
    /// Those of reading state.
    pub fn settle(&mut self, executed: &VerifiedBlock, head: &Arc<Head>) -> Result<(), ChainError> {
        self.bodies.settle(head.height);
        self.evidence.committed(head.height, &executed.evidence);
        let hashes: Vec<B256> = executed.txs().iter().map(|tx| tx.hash).collect();
        let lanes: Vec<Address> = self.pool.lanes().map(|(address, _)| *address).collect();
        let updates = lanes.into_iter().map(|lane| update(head, lane)).collect::<Result<Vec<_>, ChainError>>()?;
        self.pool.included(&updates, &hashes);
        Ok(())
    }

    /// Hashes and bytes of all that waits.
    pub fn waiting(&self) -> Vec<(B256, Bytes)> {
        let lanes = self.pool.lanes().flat_map(|(_, lane)| lane.pending().chain(lane.queued()));
        lanes.map(|tx| (tx.hash, tx.raw.clone())).collect()
    }
}

fn known(pool: &Pool, raw: &[u8]) -> Option<VerifiedTx> {
    pool.get(&Tx::hash_of(raw)?).cloned()
}

fn update(head: &Head, lane: Address) -> Result<LaneUpdate, ChainError> {
    let (nonce, balance) = (auth::nonce(&head.state, &lane)?, bank::native_balance(&head.state, &lane)?);
    Ok(LaneUpdate { lane, nonce, balance })
}
