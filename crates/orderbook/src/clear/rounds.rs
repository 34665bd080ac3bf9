//! The auction: priced, filled, and priced anew for as long as somebody in it must not trade.
//!
//! A round that changes nothing is the last. Every other takes at least one order out, by the first of these that applies:
//! 1. Fill-or-kill orders that the price reaches and that don't fit behind those that trade before them.
//! 2. Orders of accounts that would both buy and sell.
//! 3. Fill-or-kill orders that the price does not reach.
//!
//! **Termination**: rounds are at most [`Limits::rounds`](crate::Limits); after that every fill-or-kill order is taken out,
//! and every taker whose owner stands on both sides. What is left needs no further round: no order asks for all or
//! nothing, and an account that still stands on both sides has only makers there, which do not cross.

use super::intake::Intake;
use super::owners::{on_both_sides, self_trades};
use super::parties::{At, Parties};
use super::price::{Bounds, Priced, discover};
use super::queue::{Entry, Memory, Queue};
use super::window::{Filter, Window};
use crate::clearing::{EndReason, Ended, Place};
use crate::order::{Order, Side};
use crate::units::Price;
use crate::view::BookView;

/// All who may trade.
pub(super) struct Auction {
    /// Bids, asks.
    pub(super) queues: [Queue; 2],
    /// Bids, asks.
    pub(super) windows: [Window; 2],
}

/// A party to take out, and why.
type Veto = (At, EndReason);

impl Auction {
    pub(super) fn new([bids, asks]: [Memory; 2], may_read: usize) -> Self {
        let queues = [Queue::new(Side::Bid, bids), Queue::new(Side::Ask, asks)];
        Self { queues, windows: [Side::Bid, Side::Ask].map(|side| Window::new(side, may_read)) }
    }

    pub(super) fn into_memory(self) -> [Memory; 2] {
        self.queues.map(Queue::into_memory)
    }

    /// The best price of the book's orders: read ones, or the one that may not be read.
    pub(super) fn top(&self, side: Side) -> Option<Price> {
        self.queue(side).best(false).or(self.windows[side as usize].cut())
    }

    /// Finds the price, and fills the queues at it.
    pub(super) fn run<V: BookView + ?Sized>(
        &mut self,
        view: &V,
        intake: &mut Intake<'_>,
    ) -> Result<Option<Priced>, V::Error> {
        for _ in 0..intake.limits.rounds {
            self.read(view, intake)?;
            let (priced, misfits) = self.trade(intake.last);
            let vetoes = self.vetoes(&intake.parties, misfits);
            if vetoes.is_empty() {
                return Ok(priced);
            }
            self.remove(&mut intake.parties, vetoes);
        }
        self.read(view, intake)?;
        let vetoes = self.last_resort(&intake.parties);
        self.remove(&mut intake.parties, vetoes);
        Ok(self.trade(intake.last).0)
    }

    /// Reads the book's share on both sides.
    fn read<V: BookView + ?Sized>(&mut self, view: &V, intake: &mut Intake<'_>) -> Result<(), V::Error> {
        for side in [Side::Bid, Side::Ask] {
            let Some(worst) = self.queue(side.opposite()).best(true) else { continue };
            if self.windows[side as usize].is_empty() {
                self.read_on(view, intake, side, worst, 1)?;
            }
            let share = self.share(side);
            self.read_on(view, intake, side, worst, share)?;
        }
        Ok(())
    }

    /// Reads one side on ([`Window::read`]); who takes part is queued.
    pub(super) fn read_on<V: BookView + ?Sized>(
        &mut self,
        view: &V,
        intake: &mut Intake<'_>,
        side: Side,
        worst: Price,
        need: u128,
    ) -> Result<(), V::Error> {
        let Intake { parties, clearing, gone, now, .. } = intake;
        let queue = &mut self.queues[side as usize];
        self.windows[side as usize].read(view, Filter { now: *now, gone }, worst, need, |resting, live| {
            if live {
                let Order { price, quantity, .. } = resting.order;
                queue.push(parties.join(resting), false, price, quantity.0, false);
            } else {
                clearing.ended.push(Ended { order: *resting, place: Place::Rested, reason: EndReason::Expired });
            }
        })?;
        queue.sort();
        Ok(())
    }

    fn queue(&self, side: Side) -> &Queue {
        &self.queues[side as usize]
    }

    /// What the arrivals that reach the book's best order of that side want, and one lot: more of the book can't matter.
    fn share(&self, side: Side) -> u128 {
        let wanted = self.queue(side).best(false).map_or(0, |best| self.queue(side.opposite()).arrived_lots(best));
        wanted + u128::from(wanted > 0)
    }

    /// The share, and the price beyond which it is not looked for.
    fn depth(&self, side: Side) -> (u128, Option<Price>) {
        let share = self.share(side);
        let level = if share > 0 { self.queue(side).level_of(share) } else { None };
        (share, level.or(self.windows[side as usize].cut()))
    }

    /// Prices and fills. Gives the fill-or-kill orders that don't fit, too.
    fn trade(&mut self, last: Option<Price>) -> (Option<Priced>, Vec<At>) {
        let ((bid_share, lowest), (ask_share, highest)) = (self.depth(Side::Bid), self.depth(Side::Ask));
        let bounds = Bounds {
            last,
            lowest: lowest.unwrap_or(Price(0)),
            highest: highest.unwrap_or(Price(u64::MAX)),
            shares: [bid_share, ask_share],
        };
        let [bids, asks] = &mut self.queues;
        let Some(priced) = discover(bids, asks, bounds) else {
            return (None, Vec::new());
        };
        let mut misfits = bids.fill(priced.price, priced.volume);
        misfits.extend(asks.fill(priced.price, priced.volume));
        (Some(priced), misfits)
    }

    /// Who must not trade as it is.
    fn vetoes(&self, parties: &Parties<'_>, misfits: Vec<At>) -> Vec<Veto> {
        let unfilled = |at| (at, EndReason::NotFilledInFull);
        if !misfits.is_empty() {
            return misfits.into_iter().map(unfilled).collect();
        }
        let met = self_trades(parties, &self.queues);
        if !met.is_empty() {
            return met.into_iter().map(|at| (at, EndReason::SelfTrade)).collect();
        }
        self.queues.iter().flat_map(Queue::strays).map(unfilled).collect()
    }

    fn remove(&mut self, parties: &mut Parties<'_>, vetoes: Vec<Veto>) {
        for (at, reason) in vetoes {
            parties.end(at, reason);
            if parties.place(at) == Place::Rested {
                let order = parties.order(at);
                self.windows[order.side as usize].release(order);
            }
        }
        for queue in &mut self.queues {
            queue.retain(|at| parties.ended(at).is_none());
        }
    }

    /// Everybody who could ask for another round.
    fn last_resort(&self, parties: &Parties<'_>) -> Vec<Veto> {
        let queued = self.queues.iter().flat_map(|queue| queue.entries.iter());
        let in_full = queued.filter(|entry| entry.in_full()).map(|entry| (entry.at(), EndReason::NotFilledInFull));
        let others =
            |queue: &Queue| queue.entries.iter().filter(|entry| !entry.in_full()).map(Entry::at).collect::<Vec<_>>();
        let [bids, asks] = self.queues.each_ref().map(others);
        let groups = on_both_sides(parties, &bids, &asks);
        let takers = groups.into_iter().flatten().filter(|at| parties.takes(*at));
        in_full.chain(takers.map(|at| (at, EndReason::SelfTrade))).collect()
    }
}
