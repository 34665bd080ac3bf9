//! Settings of how a new node comes by the state.

use super::{Field, switch, text, whole};

/// Whether the state is fetched.
pub static STATE_SYNC: Field = Field {
    flag: Some("--state-sync"),
    says: "Whether a node without blocks fetches the state of a recent height from its peers, instead of executing all \
           blocks from the first one. A node with blocks goes on from there.",
    ..switch("state_sync", "enabled", "false")
};
/// Height of a block that is trusted.
pub static TRUST_HEIGHT: Field = Field {
    bound: "0 to 9223372036854775807",
    flag: Some("--trust-height"),
    says: "Height of a block that is known to be of this chain, from which headers are verified. 0 begins with the \
           validators of the genesis, which is sound as long as the genesis is younger than trust_period_hours.",
    ..whole("state_sync", "trust_height", "0")
};
/// Hash of that block.
pub static TRUST_HASH: Field = Field {
    bound: "64 hex digits, or nothing where trust_height is 0",
    flag: Some("--trust-hash"),
    says: "Hash of the block at trust_height, from somebody you trust: `curl HOST:26657/commit?height=N` shows it.",
    ..text("state_sync", "trust_hash", "")
};
/// How long a set of validators is trusted.
pub static TRUST_PERIOD: Field = Field {
    bound: "1 to 87600",
    says: "Hours for which validators are held to what they signed; older ones prove nothing. Shorter than the time in \
           which stake is given back.",
    ..whole("state_sync", "trust_period_hours", "336")
};
/// How fast others get it.
pub static SERVE_RATE: Field = Field {
    bound: "0 to 100000",
    says: "Megabytes a second, compressed, that all peers together may fetch of the state; 0 is no bound. Encoding them takes \
           a core for about each hundred.",
    ..whole("state_sync", "serve_mb_per_second", "50")
};
/// Whether others get the state here.
pub static SERVE_SNAPSHOTS: Field = Field {
    says: "Whether peers may fetch the state from this node. It costs memory while they do: what blocks change meanwhile.",
    ..switch("state_sync", "serve", "true")
};
