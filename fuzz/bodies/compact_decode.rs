//! What must hold of any bytes that are taken for a compact proposal: no panic, and one encoding each; what decodes can be
//! followed through to its end.

use std::sync::Arc;

use seiza_consensus::compact::CompactProposal;
use seiza_consensus::rebuild::Rebuild;

/// Decodes, encodes again, rebuilds without a mempool.
pub fn compact_decode(bytes: &[u8]) {
    let Ok(proposal) = CompactProposal::decode(bytes) else { return };
    assert_eq!(proposal.encode(), bytes, "a compact proposal has one encoding");
    assert_eq!(proposal.value_id().block, proposal.block());
    let (txs, whole) = (proposal.txs.len(), proposal.prefilled.len());
    let Ok(rebuild) = Rebuild::new(Arc::new(proposal), []) else { return };
    assert_eq!(rebuild.missing_count(), txs - whole);
    assert!(rebuild.finish().map_or(true, |block| block.txs.len() == txs), "as many as the proposal names");
}
