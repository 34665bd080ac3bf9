//! Every key of module validators.
//!
//! | key | value |
//! |---|---|
//! | staking `0x10 \| height mod 4` | the set that decides `height` (CometBFT's protobuf), behind that height (8, big-endian) |
//! | staking `0x11 \| height (8)` | the set from whose height on these validators, with these powers, decide |
//! | slashing `0x10 \| validator (20) \| height (8) \| round (4) \| kind (1)` | evidence of that offence, behind the height that holds it (8) |

use seiza_state::{Key, KeyRange, StoreId};
use seiza_types::{CastVote, Evidence, Height, VoteKind};

/// Sets that a state holds: of the height before it, its own, and the two after.
const SLOTS: u64 = 4;

/// The set that decides `height`.
#[must_use]
pub fn set(height: Height) -> Key {
    let slot = u8::try_from(height % SLOTS).expect("less than 4");
    Key::new(StoreId::Staking, &[&[0x10, slot]])
}

/// The members from `height` on.
#[must_use]
pub fn members(height: Height) -> Key {
    Key::new(StoreId::Staking, &[&[0x11], &height.to_be_bytes()])
}

/// All changes of members up to `height`, in order.
#[must_use]
pub fn members_until(height: Height) -> KeyRange {
    KeyRange { start: members(0), end: Some(members(height.saturating_add(1))) }
}

/// An offence: one validator signs one round's vote of one kind once.
#[must_use]
pub fn offence(evidence: &Evidence) -> Key {
    let CastVote { kind, height, round, validator, .. } = &evidence.votes()[0];
    let kind = match kind {
        VoteKind::Prevote => 1,
        VoteKind::Precommit => 2,
    };
    let parts: [&[u8]; 5] = [&[0x10], validator.as_bytes(), &height.to_be_bytes(), &round.to_be_bytes(), &[kind]];
    Key::new(StoreId::Slashing, &parts)
}
