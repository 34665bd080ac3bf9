//! What a market's ticks and lots are worth in kept units, and the smallest order that it takes.
//!
//! Fees, denominations and status are the business of whoever keeps the market.

use crate::error::{OrderError, ParamsError};
use crate::order::{Kind, Order, Side};
use crate::units::{BaseAmount, Dust, Notional, Price, Quantity, QuoteAmount};

/// A market's scales. Both are whole numbers, so that settlement is exact.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct MarketParams {
    lot: u128,
    tick: u128,
    min_notional: Notional,
}

impl MarketParams {
    /// A market where a lot is `lot` kept units of the base asset, and one tick for one lot is `tick` kept units of the
    /// quote asset; orders of less than `min_notional` tick-lots are refused.
    ///
    /// # Errors
    /// Where a lot or a tick would be worth nothing: such a market needs larger lots.
    pub fn new(lot: u128, tick: u128, min_notional: Notional) -> Result<Self, ParamsError> {
        match (lot, tick) {
            (0, _) => Err(ParamsError::ZeroLot),
            (_, 0) => Err(ParamsError::ZeroTick),
            _ => Ok(Self { lot, tick, min_notional }),
        }
    }

    /// What `quantity` is in the base asset; `None` where it does not fit 128 bits.
    pub fn base(&self, quantity: Quantity) -> Option<BaseAmount> {
        product(quantity.0.into(), self.lot).map(BaseAmount)
    }

    /// What `notional` is in the quote asset; `None` where it does not fit 128 bits.
    pub fn quote(&self, notional: Notional) -> Option<QuoteAmount> {
        product(notional.0, self.tick).map(QuoteAmount)
    }

    /// The lots that `amount` holds, at most [`u64::MAX`], and what is left over.
    pub fn lots_in(&self, amount: BaseAmount) -> (Quantity, Dust<BaseAmount>) {
        let lots = u64::try_from(amount.0 / self.lot).unwrap_or(u64::MAX);
        (Quantity(lots), Dust(BaseAmount(amount.0 - u128::from(lots) * self.lot)))
    }

    /// The lots that `amount` pays for at `price`, at most [`u64::MAX`], and what is left over. At price zero none.
    pub fn lots_for(&self, amount: QuoteAmount, price: Price) -> (Quantity, Dust<QuoteAmount>) {
        let ticks = amount.0 / self.tick;
        let lots = ticks.checked_div(u128::from(price.0)).unwrap_or(0);
        let quantity = Quantity(u64::try_from(lots).unwrap_or(u64::MAX));
        (quantity, Dust(QuoteAmount(amount.0 - (price * quantity).0 * self.tick)))
    }

    /// The most that `order` can owe: a buyer the quote for all of it at its price, a seller nothing.
    ///
    /// # Errors
    /// [`OrderError::Overflow`] where either asset's amount does not fit 128 bits.
    pub fn quote_owed(&self, order: &Order) -> Result<QuoteAmount, OrderError> {
        let quote = self.quote(order.price * order.quantity).ok_or(OrderError::Overflow)?;
        self.base(order.quantity).ok_or(OrderError::Overflow)?;
        Ok(if order.side == Side::Bid { quote } else { QuoteAmount(0) })
    }

    /// Whether the market takes an order of this price and size. A market order's own price is only its worst, so its
    /// size is judged at the last price where there is one.
    ///
    /// # Errors
    /// The first rule that it breaks.
    pub fn check(&self, order: &Order, last: Option<Price>) -> Result<(), OrderError> {
        if order.price.0 == 0 {
            return Err(OrderError::ZeroPrice);
        }
        if order.quantity == Quantity::ZERO {
            return Err(OrderError::ZeroQuantity);
        }
        self.quote_owed(order)?;
        let judged = if order.kind == Kind::Market { last.unwrap_or(order.price) } else { order.price };
        let (notional, min) = (judged * order.quantity, self.min_notional);
        if notional < min { Err(OrderError::BelowMinNotional { notional, min }) } else { Ok(()) }
    }
}

/// The product where it fits. Most factors are small, and then it does.
fn product(a: u128, b: u128) -> Option<u128> {
    if (a | b) >> 64 == 0 { Some(a * b) } else { a.checked_mul(b) }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn params() -> MarketParams {
        MarketParams::new(100, 7, Notional(0)).unwrap()
    }

    #[test]
    fn what_is_no_whole_lot_stays_with_its_owner() {
        for (amount, lots, dust) in [(0, 0, 0), (99, 0, 99), (100, 1, 0), (1_234, 12, 34)] {
            assert_eq!(params().lots_in(BaseAmount(amount)), (Quantity(lots), Dust(BaseAmount(dust))));
        }
        for (amount, price, lots, dust) in [(0, 5, 0, 0), (34, 5, 0, 34), (35, 5, 1, 0), (76, 5, 2, 6), (50, 0, 0, 50)]
        {
            assert_eq!(params().lots_for(QuoteAmount(amount), Price(price)), (Quantity(lots), Dust(QuoteAmount(dust))));
        }
        let (lots, Dust(dust)) = params().lots_in(BaseAmount(u128::MAX));
        assert_eq!(params().base(lots).unwrap().0 + dust.0, u128::MAX, "nothing is lost where lots run out");
    }

    #[test]
    fn a_market_without_worth_is_refused() {
        assert_eq!(MarketParams::new(0, 1, Notional(0)), Err(ParamsError::ZeroLot));
        assert_eq!(MarketParams::new(1, 0, Notional(0)), Err(ParamsError::ZeroTick));
    }
}
