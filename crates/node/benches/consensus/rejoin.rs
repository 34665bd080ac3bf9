//! How long a validator that was started again takes to vote again, once it is in sync.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Value, json};

use crate::cluster::{Cluster, Logged};
use crate::http::Connection;

/// For each restart after which a vote of the validator is in a commit: milliseconds from its first commit in sync with the
/// others to its commit of the first height that it voted for. Ascending.
pub fn delays(cluster: &Cluster) -> Result<Vec<f64>, String> {
    let signers = signers(cluster)?;
    let committed = committed(cluster);
    let mut delays = Vec::new();
    for index in 0..cluster.len() {
        let address = address(cluster, index)?;
        let voted = |height: &u64| signers.get(height).is_some_and(|signers| signers.contains(&address));
        for run in cluster.runs(index).iter().skip(1) {
            delays.extend(delay(run, &committed, voted));
        }
    }
    delays.sort_by(f64::total_cmp);
    Ok(delays)
}

/// Of one run. In sync is who commits a height before another has committed the next.
fn delay(run: &[Logged], committed: &BTreeMap<u64, f64>, voted: impl Fn(&u64) -> bool) -> Option<f64> {
    let in_sync = |block: &&Logged| committed.get(&(block.height + 1)).is_none_or(|next| block.at_ms < *next);
    let synced = run.iter().find(in_sync)?;
    let vote = run.iter().find(|block| block.height >= synced.height && voted(&block.height))?;
    Some(vote.at_ms - synced.at_ms)
}

/// When each height was first committed by anybody.
fn committed(cluster: &Cluster) -> BTreeMap<u64, f64> {
    let mut first = BTreeMap::new();
    for block in (0..cluster.len()).flat_map(|index| cluster.blocks(index)) {
        let at = first.entry(block.height).or_insert(block.at_ms);
        *at = block.at_ms.min(*at);
    }
    first
}

/// Who signed each height's canonical commit.
fn signers(cluster: &Cluster) -> Result<BTreeMap<u64, BTreeSet<String>>, String> {
    let mut connection = Connection::open(cluster.tendermint(0)).map_err(|error| error.to_string())?;
    let mut signers = BTreeMap::new();
    for height in 1..cluster.height(0) {
        let answer = ask(&mut connection, "commit", &json!({"height": height.to_string()}))?;
        let signatures = answer["signed_header"]["commit"]["signatures"].as_array().cloned().unwrap_or_default();
        let signed = signatures.iter().filter(|signature| signature["block_id_flag"] == 2);
        let addresses = signed.filter_map(|signature| signature["validator_address"].as_str().map(str::to_owned));
        signers.insert(height, addresses.collect());
    }
    Ok(signers)
}

fn address(cluster: &Cluster, index: usize) -> Result<String, String> {
    let mut connection = Connection::open(cluster.tendermint(index)).map_err(|error| error.to_string())?;
    let status = ask(&mut connection, "status", &json!({}))?;
    status["validator_info"]["address"].as_str().map(str::to_owned).ok_or_else(|| format!("status: {status}"))
}

fn ask(connection: &mut Connection, method: &str, params: &Value) -> Result<Value, String> {
    connection.ask(method, params).map_err(|error| format!("{method}: {error}"))
}
