//! Every step on files fails, or is the last one, at some time: what was promised is there again, and nothing else.
//!
//! The short version runs with all tests. `cargo xtask torture storage --minutes 10` runs the long one, in which processes of
//! their own end at every kind of step, too.

use std::io::{BufRead as _, BufReader, Write as _};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use seiza_state::StateRead as _;
use seiza_storage::faults::{Fault, arm, disarm};
use seiza_storage::upkeep::verify;
use seiza_storage::{Options, Storage};

use crate::chain::*;

/// Set for the child: the folder to work on, and after how many steps to die.
const FOLDER: &str = "SEIZA_STORAGE_FAULTS";
const STEPS: &str = "SEIZA_STORAGE_FAULTS_AFTER";
/// How long the long version takes.
const MINUTES: &str = "SEIZA_TORTURE_MINUTES";
/// Height at which a new folder is begun.
const LAST: u64 = 260;
/// Steps of which one is the last: what some twenty blocks take.
const STEPS_MAX: u64 = 260;

fn options() -> Options {
    Options { fsync: true, keep_heights: Some(70), image_log_bytes: 6_000, segment_bytes: 4_000, ..small() }
}

/// A folder in memory where there is one: disks have nothing to add to faults that are made up.
fn folder() -> tempfile::TempDir {
    let memory = Path::new("/dev/shm");
    if memory.is_dir() { tempfile::tempdir_in(memory).unwrap() } else { tempfile::tempdir().unwrap() }
}

/// What storage has promised: the last decided and the last committed height.
#[derive(Debug, Default, Clone, Copy)]
struct Promises {
    decided: u64,
    committed: u64,
}

/// Goes on with the chain until something fails; `told` hears of every promise.
fn drive(dir: &Path, seed: u64, told: &mut dyn FnMut(Promises)) {
    let Ok(storage) = Storage::open(dir, options()) else { return };
    if storage.genesis().is_none() {
        let (record, changes) = genesis();
        if storage.init_genesis(record, &changes).is_err() {
            return;
        }
    }
    let head = storage.head().height;
    let mut promises = Promises { decided: storage.decided_tip(), committed: head };
    for height in head + 1..LAST + 40 {
        let block = block(height);
        if promises.decided < height {
            if storage.keep_undecided(height, 0, true, &block).is_err()
                || storage.append_block(&block, &certificate(&block)).is_err()
            {
                return;
            }
            promises.decided = height;
            told(promises);
        }
        if commit(&storage, seed).is_err() {
            // Once more: either it works after all, or storage has stopped and says so; it never does half of it.
            if commit(&storage, seed).is_err() {
                return;
            }
        }
        promises.committed = height;
        told(promises);
    }
}

/// One chain and what it has been through.
struct Victim {
    dir: tempfile::TempDir,
    seed: u64,
    promises: Promises,
    models: Vec<Model>,
    rounds: u64,
}

impl Victim {
    fn new(seed: u64) -> Self {
        Self { dir: folder(), seed, promises: Promises::default(), models: models(seed, LAST + 41), rounds: 0 }
    }

    /// One fault in this process.
    fn strike(&mut self, passing: u64, fault: Fault) -> bool {
        arm(self.dir.path(), passing, fault);
        let mut promises = self.promises;
        drive(self.dir.path(), self.seed, &mut |told| promises = told);
        self.promises = promises;
        let (struck, _) = disarm(self.dir.path());
        assert!(struck || promises.committed == LAST + 39, "storage stopped by itself: {promises:?}");
        struck
    }

    /// One fault that ends a process of its own.
    fn kill(&mut self, passing: u64) -> bool {
        let mut child = Command::new(std::env::current_exe().unwrap())
            .args(["faults::child", "--exact", "--nocapture", "--test-threads=1"])
            .env(FOLDER, self.dir.path())
            .env(STEPS, format!("{passing} {}", self.seed))
            .stdout(Stdio::null())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        for line in BufReader::new(child.stderr.take().unwrap()).lines().map_while(Result::ok) {
            let numbers: Vec<u64> = line.split(' ').map(|number| number.parse().expect(&line)).collect();
            self.promises = Promises { decided: numbers[0], committed: numbers[1] };
        }
        !child.wait().unwrap().success()
    }

    /// Opens the folder and compares.
    fn check(&mut self, dice: &mut Dice, what: &str) {
        self.rounds += 1;
        let storage = open(self.dir.path(), options());
        let (head, decided) = (storage.head(), storage.decided_tip());
        let Promises { decided: promised, committed } = self.promises;
        assert!(decided >= promised && decided <= promised + 1, "{what}: {:?}, decided {decided}", self.promises);
        assert!(
            head.height >= committed && head.height <= committed + 1,
            "{what}: {:?}, at {}",
            self.promises,
            head.height
        );
        let model = &self.models[usize::try_from(head.height).unwrap()];
        assert_eq!(everything(&head.state), model.clone().into_iter().collect::<Vec<_>>(), "{what}");
        assert!(model.iter().all(|(key, value)| head.state.get(key).unwrap().as_ref() == Some(value)), "{what}");
        let past = head.height - dice.below(head.height.min(30) + 1);
        if let Some(state) = storage.at(past) {
            let model = &self.models[usize::try_from(past).unwrap()];
            assert_eq!(everything(&state), model.clone().into_iter().collect::<Vec<_>>(), "{what}: state at {past}");
        }
        if self.rounds.is_multiple_of(25) {
            check(&storage, &self.models);
        }
        self.promises = Promises { decided, committed: head.height };
        let ends = head.height >= LAST;
        drop((storage, head));
        if self.rounds.is_multiple_of(25) {
            self.verify(what);
        }
        if ends {
            *self = Self { rounds: self.rounds, ..Self::new(self.seed + 1) };
        }
    }

    /// Every file is whole, once an opening has cut what the fault left.
    fn verify(&self, what: &str) {
        let mut faults = verify(self.dir.path(), &|_| ()).unwrap().faults;
        faults.retain(|fault| !fault.path.ends_with("undecided.log"));
        assert!(faults.is_empty(), "{what}: {faults:?}");
    }
}

/// The child's life; does nothing in an ordinary test run.
#[test]
fn child() {
    let (Ok(folder), Ok(numbers)) = (std::env::var(FOLDER), std::env::var(STEPS)) else { return };
    let (passing, seed) = numbers.split_once(' ').unwrap();
    let folder = PathBuf::from(folder);
    arm(&folder, passing.parse().unwrap(), Fault::Kill);
    drive(&folder, seed.parse().unwrap(), &mut |told| {
        // One write, so that no promise is ever half told.
        let line = format!("{} {}\n", told.decided, told.committed);
        std::io::stderr().lock().write_all(line.as_bytes()).unwrap();
    });
}

const FAULTS: [Fault; 4] = [Fault::Die, Fault::Fail, Fault::Die, Fault::Full];

#[test]
fn a_fault_at_any_step_loses_nothing() {
    let (mut victim, mut dice, mut struck) = (Victim::new(500), Dice(5), 0);
    for round in 0..60 {
        let (passing, fault) = (dice.below(STEPS_MAX), FAULTS[round % 4]);
        struck += u32::from(victim.strike(passing, fault));
        victim.check(&mut dice, &format!("round {round}, {fault:?} after {passing} steps"));
    }
    assert!(struck > 50, "only {struck} faults struck");
}

/// From the very first step of a new folder on, one after the other.
#[test]
fn a_fault_at_each_of_the_first_steps_loses_nothing() {
    for passing in 0..60 {
        let mut victim = Victim { models: models(600, 60), ..Victim::new(600) };
        assert!(victim.strike(passing, Fault::Die));
        victim.check(&mut Dice(passing), &format!("dead after {passing} steps"));
    }
}

#[test]
#[ignore = "takes minutes: cargo xtask torture storage"]
fn torture() {
    let minutes = std::env::var(MINUTES).ok().and_then(|text| text.parse().ok()).unwrap_or(1);
    let end = Instant::now() + Duration::from_secs(minutes * 60);
    let (mut victim, mut dice) = (Victim::new(u64::from(std::process::id())), Dice(u64::from(std::process::id())));
    let mut counts = [0u64; 5];
    while Instant::now() < end {
        let (passing, kind) = (dice.below(STEPS_MAX), usize::try_from(dice.below(6)).unwrap().min(4));
        let struck = if kind == 4 { victim.kill(passing) } else { victim.strike(passing, FAULTS[kind]) };
        counts[kind] += u64::from(struck);
        victim.check(&mut dice, &format!("kind {kind} after {passing} steps, seed {}", victim.seed));
    }
    println!(
        "{} rounds: {} processes killed, {} deaths, {} failed steps, {} full disks; nothing lost",
        victim.rounds,
        counts[4],
        counts[0] + counts[2],
        counts[1],
        counts[3]
    );
}
