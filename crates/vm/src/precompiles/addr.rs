//! Precompile 0x1004: the two addresses of an account, and linking them by a signature or a public key.

use alloy_primitives::hex;
use alloy_sol_types::{SolCall as _, sol};
use secp256k1::ecdsa::{RecoverableSignature, RecoveryId};
use secp256k1::{Message, SECP256K1};
use seiza_modules::auth;
use seiza_types::SeiAddress;
use seiza_types::tx::Signer;

use super::call::{Call, Failure, revert};
use super::gas;
use crate::evm::EvmContext;
use crate::interop::Bridge;

sol! {
    /// ABI of `@sei-js/precompiles` 2.1.2.
    interface IAddr {
        function associate(string memory v, string memory r, string memory s, string memory customMessage)
            external returns (string memory seiAddr, address evmAddr);
        function associatePubKey(string memory pubKeyHex) external returns (string memory seiAddr, address evmAddr);
        function getSeiAddr(address addr) external view returns (string memory response);
        function getEvmAddr(string memory addr) external view returns (address response);
    }
}

use IAddr::{
    IAddrCalls, associateCall, associatePubKeyCall, associatePubKeyReturn, associateReturn, getEvmAddrCall,
    getSeiAddrCall,
};

pub(super) fn run(ctx: &mut EvmContext<'_>, call: &mut Call) -> Result<Vec<u8>, Failure> {
    let decoded = call.decode::<IAddrCalls>();
    let writes = matches!(decoded, Ok(IAddrCalls::associate(_) | IAddrCalls::associatePubKey(_)));
    let query = gas::READ + gas::READ_BYTE * call.input.len() as u64;
    call.gas.charge(if writes { gas::ASSOCIATE } else { query })?;
    call.takes_no_value()?;
    match decoded? {
        IAddrCalls::associate(args) => {
            let Signer { sei, address: evm, .. } = link(ctx, call, signer_of(&args)?)?;
            Ok(associateCall::abi_encode_returns(&associateReturn { seiAddr: sei.to_string(), evmAddr: evm }))
        }
        IAddrCalls::associatePubKey(args) => {
            let Signer { sei, address: evm, .. } = link(ctx, call, owner_of(&args.pubKeyHex)?)?;
            let answer = associatePubKeyReturn { seiAddr: sei.to_string(), evmAddr: evm };
            Ok(associatePubKeyCall::abi_encode_returns(&answer))
        }
        IAddrCalls::getSeiAddr(args) => sei_address(ctx, &args),
        IAddrCalls::getEvmAddr(args) => evm_address(ctx, &args),
    }
}

fn sei_address(ctx: &mut EvmContext<'_>, args: &getSeiAddrCall) -> Result<Vec<u8>, Failure> {
    let key = auth::account(&Bridge::view(ctx), &args.addr)?.and_then(|account| account.public_key);
    match key {
        Some(key) => Ok(getSeiAddrCall::abi_encode_returns(&SeiAddress::from_public_key(&key).to_string())),
        None => revert(format!("EVM address {} is not associated", args.addr)),
    }
}

fn evm_address(ctx: &mut EvmContext<'_>, args: &getEvmAddrCall) -> Result<Vec<u8>, Failure> {
    let address: SeiAddress = args.addr.parse().map_err(|error| Failure::Revert(format!("{error}")))?;
    match auth::linked(&Bridge::view(ctx), &address)? {
        Some(linked) => Ok(getEvmAddrCall::abi_encode_returns(&linked)),
        None => revert(format!("sei address {address} is not associated")),
    }
}

fn link(ctx: &mut EvmContext<'_>, call: &Call, owner: Signer) -> Result<Signer, Failure> {
    call.may_write()?;
    let mut bridge = Bridge::open(ctx);
    if let Some(linked) = auth::linked(&bridge, &owner.sei)? {
        return revert(format!("address {} is already associated with evm address {linked}", owner.sei));
    }
    auth::link(&mut bridge, &owner)?;
    Ok(owner)
}

fn owner_of(public_key: &str) -> Result<Signer, Failure> {
    let owner = Signer::from_compressed(&decode_hex(public_key)?);
    owner.ok_or_else(|| Failure::Revert("public key is no compressed secp256k1 key".into()))
}

/// Who signed keccak256 of the message, as given: wallets put their prefix into it. `v` is 0 or 1.
fn signer_of(args: &associateCall) -> Result<Signer, Failure> {
    let invalid = |_| Failure::Revert("invalid signature".into());
    let [v, r, s] = [&args.v, &args.r, &args.s].map(|part| word(part));
    let id = RecoveryId::try_from(i32::from(last_byte(&v?)?)).map_err(invalid)?;
    let mut compact = [0; 64];
    compact[..32].copy_from_slice(&r?);
    compact[32..].copy_from_slice(&s?);
    let signature = RecoverableSignature::from_compact(&compact, id).map_err(invalid)?;
    let mut low = signature.to_standard();
    low.normalize_s();
    if low != signature.to_standard() {
        return revert("invalid signature");
    }
    let digest = alloy_primitives::keccak256(args.customMessage.as_bytes());
    let key = SECP256K1.recover_ecdsa(Message::from_digest(digest.0), &signature).map_err(invalid)?;
    Ok(Signer::from_public_key(&key))
}

/// A number of at most 32 bytes in hex.
fn word(text: &str) -> Result<[u8; 32], Failure> {
    let bytes = decode_hex(text)?;
    let mut word = [0; 32];
    let Some(start) = word.len().checked_sub(bytes.len()) else { return revert("signature part exceeds 32 bytes") };
    word[start..].copy_from_slice(&bytes);
    Ok(word)
}

/// 0 or 1: the parity that tells which of two keys signed.
fn last_byte(word: &[u8; 32]) -> Result<u8, Failure> {
    let (parity, rest) = (word[31], &word[..31]);
    if parity <= 1 && rest.iter().all(|byte| *byte == 0) { Ok(parity) } else { revert("invalid signature") }
}

fn decode_hex(text: &str) -> Result<Vec<u8>, Failure> {
    let digits = text.strip_prefix("0x").unwrap_or(text);
    let padded = if digits.len() % 2 == 1 { format!("0{digits}") } else { digits.to_owned() };
    hex::decode(padded).map_err(|error| Failure::Revert(format!("invalid hex: {error}")))
}
