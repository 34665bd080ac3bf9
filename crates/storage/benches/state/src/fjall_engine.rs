//! fjall: one batch a block, made durable; no root, no history. What any store on this disk could at most do with an LSM.

use std::path::Path;
use std::time::Instant;

use fjall::{Database, Keyspace, KeyspaceCreateOptions, PersistMode};

use crate::Options;
use crate::figures::{Figures, disk, memory, written};
use crate::workload::{self, block, reads, value};

/// Updates of one batch while the state is filled.
const FILL: u64 = 100_000;
const READS: u64 = 200_000;

fn open(dir: &Path) -> (Database, Keyspace) {
    let db = Database::builder(dir.join("fjall")).open().expect("fjall opens");
    let keyspace = db.keyspace("state", KeyspaceCreateOptions::default).expect("fjall has a keyspace");
    (db, keyspace)
}

fn commit(db: &Database, keyspace: &Keyspace, changes: Vec<(workload::Path, [u8; 32])>) {
    let mut batch = db.batch();
    for (path, value) in changes {
        batch.insert(keyspace, path, value);
    }
    batch.commit().expect("fjall commits");
    db.persist(PersistMode::SyncData).expect("fjall syncs");
}

/// One run.
pub fn run(options: &Options, dir: &Path) -> Figures {
    let mut figures = Figures::default();
    let (db, keyspace) = open(dir);
    for first in (0..options.keys).step_by(FILL as usize) {
        let numbers = first..options.keys.min(first + FILL);
        commit(&db, &keyspace, numbers.map(|number| (workload::path(number), value(number))).collect());
    }
    let before = written();
    let mut times = Vec::new();
    let mut updates = 0;
    for height in 1..=options.blocks {
        let changes = block(height, options.updates, options.keys);
        updates += changes.len();
        let begun = Instant::now();
        commit(&db, &keyspace, changes);
        times.push(begun.elapsed());
    }
    let total: f64 = times.iter().map(std::time::Duration::as_secs_f64).sum();
    figures.put("updates/s", updates as f64 / total);
    figures.latencies("commit", &mut times);
    figures.put("bytes written per update", (written() - before) / updates as f64);
    figures.put("bytes a key on disk", disk(dir) / options.keys as f64);
    let paths = reads(READS, options.keys);
    let begun = Instant::now();
    let found = paths.iter().filter(|path| keyspace.get(path).expect("fjall reads").is_some()).count();
    figures.time("read at head", begun.elapsed() / READS as u32);
    assert_eq!(found, paths.len());
    let (own, all) = memory();
    figures.put("RAM of its own", own);
    figures.put("RAM with mapped files", all);
    drop((db, keyspace));
    let begun = Instant::now();
    open(dir);
    figures.time("open", begun.elapsed());
    figures
}
