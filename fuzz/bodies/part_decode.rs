//! What must hold of any bytes that are taken for a part of a block: no panic, and one encoding each; and a set takes none
//! whose proof does not lead to its root.

use seiza_consensus::parts::{Part, PartSet, Parts};

/// Decodes, encodes again, offers it to a set of other parts.
pub fn part_decode(bytes: &[u8]) {
    let Ok(part) = Part::decode(bytes) else { return };
    assert_eq!(part.encode(), bytes, "a part has one encoding");
    let others = Parts::of_bytes(vec![0xda; 200_000].into());
    let mut set = PartSet::new(others.header()).expect("four parts");
    let taken = set.add(part.clone()).is_ok();
    assert_eq!(taken, others.part(part.index) == Some(part), "only a part of the set is taken");
}
