//! Placing orders: every rule is checked and the escrow taken before an order arrives.
//!
//! What is written belongs to this order or its owner alone, and the escrow is credited without being read: a block full of
//! orders for one market by many accounts has no conflict.

use std::collections::BTreeMap;
use std::rc::Rc;

use seiza_orderbook::{Kind, Order};
use seiza_types::exchange::{MarketId, MarketStatus, OrderRef, PlaceOrder, Refusal, VenueId};
use seiza_types::{Address, Denom, usei_from_wei_down};

use super::limits::{MESSAGE_GAS, ORDER_GAS};
use super::record::{Extras, Record, id, name};
use super::spot::Withdrawn;
use super::terms::{Terms, kept};
use super::wish::{order_of, refused};
use super::{EXCHANGE_ADDRESS, entries, event, keys, many};
use crate::{Ctx, ModuleError, bank};

/// Places orders of `owner`; `ctx.place` names them. A fault of one is its own.
///
/// # Errors
/// Out of gas, too many orders, failures of state: then the caller reverts all of it.
pub fn place_orders(
    ctx: &mut Ctx<'_>,
    owner: Address,
    orders: &[PlaceOrder],
) -> Result<Vec<Result<OrderRef, Refusal>>, ModuleError> {
    many(orders.len())?;
    ctx.gas.charge(MESSAGE_GAS + ORDER_GAS * orders.len() as u64)?;
    let mut desk = Desk::new(ctx, owner);
    let results = orders.iter().zip(0..).map(|(order, index)| desk.place(order, index));
    let results = results.collect::<Result<Vec<_>, _>>()?;
    event::placed(ctx.events, owner, orders, &results);
    Ok(results)
}

/// One account's orders of one message, on their way in.
pub(super) struct Desk<'c, 'a> {
    pub(super) ctx: &'c mut Ctx<'a>,
    pub(super) owner: Address,
    terms: BTreeMap<MarketId, Option<Rc<Terms>>>,
    venues: BTreeMap<VenueId, bool>,
}

/// An answer, unless state fails.
pub(super) type Answer<T> = Result<Result<T, Refusal>, ModuleError>;

impl<'c, 'a> Desk<'c, 'a> {
    pub(super) fn new(ctx: &'c mut Ctx<'a>, owner: Address) -> Self {
        Self { ctx, owner, terms: BTreeMap::new(), venues: BTreeMap::new() }
    }

    fn place(&mut self, wish: &PlaceOrder, index: u16) -> Answer<OrderRef> {
        match self.prepare(wish, index, &[])? {
            Ok(record) => self.arrive(wish.market, &record),
            Err(refusal) => Ok(Err(refusal)),
        }
    }

    /// Checks everything but funds of the `index`-th order. `replaced` are those that it takes the place of, whose client id
    /// it may have.
    pub(super) fn prepare(&mut self, wish: &PlaceOrder, index: u16, replaced: &[Withdrawn]) -> Answer<Record> {
        let place = self.ctx.place;
        let order = OrderRef::new(self.ctx.block.height, place.tx, place.message, index);
        let Some(terms) = self.terms(wish.market)? else { return Ok(Err(Refusal::UnknownMarket)) };
        let checked = match terms.market.status {
            MarketStatus::Active => order_of(&terms, self.owner, id(order), wish),
            MarketStatus::Halted => Err(Refusal::Halted),
            MarketStatus::Delisted => Err(Refusal::Delisted),
        };
        let (order, condition) = match checked {
            Ok(checked) => checked,
            Err(refusal) => return Ok(Err(refusal)),
        };
        if let Some(refusal) = self.refusal(wish, &terms, &order, replaced)? {
            return Ok(Err(refusal));
        }
        let PlaceOrder { venue, client_id, fee_in_native, .. } = *wish;
        let extras = Extras { venue, client_id, fee_in_native };
        Ok(Ok(Record { order, condition, since: order.id, extras }))
    }

    /// What state has against an order that is well-formed.
    fn refusal(
        &mut self,
        wish: &PlaceOrder,
        terms: &Terms,
        order: &Order,
        replaced: &[Withdrawn],
    ) -> Result<Option<Refusal>, ModuleError> {
        if !wish.venue.is_none() && !self.knows(wish.venue)? {
            return Ok(Some(Refusal::UnknownVenue));
        }
        if order.expiry.is_past(self.ctx.block.height, self.ctx.block.time_ns()) {
            return Ok(Some(Refusal::Expired));
        }
        let last = match (order.kind, wish.trigger) {
            (Kind::Market, Some(trigger)) => terms.ticks(trigger.price).ok(),
            (Kind::Market, None) => entries::last_price(self.ctx.state, wish.market)?,
            _ => None,
        };
        if let Err(error) = terms.params.check(order, last) {
            return Ok(Some(refused(terms, &error)));
        }
        if wish.client_id == 0 {
            return Ok(None);
        }
        let Some((_, open)) = entries::named(self.ctx.state, &self.owner, wish.client_id)? else { return Ok(None) };
        let goes = replaced.iter().any(|withdrawn| name(withdrawn.record.order.id) == open);
        Ok((!goes).then_some(Refusal::DuplicateClientId { open }))
    }

    /// Takes the escrow, and lets the order arrive.
    pub(super) fn arrive(&mut self, market: MarketId, record: &Record) -> Answer<OrderRef> {
        let Some(terms) = self.terms(market)? else { return Ok(Err(Refusal::UnknownMarket)) };
        let held = self.hold(&terms, &record.order)?;
        Ok(held.map(|()| entries::arrive(&mut *self.ctx.state, market, record)))
    }

    /// Takes what an order needs into escrow.
    fn hold(&mut self, terms: &Terms, order: &Order) -> Answer<()> {
        let denom = terms.escrow_denom(order.side);
        let want = terms.escrow(order, order.quantity);
        let amount = kept(denom, want);
        match bank::debit(self.ctx.state, &self.owner, denom, amount) {
            Ok(()) => Ok(Ok(bank::credit(self.ctx.state, &EXCHANGE_ADDRESS, denom, amount)?)),
            Err(ModuleError::InsufficientFunds { have, .. }) => Ok(Err(wanting(denom, have, want))),
            Err(error) => Err(error),
        }
    }

    pub(super) fn terms(&mut self, market: MarketId) -> Result<Option<Rc<Terms>>, ModuleError> {
        if let Some(known) = self.terms.get(&market) {
            return Ok(known.clone());
        }
        let terms = Terms::read(self.ctx.state, market)?.map(Rc::new);
        self.terms.insert(market, terms.clone());
        Ok(terms)
    }

    fn knows(&mut self, venue: VenueId) -> Result<bool, ModuleError> {
        if let Some(known) = self.venues.get(&venue) {
            return Ok(*known);
        }
        let known = self.ctx.state.get(&keys::venue(venue))?.is_some();
        self.venues.insert(venue, known);
        Ok(known)
    }
}

/// Too little of a denom, in its own unit.
fn wanting(denom: &Denom, have: String, want: u128) -> Refusal {
    let own = have.parse().ok().filter(|_| denom.is_native()).map(usei_from_wei_down);
    Refusal::InsufficientFunds { denom: denom.clone(), have: own.map_or(have, |usei| usei.to_string()), want }
}
