//! What a call can fail with: JSON-RPC codes, and geth's texts where Ethereum clients match on them.

use std::time::Duration;

use alloy_primitives::Bytes;
use jsonrpsee::types::ErrorObjectOwned;

use crate::revert;

/// geth's code for everything that is wrong with a well-formed call.
const SERVER_ERROR: i32 = -32_000;
const METHOD_NOT_SUPPORTED: i32 = -32_004;
const LIMIT_EXCEEDED: i32 = -32_005;
const METHOD_NOT_FOUND: i32 = -32_601;
const INVALID_PARAMS: i32 = -32_602;
const INTERNAL: i32 = -32_603;
const EXECUTION_REVERTED: i32 = 3;
/// EIP-4444's code, as geth answers it.
const HISTORY_PRUNED: i32 = 4_444;

/// Why a call has no result.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Failure {
    /// A parameter is missing or has the wrong shape (-32602).
    #[error("{0}")]
    InvalidParams(String),
    /// No such method here (-32601).
    #[error("the method {0} does not exist/is not available")]
    MethodNotFound(String),
    /// Subscriptions need a WebSocket (-32601).
    #[error("notifications not supported")]
    NoNotifications,
    /// No such topic (-32601).
    #[error("no {0:?} subscription in {1} namespace")]
    NoSubscription(String, &'static str),
    /// Known, but not served by this chain (-32004).
    #[error("{0}")]
    NotSupported(&'static str),
    /// State of a block that does not exist (-32000).
    #[error("header not found")]
    HeaderNotFound,
    /// A block that does not exist, where a hash was given (-32000).
    #[error("unknown block")]
    UnknownBlock,
    /// State of a block that this node no longer holds (-32000).
    #[error("missing trie node: state of block {height} is pruned, this node holds {earliest} and later")]
    Pruned {
        /// The block asked for.
        height: u64,
        /// The oldest height with state.
        earliest: u64,
    },
    /// A block, or logs of a range, that this node no longer holds (4444).
    #[error("pruned history unavailable: this node holds block {earliest} and later")]
    HistoryPruned {
        /// The oldest block held.
        earliest: u64,
    },
    /// A transaction that does not exist (-32000).
    #[error("transaction not found")]
    TransactionNotFound,
    /// What was asked about by name does not exist (-32000).
    #[error("{0}")]
    NotFound(String),
    /// An unknown or expired filter id (-32000).
    #[error("filter not found")]
    FilterNotFound,
    /// A contract reverted: code 3, the revert data beside it.
    #[error("{}", revert::message(.0))]
    Reverted(Bytes),
    /// Anything else that is wrong with a transaction or call, in geth's words (-32000).
    #[error("{0}")]
    Rejected(String),
    /// A node that holds no keys was asked to sign (-32000).
    #[error("unknown account")]
    UnknownAccount,
    /// The call's time is over (-32000).
    #[error("execution aborted (timeout = {}s)", .0.as_secs())]
    Timeout(Duration),
    /// All workers are taken (-32005).
    #[error("server is busy, try again")]
    Busy,
    /// More than one answer may hold (-32005).
    #[error("{0}")]
    LimitExceeded(String),
    /// A simulation that cannot go on, with the code that its specification gives.
    #[error("{text}")]
    Simulation {
        /// The code.
        code: i32,
        /// Why.
        text: String,
    },
    /// Our fault: the disk, or a broken invariant (-32603).
    #[error("internal error: {0}")]
    Internal(String),
}

impl Failure {
    /// The JSON-RPC error code.
    #[must_use]
    pub fn code(&self) -> i32 {
        match self {
            Self::InvalidParams(_) => INVALID_PARAMS,
            Self::MethodNotFound(_) | Self::NoSubscription(..) | Self::NoNotifications => METHOD_NOT_FOUND,
            Self::NotSupported(_) => METHOD_NOT_SUPPORTED,
            Self::Reverted(_) => EXECUTION_REVERTED,
            Self::HistoryPruned { .. } => HISTORY_PRUNED,
            Self::Busy | Self::LimitExceeded(_) => LIMIT_EXCEEDED,
            Self::Internal(_) => INTERNAL,
            Self::Simulation { code, .. } => *code,
            Self::HeaderNotFound
            | Self::UnknownBlock
            | Self::Pruned { .. }
            | Self::TransactionNotFound
            | Self::FilterNotFound
            | Self::NotFound(_)
            | Self::Rejected(_)
            | Self::UnknownAccount
            | Self::Timeout(_) => SERVER_ERROR,
        }
    }
}

impl From<Failure> for ErrorObjectOwned {
    fn from(failure: Failure) -> Self {
        let data = match &failure {
            Failure::Reverted(data) => Some(data.clone()),
            Failure::Internal(text) => {
                tracing::error!(%text, "a call failed by our own fault");
                None
            }
            _ => None,
        };
        Self::owned(failure.code(), failure.to_string(), data)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn code_and_text_of_each_kind() {
        let table = [
            (Failure::HeaderNotFound, r#"{"code":-32000,"message":"header not found"}"#),
            (
                Failure::MethodNotFound("eth_foo".into()),
                r#"{"code":-32601,"message":"the method eth_foo does not exist/is not available"}"#,
            ),
            (Failure::Reverted(Bytes::new()), r#"{"code":3,"message":"execution reverted","data":"0x"}"#),
            (
                Failure::Timeout(Duration::from_secs(5)),
                r#"{"code":-32000,"message":"execution aborted (timeout = 5s)"}"#,
            ),
            (Failure::LimitExceeded("too much".into()), r#"{"code":-32005,"message":"too much"}"#),
        ];
        for (failure, json) in table {
            assert_eq!(serde_json::to_string(&ErrorObjectOwned::from(failure)).unwrap(), json);
        }
    }
}
