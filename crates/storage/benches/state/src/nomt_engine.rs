//! nomt as its documentation has it used: sessions with values kept in memory for the reads before writes, no rollback log.

use std::path::Path;
use std::time::Instant;

use nomt::hasher::Blake3Hasher;
use nomt::{KeyReadWrite, Nomt, Options as NomtOptions, SessionParams};

use crate::Options;
use crate::figures::{Figures, disk, memory, written};
use crate::workload::{self, block, reads, value};

type Db = Nomt<Blake3Hasher>;

/// Updates of one session while the state is filled.
const FILL: u64 = 100_000;
const READS: u64 = 200_000;

fn open(options: &Options, dir: &Path) -> Db {
    let mut nomt = NomtOptions::new();
    nomt.path(dir.join("nomt"));
    nomt.commit_concurrency(2);
    // Two pages of fifteen bits of the trie for about every ten keys, at less than half full: what its documentation asks for.
    nomt.hashtable_buckets(u32::try_from(options.keys / 4).unwrap_or(u32::MAX).max(64_000));
    Db::open(nomt).expect("nomt opens")
}

fn commit(db: &Db, changes: Vec<(workload::Path, [u8; 32])>) {
    let session = db.begin_session(SessionParams::default());
    for (path, _) in &changes {
        session.warm_up(*path);
    }
    let writes = changes.into_iter().map(|(path, value)| (path, KeyReadWrite::Write(Some(value.to_vec())))).collect();
    session.finish(writes).expect("nomt finishes").commit(db).expect("nomt commits");
}

/// One run.
pub fn run(options: &Options, dir: &Path) -> Figures {
    let mut figures = Figures::default();
    let db = open(options, dir);
    fill(&db, options.keys);
    let before = written();
    let mut times = Vec::new();
    let mut updates = 0;
    for height in 1..=options.blocks {
        let changes = block(height, options.updates, options.keys);
        updates += changes.len();
        let begun = Instant::now();
        commit(&db, changes);
        times.push(begun.elapsed());
    }
    let total: f64 = times.iter().map(std::time::Duration::as_secs_f64).sum();
    figures.put("updates/s", updates as f64 / total);
    figures.latencies("commit", &mut times);
    figures.put("bytes written per update", (written() - before) / updates as f64);
    figures.put("bytes a key on disk", disk(dir) / options.keys as f64);
    let paths = reads(READS, options.keys);
    let begun = Instant::now();
    let found = paths.iter().filter(|path| db.read(**path).expect("nomt reads").is_some()).count();
    figures.time("read at head", begun.elapsed() / READS as u32);
    assert_eq!(found, paths.len());
    let (own, all) = memory();
    figures.put("RAM of its own", own);
    figures.put("RAM with mapped files", all);
    drop(db);
    let begun = Instant::now();
    open(options, dir);
    figures.time("open", begun.elapsed());
    figures
}

fn fill(db: &Db, keys: u64) {
    for first in (0..keys).step_by(FILL as usize) {
        let mut changes: Vec<_> =
            (first..keys.min(first + FILL)).map(|number| (workload::path(number), value(number))).collect();
        changes.sort_unstable();
        commit(db, changes);
    }
}
