//! A market maker and a crowd of takers that keep a devnet's two markets alive: `seiza devnet --with-market`, and `seiza
//! exchange make-market` beside any node whose chain was founded so.
//!
//! Each round the prices take a step at random, the makers quote ten levels on both sides anew, and some of the takers
//! trade. Everything goes in as Cosmos transactions over the node's own doors, signed with keys that everybody knows. A node
//! that does not answer is asked again in the next round; no account has more than a few transactions waiting.

mod desk;
mod dice;
mod founding;
mod limits;
mod pair;
mod quotes;
mod ready;

use std::sync::mpsc::{Receiver, RecvTimeoutError, Sender, channel};
use std::thread::JoinHandle;

use alloy_primitives::keccak256;

use crate::failure::Failure;
use crate::keys::Account;
use desk::{Desk, Wish};
use dice::Dice;
use limits::{ROUND, STANDS, TAKERS};
use pair::PAIRS;

pub use founding::{fund, is_funded};
pub use ready::{check, names};

/// Where the node answers.
#[derive(Debug, Clone)]
pub struct Doors {
    /// JSON-RPC over HTTP.
    pub rpc: String,
    /// Tendermint's RPC.
    pub tendermint: String,
}

/// A crowd at work on a thread of its own; dropping it stops it.
pub struct Crowd {
    stop: Option<Sender<()>>,
    thread: Option<JoinHandle<()>>,
}

impl Crowd {
    /// Sets it to work.
    #[must_use]
    pub fn start(doors: Doors) -> Self {
        let (stop, stopped) = channel();
        let work = move || {
            if let Err(failure) = trade(&doors, &stopped) {
                tracing::warn!(%failure, "the market's crowd does not trade");
            }
        };
        let thread = std::thread::Builder::new().name("market".into()).spawn(work);
        Self { stop: Some(stop), thread: thread.ok() }
    }
}

impl Drop for Crowd {
    fn drop(&mut self) {
        drop(self.stop.take());
        // A round ends by itself: each of its requests is bounded in time.
        let _ = self.thread.take().map(JoinHandle::join);
    }
}

/// Who trades in one market, and where its price is.
struct Floor {
    maker: Account,
    takers: Vec<Account>,
    /// Ticks.
    mid: u64,
}

/// Trades until the other end of `stopped` is dropped.
///
/// # Errors
/// Nobody answers at first. Later a node may be gone for a while.
pub fn trade(doors: &Doors, stopped: &Receiver<()>) -> Result<(), Failure> {
    let desk = Desk::at(&doors.rpc, &doors.tendermint)?;
    let mut floors = floors()?;
    let mut dice = Dice::new(1);
    while stopped.recv_timeout(ROUND) == Err(RecvTimeoutError::Timeout) {
        match desk.send(&round(&mut floors, &mut dice)) {
            Ok(sent) => tracing::trace!(?sent, "a round of the market's crowd"),
            Err(failure) => tracing::debug!(%failure, "a round of the market's crowd is lost"),
        }
    }
    Ok(())
}

fn round<'a>(floors: &'a mut [Floor], dice: &mut Dice) -> Vec<Wish<'a>> {
    let until_ns = desk::ahead(STANDS);
    let mut wishes = Vec::new();
    for (floor, pair) in floors.iter_mut().zip(&PAIRS) {
        floor.mid = pair.walk(floor.mid, dice);
        let Floor { maker, takers, mid } = floor;
        let messages = quotes::ladder(maker.sei_address(), pair, *mid, dice).into();
        wishes.push(Wish { account: maker, messages });
        for taker in takers.iter() {
            if let Some(message) = quotes::impulse(taker.sei_address(), pair, *mid, until_ns, dice) {
                wishes.push(Wish { account: taker, messages: vec![message] });
            }
        }
    }
    wishes
}

fn floors() -> Result<Vec<Floor>, Failure> {
    let floor = |(at, pair): (usize, &pair::Pair)| {
        let mut accounts = (0..=TAKERS).map(|nth| account(at * (TAKERS + 1) + nth));
        let maker = accounts.next().expect("a maker and takers")?;
        Ok(Floor { maker, takers: accounts.collect::<Result<_, _>>()?, mid: pair.start })
    };
    PAIRS.iter().enumerate().map(floor).collect()
}

/// The crowd's account of that number. Everybody can know its key.
fn account(number: usize) -> Result<Account, Failure> {
    Account::from_secret(&keccak256(format!("seiza market {number}")).0)
}
