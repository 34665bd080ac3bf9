//! Proofs as a light client checks them: a key's value, or its absence, against the app hash alone.

use ics23::{HostFunctionsManager, iavl_spec, tendermint_spec, verify_membership, verify_non_membership};
use seiza_state::{Key, StoreId};
use seiza_storage::{StateProof, StorageError};

use crate::chain::*;

/// Checks a proof with nothing but the app hash; the root of the store comes out of the second proof.
fn verify(proof: &StateProof, key: &Key) -> bool {
    let [in_store, of_store] = &proof.proofs;
    let Some(ics23::commitment_proof::Proof::Exist(exists)) = &of_store.proof else { return false };
    let root = exists.value.clone();
    let store = key.store().name().as_bytes();
    if !verify_membership::<HostFunctionsManager>(of_store, &tendermint_spec(), &proof.app_hash.to_vec(), store, &root)
    {
        return false;
    }
    match &proof.value {
        Some(value) => verify_membership::<HostFunctionsManager>(in_store, &iavl_spec(), &root, key.path(), value),
        None => verify_non_membership::<HostFunctionsManager>(in_store, &iavl_spec(), &root, key.path()),
    }
}

#[test]
fn recent_heights_prove_what_they_hold() {
    let dir = tempfile::tempdir().unwrap();
    let storage = open(dir.path(), small());
    let models = models(51, 90);
    grow_to(&storage, 51, 90);
    for height in 80..=90 {
        let model = &models[usize::try_from(height).unwrap()];
        let present = model.keys().step_by(7).cloned();
        let absent = (0..30).map(|number| Key::new(StoreId::Bank, &[&[7, number]]));
        for key in present.chain(absent) {
            let proof = storage.prove(height, &key).unwrap();
            assert_eq!(proof.value, model.get(&key).cloned());
            assert!(verify(&proof, &key), "{key:?} at {height}");
            let lie = StateProof { value: Some(value("a lie")), ..proof.clone() };
            assert!(!verify(&lie, &key));
            let other = StateProof { app_hash: seiza_types::B256::repeat_byte(1), ..proof };
            assert!(!verify(&other, &key));
        }
    }
    assert_eq!(storage.prove(90, &key(1)).unwrap().app_hash, storage.head().app_hash);
}

#[test]
fn genesis_proves_too() {
    let dir = tempfile::tempdir().unwrap();
    let storage = open(dir.path(), small());
    assert!(verify(&storage.prove(0, &key(3)).unwrap(), &key(3)));
    assert!(verify(&storage.prove(0, &key(333)).unwrap(), &key(333)));
}

#[test]
fn where_there_is_no_proof_the_error_says_so() {
    let dir = tempfile::tempdir().unwrap();
    let storage = open(dir.path(), small());
    let key = Key::new(StoreId::Wasm, &[b"any"]);
    assert!(matches!(storage.prove(0, &key), Err(StorageError::Proof(_))), "the store is empty");
    assert!(matches!(storage.prove(1, &key), Err(StorageError::Pruned(1))));
}
