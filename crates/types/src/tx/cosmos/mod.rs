//! Cosmos transactions: protobuf `TxRaw` signed in `SIGN_MODE_DIRECT` by one secp256k1 key.
//!
//! Account numbers are always 0 here (ADR 3), so a signature can be checked before any state is read.

mod decode;
mod verify;

use alloy_primitives::U256;

pub(super) use decode::decode;
pub use verify::sign_bytes;
pub(super) use verify::verify;

use crate::exchange::ExchangeMsg;
use crate::{Coin, SeiAddress};

pub(super) const SIGN_MODE_DIRECT: i32 = 1;
pub(super) const SECP256K1_TYPE_URL: &str = "/cosmos.crypto.secp256k1.PubKey";
const MSG_SEND_TYPE_URL: &str = "/cosmos.bank.v1beta1.MsgSend";
const MSG_SEND_RESPONSE_TYPE_URL: &str = "/cosmos.bank.v1beta1.MsgSendResponse";

/// A native message.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Message {
    /// `/cosmos.bank.v1beta1.MsgSend`.
    Send {
        /// Who pays: must be the signer.
        from: SeiAddress,
        /// Who is paid.
        to: SeiAddress,
        /// What moves.
        amount: Vec<Coin>,
    },
    /// One of `/seiza.exchange.v1.Msg...`.
    Exchange(ExchangeMsg),
}

impl Message {
    /// Who must have signed for the message.
    #[must_use]
    pub fn signer(&self) -> SeiAddress {
        match self {
            Self::Send { from, .. } => *from,
            Self::Exchange(msg) => msg.sender(),
        }
    }

    /// The message's protobuf type URL.
    #[must_use]
    pub fn type_url(&self) -> &'static str {
        match self {
            Self::Send { .. } => MSG_SEND_TYPE_URL,
            Self::Exchange(msg) => msg.type_url(),
        }
    }

    /// The protobuf type URL of what answers the message.
    #[must_use]
    pub fn response_type_url(&self) -> &'static str {
        match self {
            Self::Send { .. } => MSG_SEND_RESPONSE_TYPE_URL,
            Self::Exchange(msg) => msg.response_type_url(),
        }
    }
}

/// A decoded Cosmos transaction.
#[derive(Debug, Clone)]
pub struct CosmosTx {
    /// What to do, in order; all or nothing.
    pub messages: Vec<Message>,
    /// Free text.
    pub memo: String,
    /// Last height that may include it; 0 is no bound.
    pub timeout_height: u64,
    /// The fee in usei: paid whole, whatever gas is used.
    pub fee_usei: U256,
    /// Most gas it may use.
    pub gas_limit: u64,
    /// The signer's sequence.
    pub sequence: u64,
    public_key: Vec<u8>,
    sign_mode: i32,
    fee_denoms_known: bool,
    signer_pays: bool,
    body_bytes: Vec<u8>,
    auth_info_bytes: Vec<u8>,
    signature: Vec<u8>,
}
