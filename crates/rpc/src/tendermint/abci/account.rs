//! `/cosmos.auth.v1beta1.Query`: the account that a client signs for.

use cosmos_sdk_proto::cosmos::auth::v1beta1::{
    BaseAccount, Params, QueryAccountRequest, QueryAccountResponse, QueryParamsResponse,
};
use cosmos_sdk_proto::cosmos::crypto::secp256k1::PubKey;
use prost::Message as _;
use seiza_chain::modules::{auth, bank};
use seiza_types::SeiAddress;
use tendermint_proto::google::protobuf::Any;

use super::{Answered, Found, Query, Refusal};
use crate::Failure;

/// The account of a Cosmos address. One that holds coins and has never signed is an account too, as in the Cosmos SDK;
/// its number is 0 like every one's.
pub(super) fn account(query: &Query<'_>) -> Answered<Found> {
    let request: QueryAccountRequest = query.request()?;
    let address: SeiAddress = request.address.parse().map_err(Refusal::invalid)?;
    let state = query.state()?;
    let evm = auth::evm_address(&state, &address).map_err(Failure::from)?;
    let account = auth::account(&state, &evm).map_err(Failure::from)?;
    if account.is_none() && bank::balances(&state, &evm).map_err(Failure::from)?.is_empty() {
        return Err(Refusal::not_found(format!("account {address} not found")));
    }
    let account = account.unwrap_or_default();
    let key = account.public_key.map(|key| Any {
        type_url: "/cosmos.crypto.secp256k1.PubKey".into(),
        value: PubKey { key: key.to_vec() }.encode_to_vec(),
    });
    let base = BaseAccount { address: address.to_string(), pub_key: key, account_number: 0, sequence: account.nonce };
    let any = Any { type_url: "/cosmos.auth.v1beta1.BaseAccount".into(), value: base.encode_to_vec() };
    query.answer(&QueryAccountResponse { account: Some(any) })
}

/// What transactions may hold.
pub(super) fn params(query: &Query<'_>) -> Answered<Found> {
    let params = Params {
        max_memo_characters: seiza_types::limits::MEMO_BYTES_MAX as u64,
        tx_sig_limit: 1,
        tx_size_cost_per_byte: 10,
        sig_verify_cost_ed25519: 0,
        sig_verify_cost_secp256k1: 20_000,
    };
    query.answer(&QueryParamsResponse { params: Some(params) })
}
