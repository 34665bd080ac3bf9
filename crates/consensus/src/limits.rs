//! Bounds on what peers may make this node hold, ask, and wait for. Each is named where it is exceeded.

use seiza_types::limits::BLOCK_BYTES_MAX;

/// Bytes of one encoded compact proposal: 64 Ki ids of 8 bytes, what is prefilled, header, commit and evidence.
pub const COMPACT_BYTES_MAX: usize = 2 << 20;
/// Transactions that a compact proposal may name.
pub const COMPACT_TXS_MAX: usize = 1 << 16;
/// Transactions below which all ids are full hashes: they are few enough to be cheap, and they cannot collide.
pub const FULL_IDS_BELOW: usize = 200;
/// Bytes of all prefilled transactions together.
pub const PREFILLED_BYTES_MAX: usize = 1 << 20;
/// Round of a proposal: with growing timeouts that is days of failing rounds, and finding its proposer stays cheap.
pub const ROUND_MAX: u32 = 10_000;
/// Bytes of the header, as protobuf.
pub const HEADER_BYTES_MAX: usize = 1 << 10;
/// Bytes of the last commit, as protobuf: about 2,000 validators.
pub const COMMIT_BYTES_MAX: usize = 256 << 10;
/// Pieces of evidence in one block.
pub const EVIDENCE_MAX: usize = 64;
/// Bytes of one piece of evidence, as protobuf.
pub const EVIDENCE_BYTES_MAX: usize = 2 << 10;

/// Bytes of every part of a block but the last.
pub const PART_BYTES: usize = 64 << 10;
/// Parts of one block: its transactions, and room for the header, commit, evidence and the encoding's own bytes.
pub const PARTS_MAX: u32 = (BLOCK_BYTES_MAX / PART_BYTES) as u32 + 32;
/// Hashes in a part's proof: the depth of a tree of `PARTS_MAX` leaves.
pub const PROOF_HASHES_MAX: usize = 9;

/// Requests that one fetch has under way, to all peers together.
pub const IN_FLIGHT_MAX: usize = 16;
/// Requests that one fetch has under way to one peer.
pub const IN_FLIGHT_PEER_MAX: usize = 4;
/// Positions in one request for transactions.
pub const INDEXES_PER_ASK: usize = 4_096;
/// Peers that one fetch knows.
pub const FETCH_PEERS_MAX: usize = 64;
/// Times that a peer may fail in a row before it is not asked again for this block.
pub const FAILURES_MAX: u32 = 3;

/// Executions of undecided blocks alive at one time.
pub const SPECULATIONS_MAX: usize = 2;

/// Pieces of evidence that wait to be included.
pub const EVIDENCE_PENDING_MAX: usize = 1_024;
/// Of these, those against one validator.
pub const EVIDENCE_PER_VALIDATOR_MAX: usize = 16;
/// Blocks after which evidence is too old, as CometBFT's `max_age_num_blocks`.
pub const EVIDENCE_AGE_BLOCKS: u64 = 100_000;
/// Included pieces of evidence that the pool remembers.
pub const EVIDENCE_COMMITTED_MAX: usize = 1 << 16;

/// Heights ahead of the current one for which proposals are kept: as many as the engine buffers votes for.
pub const PROPOSALS_HEIGHTS_AHEAD: u64 = 10;
/// Rounds ahead of the current one, and of 0 at a future height, for which proposals are kept.
pub const PROPOSALS_ROUNDS_AHEAD: u32 = 10;
/// Proposals kept in all.
pub const PROPOSALS_MAX: usize = 64;
/// Bytes of the proposals kept, encoded.
pub const PROPOSALS_BYTES_MAX: usize = 16 << 20;
/// Proposals kept of one proposer.
pub const PROPOSALS_PER_PROPOSER_MAX: usize = 8;
/// Proposals kept from one peer.
pub const PROPOSALS_PER_PEER_MAX: usize = 16;
/// Proposals kept of one height and round: two show that the proposer equivocates, a third would say no more.
pub const PROPOSALS_PER_ROUND_MAX: usize = 2;
/// Milliseconds that a proposal is kept.
pub const PROPOSALS_LIFETIME_MS: u64 = 30_000;

/// Rounds for which the message delay grows: at 10 % a round it is then 13,780 times the first.
pub const DELAY_GROWTH_ROUNDS_MAX: u32 = 100;
