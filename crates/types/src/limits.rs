//! Bounds on what a single transaction or block may be. Each is named where it is exceeded.

/// Bytes of one encoded transaction.
pub const TX_BYTES_MAX: usize = 1 << 20;
/// Messages in one Cosmos transaction.
pub const TX_MESSAGES_MAX: usize = 64;
/// Coins in one amount list.
pub const COINS_MAX: usize = 64;
/// Bytes of a Cosmos memo.
pub const MEMO_BYTES_MAX: usize = 256;
/// Bytes of a denom.
pub const DENOM_BYTES_MAX: usize = 128;
/// Bytes of contract creation code, EIP-3860.
pub const INITCODE_BYTES_MAX: usize = 49_152;
/// Bytes of transactions in one block.
pub const BLOCK_BYTES_MAX: usize = 16 << 20;
/// Gas of all transactions in one block, unless genesis says otherwise.
pub const BLOCK_GAS_DEFAULT: u64 = 100_000_000;
/// Keys of a transaction that are remembered from a trial run.
pub const FOOTPRINT_KEYS_MAX: usize = 128;
/// Gas limit beyond which a transaction is not tried out at admission.
pub const LEARN_GAS_MAX: u64 = 5_000_000;
/// Heights after which an offence is forgiven: evidence of it is refused.
pub const EVIDENCE_AGE_BLOCKS_MAX: u64 = 100_000;
/// Evidence in one block.
pub const EVIDENCE_MAX: usize = 16;
/// Bytes of one encoded piece of evidence: two votes and three numbers.
pub const EVIDENCE_BYTES_MAX: usize = 1_024;
/// Tendermint's rounds have 31 bits.
pub const ROUND_MAX: u32 = i32::MAX as u32;
/// Rounds of a height after which the order of proposers begins again: whoever names an absurd round makes nobody count to it.
pub const PROPOSER_ROUNDS_MAX: u32 = 1 << 14;
/// Orders, cancellations or replacements in one message or call to the exchange.
pub const EXCHANGE_ORDERS_MAX: usize = 500;
/// Bytes of a venue's name.
pub const VENUE_NAME_BYTES_MAX: usize = 32;
/// Fills that one settlement call-back tells of.
pub const CALLBACK_FILLS_MAX: usize = 64;
/// Gas of one settlement call-back.
pub const CALLBACK_GAS_MAX: u64 = 500_000;
/// Gas limits of all settlement call-backs of a block together: those beyond are not made.
pub const CALLBACKS_GAS_MAX: u64 = 10_000_000;
