//! The Tendermint RPC over a real chain and real sockets: Tendermint's own clients read every answer, its light client
//! verifies the chain.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on fails")]

#[path = "../server/client.rs"]
#[allow(dead_code, reason = "the other server's tests use more of it")]
mod client;
mod cosmos;
mod ethereum;
mod light;
mod methods;
mod old;
mod proofs;
mod queries;
mod sending;
mod sockets;
mod uri;
#[path = "../../examples/verify-balance/proof.rs"]
mod verify_balance;
#[path = "../server/wallet.rs"]
#[allow(dead_code, reason = "the other server's tests use more of it")]
mod wallet;
#[path = "../../examples/verify-balance/wire.rs"]
mod wire;
mod world;
