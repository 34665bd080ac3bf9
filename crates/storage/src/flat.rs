//! The head's fast path: a persistent hash trie from key to leaf, so that a point read costs a few cache misses instead
//! of a walk down a search tree.
//!
//! Like the trees it is a value: cloning shares everything, editing copies only what others still use. It holds the trees'
//! own leaves, so keys and values exist once. The hash is keyed by the process, so that nobody can choose colliding keys;
//! nothing that anyone can observe depends on it, because ranges are read from the trees.

use std::hash::{BuildHasher as _, RandomState};
use std::sync::{Arc, LazyLock};

use seiza_state::Key;

use crate::tree::Leaf;

/// Bits of the hash that one level consumes.
const LEVEL_BITS: u32 = 5;
/// Levels that a 64-bit hash serves; below them a bucket is searched one by one.
const LEVELS_MAX: u32 = 12;

static SEED: LazyLock<RandomState> = LazyLock::new(RandomState::new);

/// A persistent map from key to leaf.
#[derive(Debug, Clone, Default)]
pub(crate) struct Flat {
    root: Node,
}

/// Up to 32 children; bit `i` of `bits` says whether child `i` exists, and children lie densely in that order.
/// Below the last level, `bits` is 0 and the children are a bucket of leaves with one hash.
#[derive(Debug, Clone, Default)]
struct Node {
    bits: u32,
    slots: Arc<[Slot]>,
}

#[derive(Debug, Clone)]
enum Slot {
    Leaf(Arc<Leaf>),
    Node(Node),
}

impl Flat {
    /// The leaf of a key.
    pub(crate) fn get(&self, key: &Key) -> Option<&Arc<Leaf>> {
        find(&self.root, hash(key), key)
    }

    /// Puts a leaf, in the place of the one with its key if there is one.
    pub(crate) fn insert(&mut self, leaf: Arc<Leaf>) {
        let hash = hash(&leaf.key);
        insert(&mut self.root, hash, 0, leaf);
    }

    /// Removes the leaf of a key, if there is one.
    pub(crate) fn remove(&mut self, key: &Key) {
        remove(&mut self.root, hash(key), 0, key);
    }
}

fn hash(key: &Key) -> u64 {
    SEED.hash_one(key)
}

/// The bit of a hash at a level, and how many children lie before it.
fn place(bits: u32, hash: u64, level: u32) -> (u32, usize) {
    let bit = 1u32 << ((hash >> (level * LEVEL_BITS)) & 31);
    (bit, (bits & (bit - 1)).count_ones() as usize)
}

fn find<'a>(mut node: &'a Node, hash: u64, key: &Key) -> Option<&'a Arc<Leaf>> {
    for level in 0..LEVELS_MAX {
        let (bit, index) = place(node.bits, hash, level);
        if node.bits & bit == 0 {
            return None;
        }
        match &node.slots[index] {
            Slot::Leaf(leaf) => return (leaf.key == *key).then_some(leaf),
            Slot::Node(below) => node = below,
        }
    }
    node.slots.iter().find_map(|slot| match slot {
        Slot::Leaf(leaf) if leaf.key == *key => Some(leaf),
        _ => None,
    })
}

fn insert(node: &mut Node, hash_of_leaf: u64, level: u32, leaf: Arc<Leaf>) {
    if level == LEVELS_MAX {
        return insert_in_bucket(&mut node.slots, leaf);
    }
    let (bit, index) = place(node.bits, hash_of_leaf, level);
    if node.bits & bit == 0 {
        node.bits |= bit;
        node.slots = with(&node.slots, index, Slot::Leaf(leaf));
        return;
    }
    match &mut Arc::make_mut(&mut node.slots)[index] {
        Slot::Node(below) => insert(below, hash_of_leaf, level + 1, leaf),
        Slot::Leaf(old) if old.key == leaf.key => *old = leaf,
        slot @ Slot::Leaf(_) => {
            let mut below = Node::default();
            if let Slot::Leaf(old) = slot {
                insert(&mut below, hash(&old.key), level + 1, old.clone());
            }
            insert(&mut below, hash_of_leaf, level + 1, leaf);
            *slot = Slot::Node(below);
        }
    }
}

fn insert_in_bucket(slots: &mut Arc<[Slot]>, leaf: Arc<Leaf>) {
    match slots.iter().position(|slot| holds(slot, &leaf.key)) {
        Some(index) => Arc::make_mut(slots)[index] = Slot::Leaf(leaf),
        None => *slots = with(slots, slots.len(), Slot::Leaf(leaf)),
    }
}

fn holds(slot: &Slot, key: &Key) -> bool {
    matches!(slot, Slot::Leaf(leaf) if leaf.key == *key)
}

/// The children with one more, at `index`.
fn with(slots: &[Slot], index: usize, slot: Slot) -> Arc<[Slot]> {
    let mut wider = Vec::with_capacity(slots.len() + 1);
    wider.extend_from_slice(&slots[..index]);
    wider.push(slot);
    wider.extend_from_slice(&slots[index..]);
    wider.into()
}

/// The children without the one at `index`.
fn without(slots: &[Slot], index: usize) -> Arc<[Slot]> {
    slots[..index].iter().chain(&slots[index + 1..]).cloned().collect()
}

/// Removes a key below `node`. Chains of nodes with a single leaf are kept: they are rare and do no harm.
fn remove(node: &mut Node, hash: u64, level: u32, key: &Key) {
    if level == LEVELS_MAX {
        if let Some(index) = node.slots.iter().position(|slot| holds(slot, key)) {
            node.slots = without(&node.slots, index);
        }
        return;
    }
    let (bit, index) = place(node.bits, hash, level);
    if node.bits & bit == 0 {
        return;
    }
    let gone = match &mut Arc::make_mut(&mut node.slots)[index] {
        Slot::Leaf(leaf) => leaf.key == *key,
        Slot::Node(below) => {
            remove(below, hash, level + 1, key);
            below.slots.is_empty()
        }
    };
    if gone {
        node.slots = without(&node.slots, index);
        node.bits &= !bit;
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use proptest::collection::vec;
    use proptest::prelude::*;
    use seiza_state::{StoreId, Value};

    use super::*;

    fn key(number: u16) -> Key {
        Key::new(StoreId::Bank, &[&number.to_be_bytes()])
    }

    fn leaf(number: u16, value: u8) -> Arc<Leaf> {
        Leaf::new(key(number), Value::from(&[value][..]), 1)
    }

    proptest! {
        #[test]
        fn equals_an_ordered_map(ops in vec((0u16..600, any::<u8>(), 0u8..4), 0..3000)) {
            let (mut flat, mut model) = (Flat::default(), BTreeMap::new());
            let mut before = None;
            for (index, (number, value, kind)) in ops.into_iter().enumerate() {
                if kind == 0 {
                    flat.remove(&key(number));
                    model.remove(&number);
                } else {
                    flat.insert(leaf(number, value));
                    model.insert(number, value);
                }
                if index == 500 {
                    before = Some((flat.clone(), model.clone()));
                }
            }
            for (flat, model) in before.into_iter().chain([(flat, model)]) {
                for number in 0..600 {
                    let found = flat.get(&key(number)).map(|leaf| leaf.value[0]);
                    prop_assert_eq!(found, model.get(&number).copied());
                }
            }
        }
    }

    #[test]
    fn keys_with_one_hash_share_a_bucket() {
        let mut root = Node::default();
        for number in 0..5u16 {
            insert(&mut root, 42, LEVELS_MAX, leaf(number, 1));
        }
        insert(&mut root, 42, LEVELS_MAX, leaf(3, 9));
        remove(&mut root, 42, LEVELS_MAX, &key(1));
        let values: Vec<u8> = root
            .slots
            .iter()
            .map(|slot| match slot {
                Slot::Leaf(leaf) => leaf.value[0],
                Slot::Node(_) => unreachable!("a bucket has leaves only"),
            })
            .collect();
        assert_eq!(values, [1, 1, 9, 1]);
    }
}
