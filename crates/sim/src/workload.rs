//! What people want of the chain: transfers of both kinds between a few accounts. A wallet whose transaction was lost with
//! a crashed node's mempool signs the same nonce again.

use rand::Rng as _;
use rand::rngs::StdRng;
use seiza_chain::modules::auth;
use seiza_state::StateRead;
use seiza_types::{Address, Bytes};

use crate::wallet::Wallet;

/// Accounts that send.
pub const ACCOUNTS: u8 = 8;
/// Transactions that an account sends ahead of what is committed.
const AHEAD: u64 = 3;

/// The senders.
pub struct Workload {
    next: Vec<u64>,
}

impl Default for Workload {
    fn default() -> Self {
        Self { next: vec![0; usize::from(ACCOUNTS)] }
    }
}

/// The wallet of an account.
#[must_use]
pub fn wallet(account: u8) -> Wallet {
    Wallet::new(account + 1)
}

impl Workload {
    /// The next transaction that somebody sends, given the committed state.
    pub fn next(&mut self, state: &dyn StateRead, rng: &mut StdRng) -> Bytes {
        let account = rng.random_range(0..ACCOUNTS);
        let address = wallet(account).signer().address;
        let committed = auth::nonce(state, &address).unwrap_or(0);
        let next = &mut self.next[usize::from(account)];
        if *next < committed || *next >= committed + AHEAD {
            *next = committed;
        }
        let nonce = *next;
        *next += 1;
        let to = wallet(rng.random_range(0..ACCOUNTS)).signer();
        let amount = rng.random_range(1..1_000_000);
        if rng.random_range(0..3) == 0 {
            return wallet(account).send(nonce, to.sei, amount);
        }
        let stranger = Address::repeat_byte(rng.random_range(0x20..0x60));
        let to = if rng.random_range(0..2) == 0 { stranger } else { to.address };
        wallet(account).transfer(nonce, to, amount)
    }
}
