//! Cancelling and replacing. Cancellations come before everything else that a block does to a market, and nobody else
//! changes an order until the block's end; so what an order still holds is given back at once, and can be used by the next
//! order of the same transaction. The book is told by an arrival.

use seiza_types::Address;
use seiza_types::exchange::{CancelTarget, MarketId, OrderRef, Refusal, ReplaceOrder};

use super::keys::What;
use super::limits::{CANCEL_ALL_MAX, CANCEL_GAS, MESSAGE_GAS, ORDER_GAS};
use super::place::{Answer, Desk};
use super::record::name;
use super::spot::{Withdrawn, encode_withdrawn, spot_of};
use super::terms::kept;
use super::{EXCHANGE_ADDRESS, entries, event, keys, many};
use crate::{Ctx, ModuleError, bank};

/// Cancels orders of `owner` in one market. A fault of one is its own.
///
/// # Errors
/// Out of gas, too many targets, failures of state: then the caller reverts all of it.
pub fn cancel_orders(
    ctx: &mut Ctx<'_>,
    owner: Address,
    market: MarketId,
    targets: &[CancelTarget],
) -> Result<Vec<Result<(), Refusal>>, ModuleError> {
    many(targets.len())?;
    ctx.gas.charge(MESSAGE_GAS + CANCEL_GAS * targets.len() as u64)?;
    let mut desk = Desk::new(ctx, owner);
    let results = targets.iter().zip(0..).map(|(target, index)| desk.cancel(market, target, index));
    let results = results.collect::<Result<Vec<_>, _>>()?;
    event::cancelled(ctx.events, owner, market, &results);
    Ok(results)
}

/// Cancels orders of `owner`, and places others instead. Where the new order is refused for anything but want of funds,
/// what it was to replace stays.
///
/// # Errors
/// Out of gas, too many replacements, failures of state: then the caller reverts all of it.
pub fn replace_orders(
    ctx: &mut Ctx<'_>,
    owner: Address,
    replacements: &[ReplaceOrder],
) -> Result<Vec<Result<OrderRef, Refusal>>, ModuleError> {
    many(replacements.len())?;
    ctx.gas.charge(MESSAGE_GAS + (ORDER_GAS + CANCEL_GAS) * replacements.len() as u64)?;
    let mut desk = Desk::new(ctx, owner);
    let results = replacements.iter().zip(0..).map(|(replacement, index)| desk.replace(replacement, index));
    let results = results.collect::<Result<Vec<_>, _>>()?;
    let orders: Vec<_> = replacements.iter().map(|replacement| replacement.place.clone()).collect();
    event::placed(ctx.events, owner, &orders, &results);
    Ok(results)
}

impl Desk<'_, '_> {
    fn cancel(&mut self, market: MarketId, target: &CancelTarget, index: u16) -> Answer<()> {
        match self.find(market, target)? {
            Ok((market, found)) => self.withdraw(market, &found, index).map(Ok),
            Err(refusal) => Ok(Err(refusal)),
        }
    }

    fn replace(&mut self, wish: &ReplaceOrder, index: u16) -> Answer<OrderRef> {
        let (market, found) = match self.find(wish.place.market, &wish.cancel)? {
            Ok(found) => found,
            Err(refusal) => return Ok(Err(refusal)),
        };
        let record = match self.prepare(&wish.place, index, &found)? {
            Ok(record) => record,
            Err(refusal) => return Ok(Err(refusal)),
        };
        self.withdraw(market, &found, index)?;
        self.arrive(wish.place.market, &record)
    }

    /// The orders that a target names, all of this owner's.
    fn find(&mut self, market: MarketId, target: &CancelTarget) -> Answer<(MarketId, Vec<Withdrawn>)> {
        let (market, orders) = match self.named(market, target)? {
            Ok(named) => named,
            Err(refusal) => return Ok(Err(refusal)),
        };
        if self.terms(market)?.is_none() {
            return Ok(Err(Refusal::UnknownMarket));
        }
        let found = orders.into_iter().map(|order| self.find_one(market, order)).collect::<Result<Vec<_>, _>>()?;
        Ok(found.into_iter().collect::<Result<_, _>>().map(|found| (market, found)))
    }

    /// The names of the orders that a target means.
    fn named(&mut self, market: MarketId, target: &CancelTarget) -> Answer<(MarketId, Vec<OrderRef>)> {
        match target {
            CancelTarget::Id(order) => Ok(Ok((market, vec![*order]))),
            CancelTarget::ClientId(client_id) => match entries::named(self.ctx.state, &self.owner, *client_id)? {
                Some((at, order)) if at == market => Ok(Ok((market, vec![order]))),
                _ => Ok(Err(Refusal::UnknownOrder)),
            },
            CancelTarget::AllOf(market) => {
                let owned = entries::owned(self.ctx.state, &self.owner, Some(*market), None, CANCEL_ALL_MAX)?;
                self.ctx.gas.charge(CANCEL_GAS * owned.len() as u64)?;
                Ok(Ok((*market, owned.into_iter().map(|(_, order)| order).collect())))
            }
        }
    }

    fn find_one(&self, market: MarketId, order: OrderRef) -> Answer<Withdrawn> {
        Ok(match self.kept(market, order)? {
            None => Err(Refusal::UnknownOrder),
            Some(found) if found.record.order.owner != self.owner => Err(Refusal::NotOwner),
            Some(found) => Ok(found),
        })
    }

    /// What is kept of an order, whoever's it is.
    fn kept(&self, market: MarketId, order: OrderRef) -> Result<Option<Withdrawn>, ModuleError> {
        if order.height() == self.ctx.block.height {
            let arrived = entries::arrival(self.ctx.state, market, order)?;
            return Ok(arrived.map(|record| Withdrawn { spot: None, record }));
        }
        let open = entries::record(self.ctx.state, order)?.filter(|(at, _)| *at == market);
        Ok(open.map(|(_, record)| Withdrawn { spot: Some(spot_of(&record)), record }))
    }

    /// Gives back what the orders hold, forgets their names, and tells the book.
    fn withdraw(&mut self, market: MarketId, found: &[Withdrawn], index: u16) -> Result<(), ModuleError> {
        for withdrawn in found {
            self.release(market, withdrawn)?;
        }
        let place = self.ctx.place;
        let at = OrderRef::new(self.ctx.block.height, place.tx, place.message, index);
        if !found.is_empty() {
            self.ctx.state.put(keys::arrival(market, at, What::Cancel), encode_withdrawn(found));
        }
        Ok(())
    }

    fn release(&mut self, market: MarketId, withdrawn: &Withdrawn) -> Result<(), ModuleError> {
        let (record, owner) = (&withdrawn.record, self.owner);
        let Some(terms) = self.terms(market)? else { return Ok(()) };
        let denom = terms.escrow_denom(record.order.side);
        let amount = kept(denom, terms.escrow(&record.order, record.order.quantity));
        let (state, order) = (&mut *self.ctx.state, name(record.order.id));
        bank::release(state, &EXCHANGE_ADDRESS, denom, amount)?;
        bank::credit(state, &owner, denom, amount)?;
        state.delete(match withdrawn.spot {
            None => keys::arrival(market, order, What::Order),
            Some(_) => keys::spot(order),
        });
        state.delete(keys::owned(&owner, market, order));
        if record.extras.client_id != 0 {
            state.delete(keys::client(&owner, record.extras.client_id));
        }
        Ok(())
    }
}
