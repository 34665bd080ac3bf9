//! What the naive model does around the auction: cancellations, triggers, own orders that meet, what becomes of all.

use std::collections::BTreeSet;

use seiza_orderbook::*;

use super::naive::{Naive, Party};

/// What the policies of accounts that are filled on both sides take out.
pub fn self_trades(fills: &[Fill]) -> Vec<OrderId> {
    let (owners, mut out): (BTreeSet<_>, _) = (fills.iter().map(|fill| fill.order.order.owner).collect(), vec![]);
    for owner in owners {
        let mut own: Vec<_> = fills.iter().map(|f| f.order).filter(|r| r.order.owner == owner).collect();
        own.sort_by_key(|resting| resting.since);
        while let Some(newest) = own.last().copied() {
            let Some(oldest) = own.iter().find(|r| r.order.side != newest.order.side).copied() else { break };
            let (newest_goes, oldest_goes) = match newest.order.self_trade {
                SelfTrade::CancelNewest => (true, false),
                SelfTrade::CancelOldest => (false, true),
                SelfTrade::CancelBoth => (true, true),
            };
            let goes = |r: &Resting| (newest_goes && *r == newest) || (oldest_goes && *r == oldest);
            out.extend(own.iter().filter(|r| goes(r)).map(|r| r.order.id));
            own.retain(|r| !goes(r));
        }
    }
    out
}

impl Naive {
    pub fn cancel(&mut self, batch: &Batch, out: &mut Clearing) {
        let (mut done, mut cancels) = (BTreeSet::new(), batch.cancels.clone());
        cancels.sort();
        for cancel in cancels {
            let error = match self.parties.iter().position(|party| party.resting.order.id == cancel.id) {
                _ if done.contains(&cancel.id) => CancelError::Duplicate,
                None => CancelError::UnknownOrder,
                Some(at) if self.parties[at].resting.order.owner != cancel.owner => CancelError::NotOwner,
                Some(at) => {
                    let Party { resting: order, place, .. } = self.parties.remove(at);
                    out.ended.push(Ended { order, place, reason: EndReason::Cancelled });
                    done.insert(cancel.id);
                    continue;
                }
            };
            out.refused.push((cancel, error));
        }
    }

    pub fn fire(&mut self, batch: &Batch, out: &mut Clearing) {
        self.parties.sort_by_key(|party| party.resting.order.id);
        let met = |condition: Condition| self.last.is_some_and(|last| condition.is_met(last));
        let mut times = (0..).map(|nth| OrderId::new(batch.height - 1, u32::MAX, 0, nth));
        self.parties.retain_mut(|party| match (party.waits, party.place) {
            (Some(condition), Place::Waited(_)) if met(condition) && batch.is_past(party.resting.order.expiry) => {
                out.ended.push(Ended { order: party.resting, place: party.place, reason: EndReason::Expired });
                false
            }
            (Some(condition), place) if met(condition) => {
                let order = party.resting.order;
                if place != Place::Arrived {
                    out.fired.push(Trigger { order, condition });
                    party.resting.since = times.next().unwrap();
                }
                (party.place, party.waits) = (Place::Arrived, None);
                true
            }
            _ => true,
        });
    }

    pub fn finish(&mut self, vetoed: &[(OrderId, EndReason)], out: &mut Clearing) {
        self.parties.retain_mut(|party| {
            let Order { id, kind, quantity, .. } = party.resting.order;
            if let Some(condition) = party.waits {
                out.waiting.extend(
                    (party.place == Place::Arrived).then_some(Trigger { order: party.resting.order, condition }),
                );
                party.place = Place::Waited(condition);
                out.due |= self.last.is_some_and(|last| condition.is_met(last));
                return true;
            }
            let filled = out.fills.iter().find(|fill| fill.order.order.id == id).map_or(0, |fill| fill.quantity.0);
            party.resting.order.quantity = Quantity(quantity.0 - filled);
            let unfilled = if kind == Kind::FillOrKill { EndReason::NotFilledInFull } else { EndReason::Unfilled };
            let unfilled = (party.place == Place::Arrived && !kind.rests()).then_some(unfilled);
            let reason = vetoed.iter().find(|(vetoed, _)| *vetoed == id).map(|(_, reason)| *reason).or(unfilled);
            if party.resting.order.quantity == Quantity::ZERO
                || out.rejected.iter().any(|(rejected, _)| *rejected == id)
            {
                return false;
            }
            if let Some(reason) = reason {
                out.ended.push(Ended { order: party.resting, place: party.place, reason });
                return false;
            }
            out.rested.extend((party.place == Place::Arrived).then_some(party.resting));
            party.place = Place::Rested;
            true
        });
    }
}
