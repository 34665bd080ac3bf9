//! Calls of the native precompiles, good ones and bad ones.

use alloy_primitives::{Address, Bytes, hex};
use alloy_sol_types::{SolCall, sol};
use rand::Rng;
use rand::rngs::StdRng;

use crate::cast::{Cast, USERS, Who};

sol! {
    function sendNative(string memory toNativeAddress) external payable returns (bool success);
    function balance(address acc, string memory denom) external view returns (uint256 amount);
    function all_balances(address acc) external view returns (bytes memory response);
    function supply(string memory denom) external view returns (uint256 response);
    function extractAsUint256(bytes memory input, string memory key) external view returns (uint256 response);
    function associatePubKey(string memory pubKeyHex) external returns (string memory seiAddr, address evmAddr);
    function getSeiAddr(address addr) external view returns (string memory response);
    function getEvmAddr(string memory addr) external view returns (address response);
}

/// A random call: whom, with what, and with how much wei.
pub fn call(rng: &mut StdRng, cast: &Cast) -> (Address, Vec<u8>, u64) {
    let (bank, json, addr) = (0x1001, 0x1003, 0x1004);
    let signer = cast.signer(rng.random_range(0..USERS));
    let someone = cast.who(rng);
    let account = cast.address(&someone);
    let denom = ["usei", "factory/atom", "factory/none"][rng.random_range(0..3)].to_owned();
    let (to, input, value) = match rng.random_range(0..11) {
        0..3 => {
            let to_native_address = signer.sei.to_string();
            (bank, sendNativeCall { toNativeAddress: to_native_address }.abi_encode(), rng.random_range(0..200))
        }
        3 | 4 => (bank, balanceCall { acc: account, denom }.abi_encode(), 0),
        5 => (bank, all_balancesCall { acc: account }.abi_encode(), 0),
        6 => (bank, supplyCall { denom }.abi_encode(), 0),
        7 => {
            let input = Bytes::from_static(br#"{"price":"17"}"#);
            (json, extractAsUint256Call { input, key: "price".into() }.abi_encode(), 0)
        }
        8 => (addr, associatePubKeyCall { pubKeyHex: hex::encode(signer.public_key) }.abi_encode(), 0),
        9 => (addr, getSeiAddrCall { addr: account }.abi_encode(), 0),
        _ => (addr, getEvmAddrCall { addr: signer.sei.to_string() }.abi_encode(), 0),
    };
    (cast.address(&Who::Precompile(to)), input, value)
}
