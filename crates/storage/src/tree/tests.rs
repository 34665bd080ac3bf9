//! The tree against an ordered map (what it holds), against a naive tree (its roots), and against `ics23` (its proofs).

use std::collections::BTreeMap;

use ics23::{HostFunctionsManager, commitment_proof::Proof};
use proptest::collection::vec;
use proptest::prelude::*;
use seiza_state::{StoreId, Value};

use super::naive::NaiveTree;
use super::*;

fn key(path: &[u8]) -> Key {
    Key::new(StoreId::Evm, &[path])
}

/// One edit: a path of one or two bytes, and a value or a removal.
type Edit = (Vec<u8>, Option<u8>);

fn any_edits() -> impl Strategy<Value = Vec<Vec<Edit>>> {
    let edit = (vec(0u8..24, 1..3), prop_oneof![3 => any::<u8>().prop_map(Some), 2 => Just(None)]);
    vec(vec(edit, 0..60), 1..12)
}

struct Pair {
    tree: Tree,
    naive: NaiveTree,
    model: BTreeMap<Vec<u8>, (u8, Height)>,
}

impl Pair {
    fn new() -> Self {
        Self { tree: Tree::default(), naive: NaiveTree::default(), model: BTreeMap::new() }
    }

    fn block(&mut self, version: Height, edits: &[Edit]) {
        self.naive.version = i64::try_from(version).unwrap();
        for (path, value) in edits {
            match value {
                Some(value) => {
                    self.tree.set(Leaf::new(key(path), Value::from(&[*value][..]), version), version);
                    self.naive.set(path, &[*value]);
                    self.model.insert(path.clone(), (*value, version));
                }
                None => {
                    self.tree.remove(&key(path), version);
                    self.naive.remove(path);
                    self.model.remove(path);
                }
            }
        }
    }

    fn check(&self) {
        assert_eq!(self.tree.root().as_slice(), self.naive.root(), "roots");
        assert_eq!(contents(&self.tree, &KeyRange::store(StoreId::Evm)), self.model);
        check_shape(self.tree.node());
    }
}

fn contents(tree: &Tree, range: &KeyRange) -> BTreeMap<Vec<u8>, (u8, Height)> {
    let mut found = BTreeMap::new();
    tree.scan(range, &mut |leaf| {
        found.insert(leaf.key.path().to_vec(), (leaf.value[0], leaf.version));
        true
    });
    found
}

/// Balance, sizes, heights and separators of every node.
fn check_shape(node: Option<Node<'_>>) {
    let Some((node, (left, right))) = node.and_then(|node| Some((node, node.children()?))) else { return };
    assert!(left.height().abs_diff(right.height()) <= 1, "balance");
    assert_eq!(node.size(), left.size() + right.size());
    assert_eq!(node.height(), 1 + left.height().max(right.height()));
    let smallest = right.edge(false).key_bytes();
    assert!(smallest.starts_with(node.separator().as_slice()), "the separator begins the smallest key on the right");
    assert!(node.goes_left(left.edge(true).key_bytes()) && !node.goes_left(smallest));
    check_shape(Some(left));
    check_shape(Some(right));
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn any_history_gives_the_naive_root_and_the_models_contents(blocks in any_edits()) {
        let mut pair = Pair::new();
        let mut kept = Vec::new();
        for (version, edits) in (1..).zip(&blocks) {
            pair.block(version, edits);
            pair.check();
            kept.push((pair.tree.clone(), pair.tree.root(), pair.model.clone()));
        }
        for (tree, root, model) in kept {
            prop_assert_eq!(tree.root(), root, "an older state does not change");
            prop_assert_eq!(contents(&tree, &KeyRange::store(StoreId::Evm)), model);
        }
    }

    #[test]
    fn updating_many_at_once_is_setting_them_in_their_turn(blocks in any_edits()) {
        let mut pair = Pair::new();
        for (version, edits) in (1..).zip(&blocks) {
            let edits: BTreeMap<_, _> = edits.iter().cloned().collect();
            let updates: Vec<_> = edits
                .iter()
                .filter_map(|(path, value)| Some((path, (*value)?)))
                .filter(|(path, _)| pair.model.contains_key(*path))
                .map(|(path, value)| Leaf::new(key(path), Value::from(&[value][..]), version))
                .collect();
            let mut batched = pair.tree.clone();
            batched.update(&updates, version);
            let rest = edits.iter().filter(|(path, value)| value.is_none() || !pair.model.contains_key(*path));
            for (path, value) in rest {
                match value {
                    Some(value) => batched.set(Leaf::new(key(path), Value::from(&[*value][..]), version), version),
                    None => batched.remove(&key(path), version),
                }
            }
            pair.block(version, &edits.into_iter().collect::<Vec<_>>());
            pair.check();
            prop_assert_eq!(batched.root(), pair.tree.root());
            pair.tree = batched;
        }
    }

    #[test]
    fn roots_do_not_depend_on_when_they_are_asked(blocks in any_edits()) {
        let (mut asked, mut silent) = (Pair::new(), Pair::new());
        for (version, edits) in (1..).zip(&blocks) {
            asked.block(version, edits);
            silent.block(version, edits);
            asked.tree.root();
        }
        prop_assert_eq!(asked.tree.root(), silent.tree.root());
    }

    #[test]
    fn ranges_are_those_of_the_model(blocks in any_edits(), start in vec(0u8..25, 0..3), end in vec(0u8..25, 0..3), stop in 0usize..20) {
        let mut pair = Pair::new();
        (1..).zip(&blocks).for_each(|(version, edits)| pair.block(version, edits));
        let range = KeyRange { start: key(&start), end: Some(key(&end)) };
        let expected: Vec<_> = pair.model.iter().filter(|(path, _)| range.contains(&key(path))).map(|(path, _)| path.clone()).collect();
        let mut found = Vec::new();
        let through = pair.tree.scan(&range, &mut |leaf| {
            found.push(leaf.key.path().to_vec());
            found.len() < stop.max(1)
        });
        prop_assert_eq!(&found[..], &expected[..found.len()]);
        prop_assert_eq!(through, found.len() == expected.len() && found.len() < stop.max(1));
    }

    #[test]
    fn every_key_is_proved_present_or_absent(blocks in any_edits(), asked in vec(vec(0u8..25, 1..4), 1..20)) {
        let mut pair = Pair::new();
        (1..).zip(&blocks).for_each(|(version, edits)| pair.block(version, edits));
        let (root, spec) = (pair.tree.root().to_vec(), ics23::iavl_spec());
        for path in pair.model.keys().chain(&asked) {
            let Some(proof) = pair.tree.prove(&key(path)) else {
                prop_assert!(pair.model.is_empty());
                continue;
            };
            let present = |value: &[u8]| ics23::verify_membership::<HostFunctionsManager>(&proof, &spec, &root, path, value);
            let absent = |path: &[u8]| ics23::verify_non_membership::<HostFunctionsManager>(&proof, &spec, &root, path);
            match pair.model.get(path) {
                Some((value, _)) => {
                    prop_assert!(present(&[*value]));
                    prop_assert!(!present(&[value ^ 1]));
                    prop_assert!(!absent(path));
                }
                None => {
                    prop_assert!(absent(path), "{:?}", path);
                    prop_assert!(!present(&[0]));
                    let neighbours = pair.model.keys().all(|present| !absent(present));
                    prop_assert!(neighbours, "no present key is shown absent");
                }
            }
        }
    }
}

#[test]
fn an_empty_tree_has_the_root_that_cosmos_gives_it() {
    let expected = "0xe3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855";
    assert_eq!(Tree::default().root().to_string(), expected);
    assert!(Tree::default().prove(&key(b"a")).is_none());
    let mut tree = Tree::default();
    tree.set(Leaf::new(key(b"a"), Value::default(), 1), 1);
    tree.remove(&key(b"a"), 2);
    assert_eq!(tree.root().to_string(), expected, "emptied");
}

/// Two leaves by hand: the preimages as cosmos/iavl's `writeHashBytes` writes them.
#[test]
fn two_leaves_hash_as_written_down() {
    let mut tree = Tree::default();
    tree.set(Leaf::new(key(b"a"), Value::from(&b"1"[..]), 300), 300);
    tree.set(Leaf::new(key(b"b"), Value::from(&b"2"[..]), 300), 300);
    let leaf = |path: u8, value: &[u8]| {
        let mut preimage = vec![0, 2, 0xd8, 0x04, 1, path, 32];
        preimage.extend(Sha256::digest(value));
        Sha256::digest(preimage)
    };
    let mut preimage = vec![2, 4, 0xd8, 0x04, 32];
    preimage.extend(leaf(b'a', b"1"));
    preimage.push(32);
    preimage.extend(leaf(b'b', b"2"));
    assert_eq!(tree.root().as_slice(), &Sha256::digest(preimage)[..]);
}

#[test]
fn many_keys_hash_alike_on_one_core_and_on_many() {
    let mut trees = [Tree::default(), Tree::default()];
    for tree in &mut trees {
        for number in 0..20_000u32 {
            let mixed = number.wrapping_mul(2_654_435_761).to_be_bytes();
            tree.set(Leaf::new(key(&mixed), Value::from(&mixed[..2]), 7), 7);
        }
    }
    let one = rayon::ThreadPoolBuilder::new().num_threads(1).build().unwrap();
    let many = rayon::ThreadPoolBuilder::new().num_threads(7).build().unwrap();
    assert_eq!(one.install(|| trees[0].root()), many.install(|| trees[1].root()));
}

/// Enough keys that batches are split over cores, at every level.
#[test]
fn large_batches_equal_single_sets() {
    let path = |number: u32| number.wrapping_mul(2_654_435_761).to_be_bytes();
    let leaf = |number: u32, version| Leaf::new(key(&path(number)), Value::from(&number.to_be_bytes()[..]), version);
    let mut tree = Tree::default();
    (0..6_000).for_each(|number| tree.set(leaf(number, 1), 1));
    let mut batched = tree.clone();
    let mut updates: Vec<_> = (0..6_000).step_by(2).map(|number| leaf(number, 2)).collect();
    updates.iter().for_each(|leaf| tree.set(leaf.clone(), 2));
    updates.sort_by(|a, b| a.key.cmp(&b.key));
    batched.update(&updates, 2);
    assert_eq!(batched.root(), tree.root());
    check_shape(batched.node());
}

#[test]
fn proofs_name_what_the_tree_holds() {
    let mut tree = Tree::default();
    for number in 0..50u8 {
        tree.set(Leaf::new(key(&[number * 2]), Value::from(&[number][..]), 1), 1);
    }
    let Some(Proof::Nonexist(absent)) = tree.prove(&key(&[51])).unwrap().proof else { panic!("51 is odd") };
    assert_eq!((absent.left.unwrap().key, absent.right.unwrap().key), (vec![50], vec![52]));
    let Some(Proof::Nonexist(first)) = tree.prove(&key(&[])).unwrap().proof else { panic!("nothing is empty") };
    assert_eq!((first.left, first.right.unwrap().key), (None, vec![0]));
    let Some(Proof::Nonexist(last)) = tree.prove(&key(&[200])).unwrap().proof else { panic!("200 is beyond") };
    assert_eq!((last.left.unwrap().key, last.right), (vec![98], None));
}
