//! `/cosmos.base.tendermint.v1beta1.Service` and `/app/version`: the node and its blocks, for clients that ask by gRPC.

use cosmos_sdk_proto::cosmos::base::tendermint::v1beta1::{
    GetBlockByHeightRequest, GetBlockByHeightResponse, GetLatestBlockResponse, GetNodeInfoResponse, GetSyncingResponse,
    VersionInfo,
};
use prost::Message as _;
use seiza_types::{Height, block_id};
use tendermint_proto::p2p::{DefaultNodeInfo, DefaultNodeInfoOther, ProtocolVersion};
use tendermint_proto::types::{Block, BlockId};

use super::{Answered, Found, Query, Refusal};

/// Relayers look at it and take 0.45 up to 0.50.
const SDK_VERSION: &str = "v0.47.0";

/// The application's version.
pub(super) fn version(query: &Query<'_>) -> Answered<Found> {
    let value = env!("CARGO_PKG_VERSION").as_bytes().to_vec();
    Ok(Found { value, height: query.height, ..Found::default() })
}

/// Who this node is.
pub(super) fn info(query: &Query<'_>) -> Answered<Found> {
    let service = query.call.service;
    let parts = &service.parts;
    let node = DefaultNodeInfo {
        protocol_version: Some(ProtocolVersion { p2p: 8, block: 11, app: 1 }),
        default_node_id: alloy_primitives::hex::encode(parts.node_id),
        listen_addr: parts.listen.clone(),
        network: service.backend().rules().cosmos_chain_id.clone(),
        version: "0.38.17".into(),
        channels: vec![0x40, 0x20, 0x21, 0x22, 0x23, 0x30, 0x38, 0x60, 0x61],
        moniker: parts.moniker.clone(),
        other: Some(DefaultNodeInfoOther { tx_index: "on".into(), rpc_address: format!("tcp://{}", service.address) }),
    };
    let application = VersionInfo {
        name: "seiza".into(),
        app_name: "seiza".into(),
        version: env!("CARGO_PKG_VERSION").into(),
        cosmos_sdk_version: SDK_VERSION.into(),
        ..VersionInfo::default()
    };
    query.answer(&GetNodeInfoResponse { default_node_info: Some(node), application_version: Some(application) })
}

/// Whether blocks are being fetched.
pub(super) fn syncing(query: &Query<'_>) -> Answered<Found> {
    query.answer(&GetSyncingResponse { syncing: (query.call.service.parts.syncing)() })
}

/// The newest block.
pub(super) fn latest_block(query: &Query<'_>) -> Answered<Found> {
    let (block_id, block) = block(query, query.height)?;
    query.answer(&GetLatestBlockResponse { block_id: Some(block_id), block: Some(block), sdk_block: None })
}

/// The block at a height.
pub(super) fn block_by_height(query: &Query<'_>) -> Answered<Found> {
    let request: GetBlockByHeightRequest = query.request()?;
    let height = Height::try_from(request.height).map_err(Refusal::invalid)?;
    let (block_id, block) = block(query, height)?;
    query.answer(&GetBlockByHeightResponse { block_id: Some(block_id), block: Some(block), sdk_block: None })
}

fn block(query: &Query<'_>, height: Height) -> Answered<(BlockId, Block)> {
    let stored = query.call.service.backend().stored(height)?;
    let stored = stored.ok_or_else(|| Refusal::not_found(format!("block {height}")))?;
    let block = Block::decode(stored.block.encode().as_slice()).map_err(Refusal::invalid)?;
    let id = tendermint_proto::v0_38::types::BlockId::from(block_id(stored.hash)).encode_to_vec();
    Ok((BlockId::decode(id.as_slice()).map_err(Refusal::invalid)?, block))
}
