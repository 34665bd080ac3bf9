//! Proofs that a transaction is in a block: Tendermint's simple Merkle tree over the transactions' hashes.

use serde_json::{Value, json};
use sha2::{Digest, Sha256};

use super::events::tendermint_hash;
use super::shapes::{base64, hex};
use crate::Bytes;

type Node = [u8; 32];

/// The proof for the transaction at `index`, as `tx` and `tx_search` show it.
pub(crate) fn of_tx(txs: &[Bytes], index: usize) -> Value {
    let leaves: Vec<Node> = txs.iter().map(|tx| leaf(tendermint_hash(tx).as_slice())).collect();
    let mut aunts = Vec::new();
    let root = climb(&leaves, index, &mut aunts);
    json!({
        "root_hash": hex(root),
        "data": base64(&txs[index]),
        "proof": {
            "total": txs.len().to_string(),
            "index": index.to_string(),
            "leaf_hash": base64(leaves[index]),
            "aunts": aunts.iter().map(base64).collect::<Vec<_>>(),
        },
    })
}

fn leaf(bytes: &[u8]) -> Node {
    Sha256::new().chain_update([0]).chain_update(bytes).finalize().into()
}

/// The root over `leaves`; gathers the siblings on the way up from `index`, lowest first.
fn climb(leaves: &[Node], index: usize, aunts: &mut Vec<Node>) -> Node {
    if let [only] = leaves {
        return *only;
    }
    let (left, right) = leaves.split_at(leaves.len().next_power_of_two() / 2);
    let (left, right) = if index < left.len() {
        let ours = climb(left, index, aunts);
        aunts.push(root(right));
        (ours, root(right))
    } else {
        let ours = climb(right, index - left.len(), aunts);
        aunts.push(root(left));
        (root(left), ours)
    };
    inner(&left, &right)
}

fn root(leaves: &[Node]) -> Node {
    match leaves {
        [only] => *only,
        _ => {
            let (left, right) = leaves.split_at(leaves.len().next_power_of_two() / 2);
            inner(&root(left), &root(right))
        }
    }
}

fn inner(left: &Node, right: &Node) -> Node {
    Sha256::new().chain_update([1]).chain_update(left).chain_update(right).finalize().into()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_proof_leads_to_the_data_hash() {
        for count in 1..=9_u8 {
            let txs: Vec<Bytes> = (0..count).map(|byte| Bytes::from(vec![byte; 3])).collect();
            let root = hex(seiza_types::data_hash(&txs));
            for index in 0..txs.len() {
                let proof: tendermint::tx::Proof = serde_json::from_value(of_tx(&txs, index)).unwrap();
                assert_eq!(hex(proof.root_hash), root, "{index} of {count}");
                let leaves: Vec<Node> = txs.iter().map(|tx| leaf(tendermint_hash(tx).as_slice())).collect();
                let mut at = (index, txs.len());
                let mut hash = leaves[index];
                // Tendermint's own way up: from the root's split downwards, siblings from the end of the list.
                let mut sides = Vec::new();
                while at.1 > 1 {
                    let split = at.1.next_power_of_two() / 2;
                    let left = at.0 < split;
                    sides.push(left);
                    at = if left { (at.0, split) } else { (at.0 - split, at.1 - split) };
                }
                let aunts = of_tx(&txs, index)["proof"]["aunts"].as_array().unwrap().clone();
                assert_eq!(aunts.len(), sides.len());
                for (aunt, left) in aunts.iter().zip(sides.iter().rev()) {
                    let aunt: Node = base64_bytes(aunt.as_str().unwrap());
                    hash = if *left { inner(&hash, &aunt) } else { inner(&aunt, &hash) };
                }
                assert_eq!(hex(hash), root);
            }
        }
    }

    fn base64_bytes(text: &str) -> Node {
        use base64::Engine as _;
        base64::engine::general_purpose::STANDARD.decode(text).unwrap().try_into().unwrap()
    }
}
