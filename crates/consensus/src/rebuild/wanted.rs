//! Which places of the block a transaction of the pool can take.

use seiza_types::B256;

use crate::compact::{ShortIdKey, TxIds};

/// The ids of a proposal, sorted, each with its place.
///
/// Sorted and searched rather than hashed: a proposer chooses the ids that it writes, and could choose those that a table
/// handles badly.
pub(super) enum Wanted {
    Full(Vec<(B256, u32)>),
    Short(ShortIdKey, Vec<(u64, u32)>),
}

impl Wanted {
    pub fn of(ids: &TxIds, key: ShortIdKey) -> Self {
        match ids {
            TxIds::Full(ids) => Self::Full(sorted(ids)),
            TxIds::Short(ids) => Self::Short(key, sorted(ids)),
        }
    }

    /// The places, as a run of pairs of which only the second counts.
    pub fn places(&self, hash: &B256) -> impl Iterator<Item = u32> {
        let (full, short) = match self {
            Self::Full(ids) => (run(ids, hash), &[][..]),
            Self::Short(key, ids) => (&[][..], run(ids, &key.id(hash))),
        };
        full.iter().map(|(_, place)| *place).chain(short.iter().map(|(_, place)| *place))
    }
}

fn sorted<Id: Ord + Copy>(ids: &[Id]) -> Vec<(Id, u32)> {
    let mut ids: Vec<(Id, u32)> = ids.iter().copied().zip(0..).collect();
    ids.sort_unstable();
    ids
}

fn run<'a, Id: Ord>(ids: &'a [(Id, u32)], id: &Id) -> &'a [(Id, u32)] {
    let from = ids.partition_point(|(other, _)| other < id);
    let length = ids[from..].iter().take_while(|(other, _)| other == id).count();
    &ids[from..from + length]
}
