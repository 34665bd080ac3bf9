//! What the node says of itself and of its chain.

use serde_json::{Value, json};

use super::blocks::Reply;
use super::fault::Fault;
use super::methods::Call;
use super::shapes::{base64, hex, params, validator};
use super::{Dialect, Service};
use crate::limits::GENESIS_CHUNK_BYTES;

/// CometBFT's peer protocol, whose shape the answers have.
const P2P_VERSION: &str = "8";
const BLOCK_VERSION: &str = "11";
const APP_VERSION: &str = "1";
/// What CosmJS and others look at to choose their dialect.
const VERSION_V38: &str = "0.38.17";
const VERSION_V34: &str = "0.34.24";

/// `health`.
#[expect(clippy::unnecessary_wraps, reason = "a method's shape")]
pub(crate) fn health(_: &Call<'_>) -> Reply {
    Ok(json!({}))
}

fn node_info(service: &Service, dialect: Dialect, id: &[u8; 20], moniker: &str, listen: &str) -> Value {
    json!({
        "protocol_version": { "p2p": P2P_VERSION, "block": BLOCK_VERSION, "app": APP_VERSION },
        "id": alloy_primitives::hex::encode(id),
        "listen_addr": listen,
        "network": service.backend().rules().cosmos_chain_id,
        "version": if dialect == Dialect::V34 { VERSION_V34 } else { VERSION_V38 },
        "channels": "40202122233038606100",
        "moniker": if moniker.is_empty() { "seiza" } else { moniker },
        "other": { "tx_index": "on", "rpc_address": format!("tcp://{}", service.address) },
    })
}

/// `status`.
pub(crate) fn status(call: &Call<'_>) -> Reply {
    let (service, parts) = (call.service, &call.service.parts);
    let rows = service.backend().validators_at(service.backend().head().height + 1)?;
    let ours = rows.iter().find(|row| row.key == parts.public_key);
    let mut validator = validator::validator(&parts.public_key, ours.map_or(0, |row| row.power), 0);
    if let Some(fields) = validator.as_object_mut() {
        fields.remove("proposer_priority");
    }
    Ok(json!({
        "node_info": node_info(service, call.dialect, &parts.node_id, &parts.moniker, &parts.listen),
        "sync_info": sync_info(service)?,
        "validator_info": validator,
    }))
}

fn sync_info(service: &Service) -> Reply {
    let head = service.backend().head();
    let mut info = json!({ "catching_up": (service.parts.syncing)() });
    let earliest = service.backend().stored(service.backend().earliest().max(1))?;
    for (name, stored) in [("latest", head.block.clone()), ("earliest", earliest)] {
        let header = stored.as_ref().map(|stored| &stored.block.header);
        info[format!("{name}_block_hash")] = stored.as_ref().map(|stored| hex(stored.hash)).unwrap_or_default().into();
        info[format!("{name}_app_hash")] =
            header.map_or_else(|| hex(head.app_hash), |header| hex(header.app_hash.as_bytes())).into();
        info[format!("{name}_block_height")] = header.map_or(0, |header| header.height.value()).to_string().into();
        info[format!("{name}_block_time")] = header.map_or(head.time, |header| header.time).to_rfc3339().into();
    }
    Ok(info)
}

/// `net_info`.
#[expect(clippy::unnecessary_wraps, reason = "a method's shape")]
pub(crate) fn net_info(call: &Call<'_>) -> Reply {
    let parts = &call.service.parts;
    let peers: Vec<Value> = (parts.peers)()
        .iter()
        .map(|peer| {
            let listen = format!("tcp://{}", peer.address);
            json!({
                "node_info": node_info(call.service, call.dialect, &peer.id, &peer.moniker, &listen),
                "is_outbound": peer.outbound,
                "connection_status": connection(peer.connected.as_nanos().to_string()),
                "remote_ip": peer.address.ip().to_string(),
            })
        })
        .collect();
    Ok(json!({
        "listening": true,
        "listeners": [format!("Listener(@{})", parts.listen)],
        "n_peers": peers.len().to_string(),
        "peers": peers,
    }))
}

/// What CometBFT meters of a connection; bytes are counted elsewhere (the node's metrics).
fn connection(nanos: String) -> Value {
    let monitor = json!({
        "Start": "1970-01-01T00:00:00Z", "Bytes": "0", "Samples": "0", "InstRate": "0", "CurRate": "0", "AvgRate": "0",
        "PeakRate": "0", "BytesRem": "0", "Duration": nanos, "Idle": "0", "TimeRem": "0", "Progress": 0, "Active": true,
    });
    json!({ "Duration": nanos, "SendMonitor": monitor, "RecvMonitor": monitor, "Channels": [] })
}

/// The founding document as CometBFT writes one; ours is its `app_state`.
fn genesis_document(service: &Service) -> Reply {
    let genesis = service.backend().genesis();
    let own: Value = serde_json::from_str(&genesis.to_json()).map_err(Fault::internal)?;
    let validators: Vec<Value> = genesis
        .validators
        .iter()
        .map(|one| {
            json!({
                "address": hex(tendermint::account::Id::from(one.public_key)),
                "pub_key": validator::public_key(&one.public_key),
                "power": one.power.to_string(),
                "name": "",
            })
        })
        .collect();
    Ok(json!({
        "genesis_time": genesis.time.to_rfc3339(),
        "chain_id": genesis.chain_id,
        "initial_height": "1",
        "consensus_params": params::consensus(genesis.block_gas_max),
        "validators": validators,
        "app_hash": "",
        "app_state": own,
    }))
}

/// `genesis`.
pub(crate) fn genesis(call: &Call<'_>) -> Reply {
    let document = genesis_document(call.service)?;
    if document.to_string().len() > GENESIS_CHUNK_BYTES {
        return Err(Fault::internal("genesis response is large, please use the genesis_chunked API instead"));
    }
    Ok(json!({ "genesis": document }))
}

/// `genesis_chunked`.
pub(crate) fn genesis_chunked(call: &Call<'_>) -> Reply {
    let document = genesis_document(call.service)?.to_string();
    let chunks: Vec<&[u8]> = document.as_bytes().chunks(GENESIS_CHUNK_BYTES).collect();
    let (wanted, last) = (call.params.number("chunk")?.unwrap_or(0), chunks.len() - 1);
    let chunk = usize::try_from(wanted).ok().and_then(|index| chunks.get(index));
    let chunk = chunk.ok_or_else(|| Fault::internal(format!("there are {last} chunks, {wanted} is invalid")))?;
    Ok(json!({ "chunk": wanted.to_string(), "total": chunks.len().to_string(), "data": base64(chunk) }))
}

/// `consensus_params`: the same at every height.
pub(crate) fn consensus_params(call: &Call<'_>) -> Reply {
    let last = call.service.backend().head().height + 1;
    let height = call.service.height_up_to(call.params.number("height")?, last)?;
    let params = params::consensus(call.service.backend().rules().block_gas_max);
    Ok(json!({ "block_height": height.to_string(), "consensus_params": params }))
}

/// `abci_info`.
#[expect(clippy::unnecessary_wraps, reason = "a method's shape")]
pub(crate) fn abci_info(call: &Call<'_>) -> Reply {
    let head = call.service.backend().head();
    Ok(json!({ "response": {
        "data": "seiza",
        "version": env!("CARGO_PKG_VERSION"),
        "app_version": APP_VERSION,
        "last_block_height": head.height.to_string(),
        "last_block_app_hash": base64(head.app_hash),
    } }))
}
