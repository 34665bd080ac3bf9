//! The app hash: Tendermint's simple Merkle tree over the stores' names and roots, as the Cosmos SDK's multi-store
//! builds it, so that `ics23::tendermint_spec` verifies a store's root against a header.
//!
//! ```text
//! leaf  = sha256(0, len(name), name, 32, sha256(root))      stores sorted by name
//! inner = sha256(1, left, right)                            split at the largest power of two below the count
//! ```

use ics23::{CommitmentProof, ExistenceProof, HashOp, InnerOp, LeafOp, LengthOp, commitment_proof};
use seiza_state::{STORES, StoreId};
use seiza_types::{AppHash, B256};
use sha2::{Digest, Sha256};

use crate::wire::put_bytes;

type Hash = [u8; 32];

/// Roots of all stores, in the order of [`STORES`].
pub(crate) type Roots = [B256; STORES.len()];

/// The app hash over the roots of all stores.
pub(crate) fn app_hash(roots: &Roots) -> AppHash {
    AppHash::new(root(&leaves(roots)))
}

/// Proof that `store` has its root under the app hash: key is the store's name, value its root.
pub(crate) fn prove_store(roots: &Roots, store: StoreId) -> CommitmentProof {
    let position = sorted().iter().position(|other| *other == store).expect("every store is in the list of stores");
    let mut path = Vec::new();
    collect_path(&leaves(roots), position, &mut path);
    let leaf = LeafOp {
        hash: HashOp::Sha256.into(),
        prehash_key: HashOp::NoHash.into(),
        prehash_value: HashOp::Sha256.into(),
        length: LengthOp::VarProto.into(),
        prefix: vec![0],
    };
    let proof = ExistenceProof {
        key: store.name().as_bytes().to_vec(),
        value: root_of(roots, store).to_vec(),
        leaf: Some(leaf),
        path,
    };
    CommitmentProof { proof: Some(commitment_proof::Proof::Exist(proof)) }
}

fn root_of(roots: &Roots, store: StoreId) -> B256 {
    let index = STORES.iter().position(|other| *other == store).expect("every store is in the list of stores");
    roots[index]
}

fn sorted() -> [StoreId; STORES.len()] {
    let mut stores = STORES;
    stores.sort_by_key(|store| store.name());
    stores
}

fn leaves(roots: &Roots) -> Vec<Hash> {
    sorted()
        .into_iter()
        .map(|store| {
            let mut preimage = vec![0];
            put_bytes(&mut preimage, store.name().as_bytes());
            put_bytes(&mut preimage, &Sha256::digest(root_of(roots, store)));
            Sha256::digest(&preimage).into()
        })
        .collect()
}

fn root(leaves: &[Hash]) -> Hash {
    match leaves {
        [] => Sha256::digest([]).into(),
        [leaf] => *leaf,
        _ => {
            let (left, right) = leaves.split_at(split(leaves.len()));
            inner(&root(left), &root(right))
        }
    }
}

fn inner(left: &Hash, right: &Hash) -> Hash {
    Sha256::new().chain_update([1]).chain_update(left).chain_update(right).finalize().into()
}

/// The largest power of two below `count`, which is at least 2.
fn split(count: usize) -> usize {
    count.next_power_of_two() / 2
}

/// The steps from the leaf at `position` up to the root, lowest first.
fn collect_path(leaves: &[Hash], position: usize, path: &mut Vec<InnerOp>) {
    if leaves.len() < 2 {
        return;
    }
    let middle = split(leaves.len());
    let (left, right) = leaves.split_at(middle);
    let hash = HashOp::Sha256.into();
    if position < middle {
        collect_path(left, position, path);
        path.push(InnerOp { hash, prefix: vec![1], suffix: root(right).to_vec() });
    } else {
        collect_path(right, position - middle, path);
        path.push(InnerOp { hash, prefix: [&[1], &root(left)[..]].concat(), suffix: Vec::new() });
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn roots() -> Roots {
        std::array::from_fn(|index| B256::repeat_byte(u8::try_from(index).unwrap()))
    }

    #[test]
    fn the_root_is_tendermints() {
        let pairs: Vec<Vec<u8>> = sorted()
            .into_iter()
            .map(|store| {
                let mut pair = Vec::new();
                put_bytes(&mut pair, store.name().as_bytes());
                put_bytes(&mut pair, &Sha256::digest(root_of(&roots(), store)));
                pair
            })
            .collect();
        let expected = tendermint::merkle::simple_hash_from_byte_vectors::<tendermint::crypto::default::Sha256>(&pairs);
        assert_eq!(app_hash(&roots()), AppHash::new(expected));
    }

    #[test]
    fn every_store_is_provable_and_nothing_else() {
        let (roots, spec) = (roots(), ics23::tendermint_spec());
        let root = app_hash(&roots).to_vec();
        for store in STORES {
            let proof = prove_store(&roots, store);
            let verify = |name: &str, value: &[u8]| {
                ics23::verify_membership::<ics23::HostFunctionsManager>(&proof, &spec, &root, name.as_bytes(), value)
            };
            assert!(verify(store.name(), root_of(&roots, store).as_slice()), "{store:?}");
            assert!(!verify(store.name(), &[0xee; 32]), "{store:?} with another root");
            assert!(!verify("other", root_of(&roots, store).as_slice()), "another name than {store:?}");
        }
    }
}
