//! What must hold of any bytes that are taken for a part of a snapshot: no panic, and nothing is taken that is not named.

use seiza_state::STORES;
use seiza_storage::sync::{Base, ChunkId, SyncError, Top, check_chunk, unpack};
use seiza_types::{AppHash, B256};

/// Takes them for a chunk, compressed and not, for a top and for a base.
pub fn chunk_decode(bytes: &[u8]) {
    for store in [STORES[0], STORES[1]] {
        let id = ChunkId { store, hash: B256::ZERO };
        let Err(error) = check_chunk(id, bytes) else { panic!("nothing hashes to zero") };
        // What is a subtree says its hash: by that name, and by no other, it is taken.
        if let SyncError::Hash { found, .. } = error {
            let named =
                STORES.into_iter().filter(|store| check_chunk(ChunkId { store: *store, hash: found }, bytes).is_ok());
            assert_eq!(named.count(), 1, "a chunk is of one store");
        }
    }
    if let Err(SyncError::AppHash { found, .. }) = Top::check(bytes, AppHash::ZERO) {
        let top = Top::check(bytes, found).expect("a top is good for the app hash it leads to");
        assert_eq!(top.app_hash(), found);
    }
    if let Ok(base) = Base::decode(bytes) {
        let again = Base::decode(&base.encode()).expect("what was encoded decodes");
        assert_eq!(again, base);
    }
    if let Ok(inside) = unpack(bytes, 1 << 16, "chunk") {
        assert!(inside.len() <= 1 << 16);
        let _ = check_chunk(ChunkId { store: STORES[0], hash: B256::ZERO }, &inside);
    }
}
