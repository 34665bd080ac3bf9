//! Kills its own process at random moments, again and again, and checks each time that nothing promised was lost.
//!
//! The child is this very test binary: it opens the folder, checks it, and goes on with the chain until it is killed.
//! Before each step it writes down, in a pipe that survives it, what storage has promised so far.

use std::io::{BufRead as _, BufReader, Write as _};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use seiza_storage::{Options, Storage, Undecided};

use crate::chain::*;

/// Set for the child: the folder to work on.
const FOLDER: &str = "SEIZA_STORAGE_TORTURE";
const SEED: u64 = 31;
/// How long the killing goes on; `SEIZA_TORTURE_SECONDS` says otherwise.
const SECONDS: u64 = 6;

fn options() -> Options {
    Options { fsync: true, keep_heights: Some(150), ..small() }
}

/// The child's life; does nothing in an ordinary test run.
#[test]
fn child() {
    let Ok(folder) = std::env::var(FOLDER) else { return };
    let storage = open(Path::new(&folder), options());
    let mut promises = std::io::stderr().lock();
    if storage.decided_tip() > storage.head().height {
        commit(&storage, SEED).unwrap();
        tell_commit(&mut promises, &storage);
    }
    loop {
        let height = storage.head().height + 1;
        let block = block(height);
        storage.keep_undecided(height, 0, true, &block).unwrap();
        promises.write_all(format!("kept {height}\n").as_bytes()).unwrap();
        storage.append_block(&block, &certificate(&block)).unwrap();
        // Each promise is one write, so that none is ever half told.
        promises.write_all(format!("decided {height}\n").as_bytes()).unwrap();
        commit(&storage, SEED).unwrap();
        tell_commit(&mut promises, &storage);
    }
}

fn tell_commit(promises: &mut impl std::io::Write, storage: &Storage) {
    let head = storage.head();
    promises.write_all(format!("committed {} {}\n", head.height, head.app_hash).as_bytes()).unwrap();
}

/// What a killed child had been promised: the last kept, decided and committed heights, and the root.
#[derive(Default, Debug)]
struct Promises {
    kept: u64,
    decided: u64,
    committed: u64,
    root: String,
}

fn run_and_kill(folder: &Path, after: Duration, promises: &mut Promises) {
    let mut child = Command::new(std::env::current_exe().unwrap())
        .args(["torture::child", "--exact", "--nocapture", "--test-threads=1"])
        .env(FOLDER, folder)
        .stdout(Stdio::null())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let lines = BufReader::new(child.stderr.take().unwrap());
    let reader = std::thread::spawn(move || lines.lines().map_while(Result::ok).collect::<Vec<_>>());
    std::thread::sleep(after);
    kill(&mut child);
    let lines = reader.join().unwrap();
    for line in &lines {
        match line.split(' ').collect::<Vec<_>>()[..] {
            ["kept", height] => promises.kept = height.parse().unwrap(),
            ["decided", height] => promises.decided = height.parse().unwrap(),
            ["committed", height, root] => {
                promises.committed = height.parse().unwrap();
                promises.root = root.into();
            }
            _ => panic!("the child said: {}", lines.join("\n")),
        }
    }
}

fn kill(child: &mut Child) {
    assert!(child.try_wait().unwrap().is_none(), "the child ended by itself");
    child.kill().unwrap();
    child.wait().unwrap();
}

#[test]
fn killing_at_any_moment_loses_nothing() {
    let dir = tempfile::tempdir().unwrap();
    let seconds = std::env::var("SEIZA_TORTURE_SECONDS").ok().and_then(|text| text.parse().ok()).unwrap_or(SECONDS);
    let end = Instant::now() + Duration::from_secs(seconds);
    let (mut dice, mut promises, mut model, mut reached) = (Dice(7), Promises::default(), models(SEED, 0), 0);
    while Instant::now() < end {
        run_and_kill(dir.path(), Duration::from_millis(5 + dice.below(150)), &mut promises);
        let storage = open(dir.path(), options());
        let head = storage.head();
        assert!(storage.decided_tip() >= promises.decided, "{promises:?}, found {}", storage.decided_tip());
        assert!(head.height >= promises.committed, "{promises:?}, found {}", head.height);
        assert!(storage.decided_tip() <= promises.decided + 1 && head.height <= promises.committed + 1);
        if promises.kept > storage.decided_tip() {
            let kept = storage.undecided(promises.kept).unwrap();
            assert_eq!(kept, [Undecided { round: 0, own: true, block: block(promises.kept) }], "{promises:?}");
        }
        if head.height == promises.committed && head.height > 0 {
            assert_eq!(head.app_hash.to_string(), promises.root);
        }
        (promises.decided, promises.committed) = (storage.decided_tip(), head.height);
        promises.root = head.app_hash.to_string();
        while model.len() <= usize::try_from(head.height).unwrap() {
            let mut next = model[model.len() - 1].clone();
            apply(&mut next, &changes(SEED, model.len() as u64));
            model.push(next);
        }
        check(&storage, &model);
        reached = head.height;
    }
    assert!(reached > 0, "no child came to a commit");
}
