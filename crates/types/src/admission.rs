//! What state says about a transaction's sender when it arrives: what the mempool orders and bounds it by.

use crate::{Address, U256};

/// The sender's account at the published head.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Admission {
    /// The lane the transaction waits in: its sender.
    pub lane: Address,
    /// The next nonce that state accepts.
    pub state_nonce: u64,
    /// Wei the sender owns.
    pub balance: U256,
}
