//! The validator sets that votes and evidence are judged by.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex};

use malachitebft_core_consensus::MisbehaviorEvidence;
use seiza_types::Evidence;

use crate::context::Seiza;
use crate::convert;
use crate::limits::SETS_KEPT;
use crate::words::{Decision, HeightParams};

/// Validator sets of the last heights, for evidence.
#[derive(Clone, Default)]
pub(crate) struct Sets(Arc<Mutex<BTreeMap<u64, seiza_types::ValidatorSet>>>);

impl Sets {
    /// Keeps the set of a height about to start.
    pub(crate) fn keep(&self, params: &HeightParams) {
        let mut sets = self.0.lock().expect("nobody panics while keeping sets");
        sets.insert(params.height, params.validators.clone());
        while sets.len() > SETS_KEPT {
            sets.pop_first();
        }
    }

    /// The set of a height that has started lately.
    pub(crate) fn get(&self, height: u64) -> Option<seiza_types::ValidatorSet> {
        self.0.lock().expect("nobody panics while keeping sets").get(&height).cloned()
    }

    /// Double votes seen in the decided height, as evidence.
    pub(crate) fn evidence(&self, decision: &Decision, seen: &MisbehaviorEvidence<Seiza>) -> Vec<Evidence> {
        let sets = self.0.lock().expect("nobody panics while keeping sets");
        let set = sets.get(&decision.height);
        set.map(|set| convert::evidence(seen, set, decision.value.time())).unwrap_or_default()
    }
}
