//! Random transactions of both kinds: most of them good, some that fail, some that cannot run at all.

use std::slice::from_ref;
use std::sync::Arc;

use alloy_consensus::{TxEip1559, TxEip2930, TxEip7702, TxLegacy};
use alloy_eips::eip2930::{AccessList, AccessListItem};
use alloy_eips::eip7702::Authorization;
use alloy_primitives::{B256, Bytes, TxKind, U256};
use rand::Rng;
use rand::rngs::StdRng;
use seiza_chain::evm::BlockContext;
use seiza_chain::modules::fees::FeeParams;
use seiza_chain::modules::{auth, bank};
use seiza_chain::{BlockInput, Cancel, Hints, Mode};
use seiza_state::Overlay;
use seiza_types::{Address, VerifiedTx};

use crate::EVM_CHAIN_ID;
use crate::cast::{CHILDREN, CONTRACTS, Cast, USERS, Who};
use crate::code::{creation, runtime};
use crate::native::{EXCHANGE, trade};
use crate::program::program;
use crate::sign::{authorize, signed};
use crate::wallet::GWEI;

const TRANSFER_GAS: u64 = 21_000;
const CALL_GAS: u64 = 400_000;

/// What a call or a transfer asks for.
struct Call {
    to: TxKind,
    value: U256,
    input: Bytes,
    gas: u64,
}

/// Makes one block's transactions. Each is run at once on a copy of the state, so that the next one's nonce fits and an
/// exact balance is exact.
pub struct Generator<'a> {
    pub rng: &'a mut StdRng,
    pub cast: &'a Cast,
    pub context: &'a BlockContext,
    pub state: Overlay,
}

impl Generator<'_> {
    pub fn block(&mut self, count: usize) -> Vec<VerifiedTx> {
        (0..count).map(|_| self.next()).collect()
    }

    fn next(&mut self) -> VerifiedTx {
        let tx = self.tx();
        let (context, fees) = (self.context, &FeeParams::default());
        let input = BlockInput { context, parent_hash: None, txs: from_ref(&tx), fees, hints: Hints::None, turn: None };
        let changes = input.run(&self.state, Mode::Sequential, &Cancel::default()).unwrap().changes;
        self.state = self.state.with(Arc::new(changes));
        tx
    }

    fn nonce(&self, user: u8) -> u64 {
        auth::nonce(&self.state, &self.cast.signer(user).address).unwrap()
    }

    fn tx(&mut self) -> VerifiedTx {
        let user = self.cast.sender(self.rng);
        let nonce = self.nonce(user);
        match self.rng.random_range(0..100) {
            0..3 => {
                let odd = [nonce + 1, nonce.saturating_sub(1), nonce + 3][self.rng.random_range(0..3)];
                self.transfer(user, odd)
            }
            // The busiest one keeps its money.
            3..6 if user != 0 => self.sweep(user, nonce),
            3..25 => self.transfer(user, nonce),
            25..40 => self.send(user, nonce),
            40..52 => self.trade(user, nonce),
            52..85 => self.call(user, nonce),
            85..94 => self.create(user, nonce),
            _ => self.delegate(user, nonce),
        }
    }

    fn someone(&mut self) -> Address {
        let who = self.cast.who(self.rng);
        self.cast.address(&who)
    }

    /// A little value to anybody: a contract will want more gas than there is.
    fn transfer(&mut self, user: u8, nonce: u64) -> VerifiedTx {
        let (to, value) = (TxKind::Call(self.someone()), U256::from(self.rng.random_range(0..400)));
        let gas = if self.rng.random_bool(0.7) { TRANSFER_GAS } else { CALL_GAS };
        self.sign(user, nonce, Call { to, value, input: Bytes::new(), gas })
    }

    /// All that the sender owns, or one wei more; mostly to another user.
    fn sweep(&mut self, user: u8, nonce: u64) -> VerifiedTx {
        let owned = bank::native_balance(&self.state, &self.cast.signer(user).address).unwrap();
        let price = 3 * GWEI;
        let left = owned.saturating_sub(U256::from(u128::from(TRANSFER_GAS) * price));
        let value = left + U256::from(self.rng.random_range(0..3) / 2);
        let heir = Who::User(self.rng.random_range(0..USERS));
        let to = if self.rng.random_bool(0.7) { self.cast.address(&heir) } else { self.someone() };
        let (chain_id, to) = (Some(EVM_CHAIN_ID), TxKind::Call(to));
        let tx =
            TxLegacy { chain_id, nonce, gas_price: price, gas_limit: TRANSFER_GAS, to, value, input: Bytes::new() };
        signed(self.cast.wallet(user), tx)
    }

    fn send(&mut self, user: u8, nonce: u64) -> VerifiedTx {
        let to = self.cast.signer(self.rng.random_range(0..USERS)).sei;
        let atoms = [1, 30, 299, 300, 301][self.rng.random_range(0..5)];
        let usei = self.rng.random_range(0..3);
        let amount: &[(&str, u64)] = match self.rng.random_range(0..9) {
            0..4 => &[("usei", usei)],
            4 | 5 => &[("factory/atom", atoms)],
            6 | 7 => &[("factory/atom", atoms), ("usei", 1)],
            _ => &[("usei", 1_000_000_000_000)],
        };
        let fee = [0, 100, 100_000_000_000, 400][self.rng.random_range(0..20).min(3)];
        self.cast.wallet(user).send(nonce, to, amount, fee)
    }

    fn call(&mut self, user: u8, nonce: u64) -> VerifiedTx {
        let who = match self.rng.random_range(0..4) {
            0 => Who::Child(self.rng.random_range(0..CONTRACTS), 0, self.rng.random_range(0..CHILDREN)),
            1 => self.cast.who(self.rng),
            _ => Who::Contract(self.rng.random_range(0..CONTRACTS)),
        };
        let gas = if self.rng.random_bool(0.8) { CALL_GAS } else { self.rng.random_range(TRANSFER_GAS..90_000) };
        let (to, value) = (TxKind::Call(self.cast.address(&who)), U256::from(self.rng.random_range(0..3) * 100));
        self.sign(user, nonce, Call { to, value, input: Bytes::new(), gas })
    }

    /// Orders of one's own.
    fn trade(&mut self, user: u8, nonce: u64) -> VerifiedTx {
        let to = TxKind::Call(self.cast.address(&Who::Precompile(EXCHANGE)));
        let input = trade(self.rng, self.cast).into();
        self.sign(user, nonce, Call { to, value: U256::ZERO, input, gas: CALL_GAS })
    }

    fn create(&mut self, user: u8, nonce: u64) -> VerifiedTx {
        let [constructor, code] = [4, 6].map(|steps| program(self.rng, self.cast, steps, 1));
        let input = creation(&constructor, &runtime(&code, self.cast), self.cast).into();
        let value = U256::from(self.rng.random_range(0..2) * 90);
        self.sign(user, nonce, Call { to: TxKind::Create, value, input, gas: 2 * CALL_GAS })
    }

    /// EIP-1559 or EIP-2930: the latter lists slots, not always the right ones.
    fn sign(&mut self, user: u8, nonce: u64, call: Call) -> VerifiedTx {
        let (chain_id, wallet) = (EVM_CHAIN_ID, *self.cast.wallet(user));
        let Call { to, value, input, gas: gas_limit } = call;
        if self.rng.random_bool(0.75) {
            let (max_fee_per_gas, max_priority_fee_per_gas) = (4 * GWEI, GWEI / 2);
            let access_list = AccessList::default();
            return signed(
                &wallet,
                TxEip1559 {
                    chain_id,
                    nonce,
                    gas_limit,
                    max_fee_per_gas,
                    max_priority_fee_per_gas,
                    to,
                    value,
                    access_list,
                    input,
                },
            );
        }
        let access_list = self.access_list();
        let gas_limit = gas_limit + 20_000;
        signed(&wallet, TxEip2930 { chain_id, nonce, gas_price: 3 * GWEI, gas_limit, to, value, access_list, input })
    }

    fn access_list(&mut self) -> AccessList {
        let mut item = || {
            let storage_keys = (0..self.rng.random_range(0..3)).map(B256::with_last_byte).collect();
            let contract = Who::Contract(self.rng.random_range(0..CONTRACTS));
            AccessListItem { address: self.cast.address(&contract), storage_keys }
        };
        vec![item(), item()].into()
    }

    /// EIP-7702: a user's account borrows a contract's code, or gives it back.
    fn delegate(&mut self, user: u8, nonce: u64) -> VerifiedTx {
        let authority = self.rng.random_range(0..USERS);
        let contract = self.cast.address(&Who::Contract(self.rng.random_range(0..CONTRACTS)));
        let address = if self.rng.random_bool(0.8) { contract } else { Address::ZERO };
        let nonce_then = self.nonce(authority) + u64::from(authority == user) + self.rng.random_range(0..8) / 7;
        let authorization = Authorization { chain_id: U256::from(EVM_CHAIN_ID), address, nonce: nonce_then };
        let authorization_list = vec![authorize(self.cast.wallet(authority), authorization)];
        let tx = TxEip7702 {
            chain_id: EVM_CHAIN_ID,
            nonce,
            gas_limit: CALL_GAS,
            max_fee_per_gas: 4 * GWEI,
            max_priority_fee_per_gas: GWEI,
            to: self.cast.signer(authority).address,
            value: U256::from(self.rng.random_range(0..50)),
            access_list: AccessList::default(),
            authorization_list,
            input: Bytes::new(),
        };
        signed(self.cast.wallet(user), tx)
    }
}
