//! How long an answer may take before somebody else is asked. Its peer may still answer: late answers count.

/// What a request costs beside the round trip: the peer's own work, and links that are not idle.
const SLACK_MS: u64 = 20;
/// Positions whose transactions come in a millisecond: at 200 bytes each, about 13 Mbit/s.
const TXS_PER_MS: u64 = 8;
/// What a part takes at about 10 Mbit/s.
const PART_MS: u64 = 50;

/// For `txs` transactions: about one round trip, and never more than a quarter of the propose timeout.
pub(super) fn for_txs(rtt_ms: u64, txs: usize, propose_timeout_ms: u64) -> u64 {
    let patience = rtt_ms.saturating_mul(5) / 4 + SLACK_MS + txs as u64 / TXS_PER_MS;
    patience.min(propose_timeout_ms / 4)
}

/// For a part behind `ahead` others from the same peer: never more than half of the propose timeout.
pub(super) fn for_part(rtt_ms: u64, ahead: usize, propose_timeout_ms: u64) -> u64 {
    let patience = rtt_ms.saturating_mul(2) + SLACK_MS + PART_MS * (ahead as u64 + 2);
    patience.min(propose_timeout_ms / 2)
}
