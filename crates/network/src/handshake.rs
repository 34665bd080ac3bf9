//! Judging a hello, and the proof that a node holds a validator's key.

use libp2p::PeerId;
use seiza_types::{Signature, ValidatorKey, verify_signature};
use tendermint::account;

use crate::{
    config::NetworkConfig,
    wire::{Field, Hello, Proof, Refusal, VERSION, WireError},
};

/// Opens the signed bytes. No vote starts so: a canonical vote's second byte is 8.
const DOMAIN: &[u8] = b"seiza/validator/1";

/// What a validator signs to prove that this peer is its own: domain, chain id with its length, genesis hash, peer id.
pub fn proof_message(chain_id: &str, genesis_hash: &[u8], peer: &PeerId) -> Vec<u8> {
    let length = u8::try_from(chain_id.len()).expect("the configuration bounds the chain id by 50 bytes");
    [DOMAIN, &[length], chain_id.as_bytes(), genesis_hash, &peer.to_bytes()].concat()
}

/// The proof for this peer id.
pub fn prove(config: &NetworkConfig, key: &ValidatorKey, peer: &PeerId) -> Proof {
    let signature = key.sign(&proof_message(&config.chain_id, config.genesis_hash.as_slice(), peer));
    let public_key = key.public_key().to_bytes().try_into().expect("an ed25519 public key has 32 bytes");
    Proof { public_key, signature: signature.0 }
}

/// Compares a peer's hello with ours. The consensus address that it proved, if any.
///
/// # Errors
/// [`Refusal`] names the first field that does not fit.
pub fn judge(config: &NetworkConfig, peer: &PeerId, hello: &Hello) -> Result<Option<account::Id>, Refusal> {
    if hello.chain_id != config.chain_id {
        return Err(differs(Field::ChainId, &config.chain_id, &hello.chain_id));
    }
    if hello.genesis_hash != config.genesis_hash {
        return Err(differs(Field::Genesis, &config.genesis_hash, &hello.genesis_hash));
    }
    hello.proof.as_ref().map(|proof| check_proof(config, peer, proof)).transpose()
}

/// The refusal of a hello that could not be read, where it is another version's.
pub fn refuse_unread(error: &WireError) -> Option<Refusal> {
    match error {
        WireError::Version { theirs } => Some(differs(Field::Version, &VERSION, theirs)),
        _ => None,
    }
}

fn check_proof(config: &NetworkConfig, peer: &PeerId, proof: &Proof) -> Result<account::Id, Refusal> {
    let wrong = |reason: &str| Refusal { field: Field::Proof, reason: reason.into() };
    let key = tendermint::PublicKey::from_raw_ed25519(&proof.public_key).ok_or_else(|| wrong("not a public key"))?;
    let message = proof_message(&config.chain_id, config.genesis_hash.as_slice(), peer);
    let signed = verify_signature(&key, &message, &Signature(proof.signature));
    if signed { Ok(key.into()) } else { Err(wrong("not signed for this peer id")) }
}

fn differs(field: Field, ours: &dyn std::fmt::Display, theirs: &dyn std::fmt::Display) -> Refusal {
    Refusal { field, reason: format!("{ours:#} here, {theirs:#} there") }
}

#[cfg(test)]
pub(crate) mod tests {
    use seiza_types::B256;

    use super::*;
    use crate::limits::{Limits, REASON_BYTES_MAX};

    pub(crate) fn config() -> NetworkConfig {
        NetworkConfig {
            chain_id: "c".repeat(50),
            genesis_hash: B256::repeat_byte(7),
            height: 0,
            node_key: [1; 32],
            listen: ([127, 0, 0, 1], 0).into(),
            peers: vec![],
            peers_max: 10,
            moniker: "a".into(),
            discovery: true,
            consensus_port: 0,
            validator: None,
            book: None,
            seed: 1,
            limits: Limits::default(),
        }
    }

    fn hello(config: &NetworkConfig, proof: Option<Proof>) -> Hello {
        Hello {
            chain_id: config.chain_id.clone(),
            genesis_hash: config.genesis_hash,
            height: 3,
            moniker: "b".into(),
            port: 1,
            consensus_port: 2,
            proof,
        }
    }

    #[test]
    fn the_first_field_that_differs_is_named() {
        let (config, peer) = (config(), PeerId::random());
        let good = hello(&config, None);
        let table = [
            (Hello { chain_id: "d".repeat(50), ..good.clone() }, Some(Field::ChainId)),
            (Hello { genesis_hash: B256::ZERO, ..good.clone() }, Some(Field::Genesis)),
            (
                Hello { proof: Some(Proof { public_key: [0; 32], signature: [0; 64] }), ..good.clone() },
                Some(Field::Proof),
            ),
            (Hello { height: 9, moniker: "other".into(), ..good.clone() }, None),
        ];
        for (hello, field) in table {
            let refusal = judge(&config, &peer, &hello).err();
            assert_eq!(refusal.as_ref().map(|refusal| refusal.field), field);
            assert!(refusal.is_none_or(|refusal| refusal.reason.len() <= REASON_BYTES_MAX));
        }
        let version = refuse_unread(&WireError::Version { theirs: 9 }).unwrap();
        assert_eq!(version.to_string(), "protocol version: 1 here, 9 there");
    }

    #[test]
    fn a_validators_proof_holds_for_its_own_peer_chain_and_genesis_only() {
        let (config, peer, key) = (config(), PeerId::random(), ValidatorKey::from_seed([5; 32]));
        let proof = prove(&config, &key, &peer);
        let judged = |config: &NetworkConfig, peer: &PeerId, proof: &Proof| {
            judge(config, peer, &hello(config, Some(proof.clone())))
        };
        assert_eq!(judged(&config, &peer, &proof), Ok(Some(key.address())));
        assert!(judged(&config, &PeerId::random(), &proof).is_err(), "another peer's");
        let elsewhere = NetworkConfig { chain_id: "e".into(), ..config.clone() };
        assert!(judged(&elsewhere, &peer, &proof).is_err(), "another chain's");
        let refounded = NetworkConfig { genesis_hash: B256::ZERO, ..config };
        assert!(judged(&refounded, &peer, &proof).is_err(), "another genesis'");
    }
}
