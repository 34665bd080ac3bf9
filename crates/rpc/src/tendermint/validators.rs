//! `validators`: the set of a height, by pages.

use seiza_types::Height;
use serde_json::{Value, json};
use tendermint::PublicKey;

use super::blocks::Reply;
use super::fault::Fault;
use super::methods::Call;
use super::search::Page;
use super::shapes::validator;
use super::{Service, shapes};

/// One validator of a height's set.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Row {
    /// Its consensus key.
    pub(crate) key: PublicKey,
    /// Its power.
    pub(crate) power: u64,
    /// Its proposer priority.
    pub(crate) priority: i64,
}

impl Service {
    /// What executing the block at `height` changed: the set of `height + 2` beside that of `height + 1`, power 0 for those
    /// who left.
    pub(crate) fn validator_updates(&self, height: Height) -> Result<Vec<Value>, Fault> {
        let (before, after) = (self.backend().validators_at(height + 1), self.backend().validators_at(height + 2));
        // The sets of the last heights may not be there yet, and pruned ones no more.
        let (Ok(before), Ok(after)) = (before, after) else { return Ok(Vec::new()) };
        let power = |rows: &[Row], key: &PublicKey| rows.iter().find(|row| row.key == *key).map_or(0, |row| row.power);
        let changed = after.iter().filter(|row| power(&before, &row.key) != row.power).map(|row| (row.key, row.power));
        let left = before.iter().filter(|row| power(&after, &row.key) == 0).map(|row| (row.key, 0));
        Ok(changed.chain(left).map(|(key, power)| update(&key, power)).collect())
    }
}

fn update(key: &PublicKey, power: u64) -> Value {
    json!({
        "pub_key": { "Sum": { "type": "tendermint.crypto.PublicKey_Ed25519", "value": { "ed25519": shapes::base64(key.to_bytes()) } } },
        "power": power.to_string(),
    })
}

/// `validators`: of the next height where none is named.
pub(crate) fn validators(call: &Call<'_>) -> Reply {
    let last = call.service.backend().head().height + 1;
    let height = call.service.height_up_to(call.params.number("height")?, last)?;
    let rows = call.service.backend().validators_at(height)?;
    let page = Page::of(call, rows.len())?;
    let shown = &rows[page.range(rows.len())];
    let validators: Vec<Value> =
        shown.iter().map(|row| validator::validator(&row.key, row.power, row.priority)).collect();
    Ok(json!({
        "block_height": height.to_string(),
        "count": validators.len().to_string(),
        "validators": validators,
        "total": rows.len().to_string(),
    }))
}
