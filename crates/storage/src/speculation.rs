//! States computed ahead of their commit, so that committing a changeset whose root was asked for computes nothing twice.
//!
//! States are recognised by the identity of their changesets (`Arc::ptr_eq`), never by content: a match is certain and
//! free, a miss costs one computation and no correctness.

use std::collections::VecDeque;
use std::sync::Arc;

use seiza_state::Changeset;

use crate::limits::SPECULATIONS_MAX;
use crate::version::Version;

/// Changesets over the head, the oldest first.
type Layers = [Arc<Changeset>];

/// Computed states above one head.
#[derive(Debug)]
pub(crate) struct Speculation {
    head: Arc<Version>,
    /// The changeset that led to the head: who built on the height before is recognised by it.
    last: Option<Arc<Changeset>>,
    computed: VecDeque<(Vec<Arc<Changeset>>, Arc<Version>)>,
}

/// Where to begin with computing a state.
#[derive(Debug)]
pub(crate) struct Start {
    /// The head at that time.
    pub(crate) base: Arc<Version>,
    /// The nearest state known.
    pub(crate) version: Arc<Version>,
    /// The layers over `base` that `version` holds already.
    pub(crate) done: Vec<Arc<Changeset>>,
    /// The layers still to be applied.
    pub(crate) left: Vec<Arc<Changeset>>,
}

impl Speculation {
    /// Nothing computed above `head`.
    pub(crate) fn new(head: Arc<Version>) -> Self {
        Self { head, last: None, computed: VecDeque::new() }
    }

    /// Where to begin on the way to `layers`, of which the first ones may have become the head meanwhile.
    pub(crate) fn start(&self, layers: &Layers) -> Start {
        self.start_at_head(self.above_head(layers).unwrap_or(layers))
    }

    /// Where to begin on the way to `layers` over the head.
    pub(crate) fn start_at_head(&self, layers: &Layers) -> Start {
        let found = (1..=layers.len()).rev().find_map(|count| Some((count, self.find(&layers[..count])?)));
        let (count, version) = found.unwrap_or_else(|| (0, self.head.clone()));
        Start { base: self.head.clone(), version, done: layers[..count].to_vec(), left: layers[count..].to_vec() }
    }

    /// Remembers the state that `layers` over `base` lead to, dropping the oldest beyond the bound. Where the head has moved
    /// on since, it stays of use only if the head is on the way.
    pub(crate) fn remember(&mut self, base: &Arc<Version>, layers: &Layers, version: Arc<Version>) {
        let above = if Arc::ptr_eq(base, &self.head) { Some(layers) } else { self.above_head(layers) };
        let Some(layers) = above.filter(|layers| !layers.is_empty() && self.find(layers).is_none()) else { return };
        let layers = layers.to_vec();
        if self.computed.len() == SPECULATIONS_MAX {
            self.computed.pop_front();
        }
        self.computed.push_back((layers, version));
    }

    /// The head moves to `head` by `changes`: what was computed above it stays, all else goes.
    pub(crate) fn advance(&mut self, head: Arc<Version>, changes: Arc<Changeset>) {
        self.computed.retain_mut(|(layers, _)| {
            let stays = layers.len() > 1 && Arc::ptr_eq(&layers[0], &changes);
            if stays {
                layers.remove(0);
            }
            stays
        });
        self.head = head;
        self.last = Some(changes);
    }

    /// Whether nothing is computed above the head.
    pub(crate) fn is_idle(&self) -> bool {
        self.computed.is_empty()
    }

    /// The same state in another place becomes the head; what was computed above the old one goes.
    pub(crate) fn replace_head(&mut self, head: Arc<Version>) {
        self.computed.clear();
        self.head = head;
    }

    fn find(&self, layers: &Layers) -> Option<Arc<Version>> {
        self.computed.iter().find(|(known, _)| same(known, layers)).map(|(_, version)| version.clone())
    }

    /// The layers behind the one that led to the head; `None` where it is not among them.
    fn above_head<'a>(&self, layers: &'a Layers) -> Option<&'a Layers> {
        let last = self.last.as_ref()?;
        let position = layers.iter().rposition(|layer| Arc::ptr_eq(layer, last))?;
        Some(&layers[position + 1..])
    }
}

fn same(a: &Layers, b: &Layers) -> bool {
    a.len() == b.len() && a.iter().zip(b).all(|(a, b)| Arc::ptr_eq(a, b))
}
