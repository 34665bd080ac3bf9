//! Blocks kept before they are voted for: what was promised is there after any end of the process, and nothing else.

use std::fs;
use std::path::Path;

use proptest::prelude::*;
use seiza_storage::{Options, Storage, StorageError, Undecided};
use seiza_types::Block;
use tendermint::Time;

use crate::chain::*;

/// One of several blocks for a height.
fn rival(height: u64, name: u8) -> Block {
    let mut block = block(height);
    block.header.time = Time::from_unix_timestamp(1_800_000_000, u32::from(name)).unwrap();
    block
}

fn kept(round: u32, own: bool, block: &Block) -> Undecided {
    Undecided { round, own, block: block.clone() }
}

fn decide(storage: &Storage, block: &Block) {
    storage.append_block(block, &certificate(block)).unwrap();
    commit(storage, 3).unwrap();
}

fn file(dir: &Path) -> std::path::PathBuf {
    dir.join("undecided.log")
}

#[test]
fn what_is_kept_is_there_again_after_a_restart() {
    let dir = tempfile::tempdir().unwrap();
    let storage = open(dir.path(), Options::default());
    let (a, b) = (rival(1, 1), rival(1, 2));
    storage.keep_undecided(1, 0, false, &a).unwrap();
    storage.keep_undecided(1, 1, true, &b).unwrap();
    let bytes = fs::metadata(file(dir.path())).unwrap().len();
    storage.keep_undecided(1, 1, true, &b).unwrap();
    assert_eq!(fs::metadata(file(dir.path())).unwrap().len(), bytes, "the same again writes nothing");
    storage.keep_undecided(1, 7, false, &a).unwrap();
    let more = fs::metadata(file(dir.path())).unwrap().len() - bytes;
    assert!(more < 100, "a block for another round is not written again, but {more} bytes were");
    let expected = [kept(0, false, &a), kept(1, true, &b), kept(7, false, &a)];
    assert_eq!(storage.undecided(1).unwrap(), expected);
    drop(storage);
    let storage = open(dir.path(), Options::default());
    assert_eq!(storage.undecided(1).unwrap(), expected);
    assert_eq!(storage.undecided(2).unwrap(), []);
}

#[test]
fn a_decided_height_needs_nothing_kept() {
    let dir = tempfile::tempdir().unwrap();
    let storage = open(dir.path(), Options::without_fsync());
    storage.keep_undecided(1, 0, true, &block(1)).unwrap();
    let before = fs::read(file(dir.path())).unwrap();
    decide(&storage, &block(1));
    assert_eq!(storage.undecided(1).unwrap(), []);
    assert_eq!(fs::metadata(file(dir.path())).unwrap().len(), 20, "emptied");
    storage.keep_undecided(1, 3, false, &rival(1, 1)).unwrap();
    assert_eq!(storage.undecided(1).unwrap(), [], "too late, and no error");
    drop(storage);
    // The cut did not reach the disk before the power went: the old record is back, and is passed over.
    fs::write(file(dir.path()), before).unwrap();
    let storage = open(dir.path(), Options::without_fsync());
    assert_eq!((storage.undecided(1).unwrap(), storage.undecided(2).unwrap()), (vec![], vec![]));
    storage.keep_undecided(2, 0, false, &block(2)).unwrap();
    assert_eq!(storage.undecided(2).unwrap(), [kept(0, false, &block(2))]);
}

#[test]
fn only_the_height_that_comes_next_is_kept() {
    let dir = tempfile::tempdir().unwrap();
    let storage = open(dir.path(), Options::without_fsync());
    let far = storage.keep_undecided(2, 0, false, &block(2));
    assert!(matches!(far, Err(StorageError::Height { expected: 1, given: 2 })));
    let other = storage.keep_undecided(1, 0, false, &block(2));
    assert!(matches!(other, Err(StorageError::Height { expected: 1, given: 2 })));
    assert_eq!(storage.undecided(1).unwrap(), []);
}

#[test]
fn a_write_cut_at_any_byte_leaves_what_was_kept_before() {
    let dir = tempfile::tempdir().unwrap();
    let storage = open(dir.path(), Options::without_fsync());
    let (a, b) = (rival(1, 1), rival(1, 2));
    storage.keep_undecided(1, 0, true, &a).unwrap();
    let before = fs::metadata(file(dir.path())).unwrap().len();
    storage.keep_undecided(1, 1, false, &b).unwrap();
    drop(storage);
    let whole = fs::read(file(dir.path())).unwrap();
    for end in usize::try_from(before).unwrap()..whole.len() {
        fs::write(file(dir.path()), &whole[..end]).unwrap();
        let storage = reopen(dir.path(), Options::without_fsync());
        assert_eq!(storage.undecided(1).unwrap(), [kept(0, true, &a)], "cut at {end}");
        storage.keep_undecided(1, 2, true, &b).unwrap();
        drop(storage);
        let storage = reopen(dir.path(), Options::without_fsync());
        assert_eq!(
            storage.undecided(1).unwrap(),
            [kept(0, true, &a), kept(2, true, &b)],
            "cut at {end}, written again"
        );
    }
}

#[test]
fn new_records_over_the_remains_of_old_ones_are_read() {
    // A power cut may keep pages of new and old content side by side.
    let dir = tempfile::tempdir().unwrap();
    let storage = open(dir.path(), Options::without_fsync());
    storage.keep_undecided(1, 0, true, &rival(1, 1)).unwrap();
    storage.keep_undecided(1, 1, true, &rival(1, 2)).unwrap();
    let old = fs::read(file(dir.path())).unwrap();
    decide(&storage, &block(1));
    storage.keep_undecided(2, 0, true, &block(2)).unwrap();
    drop(storage);
    let new = fs::read(file(dir.path())).unwrap();
    assert!(new.len() < old.len());
    fs::write(file(dir.path()), [&new[..], &old[new.len()..]].concat()).unwrap();
    let storage = open(dir.path(), Options::without_fsync());
    assert_eq!(storage.undecided(2).unwrap(), [kept(0, true, &block(2))]);
    storage.keep_undecided(2, 1, false, &rival(2, 1)).unwrap();
    drop(storage);
    let storage = open(dir.path(), Options::without_fsync());
    assert_eq!(storage.undecided(2).unwrap(), [kept(0, true, &block(2)), kept(1, false, &rival(2, 1))]);
}

#[test]
fn a_flipped_bit_is_never_answered() {
    let dir = tempfile::tempdir().unwrap();
    let storage = open(dir.path(), Options::without_fsync());
    let all = [kept(0, true, &rival(1, 1)), kept(1, false, &rival(1, 2)), kept(2, false, &rival(1, 1))];
    all.iter().for_each(|one| storage.keep_undecided(1, one.round, one.own, &one.block).unwrap());
    drop(storage);
    let whole = fs::read(file(dir.path())).unwrap();
    for at in 0..whole.len() {
        let mut bent = whole.clone();
        bent[at] ^= 1 << (at % 8);
        fs::write(file(dir.path()), &bent).unwrap();
        match Storage::open(dir.path(), Options::without_fsync()) {
            // A process that another test starts holds the lock between its fork and its exec.
            Err(StorageError::Locked(_)) => {}
            Ok(storage) => {
                let found = storage.undecided(1).unwrap();
                assert!(at >= 20 && found.len() < 3, "byte {at}");
                assert!(found.iter().all(|one| all.contains(one)), "byte {at}");
            }
            Err(error) => assert!(at < 20, "byte {at}: {error}"),
        }
    }
}

#[derive(Debug, Clone)]
enum Step {
    Keep { round: u32, own: bool, name: u8 },
    Decide { name: u8 },
    Restart,
}

fn step() -> impl Strategy<Value = Step> {
    prop_oneof![
        6 => (0u32..6, any::<bool>(), 0u8..4).prop_map(|(round, own, name)| Step::Keep { round, own, name }),
        1 => (0u8..4).prop_map(|name| Step::Decide { name }),
        2 => Just(Step::Restart),
    ]
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(48))]

    #[test]
    fn any_history_leaves_what_the_model_has(steps in prop::collection::vec(step(), 1..30)) {
        let dir = tempfile::tempdir().unwrap();
        let mut storage = open(dir.path(), Options::without_fsync());
        let (mut height, mut model) = (1, Vec::<Undecided>::new());
        for step in steps {
            match step {
                Step::Keep { round, own, name } => {
                    let one = kept(round, own, &rival(height, name));
                    storage.keep_undecided(height, round, own, &one.block).unwrap();
                    if !model.contains(&one) {
                        model.push(one);
                    }
                }
                Step::Decide { name } => {
                    decide(&storage, &rival(height, name));
                    (height, model) = (height + 1, Vec::new());
                }
                Step::Restart => {
                    drop(storage);
                    storage = open(dir.path(), Options::without_fsync());
                }
            }
            prop_assert_eq!(&storage.undecided(height).unwrap(), &model);
        }
    }
}
