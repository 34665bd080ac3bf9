//! Who gets what after a batch: fills, fees, and what is given back of the escrow.
//!
//! Everything is whole units of the denoms. A buyer's escrow is the quote at the limit: what a fill at a better price leaves
//! of it is returned at once. Fees are of what an account receives, rounded up, never more than that.

use std::collections::BTreeMap;

use seiza_orderbook::units::{Price, Quantity};
use seiza_orderbook::{Fill, Liquidity, Order, Side};
use seiza_state::{StateError, StateWrite};
use seiza_types::exchange::{FeeAsset, FillEvent, Venue, VenueId};
use seiza_types::{Address, Denom, U256};

use super::book::Tags;
use super::limits::NATIVE_FEE_PERCENT;
use super::params::NativeRates;
use super::record::{Extras, name, side};
use super::terms::{Terms, kept};
use super::{EXCHANGE_ADDRESS, view};
use crate::{ModuleError, bank, fees};

/// One market's settlement of one batch. Sums are kept here and written once an account.
pub(super) struct Settlement<'a> {
    state: &'a mut dyn StateWrite,
    terms: &'a Terms,
    rates: &'a NativeRates,
    venues: BTreeMap<VenueId, Option<Venue>>,
    /// What accounts are due: base, quote.
    due: BTreeMap<Address, [U256; 2]>,
    /// What leaves the escrow: base, quote.
    released: [U256; 2],
}

/// Places in the pairs above.
const BASE: usize = 0;
const QUOTE: usize = 1;

/// What one fill owes.
struct Fee {
    amount: u128,
    asset: FeeAsset,
    venue: u128,
}

impl<'a> Settlement<'a> {
    pub(super) fn new(state: &'a mut dyn StateWrite, terms: &'a Terms, rates: &'a NativeRates) -> Self {
        let (venues, due, released) = (BTreeMap::new(), BTreeMap::new(), [U256::ZERO; 2]);
        Self { state, terms, rates, venues, due, released }
    }

    /// Settles one order's part of the trade at `price`.
    pub(super) fn fill(&mut self, fill: &Fill, price: Price, tags: &Tags) -> Result<FillEvent, StateError> {
        let (order, extras) = (&fill.order.order, tags.of(fill.order.order.tag));
        let (base, quote) = (self.terms.base(fill.quantity), self.terms.quote(price, fill.quantity));
        let received = if order.side == Side::Bid { base } else { quote };
        self.release(order, fill.quantity);
        let fee = self.fees(order, &extras, (received, quote), fill.liquidity() == Liquidity::Maker)?;
        self.pay(order, received, &fee, extras.venue)?;
        if order.side == Side::Bid {
            self.credit(order.owner, QUOTE, self.terms.quote(order.price, fill.quantity) - quote);
        }
        Ok(self.filled(fill, extras, (price, base, quote), &fee))
    }

    /// What was received goes to the owner, the market and the venue.
    fn pay(&mut self, order: &Order, received: u128, fee: &Fee, venue: VenueId) -> Result<(), StateError> {
        let asset = if order.side == Side::Bid { BASE } else { QUOTE };
        let market = if fee.asset == FeeAsset::Native { 0 } else { fee.amount };
        self.credit(order.owner, asset, received - fee.venue - market);
        self.credit(fees::collector(), asset, market);
        if let Some(to) = self.venue(venue)?.map(|venue| venue.fee_recipient) {
            self.credit(to, asset, fee.venue);
        }
        Ok(())
    }

    fn filled(&self, fill: &Fill, extras: Extras, (price, base, quote): (Price, u128, u128), fee: &Fee) -> FillEvent {
        let order = &fill.order.order;
        FillEvent {
            order: name(order.id),
            owner: order.owner,
            venue: extras.venue,
            client_id: extras.client_id,
            side: side(order.side),
            price: self.terms.price(price),
            quantity: base,
            quote,
            remaining: self.terms.base(fill.remaining()),
            fee: fee.amount,
            fee_asset: fee.asset,
            venue_fee: fee.venue,
            maker: fill.liquidity() == Liquidity::Maker,
        }
    }

    /// Gives back what `quantity` of an order holds.
    pub(super) fn give_back(&mut self, order: &Order, quantity: Quantity) {
        self.release(order, quantity);
        let asset = if order.side == Side::Bid { QUOTE } else { BASE };
        self.credit(order.owner, asset, self.terms.escrow(order, quantity));
    }

    fn release(&mut self, order: &Order, quantity: Quantity) {
        let asset = if order.side == Side::Bid { QUOTE } else { BASE };
        self.released[asset] += U256::from(self.terms.escrow(order, quantity));
    }

    fn credit(&mut self, to: Address, asset: usize, amount: u128) {
        if amount > 0 {
            self.due.entry(to).or_default()[asset] += U256::from(amount);
        }
    }

    /// The fees of one fill. A fee in the native coin that the owner cannot pay is taken from what they receive, in full.
    fn fees(
        &mut self,
        order: &Order,
        extras: &Extras,
        (received, quote): (u128, u128),
        maker: bool,
    ) -> Result<Fee, StateError> {
        let market = &self.terms.market;
        let ppm = if maker { market.maker_fee_ppm } else { market.taker_fee_ppm };
        let (denom, asset) = match order.side {
            Side::Bid => (&market.base, FeeAsset::Base),
            Side::Ask => (&market.quote, FeeAsset::Quote),
        };
        let full = share(received, ppm.into(), 1_000_000);
        let (amount, asset) = match extras.fee_in_native && full > 0 {
            true if denom.is_native() => (discounted(full), asset),
            true => match self.pay_native(order.owner, share(quote, ppm.into(), 1_000_000))? {
                Some(usei) => (usei, FeeAsset::Native),
                None => (full, asset),
            },
            false => (full, asset),
        };
        let left = if asset == FeeAsset::Native { received } else { received - amount };
        let bps = self.venue(extras.venue)?.map_or(0, |venue| venue.fee_bps);
        let venue = share(received, bps.into(), 10_000).min(left);
        Ok(Fee { amount, asset, venue })
    }

    /// Takes a fee that is worth so many quote units from the owner's native balance, at the discount; answers the usei.
    fn pay_native(&mut self, owner: Address, quote: u128) -> Result<Option<u128>, StateError> {
        let Some(usei) = self.rates.usei(&self.terms.market.quote, quote).map(discounted) else { return Ok(None) };
        let native = Denom::native();
        let wei = kept(&native, usei);
        match bank::debit(self.state, &owner, &native, wei) {
            Ok(()) => {}
            Err(ModuleError::State(error)) => return Err(error),
            Err(_) => return Ok(None),
        }
        fees::collect(self.state, wei)?;
        Ok(Some(usei))
    }

    fn venue(&mut self, id: VenueId) -> Result<Option<&Venue>, StateError> {
        if id.is_none() {
            return Ok(None);
        }
        if !self.venues.contains_key(&id) {
            self.venues.insert(id, view::venue(self.state, id)?);
        }
        Ok(self.venues[&id].as_ref())
    }

    /// Moves the money.
    pub(super) fn finish(self) -> Result<(), StateError> {
        let Self { state, terms, due, released, .. } = self;
        let denoms = [&terms.market.base, &terms.market.quote];
        let moved = |amounts: [U256; 2]| {
            let amounts = denoms.into_iter().zip(amounts).filter(|(_, amount)| !amount.is_zero());
            amounts.map(|(denom, amount)| (denom, amount * kept(denom, 1)))
        };
        moved(released).try_for_each(|(denom, amount)| bank::release(state, &EXCHANGE_ADDRESS, denom, amount))?;
        due.into_iter().try_for_each(|(account, amounts)| {
            moved(amounts).try_for_each(|(denom, amount)| bank::credit(state, &account, denom, amount))
        })
    }
}

/// `parts` of `whole` of an amount, rounded up, never more than the amount.
fn share(amount: u128, parts: u128, whole: u128) -> u128 {
    let (coarse, fine) = (amount / whole, amount % whole);
    (coarse * parts + (fine * parts).div_ceil(whole)).min(amount)
}

/// What is paid of a fee in the native coin, rounded up.
fn discounted(amount: u128) -> u128 {
    share(amount, NATIVE_FEE_PERCENT, 100)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn shares_round_up_and_never_exceed_the_whole() {
        let table = [
            (0, 300, 0),
            (1, 300, 1),
            (1_000_000, 300, 300),
            (1_000_001, 300, 301),
            (3_333, 300, 1),
            (3_334, 300, 2),
            (u128::MAX, 50_000, u128::MAX / 20 + 1),
            (7, 0, 0),
        ];
        for (amount, ppm, fee) in table {
            assert_eq!(share(amount, ppm, 1_000_000), fee, "{amount} at {ppm}");
        }
        assert_eq!(share(5, 2_000_000, 1_000_000), 5);
        assert_eq!([0, 1, 4, 5].map(discounted), [0, 1, 3, 4]);
    }
}
