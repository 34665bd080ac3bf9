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

    struct Order {
        uint32 market;
        uint32 venue;
        uint8 side;
        uint8 kind;
        uint128 price;
        uint128 quantity;
        uint8 trigger;
        uint128 triggerPrice;
        uint8 expiryKind;
        uint64 expiry;
        uint8 selfTrade;
        uint64 clientId;
        bool feeInNative;
    }
    struct Cancel {
        uint128 orderId;
        uint64 clientId;
    }
    function placeOrders(Order[] calldata orders) external;
    function placeOrdersFor(address owner, Order[] calldata orders) external;
    function cancelOrders(uint32 market, Cancel[] calldata targets) external;
    function approveOperator(address operator, bool approved) external;
    function depth(uint32 market, uint8 side, uint32 limit) external view;
}

/// The exchange's precompile.
pub const EXCHANGE: u16 = 0x1100;
/// Orders of one call.
const ORDERS_MAX: usize = 4;

/// A random call of the exchange: mostly orders that meet each other, some that are refused, some that fail as a whole.
pub fn trade(rng: &mut StdRng, cast: &Cast) -> Vec<u8> {
    let orders = (0..rng.random_range(1..=ORDERS_MAX)).map(|_| order(rng)).collect();
    let owner = cast.who(rng);
    let owner = cast.address(&owner);
    match rng.random_range(0..12) {
        0..8 => placeOrdersCall { orders }.abi_encode(),
        8 => placeOrdersForCall { owner, orders }.abi_encode(),
        9 => {
            let target = Cancel { orderId: 0, clientId: rng.random_range(0..4) };
            cancelOrdersCall { market: rng.random_range(1..3), targets: vec![target] }.abi_encode()
        }
        10 => approveOperatorCall { operator: owner, approved: rng.random_bool(0.8) }.abi_encode(),
        _ => depthCall { market: 1, side: 1, limit: 3 }.abi_encode(),
    }
}

fn order(rng: &mut StdRng) -> Order {
    Order {
        market: [1, 1, 1, 2, 3][rng.random_range(0..5)],
        venue: rng.random_range(0..4),
        side: rng.random_range(1..3),
        kind: rng.random_range(0..5),
        price: rng.random_range(0..6),
        quantity: rng.random_range(0..8),
        trigger: rng.random_range(0..8) / 7,
        triggerPrice: rng.random_range(0..6),
        expiryKind: rng.random_range(0..2),
        expiry: rng.random_range(0..6),
        selfTrade: rng.random_range(0..3),
        clientId: rng.random_range(0..4),
        feeInNative: false,
    }
}

/// A random call: whom, with what, and with how much wei.
pub fn call(rng: &mut StdRng, cast: &Cast) -> (Address, Vec<u8>, u64) {
    let (bank, json, addr) = (0x1001, 0x1003, 0x1004);
    let signer = cast.signer(rng.random_range(0..USERS));
    let someone = cast.who(rng);
    let account = cast.address(&someone);
    let denom = ["usei", "factory/atom", "factory/none"][rng.random_range(0..3)].to_owned();
    if rng.random_bool(0.35) {
        return (cast.address(&Who::Precompile(EXCHANGE)), trade(rng, cast), 0);
    }
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
