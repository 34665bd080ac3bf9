//! Setting and removing keys, with the rotations of cosmos/iavl: same edits, same shape, same versions.

use std::cmp::Ordering;
use std::mem;
use std::sync::Arc;

use seiza_state::Key;
use seiza_types::Height;

use super::node::{Inner, Leaf, Link};
use crate::limits::PARALLEL_CHANGES;

/// Replaces leaves whose keys are all there, in key order. No node moves, so the halves of a tree are edited side by side;
/// and whether this comes before or after moves of the same version makes no difference: what moves has that version anyway.
pub(super) fn update(link: &mut Link, leaves: &[Arc<Leaf>], version: Height) {
    match link {
        Link::Leaf(old) => {
            debug_assert!(leaves.len() == 1 && old.key == leaves[0].key, "only keys that are there are updated");
            *old = leaves[0].clone();
        }
        Link::Inner(inner) => {
            let Inner { key, left, right, .. } = Inner::own(inner, version);
            let (below, above) = leaves.split_at(leaves.partition_point(|leaf| leaf.key < *key));
            let edit = |link, leaves: &[Arc<Leaf>]| {
                if !leaves.is_empty() {
                    update(link, leaves, version);
                }
            };
            if leaves.len() < PARALLEL_CHANGES {
                edit(left, below);
                edit(right, above);
            } else {
                rayon::join(|| edit(left, below), || edit(right, above));
            }
        }
    }
}

/// Sets a key below `link`; answers whether it was there before (then no node moves).
pub(super) fn set(link: &mut Link, leaf: Arc<Leaf>, version: Height) -> bool {
    match link {
        Link::Leaf(old) => match leaf.key.cmp(&old.key) {
            Ordering::Equal => {
                *link = Link::Leaf(leaf);
                true
            }
            order => {
                *link = Link::Inner(Arc::new(pair(leaf, old.clone(), order, version)));
                false
            }
        },
        Link::Inner(inner) => {
            let node = Inner::own(inner, version);
            let side = if leaf.key < node.key { &mut node.left } else { &mut node.right };
            let updated = set(side, leaf, version);
            if !updated {
                node.measure();
                rebalance(inner, version);
            }
            updated
        }
    }
}

/// The node over a new leaf and the one it met; `order` is that of the new key against the old.
fn pair(new: Arc<Leaf>, old: Arc<Leaf>, order: Ordering, version: Height) -> Inner {
    let (left, right) = if order == Ordering::Less { (new, old) } else { (old, new) };
    Inner::new(right.key.clone(), Link::Leaf(left), Link::Leaf(right), version)
}

/// Removes a key that is known to be below `link`, which is no leaf; answers the new smallest key below it, where that
/// changed: the parent to whose right `link` hangs has to take it over.
pub(super) fn remove(link: &mut Link, key: &Key, version: Height) -> Option<Key> {
    let Link::Inner(inner) = link else { unreachable!("a leaf is removed by its parent") };
    let left_side = *key < inner.key;
    if matches!(inner.child(key), Link::Leaf(_)) {
        let (sibling, smallest) =
            if left_side { (inner.right.clone(), Some(inner.key.clone())) } else { (inner.left.clone(), None) };
        *link = sibling;
        return smallest;
    }
    let node = Inner::own(inner, version);
    let mut smallest = None;
    if left_side {
        smallest = remove(&mut node.left, key, version);
    } else if let Some(changed) = remove(&mut node.right, key, version) {
        node.key = changed;
    }
    node.measure();
    rebalance(inner, version);
    smallest
}

/// Brings the sides' heights to within one of each other. `inner` is owned already.
fn rebalance(inner: &mut Arc<Inner>, version: Height) {
    let balance = inner.balance();
    if balance > 1 {
        let node = Inner::own(inner, version);
        if let Link::Inner(left) = &mut node.left
            && left.balance() < 0
        {
            rotate_left(left, version);
        }
        rotate_right(inner, version);
    } else if balance < -1 {
        let node = Inner::own(inner, version);
        if let Link::Inner(right) = &mut node.right
            && right.balance() > 0
        {
            rotate_right(right, version);
        }
        rotate_left(inner, version);
    }
}

/// The left child takes the node's place, the node becomes its right child.
fn rotate_right(top: &mut Arc<Inner>, version: Height) {
    let Link::Inner(mut pivot) = top.left.clone() else { unreachable!("the higher side is no leaf") };
    let node = Inner::own(top, version);
    drop(mem::replace(&mut node.left, pivot.right.clone()));
    node.measure();
    mem::swap(top, &mut pivot);
    let pivot_owned = Inner::own(top, version);
    pivot_owned.right = Link::Inner(pivot);
    pivot_owned.measure();
}

/// The right child takes the node's place, the node becomes its left child.
fn rotate_left(top: &mut Arc<Inner>, version: Height) {
    let Link::Inner(mut pivot) = top.right.clone() else { unreachable!("the higher side is no leaf") };
    let node = Inner::own(top, version);
    drop(mem::replace(&mut node.right, pivot.left.clone()));
    node.measure();
    mem::swap(top, &mut pivot);
    let pivot_owned = Inner::own(top, version);
    pivot_owned.left = Link::Inner(pivot);
    pivot_owned.measure();
}
