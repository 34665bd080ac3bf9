//! What is sent: a thousand senders, rounds of transfers and of ERC-20 transfers, all signed beforehand, and the setup
//! that funds the senders on a fresh chain.

use alloy_primitives::{Address, Bytes, U256};

use crate::load::{self, BATCH, CONNECTIONS, Chain, Lane};
use crate::target::Target;
use crate::token;
use crate::wallet::{Act, Signed, Wallet};

const SENDERS: u32 = 1_000;
const TRANSFER_GAS: u64 = 21_000;
const TOKEN_GAS: u64 = 60_000;
const CREATION_GAS: u64 = 1_500_000;

/// The whole load.
pub struct Plan {
    rounds: usize,
    /// Transactions of each sender in a round.
    each: u64,
    rich: Wallet,
    senders: Vec<Wallet>,
}

/// The load, signed and encoded.
pub struct SignedPlan {
    /// Rounds of plain transfers.
    pub transfers: Vec<Vec<Lane>>,
    /// Rounds of ERC-20 transfers.
    pub tokens: Vec<Vec<Lane>>,
    /// Transfers during which reads are measured.
    pub under_reads: Vec<Lane>,
}

impl Plan {
    /// `rounds` of each kind with about `txs` transactions.
    pub fn of(rounds: usize, txs: usize) -> Self {
        let each = (txs as u64 / u64::from(SENDERS)).max(1);
        Self { rounds, each, rich: Wallet::rich(), senders: (0..SENDERS).map(Wallet::numbered).collect() }
    }

    /// Transactions to be signed.
    pub fn total(&self) -> u64 {
        (2 * self.rounds as u64 + 1) * self.each * u64::from(SENDERS)
    }

    /// The ERC-20's address: what the rich account creates first.
    pub fn token(&self) -> Address {
        self.rich.address.create(0)
    }

    /// Whose balances are read.
    pub fn owners(&self) -> Vec<Address> {
        self.senders.iter().map(|sender| sender.address).collect()
    }

    /// Signs everything.
    pub fn sign(&self) -> SignedPlan {
        let token = self.token();
        let transfer = |to| Act { to: Some(to), value: U256::from(1), input: Bytes::new(), gas: TRANSFER_GAS };
        let erc20 = |to| Act { to: Some(token), value: U256::ZERO, input: token::transfer(to, 1), gas: TOKEN_GAS };
        let rounds = self.rounds as u64;
        let round = |number: u64, act: &(dyn Fn(Address) -> Act + Sync)| self.round(number * self.each, act);
        SignedPlan {
            transfers: (0..rounds).map(|number| round(number, &transfer)).collect(),
            tokens: (rounds..2 * rounds).map(|number| round(number, &erc20)).collect(),
            under_reads: round(2 * rounds, &transfer),
        }
    }

    /// One round: every connection has its own senders, each sends from nonce `first` on.
    fn round(&self, first: u64, act: &(dyn Fn(Address) -> Act + Sync)) -> Vec<Lane> {
        let share = self.senders.len().div_ceil(CONNECTIONS);
        let connection = |index: usize| {
            let own = &self.senders[index * share..((index + 1) * share).min(self.senders.len())];
            let mut txs = Vec::new();
            for nonce in first..first + self.each {
                // Recipients are senders too, each another one: no account is everybody's neighbour.
                let to = |place: usize| {
                    self.senders[(index * share + place + 7 + nonce as usize) % self.senders.len()].address
                };
                txs.extend(own.iter().enumerate().map(|(place, sender)| sender.sign(nonce, act(to(place)))));
            }
            txs
        };
        let signed = std::thread::scope(|scope| {
            let threads: Vec<_> = (0..CONNECTIONS).map(|index| scope.spawn(move || connection(index))).collect();
            threads.into_iter().map(|thread| thread.join().expect("signing does not panic")).collect()
        });
        load::lanes(signed)
    }

    /// Funds the senders with SEI and tokens on a fresh chain.
    pub fn prepare(&self, target: &Target) -> std::io::Result<()> {
        let creation = Act { to: None, value: U256::ZERO, input: token::creation(), gas: CREATION_GAS };
        let fund = |to| Act {
            to: Some(to),
            value: U256::from(5_000_000_000_000_000_000u64),
            input: Bytes::new(),
            gas: TRANSFER_GAS,
        };
        let token = self.token();
        let give =
            |to| Act { to: Some(token), value: U256::ZERO, input: token::transfer(to, 1_000_000), gas: TOKEN_GAS };
        let acts = std::iter::once(creation)
            .chain(self.senders.iter().map(|sender| fund(sender.address)))
            .chain(self.senders.iter().map(|sender| give(sender.address)));
        let signed: Vec<Signed> = acts.enumerate().map(|(nonce, act)| self.rich.sign(nonce as u64, act)).collect();
        for part in signed.chunks(5 * BATCH) {
            load::run(&Chain::of(target.name, &target.address), &load::lanes(vec![part.to_vec()]))?;
        }
        Ok(())
    }
}
