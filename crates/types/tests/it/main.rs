//! Tests of the words through their public face: known vectors, round trips, every refusal, arbitrary bytes.
#![allow(clippy::unwrap_used)] // tests, all of it

mod addresses;
mod amounts;
mod arbitrary_bytes;
mod blocks;
mod certificates;
mod cosmos_forge;
mod cosmos_refusals;
mod cosmos_vectors;
mod evidence;
mod evm_forge;
mod evm_refusals;
mod evm_vectors;
mod fees;
mod intrinsic;
mod peer_addresses;
mod receipts;
mod validators;
mod votes;

#[path = "../../../../fuzz/bodies/block_decode.rs"]
mod block_decode;
#[path = "../../../../fuzz/bodies/exchange_decode.rs"]
mod exchange_decode;
#[path = "../../../../fuzz/bodies/tx_decode.rs"]
mod tx_decode;
