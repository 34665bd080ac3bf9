//! `eth_getProof`: what an account holds, each value with its ICS-23 proof. `docs/rpc.md` says what every field holds and how it is
//! verified; `examples/verify-balance` does it.

use std::time::Duration;

use alloy_eips::BlockId;
use alloy_primitives::U64;
use ics23::commitment_proof::Proof;
use prost::Message as _;
use seiza_chain::evm;
use seiza_chain::modules::{auth, bank};
use seiza_chain::state::{Key, StoreId};
use seiza_types::Height;
use serde::Serialize;

use super::accounts::slot;
use crate::args::Args;
use crate::backend::Moment;
use crate::limits::PROOF_SLOTS_MAX;
use crate::methods::{Answer, Api, Registered, Table};
use crate::workers::{Deadline, Weight};
use crate::{Address, B256, Bytes, Failure, U256};

const WEIGHT: (Weight, Duration) = (Weight::Call, crate::limits::CALL_TIME_MAX);

pub(super) fn register(table: &mut Table) -> Registered {
    table.heavy("eth_getProof", WEIGHT, get_proof)
}

/// EIP-1186's answer, with IAVL's proofs in the place of Merkle-Patricia's, and what they are to be verified with.
#[derive(Debug, Clone, Serialize)]
#[serde(rename_all = "camelCase")]
struct AccountProof {
    address: Address,
    balance: U256,
    nonce: U64,
    code_hash: B256,
    storage_hash: B256,
    account_proof: Vec<Bytes>,
    storage_proof: Vec<SlotProof>,
    height: U64,
    app_hash: B256,
    proofs: AccountProofs,
}

/// The three values that make an account.
#[derive(Debug, Clone, Serialize)]
#[serde(rename_all = "camelCase")]
struct AccountProofs {
    balance: KeyProof,
    nonce: KeyProof,
    code_hash: KeyProof,
}

#[derive(Debug, Clone, Serialize)]
struct SlotProof {
    key: String,
    value: U256,
    proof: Vec<Bytes>,
}

/// A key of a store, what it holds, and the proofs of that.
#[derive(Debug, Clone, Serialize)]
struct KeyProof {
    store: &'static str,
    key: Bytes,
    value: Option<Bytes>,
    proof: Vec<Bytes>,
    #[serde(skip)]
    store_root: B256,
    #[serde(skip)]
    app_hash: B256,
}

fn get_proof(api: &Api, args: &Args<'_>, deadline: &Deadline) -> Answer<AccountProof> {
    let address: Address = args.required(0)?;
    let slots: Vec<String> = args.optional(1)?.unwrap_or_default();
    if slots.len() > PROOF_SLOTS_MAX {
        let text = format!("too many keys (requested {}), at most {PROOF_SLOTS_MAX}", slots.len());
        return Err(Failure::InvalidParams(text));
    }
    let moment = api.backend.moment(args.optional::<BlockId>(2)?)?;
    let Moment::After(height) = moment else { return Err(Failure::NotSupported("the pending block has no proofs")) };
    let storage_proof = slots.into_iter().map(|key| {
        deadline.check()?;
        slot_proof(api, height, &address, key)
    });
    let storage_proof = storage_proof.collect::<Answer<Vec<_>>>()?;
    let proofs = AccountProofs {
        balance: key_proof(api, height, &bank::keys::native(&address))?,
        nonce: key_proof(api, height, &auth::keys::account(&address))?,
        code_hash: key_proof(api, height, &evm::keys::code_hash(&address))?,
    };
    let state = api.backend.overlay(moment)?;
    let all = [&proofs.balance, &proofs.nonce, &proofs.code_hash];
    Ok(AccountProof {
        address,
        balance: bank::native_balance(&state, &address)?,
        nonce: U64::from(auth::nonce(&state, &address)?),
        code_hash: evm::code_hash(&state, &address)?,
        storage_hash: proofs.code_hash.store_root,
        account_proof: all.iter().flat_map(|key| key.proof.iter().cloned()).collect(),
        storage_proof,
        height: U64::from(height),
        app_hash: proofs.balance.app_hash,
        proofs,
    })
}

fn slot_proof(api: &Api, height: Height, address: &Address, key: String) -> Answer<SlotProof> {
    let proven = key_proof(api, height, &evm::keys::slot(address, &slot(&key)?))?;
    let value = proven.value.as_ref().map_or(U256::ZERO, |value| U256::from_be_slice(value));
    Ok(SlotProof { key, value, proof: proven.proof })
}

/// A key's proofs: first the key in its store, then the store in the app hash. Of a store that is empty there is only the
/// second: it shows the root of an empty tree.
fn key_proof(api: &Api, height: Height, key: &Key) -> Answer<KeyProof> {
    let (in_store, value) = match api.backend.prove(height, key)? {
        Some(proven) => (Some(proven.proofs[0].encode_to_vec()), proven.value.map(|value| value.to_vec())),
        None => (None, None),
    };
    let (app_hash, in_app) = api.backend.prove_store(height, key.store())?;
    let Some(Proof::Exist(exist)) = &in_app.proof else {
        return Err(Failure::Internal("every store is in the app hash".into()));
    };
    let store_root = B256::from_slice(&exist.value);
    let proof = in_store.into_iter().chain([in_app.encode_to_vec()]).map(Bytes::from).collect();
    let store = StoreId::name(key.store());
    Ok(KeyProof {
        store,
        key: Bytes::copy_from_slice(key.path()),
        value: value.map(Bytes::from),
        proof,
        store_root,
        app_hash: B256::new(app_hash.0),
    })
}
