//! The verification: a light client follows the validators from a block one trusts to the header that carries the app hash,
//! and ICS-23 proofs lead from there to the account.

use std::time::{Duration, Instant};

use alloy_primitives::{Address, U256, hex};
use ics23::commitment_proof::Proof;
use ics23::{
    CommitmentProof, HostFunctionsManager, iavl_spec, tendermint_spec, verify_membership, verify_non_membership,
};
use prost::Message as _;
use serde_json::{Value, json};
use tendermint::{Hash, node};
use tendermint_light_client::builder::LightClientBuilder;
use tendermint_light_client::store::memory::MemoryStore;
use tendermint_light_client::verifier::options::Options;
use tendermint_light_client::verifier::types::{Height, LightBlock};
use tendermint_rpc::client::CompatMode;
use tendermint_rpc::{Client as _, HttpClient, HttpClientUrl};

use super::wire;

/// Two weeks: shorter than validators' money is bound, so that who lies can be punished.
const TRUSTING_PERIOD: Duration = Duration::from_secs(14 * 24 * 3_600);
/// How long the header after a block may take.
const PATIENCE: Duration = Duration::from_secs(30);

/// What is to be verified, and from where.
#[derive(Debug, Clone)]
pub(crate) struct Question {
    /// Ethereum JSON-RPC: `HOST:PORT`.
    pub(crate) ethereum: String,
    /// Tendermint RPC: a URL.
    pub(crate) tendermint: String,
    /// A height and its block's hash; `None` takes the node's word for the first block.
    pub(crate) trust: Option<(u64, String)>,
    /// Whose account.
    pub(crate) address: Address,
}

/// What is proven.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Proven {
    /// After this block.
    pub(crate) height: u64,
    /// The balance.
    pub(crate) wei: U256,
    /// The nonce.
    pub(crate) nonce: u64,
}

/// Asks the node, and believes nothing of it that is not proven.
///
/// # Errors
/// What could not be had, or does not verify.
pub(crate) fn balance(question: &Question) -> Result<Proven, String> {
    let account = wire::call(&question.ethereum, "eth_getProof", &json!([question.address, [], "latest"]))?;
    let height = quantity(&account["height"])?;
    let header = header(question, height + 1)?;
    check(&account, question.address, header.signed_header.header.app_hash.as_bytes())
}

/// Verifies an answer of `eth_getProof` against the app hash of a verified header.
///
/// # Errors
/// What does not verify.
pub(crate) fn check(account: &Value, address: Address, app_hash: &[u8]) -> Result<Proven, String> {
    // The keys are ours to know: the node's word for them would let it prove another account's.
    let path = [&[0x01], address.as_slice()].concat();
    let balance = value(&account["proofs"]["balance"], "bank", &path, app_hash)?;
    let account_value = value(&account["proofs"]["nonce"], "acc", &path, app_hash)?;
    let wei = U256::try_from_be_slice(&balance).ok_or("a balance has 32 bytes")?;
    let nonce = account_value.first_chunk().map_or(0, |nonce| u64::from_be_bytes(*nonce));
    Ok(Proven { height: quantity(&account["height"])?, wei, nonce })
}

/// What a key of a store holds, proven; empty where nothing is there.
fn value(shown: &Value, store: &str, path: &[u8], app_hash: &[u8]) -> Result<Vec<u8>, String> {
    let proofs = shown["proof"].as_array().ok_or("no proof")?;
    let proofs = proofs.iter().map(proof).collect::<Result<Vec<CommitmentProof>, _>>()?;
    let (in_store, in_app) = match proofs.as_slice() {
        [in_store, in_app] => (Some(in_store), in_app),
        [in_app] => (None, in_app),
        _ => return Err("one proof or two are wanted".into()),
    };
    let Some(Proof::Exist(exist)) = &in_app.proof else { return Err("the store's proof shows no store".into()) };
    let (root, app_hash) = (exist.value.clone(), app_hash.to_vec());
    if !verify_membership::<HostFunctionsManager>(in_app, &tendermint_spec(), &app_hash, store.as_bytes(), &root) {
        return Err(format!("store {store} is not the one of the header"));
    }
    let Some(in_store) = in_store else {
        // The root of a tree without keys is the hash of nothing.
        let empty = hex!("e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
        return if root == empty { Ok(Vec::new()) } else { Err(format!("store {store} is not empty")) };
    };
    let holds = match shown["value"].as_str() {
        Some(text) => {
            let value = hex::decode(text).map_err(|error| error.to_string())?;
            let proven = verify_membership::<HostFunctionsManager>(in_store, &iavl_spec(), &root, path, &value);
            proven.then_some(value)
        }
        None => verify_non_membership::<HostFunctionsManager>(in_store, &iavl_spec(), &root, path).then(Vec::new),
    };
    holds.ok_or_else(|| format!("what store {store} holds is not proven"))
}

fn proof(shown: &Value) -> Result<CommitmentProof, String> {
    let bytes = hex::decode(shown.as_str().ok_or("a proof is a text")?).map_err(|error| error.to_string())?;
    CommitmentProof::decode(bytes.as_slice()).map_err(|error| error.to_string())
}

fn quantity(shown: &Value) -> Result<u64, String> {
    let digits = shown.as_str().and_then(|text| text.strip_prefix("0x")).ok_or("a quantity is missing")?;
    u64::from_str_radix(digits, 16).map_err(|error| error.to_string())
}

/// The header at a height, verified from the trusted one by the signatures of the validators between.
fn header(question: &Question, height: u64) -> Result<LightBlock, String> {
    let (id, first) = waited(question, height)?;
    let (trusted, hash) = match &question.trust {
        Some((height, hash)) => (*height, hash.parse().map_err(text)?),
        None => (1, first),
    };
    let options = Options {
        trust_threshold: Default::default(),
        trusting_period: TRUSTING_PERIOD,
        clock_drift: Duration::from_secs(5),
    };
    let store = Box::new(MemoryStore::new());
    let builder = LightClientBuilder::prod(id, client(question)?, store, options, Some(PATIENCE));
    let trusted = Height::try_from(trusted).map_err(text)?;
    let mut instance = builder.trust_primary_at(trusted, hash).map_err(text)?.build();
    let height = Height::try_from(height).map_err(text)?;
    let verified = instance.light_client.verify_to_target(height, &mut instance.state);
    verified.map_err(|error| format!("header {height} does not verify: {error}"))
}

/// Waits for a height; answers who the node is, and the hash that it states for the first block.
fn waited(question: &Question, height: u64) -> Result<(node::Id, Hash), String> {
    let client = client(question)?;
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().map_err(text)?;
    runtime.block_on(async {
        let start = Instant::now();
        loop {
            let status = client.status().await.map_err(text)?;
            if status.sync_info.latest_block_height.value() >= height {
                let first = client.block(1_u32).await.map_err(text)?;
                return Ok((status.node_info.id, first.block_id.hash));
            }
            if start.elapsed() > PATIENCE {
                return Err(format!("block {height} does not come"));
            }
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
    })
}

/// A client of its own for each runtime: a connection ends with the one that made it.
fn client(question: &Question) -> Result<HttpClient, String> {
    let url: HttpClientUrl = question.tendermint.parse().map_err(text)?;
    HttpClient::builder(url).compat_mode(CompatMode::V0_38).build().map_err(text)
}

fn text(error: impl std::fmt::Display) -> String {
    error.to_string()
}
