//! Who signed an authorization (EIP-7702): by libsecp256k1, which is four times as fast as the recovery that revm would do.

use revm::context_interface::transaction::{RecoveredAuthority, RecoveredAuthorization, SignedAuthorization};
use secp256k1::ecdsa::{RecoverableSignature, RecoveryId};
use secp256k1::{Message, SECP256K1};
use seiza_types::tx::Signer;
use seiza_types::{Address, U256};

/// Half the order of the curve: a higher `s` is malleable and therefore invalid.
const S_MAX: U256 = alloy_primitives::uint!(0x7fffffffffffffffffffffffffffffff5d576e7357a4501ddfe92f46681b20a0_U256);

/// The authorization with its authority, or marked as invalid.
pub(super) fn recovered(signed: SignedAuthorization) -> RecoveredAuthorization {
    let authority = recover(&signed).map_or(RecoveredAuthority::Invalid, RecoveredAuthority::Valid);
    RecoveredAuthorization::new_unchecked(signed.strip_signature(), authority)
}

fn recover(signed: &SignedAuthorization) -> Option<Address> {
    let id = RecoveryId::try_from(i32::from(signed.y_parity())).ok().filter(|_| signed.y_parity() <= 1)?;
    if signed.s() > S_MAX {
        return None;
    }
    let mut compact = [0; 64];
    compact[..32].copy_from_slice(&signed.r().to_be_bytes::<32>());
    compact[32..].copy_from_slice(&signed.s().to_be_bytes::<32>());
    let signature = RecoverableSignature::from_compact(&compact, id).ok()?;
    let key = SECP256K1.recover_ecdsa(Message::from_digest(signed.signature_hash().0), &signature).ok()?;
    Some(Signer::from_public_key(&key).address)
}

#[cfg(test)]
mod tests {
    use super::*;
    use alloy_eips::eip7702::Authorization;
    use proptest::prelude::*;

    proptest! {
        #![proptest_config(ProptestConfig { cases: 64, failure_persistence: None, ..ProptestConfig::default() })]

        /// Whatever the signature, the answer is that of alloy's own recovery.
        #[test]
        fn recovery_agrees_with_alloys(
            r in any::<[u8; 32]>(), mut s in any::<[u8; 32]>(), low in any::<bool>(), parity in 0..4_u8, nonce in any::<u64>(),
        ) {
            if low {
                s[0] &= 0x3f;
            }
            let plain = Authorization { chain_id: U256::ONE, address: Address::repeat_byte(1), nonce };
            let (r, s) = (U256::from_be_bytes(r), U256::from_be_bytes(s));
            let signed = SignedAuthorization::new_unchecked(plain, parity, r, s);
            let expected = signed.recover_authority().ok();
            prop_assert_eq!(recovered(signed).authority(), expected);
        }
    }
}
