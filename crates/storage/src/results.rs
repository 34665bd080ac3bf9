//! What executing a block gave, as storage keeps it: receipts, fees, bloom; and its one encoding.
//!
//! The bloom is made when it is first asked for, which is the commit: nobody votes on it, so that execution need not wait
//! for its three hashes a topic.
//!
//! Promise: `decode(encode(x)) == x`; decoding accepts no other bytes, and allocates no more than a small multiple of them.

use std::sync::OnceLock;

use rayon::prelude::*;
use seiza_types::exchange::{MarketId, MarketOutcome, VenueCall, VenueId, settlement_bloom};
use seiza_types::wire::Wire as _;
use seiza_types::{Address, B256, Bloom, Bytes, Code, Event, EventAttribute, Log, Receipt};

use crate::limits::RECEIPTS_AT_ONCE;
use crate::wire::{Reader, WireError, put_bytes, put_number};

/// First byte of the encoding.
const VERSION: u8 = 2;
/// An event's or attribute's least encoding: two length bytes.
const PAIR_BYTES_MIN: usize = 2;
/// A log's least encoding: address, topic count, data length.
const LOG_BYTES_MIN: usize = 22;
/// A call-back's least encoding: a contract, and one byte for each of six numbers and lengths.
const CALL_BYTES_MIN: usize = 26;
/// A receipt's least encoding: flags, sender, code, and one byte for each of eight numbers and lengths.
const RECEIPT_BYTES_MIN: usize = 30;

/// Everything that executing one block gave besides the new state.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct BlockResults {
    /// One receipt for each transaction, in block order.
    pub receipts: Vec<Receipt>,
    /// Base fee of the block, wei per gas.
    pub base_fee_per_gas: u64,
    /// Gas used by all transactions.
    pub gas_used: u64,
    /// Gas the block could have used.
    pub gas_limit: u64,
    /// Bloom filter over all EVM logs of the block, those of its settlement among them: [`BlockResults::bloom`].
    pub logs_bloom: LogsBloom,
    /// Hash of each transaction, in block order: what the transaction index is built from.
    pub tx_hashes: Vec<B256>,
    /// What the block did to each market that it touched, by market.
    pub outcomes: Vec<MarketOutcome>,
    /// The settlement call-backs that followed, in the order in which they were made.
    pub calls: Vec<VenueCall>,
}

/// A block's bloom, once somebody has asked for it. It says nothing that the receipts don't, so all are equal.
#[derive(Debug, Clone, Default)]
pub struct LogsBloom(OnceLock<Bloom>);

impl PartialEq for LogsBloom {
    fn eq(&self, _: &Self) -> bool {
        true
    }
}

impl Eq for LogsBloom {}

impl BlockResults {
    /// Bloom filter over all EVM logs of the block, those of its settlement among them.
    #[must_use]
    pub fn bloom(&self) -> &Bloom {
        self.logs_bloom.0.get_or_init(|| {
            let of_receipts = |receipts: &[Receipt]| receipts.iter().flat_map(|receipt| &receipt.logs).collect();
            let of_receipts = self.receipts.par_chunks(RECEIPTS_AT_ONCE).map(of_receipts);
            of_receipts.reduce(|| Bloom::ZERO, |a, b| a | b) | settlement_bloom(&self.outcomes, &self.calls)
        })
    }

    /// Encodes the results.
    #[must_use]
    pub fn encode(&self) -> Vec<u8> {
        let mut out = Vec::with_capacity(512 + self.receipts.len() * 160);
        self.encode_into(&mut out);
        out
    }

    /// Appends the encoding to `out`.
    pub(crate) fn encode_into(&self, out: &mut Vec<u8>) {
        out.push(VERSION);
        for number in [self.base_fee_per_gas, self.gas_used, self.gas_limit] {
            put_number(out, number);
        }
        let bloom = self.bloom();
        put_bytes(out, if bloom.is_zero() { &[] } else { bloom.as_slice() });
        put_number(out, self.tx_hashes.len() as u64);
        self.tx_hashes.iter().for_each(|hash| out.extend_from_slice(hash.as_slice()));
        put_number(out, self.receipts.len() as u64);
        self.receipts.iter().enumerate().for_each(|(index, receipt)| {
            let known = self.tx_hashes.get(index) == Some(&receipt.tx_hash);
            put_receipt(out, receipt, known);
        });
        self.outcomes.put(out);
        put_number(out, self.calls.len() as u64);
        self.calls.iter().for_each(|call| put_call(out, call));
    }

    /// Decodes what [`BlockResults::encode`] wrote.
    ///
    /// # Errors
    /// [`WireError`] where the bytes are anything else.
    pub fn decode(bytes: &[u8]) -> Result<Self, WireError> {
        let mut reader = Reader::new(bytes);
        match reader.byte()? {
            VERSION => {}
            other => return Err(WireError::Version(other)),
        }
        let (base_fee_per_gas, gas_used, gas_limit) = (reader.number()?, reader.number()?, reader.number()?);
        let bloom = bloom(reader.bytes()?)?;
        let count = reader.count(32)?;
        let tx_hashes = (0..count).map(|_| reader.array().map(B256::new)).collect::<Result<Vec<_>, _>>()?;
        let count = reader.count(RECEIPT_BYTES_MIN)?;
        let receipts =
            (0..count).map(|index| receipt(&mut reader, tx_hashes.get(index))).collect::<Result<Vec<_>, _>>()?;
        let outcomes = Vec::take(&mut reader)?;
        let count = reader.count(CALL_BYTES_MIN)?;
        let calls = (0..count).map(|_| call(&mut reader)).collect::<Result<_, _>>()?;
        reader.end()?;
        let logs_bloom = LogsBloom(bloom.into());
        Ok(Self { receipts, base_fee_per_gas, gas_used, gas_limit, logs_bloom, tx_hashes, outcomes, calls })
    }
}

fn bloom(bytes: &[u8]) -> Result<Bloom, WireError> {
    match bytes.len() {
        0 => Ok(Bloom::ZERO),
        256 if bytes.iter().any(|byte| *byte != 0) => Ok(Bloom::from_slice(bytes)),
        _ => Err(WireError::Field("bloom")),
    }
}

/// Bits of a receipt's flag byte: which optional fields follow.
mod flag {
    pub(super) const HASH: u8 = 1;
    pub(super) const EVM: u8 = 2;
    pub(super) const TO: u8 = 4;
    pub(super) const CREATED: u8 = 8;
    pub(super) const ALL: u8 = 15;
}

/// Writes a receipt; its hash is left out where the block's list of hashes has it.
fn put_receipt(out: &mut Vec<u8>, receipt: &Receipt, hash_known: bool) {
    let bit = |present: bool, bit: u8| if present { bit } else { 0 };
    out.push(
        bit(!hash_known, flag::HASH)
            | bit(receipt.evm_type.is_some(), flag::EVM)
            | bit(receipt.to.is_some(), flag::TO)
            | bit(receipt.contract_address.is_some(), flag::CREATED),
    );
    if !hash_known {
        out.extend_from_slice(receipt.tx_hash.as_slice());
    }
    out.extend(receipt.evm_type);
    out.extend_from_slice(receipt.sender.as_slice());
    for address in [receipt.to, receipt.contract_address].into_iter().flatten() {
        out.extend_from_slice(address.as_slice());
    }
    put_number(out, u64::from(receipt.code as u32));
    for number in [receipt.gas_wanted, receipt.gas_used, receipt.cumulative_gas_used, receipt.first_log_index] {
        put_number(out, number);
    }
    put_bytes(out, trimmed(&receipt.effective_gas_price.to_be_bytes()));
    put_bytes(out, &receipt.data);
    put_told(out, &receipt.logs, &receipt.events);
}

fn put_told(out: &mut Vec<u8>, logs: &[Log], events: &[Event]) {
    put_number(out, logs.len() as u64);
    logs.iter().for_each(|log| put_log(out, log));
    put_number(out, events.len() as u64);
    events.iter().for_each(|event| put_event(out, event));
}

fn told(reader: &mut Reader<'_>) -> Result<(Vec<Log>, Vec<Event>), WireError> {
    let count = reader.count(LOG_BYTES_MIN)?;
    let logs = (0..count).map(|_| log(reader)).collect::<Result<_, _>>()?;
    let count = reader.count(PAIR_BYTES_MIN)?;
    Ok((logs, (0..count).map(|_| event(reader)).collect::<Result<_, _>>()?))
}

fn put_call(out: &mut Vec<u8>, call: &VenueCall) {
    put_number(out, u64::from(call.venue.0));
    put_number(out, u64::from(call.market.0));
    out.extend_from_slice(call.contract.as_slice());
    put_number(out, u64::from(call.ok));
    put_number(out, call.gas_used);
    put_told(out, &call.logs, &call.events);
}

fn call(reader: &mut Reader<'_>) -> Result<VenueCall, WireError> {
    let (venue, market) = (VenueId(reader.number_as("venue")?), MarketId(reader.number_as("market")?));
    let contract = Address::new(reader.array()?);
    let ok = bool::take(reader)?;
    let gas_used = reader.number()?;
    let (logs, events) = told(reader)?;
    Ok(VenueCall { venue, market, contract, ok, gas_used, logs, events })
}

fn receipt(reader: &mut Reader<'_>, known_hash: Option<&B256>) -> Result<Receipt, WireError> {
    let flags = reader.byte()?;
    if flags > flag::ALL {
        return Err(WireError::Field("receipt flags"));
    }
    let tx_hash = match (flags & flag::HASH != 0, known_hash) {
        (false, Some(hash)) => *hash,
        (false, None) => return Err(WireError::Field("receipt hash")),
        (true, known) => Some(B256::new(reader.array()?))
            .filter(|hash| Some(hash) != known)
            .ok_or(WireError::Field("receipt hash"))?,
    };
    let evm_type = if flags & flag::EVM != 0 { Some(reader.byte()?) } else { None };
    let sender = Address::new(reader.array()?);
    let mut optional = |bit| if flags & bit != 0 { reader.array().map(|a| Some(Address::new(a))) } else { Ok(None) };
    let (to, contract_address) = (optional(flag::TO)?, optional(flag::CREATED)?);
    let code = Code::from_u32(reader.number_as("code")?).ok_or(WireError::Field("code"))?;
    let (gas_wanted, gas_used) = (reader.number()?, reader.number()?);
    let (cumulative_gas_used, first_log_index) = (reader.number()?, reader.number()?);
    let effective_gas_price = wide_number(reader.bytes()?)?;
    let data = Bytes::copy_from_slice(reader.bytes()?);
    let (logs, events) = told(reader)?;
    Ok(Receipt {
        tx_hash,
        evm_type,
        sender,
        to,
        code,
        gas_wanted,
        gas_used,
        cumulative_gas_used,
        effective_gas_price,
        contract_address,
        first_log_index,
        logs,
        events,
        data,
    })
}

fn put_log(out: &mut Vec<u8>, log: &Log) {
    out.extend_from_slice(log.address.as_slice());
    put_number(out, log.data.topics().len() as u64);
    log.data.topics().iter().for_each(|topic| out.extend_from_slice(topic.as_slice()));
    put_bytes(out, &log.data.data);
}

fn log(reader: &mut Reader<'_>) -> Result<Log, WireError> {
    let address = Address::new(reader.array()?);
    let count = reader.count(32)?;
    let topics = (0..count).map(|_| reader.array().map(B256::new)).collect::<Result<_, _>>()?;
    let data = Bytes::copy_from_slice(reader.bytes()?);
    Log::new(address, topics, data).ok_or(WireError::Field("log topics"))
}

fn put_event(out: &mut Vec<u8>, event: &Event) {
    put_bytes(out, event.kind.as_bytes());
    put_number(out, event.attributes.len() as u64);
    for attribute in &event.attributes {
        put_bytes(out, attribute.key.as_bytes());
        put_bytes(out, attribute.value.as_bytes());
    }
}

fn event(reader: &mut Reader<'_>) -> Result<Event, WireError> {
    let kind = text(reader)?;
    let count = reader.count(PAIR_BYTES_MIN)?;
    let attributes = (0..count)
        .map(|_| Ok(EventAttribute { key: text(reader)?, value: text(reader)? }))
        .collect::<Result<_, WireError>>()?;
    Ok(Event { kind, attributes })
}

fn text(reader: &mut Reader<'_>) -> Result<String, WireError> {
    String::from_utf8(reader.bytes()?.to_vec()).map_err(|_| WireError::Field("text"))
}

/// Big-endian bytes without leading zeros.
fn trimmed(bytes: &[u8]) -> &[u8] {
    let zeros = bytes.iter().take_while(|byte| **byte == 0).count();
    &bytes[zeros..]
}

fn wide_number(bytes: &[u8]) -> Result<u128, WireError> {
    if bytes.len() > 16 || bytes.first() == Some(&0) {
        return Err(WireError::Number);
    }
    Ok(bytes.iter().fold(0, |number, byte| number << 8 | u128::from(*byte)))
}

#[cfg(test)]
#[path = "results_tests.rs"]
mod tests;
