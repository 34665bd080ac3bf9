//! Random transactions of a few users, and the random contracts that they call.

use alloy_consensus::{SignableTransaction as _, TxEip1559, TxEip7702};
use alloy_eips::eip2930::{AccessList, AccessListItem};
use alloy_eips::eip7702::SignedAuthorization;
use alloy_primitives::Signature;
use proptest::prelude::*;
use revm::primitives::TxKind;
use seiza_modules::fees;
use seiza_types::tx::{EvmTx, Signer};
use seiza_types::{Address, B256, Bytes, U256};

use super::super::asm::{Code, Kind};
use super::super::forks::authorization;
use super::super::precompiles::{all_balances_of, associate_pub_key, balance_of, send_native};
use super::super::random::{self, CONTRACTS, Step, child, place};
use super::super::runs::of_type;
use super::super::transfers::{COINBASE, LEFT_EMPTY};
use super::super::world::{CHAIN_ID, GWEI, ether, user};
use crate::precompiles::{ADDR_ADDRESS, BANK_ADDRESS};

pub(super) const USERS: u8 = 6;

/// One step of a random contract: EVM code, or a call of native code.
#[derive(Debug, Clone)]
enum Move {
    Plain(Step),
    Native(u8),
    Look(u8),
}

fn step() -> impl Strategy<Value = Move> {
    prop_oneof![
        8 => random::step().prop_map(Move::Plain),
        2 => (0..4_u8).prop_map(Move::Native),
        1 => (0..9_u8).prop_map(Move::Look),
    ]
}

fn append(code: Code, step: &Move) -> Code {
    match step {
        Move::Plain(step) => random::append(code, step),
        Move::Native(n) => {
            let (to, value, input) = native(*n);
            code.call(Kind::Call, to, U256::from(value), &input).store(15)
        }
        Move::Look(n) => {
            let op = [revm::bytecode::opcode::BALANCE, revm::bytecode::opcode::EXTCODEHASH][usize::from(*n % 2)];
            code.push_address(somebody(*n)).op(&[op]).store(16)
        }
    }
}

fn native(n: u8) -> (Address, u64, Vec<u8>) {
    match n % 4 {
        0 => (BANK_ADDRESS, 0, balance_of(user(1).address, "usei")),
        1 => (BANK_ADDRESS, 1, send_native(&user(2).sei.to_string())),
        2 => (ADDR_ADDRESS, 0, associate_pub_key(&user(5).public_key)),
        _ => (BANK_ADDRESS, 0, all_balances_of(user(2).address)),
    }
}

/// Users, contracts, and those about whom something is odd.
pub(super) fn somebody(n: u8) -> Address {
    match n % 20 {
        n @ 0..6 => user(n + 1).address,
        n @ 6..10 => place(n - 6),
        10 => COINBASE,
        11 => fees::collector(),
        12 => LEFT_EMPTY,
        13 => BANK_ADDRESS,
        14 => Address::with_last_byte(3),
        15 => user(5).sei.cast(),
        n => Address::repeat_byte(n),
    }
}

#[derive(Debug, Clone)]
pub(super) struct Attempt {
    pub(super) sender: u8,
    to: Option<u8>,
    value: U256,
    gas: u64,
    kind: u8,
    input: Vec<u8>,
    pub(super) nonce_off: u64,
}

pub(super) fn attempt() -> impl Strategy<Value = Attempt> {
    let value = prop_oneof![8 => (0..3_u64).prop_map(U256::from), 1 => Just(ether(1)), 1 => Just(ether(60))];
    let gas = prop_oneof![4 => Just(1_000_000_u64), 2 => 21_000..90_000_u64];
    let input = prop_oneof![1 => Just(Vec::new()), 2 => prop::collection::vec(any::<u8>(), 1..5)];
    let kind = prop_oneof![8 => 0..3_u8, 1 => 3..5_u8];
    let nonce_off = prop_oneof![16 => Just(0_u64), 1 => Just(1), 1 => Just(u64::MAX)];
    let to = proptest::option::weighted(0.93, prop_oneof![3 => 6..10_u8, 2 => 0..20_u8]);
    (0..USERS, to, value, gas, kind, input, nonce_off).prop_map(|(sender, to, value, gas, kind, input, nonce_off)| {
        Attempt { sender, to, value, gas, kind, input, nonce_off }
    })
}

fn list() -> AccessList {
    AccessList(vec![AccessListItem { address: place(0), storage_keys: vec![B256::ZERO, B256::with_last_byte(1)] }])
}

impl Attempt {
    pub(super) fn signer(&self) -> Signer {
        user(self.sender + 1)
    }

    pub(super) fn tx(&self, nonce: u64) -> EvmTx {
        let (to, input) = match self.to {
            Some(n) => (TxKind::Call(somebody(n)), Bytes::from(self.input.clone())),
            None => (TxKind::Create, child(self.input.first().copied().unwrap_or_default())),
        };
        let tx = TxEip1559 {
            chain_id: CHAIN_ID,
            nonce: nonce.wrapping_add(self.nonce_off),
            gas_limit: self.gas,
            max_fee_per_gas: u128::from(GWEI) * if self.kind < 2 { 2 } else { 3 },
            max_priority_fee_per_gas: 7,
            to,
            value: self.value,
            input,
            access_list: if self.kind == 1 { list() } else { AccessList::default() },
        };
        match (self.kind, to) {
            (4, TxKind::Call(to)) => delegating(tx, to, self.sender),
            (kind, _) => of_type(kind, tx),
        }
    }
}

/// The same call, with authorizations.
fn delegating(call: TxEip1559, to: Address, sender: u8) -> EvmTx {
    let TxEip1559 { chain_id, nonce, gas_limit, max_fee_per_gas, max_priority_fee_per_gas, value, .. } = call;
    let tx = TxEip7702 {
        chain_id,
        nonce,
        gas_limit,
        max_fee_per_gas,
        max_priority_fee_per_gas,
        to,
        value,
        input: call.input,
        access_list: call.access_list,
        authorization_list: authorizations(sender),
    };
    tx.into_signed(Signature::test_signature()).into()
}

fn authorizations(n: u8) -> Vec<SignedAuthorization> {
    vec![
        authorization(n % 3 + 1, place(n), 0),
        authorization(6, if n.is_multiple_of(2) { place(1) } else { Address::ZERO }, 0),
    ]
}

/// The contracts' codes.
pub(super) fn programs() -> impl Strategy<Value = Vec<Bytes>> {
    let program = prop::collection::vec(step(), 1..7).prop_map(|steps| steps.iter().fold(Code::new(), append).bytes());
    prop::collection::vec(program, usize::from(CONTRACTS))
}
