//! `/store/<name>/key`: a raw value, and its proof as the Cosmos SDK gives it: the key in its store (`ics23:iavl`), then the
//! store in the app hash (`ics23:simple`).

use prost::Message as _;
use seiza_chain::state::{Key, STORES, StateRead as _};
use serde_json::{Value, json};

use super::{Answered, Found, Query, Refusal};
use crate::tendermint::shapes::base64;

/// `rest` is `<name>/key`.
pub(super) fn by_key(query: &Query<'_>, rest: &str, prove: bool) -> Answered<Found> {
    let Some((name, "key")) = rest.split_once('/') else {
        return Err(Refusal::invalid(format!("/store/{rest}: expected /store/<name>/key")));
    };
    let store = STORES.into_iter().find(|store| store.name() == name);
    let store = store.ok_or_else(|| Refusal::invalid(format!("no such store: {name}")))?;
    if query.data.is_empty() {
        return Err(Refusal::invalid("query cannot be zero length"));
    }
    let key = Key::new(store, &[&query.data]);
    if prove {
        return proven(query, name, &key);
    }
    let value = query.state()?.get(&key).map_err(crate::Failure::from)?;
    let value = value.map(|value| value.to_vec()).unwrap_or_default();
    Ok(Found { key: query.data.clone(), value, proof: None, height: query.height })
}

/// Where no height is named, the one before the newest, whose app hash a header carries already.
fn proven(query: &Query<'_>, name: &str, key: &Key) -> Answered<Found> {
    let height = if query.named { query.height } else { query.height.saturating_sub(1) };
    if height == 0 {
        return Err(Refusal::invalid("cannot query with proof when height <= 1; please provide a valid height"));
    }
    let proof = query.call.service.backend().prove(height, key)?;
    let proof = proof.ok_or_else(|| Refusal::invalid("no proof: the store holds nothing at this height"))?;
    let [in_store, in_app] = proof.proofs.map(|proof| proof.encode_to_vec());
    let ops = [operator("ics23:iavl", &query.data, &in_store), operator("ics23:simple", name.as_bytes(), &in_app)];
    let value = proof.value.map(|value| value.to_vec()).unwrap_or_default();
    Ok(Found { key: query.data.clone(), value, proof: Some(json!({ "ops": ops })), height })
}

fn operator(kind: &str, key: &[u8], data: &[u8]) -> Value {
    json!({ "type": kind, "key": base64(key), "data": base64(data) })
}
