//! What clients speak to: Ethereum JSON-RPC and the Tendermint RPC, each over HTTP and WebSocket.
//!
//! A call's way: [`serve`] listens; the `server` folder decodes, measures and bounds; `methods` names who answers; `eth`, `debug`,
//! `txpool`, `sei`, `net` and `web3` hold the answers; [`Backend`] alone touches the chain, the pool and the store.
//!
//! Promises:
//! - Reads never hold up a block: each works on a published snapshot, heavy ones run beside the reactor, a bounded number at
//!   a time, against a deadline ([`limits`]).
//! - One numbering: only Ethereum transactions that took effect are shown, with transaction and log indices that are dense
//!   over what is shown, the same in blocks, receipts, `eth_getLogs` and subscriptions.
//! - Errors carry geth's codes and texts where clients match on them ([`Failure`]).
//!
//! `docs/rpc.md` lists every method, its limits and its differences from Ethereum; `docs/tendermint-rpc.md` those of the
//! Tendermint RPC, whose rooms the `tendermint` folder holds ([`serve_tendermint`]).

mod args;
mod backend;
mod debug;
mod error;
mod eth;
mod exchange;
mod executions;
mod footprints;
pub mod limits;
mod methods;
mod net;
mod notify;
mod revert;
mod sei;
mod server;
mod tendermint;
mod txpool;
mod uri;
mod web3;
mod workers;

pub use backend::{Admitted, Backend, OnAdmitted, Parts, Peers, Source};
pub use error::Failure;
pub use executions::{Execution, Executions};
pub use footprints::Footprints;
pub use notify::Notifier;
pub use server::{RpcError, ServerConfig, ServerHandle, serve};
pub use tendermint::{
    Dialect, PeerView, RoundState, RoundVotes, TendermintConfig, TendermintHandle, TendermintParts, VoteView, node_id,
    serve_tendermint,
};

pub(crate) use seiza_types::{Address, B256, Bloom, Bytes, U256};
