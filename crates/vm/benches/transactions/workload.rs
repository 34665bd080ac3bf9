//! The transactions to be measured: who sends what, and the state they meet.

use alloy_consensus::{SignableTransaction as _, TxLegacy};
use revm::bytecode::opcode::*;
use revm::primitives::{TxKind, keccak256};
use seiza_types::tx::{EvmTx, Signer};
use seiza_types::{Address, Bytes, SeiAddress, U256};

const SENDERS: u32 = 1_000;

/// Transactions of different senders, each with its signer, and the token's code where they call it.
pub struct Workload {
    pub name: &'static str,
    pub txs: Vec<(EvmTx, Signer)>,
    pub token: Option<Bytes>,
}

/// Where the token stands.
pub const TOKEN: Address = Address::repeat_byte(0x70);
pub const CHAIN_ID: u64 = 1;

impl Workload {
    /// Everybody pays one wei to somebody else.
    pub fn transfers() -> Self {
        let txs = (0..SENDERS).map(|n| (call(address(n + SENDERS), U256::ONE, Bytes::new()), signer(n))).collect();
        Self { name: "transfer", txs, token: None }
    }

    /// Everybody pays one unit of a token to somebody else.
    pub fn tokens() -> Self {
        let txs = (0..SENDERS).map(|n| (call(TOKEN, U256::ZERO, transfer_of_one(n + SENDERS)), signer(n))).collect();
        Self { name: "ERC-20 transfer", txs, token: Some(token()) }
    }

    /// Accounts with funds.
    pub fn accounts() -> impl Iterator<Item = Address> {
        (0..2 * SENDERS).map(address)
    }
}

/// What each account owns, in wei and in the token.
pub fn funds() -> U256 {
    U256::from(10).pow(U256::from(24))
}

/// The token's slot with the balance of `owner`: Solidity's mapping at slot 0.
pub fn balance_slot(owner: &Address) -> U256 {
    keccak256([owner.into_word(), Default::default()].concat()).into()
}

fn address(n: u32) -> Address {
    Address::from_word(keccak256(n.to_be_bytes()))
}

/// Nobody's key, and addresses that do not belong to it: execution takes both as they are.
fn signer(n: u32) -> Signer {
    Signer { address: address(n), sei: SeiAddress(address(n).into_array()), public_key: [2; 33] }
}

fn call(to: Address, value: U256, input: Bytes) -> EvmTx {
    let tx = TxLegacy {
        chain_id: Some(CHAIN_ID),
        nonce: 0,
        gas_price: 1,
        gas_limit: 100_000,
        to: TxKind::Call(to),
        value,
        input,
    };
    tx.into_signed(alloy_primitives::Signature::test_signature()).into()
}

fn transfer_of_one(to: u32) -> Bytes {
    [&[0xa9, 0x05, 0x9c, 0xbb][..], address(to).into_word().as_slice(), &U256::ONE.to_be_bytes::<32>()].concat().into()
}

/// `transfer(address,uint256)` as Solidity would do it, without its checks of the input: two balances in a mapping, one
/// event, the answer true.
fn token() -> Bytes {
    let slot_of = |owner: &[u8]| [owner, &[PUSH0, MSTORE, PUSH1, 64, PUSH0, KECCAK256]].concat();
    let amount = [PUSH1, 36, CALLDATALOAD];
    let head = [&slot_of(&[CALLER])[..], &[DUP1, SLOAD], &amount, &[DUP2, DUP2, GT]].concat();
    let tail = [
        &[SWAP1, SUB, SWAP1, SSTORE][..],
        &slot_of(&[PUSH1, 4, CALLDATALOAD]),
        &[DUP1, SLOAD],
        &amount,
        &[ADD, SWAP1, SSTORE],
        &amount,
        &[PUSH0, MSTORE, PUSH1, 4, CALLDATALOAD, CALLER, PUSH32],
        keccak256("Transfer(address,address,uint256)").as_slice(),
        &[PUSH1, 32, PUSH0, LOG3, PUSH1, 1, PUSH0, MSTORE, PUSH1, 32, PUSH0, RETURN],
    ]
    .concat();
    let refusal = u8::try_from(head.len() + 3 + tail.len()).expect("short code");
    [&head, &[PUSH1, refusal, JUMPI][..], &tail, &[JUMPDEST, PUSH0, PUSH0, REVERT]].concat().into()
}
