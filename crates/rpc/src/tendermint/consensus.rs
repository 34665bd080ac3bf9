//! `consensus_state` and `dump_consensus_state`: what consensus is doing at this moment.

use seiza_types::Height;
use serde_json::{Value, json};

use super::blocks::Reply;
use super::fault::Fault;
use super::methods::Call;
use super::parts::{RoundState, VoteView};
use super::shapes::{hex, validator};
use super::validators::Row;

const PREVOTE: &str = "SIGNED_MSG_TYPE_PREVOTE(Prevote)";
const PRECOMMIT: &str = "SIGNED_MSG_TYPE_PRECOMMIT(Precommit)";
/// Bytes of a hash that a vote's summary shows.
const FINGERPRINT_BYTES: usize = 6;

/// `consensus_state`.
pub(crate) fn state(call: &Call<'_>) -> Reply {
    let state = (call.service.parts.consensus)();
    let rows = rows(call)?;
    let votes: Vec<Value> = votes(&state, &rows);
    let hash = |hash: Option<_>| hash.map(hex).unwrap_or_default();
    Ok(json!({ "round_state": {
        "height/round/step": format!("{}/{}/{}", state.height, state.round, state.step),
        "start_time": state.start.to_rfc3339(),
        "proposal_block_hash": hash(state.proposal),
        "locked_block_hash": hash(state.locked),
        "valid_block_hash": hash(state.valid),
        "height_vote_set": votes,
        "proposer": proposer(call, &rows)?,
    } }))
}

/// `dump_consensus_state`: the same at more length, and the peers.
pub(crate) fn dump(call: &Call<'_>) -> Reply {
    let state = (call.service.parts.consensus)();
    let rows = rows(call)?;
    let shown: Vec<Value> = rows.iter().map(|row| validator::validator(&row.key, row.power, row.priority)).collect();
    let peers: Vec<Value> = (call.service.parts.peers)()
        .iter()
        .map(|peer| {
            let id = alloy_primitives::hex::encode(peer.id);
            json!({ "node_address": format!("{id}@{}", peer.address), "peer_state": {} })
        })
        .collect();
    Ok(json!({ "round_state": {
        "height": state.height.to_string(),
        "round": state.round,
        "step": state.step,
        "start_time": state.start.to_rfc3339(),
        "commit_time": state.start.to_rfc3339(),
        "validators": { "validators": shown, "proposer": shown.first() },
        "proposal": null,
        "proposal_block": null,
        "locked_round": -1,
        "locked_block": state.locked.map(hex),
        "valid_block": state.valid.map(hex),
        "votes": votes(&state, &rows),
    }, "peers": peers }))
}

fn rows(call: &Call<'_>) -> Result<Vec<Row>, Fault> {
    Ok(call.service.backend().validators_at(call.service.backend().head().height + 1)?)
}

fn proposer(call: &Call<'_>, rows: &[Row]) -> Reply {
    let address = call.service.backend().next_proposer();
    let index = rows.iter().position(|row| tendermint::account::Id::from(row.key) == address).unwrap_or(0);
    Ok(json!({ "address": hex(address), "index": index }))
}

fn votes(state: &RoundState, rows: &[Row]) -> Vec<Value> {
    let of = |votes: &[Option<VoteView>], round: u32, kind: &str| {
        let text = |(index, vote): (usize, &Option<VoteView>)| summary(index, vote.as_ref(), state.height, round, kind);
        let texts: Vec<String> = votes.iter().enumerate().map(text).collect();
        (texts, bits(votes, rows))
    };
    let round = |votes: &super::parts::RoundVotes| {
        let (prevotes, prevote_bits) = of(&votes.prevotes, votes.round, PREVOTE);
        let (precommits, precommit_bits) = of(&votes.precommits, votes.round, PRECOMMIT);
        json!({
            "round": votes.round,
            "prevotes": prevotes, "prevotes_bit_array": prevote_bits,
            "precommits": precommits, "precommits_bit_array": precommit_bits,
        })
    };
    state.votes.iter().map(round).collect()
}

fn summary(index: usize, vote: Option<&VoteView>, height: Height, round: u32, kind: &str) -> String {
    let Some(vote) = vote else { return "nil-Vote".into() };
    let block = vote.block.unwrap_or_default();
    format!(
        "Vote{{{index}:{} {height}/{round:02}/{kind} {} {} @ {}}}",
        hex(&vote.validator.as_bytes()[..FINGERPRINT_BYTES]),
        hex(&block[..FINGERPRINT_BYTES]),
        hex(vote.signature),
        vote.time.to_rfc3339(),
    )
}

fn bits(votes: &[Option<VoteView>], rows: &[Row]) -> String {
    let marks: String = votes.iter().map(|vote| if vote.is_some() { 'x' } else { '_' }).collect();
    let total: u64 = rows.iter().map(|row| row.power).sum();
    let voted = votes.iter().zip(rows).filter(|(vote, _)| vote.is_some());
    let voted: u64 = voted.map(|(_, row)| row.power).sum();
    let hundredths = (u128::from(voted) * 100).checked_div(u128::from(total)).unwrap_or(0);
    format!("BA{{{}:{marks}}} {voted}/{total} = {}.{:02}", votes.len(), hundredths / 100, hundredths % 100)
}
