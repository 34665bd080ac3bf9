//! Setting and removing keys, with the rotations of cosmos/iavl: same edits, same shape, same versions. A node in a mapped
//! file is taken into memory when it changes; its children stay where they are.

use std::cmp::Ordering;
use std::mem;
use std::sync::{Arc, OnceLock};

use seiza_state::Key;
use seiza_types::Height;

use super::node::{Inner, Leaf, Link};
use super::separator::Separator;
use crate::image::{Address, Files};
use crate::limits::PARALLEL_CHANGES;

/// Stands for a child that is being moved; never looked at.
const MOVED: Link = Link::Stored(Address::NOWHERE);

/// A change of a tree: where its stored nodes lie, and the version that whatever it touches gets.
#[derive(Clone, Copy)]
pub(super) struct Edit<'a> {
    pub(super) files: &'a Files,
    pub(super) version: Height,
}

impl Edit<'_> {
    /// Makes an inner node the tree's own, in memory and shared with no other tree, for a change: the hash is forgotten.
    /// `None` for a leaf.
    fn own<'l>(&self, link: &'l mut Link) -> Option<&'l mut Inner> {
        if let Link::Stored(address) = link {
            *link = Link::Inner(Arc::new(Link::Stored(*address).node(self.files).to_inner()?));
        }
        let Link::Inner(inner) = link else { return None };
        let inner = Arc::make_mut(inner);
        inner.version = self.version;
        inner.hash = OnceLock::new();
        Some(inner)
    }

    fn goes_left(&self, inner: &Inner, key: &Key) -> bool {
        inner.goes_left(key.as_bytes(), self.files)
    }

    /// Replaces leaves whose keys are all there, in key order. No node moves, so the halves of a tree are edited side by
    /// side; and whether this comes before or after moves of the same version makes no difference: what moves has that
    /// version anyway.
    pub(super) fn update(&self, link: &mut Link, leaves: &[Arc<Leaf>]) {
        let Some(inner) = self.own(link) else {
            debug_assert!(leaves.len() == 1, "only keys that are there are updated");
            *link = Link::Leaf(leaves[0].clone());
            return;
        };
        let (below, above) = leaves.split_at(leaves.partition_point(|leaf| self.goes_left(inner, &leaf.key)));
        let edit = |link, leaves: &[Arc<Leaf>]| {
            if !leaves.is_empty() {
                self.update(link, leaves);
            }
        };
        if leaves.len() < PARALLEL_CHANGES {
            edit(&mut inner.left, below);
            edit(&mut inner.right, above);
        } else {
            rayon::join(|| edit(&mut inner.left, below), || edit(&mut inner.right, above));
        }
    }

    /// Sets a key below `link`; answers whether it was there before (then no node moves).
    pub(super) fn set(&self, link: &mut Link, leaf: Arc<Leaf>) -> bool {
        let Some(node) = self.own(link) else { return self.meet(link, leaf) };
        let side = if self.goes_left(node, &leaf.key) { &mut node.left } else { &mut node.right };
        let updated = self.set(side, leaf);
        if !updated {
            node.measure(self.files);
            self.rebalance(link);
        }
        updated
    }

    /// A new leaf meets the one that is there: takes its place, or comes beside it.
    fn meet(&self, link: &mut Link, new: Arc<Leaf>) -> bool {
        let old = link.node(self.files).edge(false);
        let order = new.key.as_bytes().cmp(old.key_bytes());
        let (low, high) = match order {
            Ordering::Equal => {
                *link = Link::Leaf(new);
                return true;
            }
            Ordering::Less => (new.key.as_bytes(), old.key_bytes()),
            Ordering::Greater => (old.key_bytes(), new.key.as_bytes()),
        };
        let separator = Separator::between(low, high);
        let (new, old) = (Link::Leaf(new), link.clone());
        let (left, right) = if order == Ordering::Less { (new, old) } else { (old, new) };
        *link = Link::Inner(Arc::new(Inner::new(separator, left, right, self.version, self.files)));
        false
    }

    /// Removes a key that is known to be below `link`, which is no leaf; answers the separator for the new smallest key
    /// below it, where that changed: the parent to whose right `link` hangs has to take it over.
    pub(super) fn remove(&self, link: &mut Link, key: &Key) -> Option<Separator> {
        let node = self.own(link).expect("a leaf is removed by its parent");
        let left_side = self.goes_left(node, key);
        let side = if left_side { &mut node.left } else { &mut node.right };
        if side.node(self.files).height() == 0 {
            let smallest = left_side.then_some(node.separator);
            let sibling = mem::replace(if left_side { &mut node.right } else { &mut node.left }, MOVED);
            *link = sibling;
            return smallest;
        }
        let changed = self.remove(side, key);
        let mut smallest = None;
        match changed {
            Some(separator) if !left_side => node.separator = separator,
            changed => smallest = changed.filter(|_| left_side),
        }
        node.measure(self.files);
        self.rebalance(link);
        smallest
    }

    /// Brings the sides' heights to within one of each other.
    fn rebalance(&self, link: &mut Link) {
        let Some(node) = self.own(link) else { return };
        let balance = node.balance(self.files);
        if balance > 1 {
            if self.own(&mut node.left).is_some_and(|left| left.balance(self.files) < 0) {
                self.rotate_left(&mut node.left);
            }
            self.rotate_right(link);
        } else if balance < -1 {
            if self.own(&mut node.right).is_some_and(|right| right.balance(self.files) > 0) {
                self.rotate_right(&mut node.right);
            }
            self.rotate_left(link);
        }
    }

    /// The left child takes the node's place, the node becomes its right child.
    fn rotate_right(&self, link: &mut Link) {
        let node = self.own(link).expect("a leaf is in balance");
        let mut top = mem::replace(&mut node.left, MOVED);
        let pivot = self.own(&mut top).expect("the higher side is no leaf");
        node.left = mem::replace(&mut pivot.right, MOVED);
        node.measure(self.files);
        pivot.right = mem::replace(link, MOVED);
        pivot.measure(self.files);
        *link = top;
    }

    /// The right child takes the node's place, the node becomes its left child.
    fn rotate_left(&self, link: &mut Link) {
        let node = self.own(link).expect("a leaf is in balance");
        let mut top = mem::replace(&mut node.right, MOVED);
        let pivot = self.own(&mut top).expect("the higher side is no leaf");
        node.right = mem::replace(&mut pivot.left, MOVED);
        node.measure(self.files);
        pivot.left = mem::replace(link, MOVED);
        pivot.measure(self.files);
        *link = top;
    }
}
