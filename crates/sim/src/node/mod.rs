//! A node: what lies on its disk, and the process that runs on it, if one does.

mod bodies;
mod decide;
mod fetch;
mod host;
mod live;
mod offences;
mod propose;
mod receive;
mod sync;
mod tasks;

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use rand::Rng as _;
use rand::rngs::StdRng;
use seiza_chain::{Chain, Genesis, Mode};
use seiza_engine::signing::{Signer, Verifier};
use seiza_storage::{Options, Storage};
use seiza_types::ValidatorKey;

pub use live::Live;

use crate::desk::{Desk, Torn};
use crate::wal::Wal;
use bodies::Bodies;
use host::Host;

/// A rule that one node is made to break, to show that the checker sees it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Sabotage {
    /// Commits the results of another block than the decided one.
    ExecutesAnotherBlock,
    /// Votes for something else too, whenever it votes.
    SignsTwice,
    /// Loses its write-ahead log and its proposals in a crash.
    ForgetsItsLog,
}

/// One node of the cluster.
pub struct Node {
    /// Which one.
    pub index: usize,
    /// Its validator's key.
    pub key: ValidatorKey,
    /// How many processes ran here before this one: alarms of earlier ones are void.
    pub life: u32,
    /// The process, while one runs.
    pub live: Option<Box<Live>>,
    /// Nanoseconds by which its clock is ahead of the slowest.
    pub skew_ns: u64,
    /// What it is made to do wrong.
    pub sabotage: Option<Sabotage>,
    nodes: usize,
    genesis: Arc<Genesis>,
    folder: PathBuf,
    wal: Wal,
    bodies: Bodies,
    mode: Mode,
    wait: Duration,
}

/// What every node is founded with.
pub struct Founding {
    /// The chain.
    pub genesis: Arc<Genesis>,
    /// How many nodes there are.
    pub nodes: usize,
    /// How long proposers wait for transactions.
    pub wait: Duration,
}

impl Node {
    /// A node whose disk is an empty folder.
    #[must_use]
    pub fn new(index: usize, key: ValidatorKey, folder: PathBuf, founding: &Founding, mode: Mode) -> Self {
        Self {
            index,
            key,
            life: 0,
            live: None,
            skew_ns: 0,
            sabotage: None,
            nodes: founding.nodes,
            genesis: founding.genesis.clone(),
            folder,
            wal: Wal::default(),
            bodies: Bodies::default(),
            mode,
            wait: founding.wait,
        }
    }

    /// Starts a process on what the disk holds. Consensus has yet to begin.
    ///
    /// # Errors
    /// The reason why it does not start.
    pub fn start(&mut self) -> Result<(), String> {
        let storage = Storage::open(&self.folder, Options::without_fsync()).map_err(|error| error.to_string())?;
        let chain = Chain::open(storage, (*self.genesis).clone()).map_err(|error| error.to_string())?;
        let chain_id = chain.position().chain_id;
        let (signer, verifier) = (Signer::new(chain_id.clone(), self.key.clone()), Verifier::new(chain_id));
        let desk = Desk::new(std::mem::take(&mut self.wal), signer, verifier, self.wait);
        let host = Host::new(chain, self.key.clone(), std::mem::take(&mut self.bodies), self.mode);
        let mut live = Live::new(self.index, self.nodes, desk, host, self.wait);
        live.sabotage = self.sabotage;
        self.life += 1;
        self.live = Some(Box::new(live));
        Ok(())
    }

    /// The process dies, wherever it is: its memory is gone, and so is the end of what was being written.
    pub fn crash(&mut self, rng: &mut StdRng) {
        let Some(live) = self.live.take() else { return };
        let Live { mut desk, host, .. } = *live;
        desk.wal.crash(|unflushed| rng.random_range(0..=unflushed));
        (self.wal, self.bodies) = (std::mem::take(&mut desk.wal), host.bodies);
        if self.sabotage == Some(Sabotage::ForgetsItsLog) {
            self.wal.burn();
            self.bodies = Bodies::default();
        }
        drop(host.chain);
        match desk.dead {
            Some(Torn::Blocks) => tear(&self.folder.join("blocks"), rng),
            Some(Torn::Changes) => tear(&self.folder.join("changes"), rng),
            Some(Torn::Clean) | None => {}
        }
    }
}

/// Spoils the end of the newest file of a log: cuts bytes off, flips one, or lets all have been written.
fn tear(folder: &Path, rng: &mut StdRng) {
    let Some((path, mut bytes)) = newest(folder) else { return };
    let (how, at) = (rng.random_range(0..3u32), rng.random_range(1..=40usize));
    let end = bytes.len().saturating_sub(at);
    match how {
        0 => return,
        1 => bytes.truncate(end),
        _ => bytes[end] ^= 1,
    }
    fs::write(path, bytes).expect("a simulated disk is a writable folder");
}

/// The newest file of a log, and what it holds.
fn newest(folder: &Path) -> Option<(PathBuf, Vec<u8>)> {
    let files = fs::read_dir(folder).ok()?.flatten().map(|entry| entry.path());
    let newest = files.filter(|path| path.extension().is_some_and(|extension| extension == "log")).max()?;
    fs::read(&newest).ok().map(|bytes| (newest, bytes))
}
