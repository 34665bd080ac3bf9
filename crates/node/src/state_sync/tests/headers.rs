//! Which headers are believed.

use std::time::Duration;

use seiza_chain::{Chain, Genesis, GenesisValidator};
use seiza_storage::{Options, Storage};
use seiza_types::{B256, Height, ValidatorKey, sign_commit};

use super::{PERIOD, genesis, grown, now};
use crate::state_sync::light::{Light, Step};
use crate::state_sync::light_block::LightBlock;
use crate::state_sync::{Proof, Root};

fn light_at(chain: &Chain, height: Height) -> LightBlock {
    let stored = chain.storage().block(height).unwrap().unwrap();
    let validators = chain.validators_at(height).unwrap();
    LightBlock::new(stored.block.header.clone(), &stored.certificate, validators).unwrap()
}

fn client(genesis: &Genesis, trust: Option<(Height, B256)>, period: Duration) -> Light {
    Light::new(genesis.chain_id.parse().unwrap(), Root::of(genesis, trust).unwrap(), period)
}

#[test]
fn headers_are_believed_from_the_genesis_or_a_trusted_block() {
    let (folder, genesis) = (tempfile::tempdir().unwrap(), genesis(1));
    let chain = grown(folder.path(), &genesis, 8);
    let proof = |height| Proof { block: light_at(&chain, height), next: light_at(&chain, height + 1) };
    proof(5).verify(&mut client(&genesis, None, PERIOD), now()).unwrap();
    let hash = |height| chain.storage().block(height).unwrap().unwrap().hash;
    proof(5).verify(&mut client(&genesis, Some((5, hash(5))), PERIOD), now()).unwrap();
    let refused = |light: &mut Light, proof: Proof| proof.verify(light, now()).unwrap_err();
    let wrong = refused(&mut client(&genesis, Some((5, hash(4))), PERIOD), proof(5));
    assert!(wrong.contains("trusted is"), "{wrong}");
    let old = refused(&mut client(&genesis, None, Duration::from_secs(60)), proof(5));
    assert!(old.contains("trust_period_hours"), "{old}");
    let gap = refused(&mut client(&genesis, None, PERIOD), Proof { next: light_at(&chain, 8), ..proof(5) });
    assert!(!gap.is_empty());
    let mut light = client(&genesis, Some((2, hash(2))), PERIOD);
    assert_eq!(light.first(), Some(2));
    light.begin(&light_at(&chain, 2), &light_at(&chain, 3)).unwrap();
    assert_eq!(light.advance(&light_at(&chain, 7), &light_at(&chain, 8), now()), Step::Trusted);
    assert_eq!(light.height(), 7);
}

#[test]
fn headers_of_others_are_refused() {
    let (folder, genesis) = (tempfile::tempdir().unwrap(), genesis(1));
    let stranger = ValidatorKey::from_seed([8; 32]);
    let forged = Genesis {
        validators: vec![GenesisValidator { public_key: stranger.public_key(), power: 10 }],
        ..genesis.clone()
    };
    let chain = Chain::open(Storage::open(folder.path(), Options::without_fsync()).unwrap(), forged).unwrap();
    let time = (genesis.time + Duration::from_secs(1)).unwrap();
    let block = chain.build(vec![], time, stranger.address(), vec![]);
    let certificate = sign_commit(&block, 0, &block.header.chain_id, &stranger);
    let light_block = LightBlock::new(block.header.clone(), &certificate, chain.validators()).unwrap();
    let step = client(&genesis, None, PERIOD).advance(&light_block, &light_block, now());
    assert!(matches!(step, Step::Refused(_)), "{step:?}");
}

#[test]
fn proofs_return_and_random_bytes_are_none() {
    use proptest::prelude::*;
    let (folder, genesis) = (tempfile::tempdir().unwrap(), genesis(1));
    let chain = grown(folder.path(), &genesis, 3);
    let proof = Proof { block: light_at(&chain, 2), next: light_at(&chain, 3) };
    let bytes = proof.encode();
    assert_eq!(Proof::decode(&bytes).unwrap(), proof);
    for end in 0..bytes.len() {
        assert!(Proof::decode(&bytes[..end]).is_err(), "{end}");
    }
    proptest!(|(at in any::<prop::sample::Index>(), xor in 1u8..)| {
        let mut bytes = bytes.clone();
        let at = at.index(bytes.len());
        bytes[at] ^= xor;
        // It may decode, but it proves nothing any more, or the same.
        if let Ok(other) = Proof::decode(&bytes) {
            let verified = other.verify(&mut client(&genesis, None, PERIOD), now());
            prop_assert!(verified.is_err() || other.app_hash() == proof.app_hash());
        }
    });
}
