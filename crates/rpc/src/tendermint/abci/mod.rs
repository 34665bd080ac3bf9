//! `abci_query`: state by key with its proof, and the gRPC queries that clients need to sign and send.

mod account;
mod bank;
mod node;
mod simulate;
mod store;

use prost::Message;
use seiza_types::Height;
use serde_json::{Value, json};

use super::blocks::Reply;
use super::fault::Fault;
use super::methods::Call;
use super::shapes::base64_or_null;
use crate::Failure;

/// The SDK's codes for what queries refuse.
const CODE_UNKNOWN_REQUEST: u32 = 6;
const CODE_INVALID_REQUEST: u32 = 18;
const CODE_NOT_FOUND: u32 = 22;

/// A query.
pub(super) struct Query<'a> {
    /// Its call.
    pub(super) call: &'a Call<'a>,
    /// What is asked.
    pub(super) data: Vec<u8>,
    /// The height asked for; the newest one where none was.
    pub(super) height: Height,
    /// Whether a height was named.
    pub(super) named: bool,
}

/// What a query found.
#[derive(Debug, Default)]
pub(super) struct Found {
    /// The key, for queries by key.
    pub(super) key: Vec<u8>,
    /// The value.
    pub(super) value: Vec<u8>,
    /// Proof operators, if asked for.
    pub(super) proof: Option<Value>,
    /// The height that the answer is of.
    pub(super) height: Height,
}

/// Why a query has no answer: a gRPC status in words, as the Cosmos SDK puts it into `log`.
#[derive(Debug)]
pub(super) struct Refusal {
    code: u32,
    log: String,
}

/// What a query answers.
pub(super) type Answered<T> = Result<T, Refusal>;

impl Refusal {
    /// There is no such thing.
    pub(super) fn not_found(what: impl std::fmt::Display) -> Self {
        Self { code: CODE_NOT_FOUND, log: format!("rpc error: code = NotFound desc = {what}: key not found") }
    }

    /// The request makes no sense.
    pub(super) fn invalid(what: impl std::fmt::Display) -> Self {
        Self {
            code: CODE_INVALID_REQUEST,
            log: format!("rpc error: code = InvalidArgument desc = {what}: invalid request"),
        }
    }

    /// No such path.
    fn path(path: &str) -> Self {
        Self { code: CODE_UNKNOWN_REQUEST, log: format!("unknown query path {path:?}: unknown request") }
    }

    /// What a simulated transaction failed with.
    pub(super) fn failed(code: u32, what: impl std::fmt::Display) -> Self {
        Self { code, log: format!("rpc error: code = Unknown desc = {what}") }
    }
}

impl From<Failure> for Refusal {
    fn from(failure: Failure) -> Self {
        match failure {
            Failure::Internal(text) => {
                tracing::error!(%text, "a query failed by our own fault");
                Self { code: 1, log: format!("rpc error: code = Internal desc = {text}") }
            }
            other => Self::invalid(other),
        }
    }
}

impl Query<'_> {
    /// Decodes the request.
    pub(super) fn request<M: Message + Default>(&self) -> Answered<M> {
        M::decode(self.data.as_slice()).map_err(Refusal::invalid)
    }

    /// An answer in protobuf.
    #[expect(clippy::unnecessary_wraps, reason = "every query ends with it")]
    pub(super) fn answer(&self, message: &impl Message) -> Answered<Found> {
        Ok(Found { value: message.encode_to_vec(), height: self.height, ..Found::default() })
    }

    /// The state asked about.
    pub(super) fn state(&self) -> Answered<seiza_chain::state::Overlay> {
        Ok(self.call.service.backend().overlay(crate::backend::Moment::After(self.height))?)
    }
}

/// `abci_query`.
pub(crate) fn query(call: &Call<'_>) -> Reply {
    let path = call.params.text("path")?;
    let (data, prove) = (call.params.hex("data")?, call.params.switch("prove")?);
    let head = call.service.backend().head().height;
    let named = call.params.number("height")?.filter(|height| *height != 0);
    let height = named.map_or(Ok(head), Height::try_from).map_err(|_| Fault::internal("height must be positive"))?;
    if height > head {
        let text = format!("cannot query with height in the future; please provide a valid height, at most {head}");
        return Ok(answer(Err(Refusal::invalid(text))));
    }
    let query = Query { call, data, height, named: named.is_some() };
    Ok(answer(route(&path, &query, prove)))
}

fn route(path: &str, query: &Query<'_>, prove: bool) -> Answered<Found> {
    match path {
        "/app/version" | "app/version" => node::version(query),
        "/app/simulate" | "app/simulate" => simulate::raw(query),
        "/cosmos.auth.v1beta1.Query/Account" => account::account(query),
        "/cosmos.auth.v1beta1.Query/Params" => account::params(query),
        "/cosmos.bank.v1beta1.Query/Balance" => bank::balance(query),
        "/cosmos.bank.v1beta1.Query/AllBalances" => bank::all_balances(query),
        "/cosmos.bank.v1beta1.Query/SpendableBalances" => bank::spendable_balances(query),
        "/cosmos.bank.v1beta1.Query/TotalSupply" => bank::total_supply(query),
        "/cosmos.bank.v1beta1.Query/SupplyOf" => bank::supply_of(query),
        "/cosmos.bank.v1beta1.Query/DenomMetadata" => bank::metadata(query),
        "/cosmos.bank.v1beta1.Query/DenomsMetadata" => bank::all_metadata(query),
        "/cosmos.tx.v1beta1.Service/Simulate" => simulate::simulate(query),
        "/cosmos.tx.v1beta1.Service/GetTx" => simulate::get_tx(query),
        "/cosmos.base.tendermint.v1beta1.Service/GetNodeInfo" => node::info(query),
        "/cosmos.base.tendermint.v1beta1.Service/GetSyncing" => node::syncing(query),
        "/cosmos.base.tendermint.v1beta1.Service/GetLatestBlock" => node::latest_block(query),
        "/cosmos.base.tendermint.v1beta1.Service/GetBlockByHeight" => node::block_by_height(query),
        _ => match path.trim_start_matches('/').strip_prefix("store/") {
            Some(rest) => store::by_key(query, rest, prove),
            None => Err(Refusal::path(path)),
        },
    }
}

fn answer(answered: Answered<Found>) -> Value {
    let (code, log, found) = match answered {
        Ok(found) => (0, String::new(), found),
        Err(refusal) => (refusal.code, refusal.log, Found::default()),
    };
    json!({ "response": {
        "code": code,
        "log": log,
        "info": "",
        "index": "0",
        "key": base64_or_null(&found.key),
        "value": base64_or_null(&found.value),
        "proofOps": found.proof,
        "height": found.height.to_string(),
        "codespace": if code == 0 { "" } else { "sdk" },
    } })
}
