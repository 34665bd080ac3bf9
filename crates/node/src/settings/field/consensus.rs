//! Settings of when blocks are made and how validators agree on them.

use super::{BLOCK_SPAN, Field, SPAN, switch, text};

/// Interval of empty blocks.
pub static BLOCK_TIME: Field = Field {
    bound: BLOCK_SPAN,
    flag: Some("--block-time"),
    says: "Time after which a block is made though no transaction waits. Waiting transactions get theirs at once.",
    ..text("blocks", "time", "1s")
};
/// Wait after the first transaction.
pub static GATHER: Field = Field {
    bound: SPAN,
    flag: Some("--gather"),
    says: "Time a proposer waits after the first waiting transaction for others to join its block. Longer gives fuller \
           blocks, shorter gives earlier ones. Full blocks follow each other without waiting.",
    ..text("blocks", "gather", "2ms")
};
/// Patience with a proposer.
pub static TIMEOUT_PROPOSE: Field = Field {
    bound: BLOCK_SPAN,
    says: "Patience with a proposer from the start of a round, beyond blocks.time in the first one; then nil is voted for.",
    ..text("consensus", "timeout_propose", "1s")
};
/// More of it each round.
pub static TIMEOUT_PROPOSE_DELTA: Field = Field {
    bound: SPAN,
    says: "What each further round of a height adds to timeout_propose.",
    ..text("consensus", "timeout_propose_delta", "500ms")
};
/// Wait for more prevotes.
pub static TIMEOUT_PREVOTE: Field = Field {
    bound: BLOCK_SPAN,
    says: "Wait for further prevotes after two thirds have prevoted without agreeing.",
    ..text("consensus", "timeout_prevote", "300ms")
};
/// More of it each round.
pub static TIMEOUT_PREVOTE_DELTA: Field = Field {
    bound: SPAN,
    says: "What each further round of a height adds to timeout_prevote.",
    ..text("consensus", "timeout_prevote_delta", "200ms")
};
/// Wait for more precommits.
pub static TIMEOUT_PRECOMMIT: Field = Field {
    bound: BLOCK_SPAN,
    says: "Wait for further precommits after two thirds have precommitted without agreeing; then the next round begins.",
    ..text("consensus", "timeout_precommit", "300ms")
};
/// More of it each round.
pub static TIMEOUT_PRECOMMIT_DELTA: Field = Field {
    bound: SPAN,
    says: "What each further round of a height adds to timeout_precommit.",
    ..text("consensus", "timeout_precommit_delta", "200ms")
};
/// Whether blocks travel as ids.
pub static SMART_PROPAGATION: Field = Field {
    flag: Some("--smart-propagation"),
    says: "Whether this node proposes blocks by the short ids of transactions that others have already; those that lack \
           some fetch only these. false sends every transaction in full. Both kinds are understood from others.",
    ..switch("consensus", "smart_propagation", "true")
};
/// Whether execution runs beside the votes.
pub static OPTIMISTIC_PROCESSING: Field = Field {
    flag: Some("--optimistic-processing"),
    says: "Whether a block is executed while it is voted on, and the result dropped if another one is decided. false \
           executes after the decision. Results are the same.",
    ..switch("consensus", "optimistic_processing", "true")
};
