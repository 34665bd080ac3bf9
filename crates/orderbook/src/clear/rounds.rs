//! The auction: priced, filled, and priced anew for as long as somebody in it must not trade.
//!
//! A round that changes nothing is the last. Every other takes at least one order out, by the first of these that applies:
//! 1. Fill-or-kill orders that the price reaches and that don't fit behind those that trade before them.
//! 2. Orders of accounts that would both buy and sell.
//! 3. Fill-or-kill orders that the price does not reach.
//!
//! **Termination**: rounds are at most [`Limits::rounds`](crate::Limits); after that every fill-or-kill order is taken out, and every taker
//! whose owner stands on both sides. What is left needs no further round: no order asks for all or nothing, and an account
//! that still stands on both sides has only makers there, which do not cross.

use super::Party;
use super::intake::Intake;
use super::price::{Bounds, Priced, discover};
use super::queue::Queue;
use super::window::{Filter, Read, Window};
use crate::clearing::{EndReason, Ended, Place};
use crate::order::{Kind, SelfTrade, Side};
use crate::units::Price;
use crate::view::BookView;

/// All who may trade.
pub(super) struct Auction {
    /// The batch's arrivals in the order of time, then the resting orders as they were read.
    pub(super) parties: Vec<Party>,
    /// How many of the parties are arrivals.
    pub(super) arrivals: usize,
    /// Bids, asks.
    pub(super) queues: [Queue; 2],
    /// Bids, asks.
    pub(super) windows: [Window; 2],
}

/// A party to take out, and why.
type Veto = (usize, EndReason);

impl Auction {
    pub(super) fn new(parties: Vec<Party>, windows: [Window; 2]) -> Self {
        let arrivals = parties.len();
        Self { parties, arrivals, queues: [Queue::new(Side::Bid), Queue::new(Side::Ask)], windows }
    }

    /// Takes in what was read of the book.
    pub(super) fn join(&mut self, read: Read, intake: &mut Intake) {
        let over = |order| Ended { order, place: Place::Rested, reason: EndReason::Expired };
        intake.clearing.ended.extend(read.expired.into_iter().map(over));
        for resting in read.live {
            self.queues[resting.order.side as usize].push(&resting, self.parties.len());
            self.parties.push(Party::new(resting, Place::Rested));
        }
    }

    /// Finds the price, and fills the queues at it.
    pub(super) fn run<V: BookView + ?Sized>(
        &mut self,
        view: &V,
        intake: &mut Intake,
    ) -> Result<Option<Priced>, V::Error> {
        for _ in 0..intake.limits.rounds {
            self.read(view, intake)?;
            let (priced, misfits) = self.trade(intake.last);
            let vetoes = self.vetoes(misfits);
            if vetoes.is_empty() {
                return Ok(priced);
            }
            self.remove(vetoes);
        }
        self.read(view, intake)?;
        self.remove(self.last_resort());
        Ok(self.trade(intake.last).0)
    }

    /// Reads as much of the book as the takers could trade with.
    fn read<V: BookView + ?Sized>(&mut self, view: &V, intake: &mut Intake) -> Result<(), V::Error> {
        for side in [Side::Bid, Side::Ask] {
            let Some((worst, lots)) = self.takers(side.opposite()) else { continue };
            let filter = Filter { now: intake.now, gone: &intake.gone };
            let mut read = Read::default();
            self.windows[side as usize].read(view, filter, worst, 2 * lots, &mut read)?;
            self.join(read, intake);
        }
        self.queues.iter_mut().for_each(Queue::sort);
        Ok(())
    }

    /// The worst price that a taker of that side accepts, and how much all of them want.
    fn takers(&self, side: Side) -> Option<(Price, u128)> {
        let queue = &self.queues[side as usize];
        let takers = queue.entries.iter().filter(|entry| self.is_taker(entry.at as usize));
        takers.fold(None, |sum: Option<(Price, u128)>, entry| {
            let (worst, lots) = sum.unwrap_or((entry.price, 0));
            let worst = if side.rank(entry.price) < side.rank(worst) { entry.price } else { worst };
            Some((worst, lots + u128::from(entry.quantity)))
        })
    }

    fn is_taker(&self, at: usize) -> bool {
        at < self.arrivals && self.parties[at].resting.order.kind != Kind::PostOnly
    }

    /// Prices and fills. Gives the fill-or-kill orders that don't fit, too.
    fn trade(&mut self, last: Option<Price>) -> (Option<Priced>, Vec<usize>) {
        let [bids, asks] = &mut self.queues;
        let lowest = self.windows[Side::Bid as usize].bound().unwrap_or(Price(0));
        let highest = self.windows[Side::Ask as usize].bound().unwrap_or(Price(u64::MAX));
        let Some(priced) = discover(&bids.entries, &asks.entries, Bounds { last, lowest, highest }) else {
            return (None, Vec::new());
        };
        let mut misfits = bids.fill(priced.price, priced.volume);
        misfits.extend(asks.fill(priced.price, priced.volume));
        (Some(priced), misfits)
    }

    /// Who must not trade as it is.
    fn vetoes(&self, misfits: Vec<usize>) -> Vec<Veto> {
        let unfilled = |at| (at, EndReason::NotFilledInFull);
        if !misfits.is_empty() {
            return misfits.into_iter().map(unfilled).collect();
        }
        let met = self.self_trades();
        if !met.is_empty() {
            return met.into_iter().map(|at| (at, EndReason::SelfTrade)).collect();
        }
        self.queues.iter().flat_map(Queue::strays).map(unfilled).collect()
    }

    fn remove(&mut self, vetoes: Vec<Veto>) {
        for (at, reason) in vetoes {
            let party = &mut self.parties[at];
            party.ended = Some(reason);
            if party.place == Place::Rested {
                self.windows[party.resting.order.side as usize].release(&party.resting);
            }
        }
        for queue in &mut self.queues {
            queue.retain(|at| self.parties[at].ended.is_none());
        }
    }

    /// Of each account that is filled on both sides, the orders that its policies take out.
    fn self_trades(&self) -> Vec<usize> {
        let filled = self.queues.iter().flat_map(|queue| queue.filled().map(|entry| entry.at as usize));
        let mut vetoes = Vec::new();
        for group in self.on_both_sides(filled) {
            self.resolve(group, &mut vetoes);
        }
        vetoes
    }

    /// The given parties of those owners who have some on both sides, by owner.
    fn on_both_sides(&self, parties: impl Iterator<Item = usize>) -> Vec<Vec<usize>> {
        let owner = |at: usize| self.parties[at].resting.order.owner;
        // Eight bytes tell nearly all owners apart, and are sorted much faster than twenty.
        let head = |at: usize| u64::from_be_bytes(owner(at).0[..8].try_into().expect("an address has 20 bytes"));
        let mut heads: Vec<(u64, u32)> = parties.map(|at| (head(at), at as u32)).collect();
        heads.sort_unstable();
        let mut groups = Vec::new();
        for alike in heads.chunk_by(|a, b| a.0 == b.0).filter(|alike| alike.len() > 1) {
            let mut alike: Vec<usize> = alike.iter().map(|(_, at)| *at as usize).collect();
            alike.sort_unstable_by_key(|at| (owner(*at), *at));
            let owned = alike.chunk_by(|a, b| owner(*a) == owner(*b)).filter(|owned| self.has_both_sides(owned));
            groups.extend(owned.map(<[usize]>::to_vec));
        }
        groups
    }

    fn has_both_sides(&self, parties: &[usize]) -> bool {
        let first = self.parties[parties[0]].resting.order.side;
        parties.iter().any(|at| self.parties[*at].resting.order.side != first)
    }

    /// Takes out one account's orders by their policies until it stands on one side only.
    fn resolve(&self, group: Vec<usize>, vetoes: &mut Vec<usize>) {
        let resting = |at: &usize| &self.parties[*at].resting;
        let (mut bids, mut asks): (Vec<_>, Vec<_>) =
            group.into_iter().partition(|at| resting(at).order.side == Side::Bid);
        for side in [&mut bids, &mut asks] {
            side.sort_unstable_by_key(|at| std::cmp::Reverse(resting(at).since));
        }
        // Newest first: the newest of all is at the front of its side, the oldest of the other side at that one's end.
        let (mut bids, mut asks) = (std::collections::VecDeque::from(bids), std::collections::VecDeque::from(asks));
        while let (Some(bid), Some(ask)) = (bids.front(), asks.front()) {
            let newest_bids = resting(bid).since > resting(ask).since;
            let policy = resting(if newest_bids { bid } else { ask }).order.self_trade;
            let (newer, older) = if newest_bids { (&mut bids, &mut asks) } else { (&mut asks, &mut bids) };
            if policy != SelfTrade::CancelOldest {
                vetoes.extend(newer.pop_front());
            }
            if policy != SelfTrade::CancelNewest {
                vetoes.extend(older.pop_back());
            }
        }
    }

    /// Everybody who could ask for another round.
    fn last_resort(&self) -> Vec<Veto> {
        let queued = || self.queues.iter().flat_map(|queue| queue.entries.iter());
        let in_full =
            queued().filter(|entry| entry.in_full).map(|entry| (entry.at as usize, EndReason::NotFilledInFull));
        let others = queued().filter(|entry| !entry.in_full).map(|entry| entry.at as usize);
        let groups = self.on_both_sides(others);
        let takers = groups.into_iter().flatten().filter(|at| self.is_taker(*at));
        in_full.chain(takers.map(|at| (at, EndReason::SelfTrade))).collect()
    }
}
