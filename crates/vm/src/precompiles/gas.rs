//! What native precompiles cost, on top of what the EVM charges for the call itself.

/// Anything that reads a few keys: a cold account (EIP-2929).
pub(super) const READ: u64 = 2_600;
/// One more key of a list: a cold slot (EIP-2929).
pub(super) const READ_ENTRY: u64 = 2_100;
/// A byte of calldata of a read, as Sei charges.
pub(super) const READ_BYTE: u64 = 3;
/// A byte of JSON: it is parsed whole on every call. Sei's price.
pub(super) const JSON_BYTE: u64 = 100;
/// Moving a coin: what module bank charges for a send.
pub(super) const SEND: u64 = 35_000;
/// Linking two addresses: a signature recovery (3,000), three new keys, a sweep. Sei's price.
pub(super) const ASSOCIATE: u64 = 50_000;
/// A new key with a value: what the EVM charges for a new slot (EIP-2200).
pub(super) const WRITE: u64 = 20_000;
/// An event with three indexed fields and some 200 bytes of data (Yellow Paper, LOG4).
pub(super) const EVENT: u64 = 3_400;
