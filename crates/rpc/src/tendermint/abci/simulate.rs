//! `/cosmos.tx.v1beta1.Service`: what a transaction would do, and what one did.

use cosmos_sdk_proto::cosmos::base::abci::v1beta1::{GasInfo, Result as SdkResult, TxResponse};
use cosmos_sdk_proto::cosmos::crypto::secp256k1::PubKey;
use cosmos_sdk_proto::cosmos::tx::v1beta1::{
    AuthInfo, Fee, GetTxRequest, GetTxResponse, SimulateRequest, SimulateResponse, Tx as ProtoTx, TxBody, TxRaw,
};
use prost::Message as _;
use seiza_types::tx::Signer;
use seiza_types::{Event, Receipt, Tx};
use tendermint_proto::abci::{Event as AbciEvent, EventAttribute};
use tendermint_proto::google::protobuf::Any;

use super::{Answered, Found, Query, Refusal};
use crate::tendermint::events::{self, EVM_MESSAGE, tendermint_hash};
use crate::tendermint::shapes::result;
use crate::tendermint::shapes::{hex, result::CODESPACE};
use crate::{B256, Bytes};

/// Bytes of the signature that a client adds after simulating.
const SIGNATURE_BYTES: usize = 64;
/// Bytes of the fee that a client adds after simulating, about.
const FEE_BYTES: usize = 32;

/// Runs a transaction on the newest state; its signature need not fit.
pub(super) fn simulate(query: &Query<'_>) -> Answered<Found> {
    let request: SimulateRequest = query.request()?;
    #[expect(deprecated, reason = "clients of that time send it")]
    let given = request.tx;
    let bytes = match (request.tx_bytes, given) {
        (bytes, _) if !bytes.is_empty() => bytes,
        (_, Some(tx)) => tx.encode_to_vec(),
        _ => return Err(Refusal::invalid("empty txBytes is not allowed")),
    };
    query.answer(&run(query, &bytes)?)
}

/// `/app/simulate`: the same with the bytes alone.
pub(super) fn raw(query: &Query<'_>) -> Answered<Found> {
    query.answer(&run(query, &query.data)?)
}

fn run(query: &Query<'_>, bytes: &[u8]) -> Answered<SimulateResponse> {
    let Tx::Cosmos(tx, raw) = Tx::decode(bytes).map_err(Refusal::invalid)? else {
        return Err(Refusal::invalid("Ethereum transactions are simulated by eth_estimateGas"));
    };
    let signer = signer(&raw)?;
    let size = raw.len() + added_later(&raw)?;
    let simulated = query.call.service.backend().simulate(&tx, &signer, size)?;
    if simulated.code != seiza_types::Code::Ok {
        return Err(Refusal::failed(simulated.code as u32, result::failure(simulated.code)));
    }
    let result = SdkResult {
        log: result::log(&simulated.events),
        events: simulated.events.iter().map(event).collect(),
        ..SdkResult::default()
    };
    let gas = GasInfo { gas_wanted: tx.gas_limit, gas_used: simulated.gas_used };
    Ok(SimulateResponse { gas_info: Some(gas), result: Some(result) })
}

fn event(event: &Event) -> AbciEvent {
    let attribute = |one: &seiza_types::EventAttribute| EventAttribute {
        key: one.key.to_string(),
        value: one.value.to_string(),
        index: true,
    };
    AbciEvent { r#type: event.kind.to_string(), attributes: event.attributes.iter().map(attribute).collect() }
}

/// The key that the transaction names: a simulation believes it.
fn signer(raw: &[u8]) -> Answered<Signer> {
    let raw = TxRaw::decode(raw).map_err(Refusal::invalid)?;
    let auth = AuthInfo::decode(raw.auth_info_bytes.as_slice()).map_err(Refusal::invalid)?;
    let key = auth.signer_infos.first().and_then(|info| info.public_key.as_ref());
    let key = key.ok_or_else(|| Refusal::invalid("public key of the signer is missing"))?;
    let key = PubKey::decode(key.value.as_slice()).map_err(Refusal::invalid)?;
    Signer::from_compressed(&key.key).ok_or_else(|| Refusal::invalid("public key is no compressed secp256k1 point"))
}

/// Bytes that are still missing when a client simulates.
fn added_later(raw: &[u8]) -> Answered<usize> {
    let raw = TxRaw::decode(raw).map_err(Refusal::invalid)?;
    let auth = AuthInfo::decode(raw.auth_info_bytes.as_slice()).map_err(Refusal::invalid)?;
    let signature = SIGNATURE_BYTES.saturating_sub(raw.signatures.first().map_or(0, Vec::len));
    let fee = if auth.fee.is_none_or(|fee| fee.amount.is_empty()) { FEE_BYTES } else { 0 };
    Ok(signature + fee)
}

/// A transaction and what it did; an Ethereum one as Sei's message.
pub(super) fn get_tx(query: &Query<'_>) -> Answered<Found> {
    let request: GetTxRequest = query.request()?;
    let hash: B256 =
        request.hash.parse().map_err(|error| Refusal::invalid(format!("hash {:?}: {error}", request.hash)))?;
    let backend = query.call.service.backend();
    let missing = || Refusal::not_found(format!("tx not found: {}", request.hash));
    let (height, index) = backend.tx_location(&hash)?.ok_or_else(missing)?;
    let stored = backend.stored(height)?.ok_or_else(missing)?;
    let receipt = stored.results.as_ref().and_then(|results| results.receipts.get(index)).ok_or_else(missing)?;
    let raw = stored.block.txs.get(index).ok_or_else(missing)?;
    let tx = shown(raw, receipt)?;
    let any = Any { type_url: "/cosmos.tx.v1beta1.Tx".into(), value: tx.encode_to_vec() };
    let response = TxResponse {
        height: i64::try_from(height).unwrap_or(i64::MAX),
        txhash: hex(tendermint_hash(raw)),
        codespace: if receipt.succeeded() { String::new() } else { CODESPACE.into() },
        code: receipt.code as u32,
        data: hex(&receipt.data),
        raw_log: result::failure(receipt.code).into(),
        gas_wanted: i64::try_from(receipt.gas_wanted).unwrap_or(i64::MAX),
        gas_used: i64::try_from(receipt.gas_used).unwrap_or(i64::MAX),
        tx: Some(any),
        timestamp: stored.block.header.time.to_rfc3339(),
        events: events::of_tx(raw, receipt).iter().map(event).collect(),
        ..TxResponse::default()
    };
    query.answer(&GetTxResponse { tx: Some(tx), tx_response: Some(response) })
}

/// Sei's `MsgEVMTransaction`: its field 1 is an `Any`, here with the transaction's own bytes in it.
#[derive(Clone, PartialEq, prost::Message)]
struct EvmMessage {
    /// The encoded `Any`.
    #[prost(bytes = "vec", tag = "1")]
    data: Vec<u8>,
}

fn shown(raw: &Bytes, receipt: &Receipt) -> Answered<ProtoTx> {
    if receipt.evm_type.is_none() {
        return ProtoTx::decode(raw.as_ref()).map_err(Refusal::invalid);
    }
    let data = Any { type_url: "/seiprotocol.seichain.evm.RawTx".into(), value: raw.to_vec() }.encode_to_vec();
    let message = Any { type_url: EVM_MESSAGE.into(), value: EvmMessage { data }.encode_to_vec() };
    let fee = Fee { gas_limit: receipt.gas_wanted, ..Fee::default() };
    Ok(ProtoTx {
        body: Some(TxBody { messages: vec![message], ..TxBody::default() }),
        auth_info: Some(AuthInfo { fee: Some(fee), ..AuthInfo::default() }),
        signatures: Vec::new(),
    })
}
