//! What a block's end tells of a market.

use seiza_orderbook::{Clearing, EndReason, Order, Price, Resting, Side};
use seiza_types::exchange::{EndEvent, LevelEvent, OrderEnd, OrderSide, RejectEvent, RestEvent};

use super::super::record::{Extras, Record, name, side};
use super::super::write::Level;
use super::{End, Rejected};

impl End<'_> {
    pub(super) fn tell(
        &mut self,
        clearing: &Clearing,
        rejected: &Rejected,
        levels: &[(Side, Price, Level)],
        why: Option<OrderEnd>,
    ) {
        self.sum_up();
        clearing.ended.iter().for_each(|ended| self.ended(&ended.order, why.unwrap_or(reason(ended.reason))));
        clearing.rested.iter().for_each(|resting| self.rested(&resting.order, false));
        clearing.waiting.iter().for_each(|trigger| self.rested(&trigger.order, true));
        rejected.iter().for_each(|(record, code)| self.rejected_one(record, *code));
        let levels: Vec<_> = levels.iter().map(|(side, price, level)| self.level(*side, *price, *level)).collect();
        self.outcome.levels.extend(levels);
    }

    /// Volumes: what was bought is what was sold.
    fn sum_up(&mut self) {
        let bought = self.outcome.fills.iter().filter(|fill| fill.side == OrderSide::Buy);
        (self.outcome.volume, self.outcome.quote_volume) = bought.fold((0u128, 0u128), |(base, quote), fill| {
            (base.saturating_add(fill.quantity), quote.saturating_add(fill.quote))
        });
    }

    fn rejected_one(&mut self, record: &Record, code: u32) {
        let (order, owner) = (name(record.order.id), record.order.owner);
        let Extras { venue, client_id, .. } = record.extras;
        self.outcome.rejected.push(RejectEvent { order, owner, venue, client_id, cancel: false, code });
    }

    fn level(&self, at: Side, price: Price, level: Level) -> LevelEvent {
        let quantity = level.lots.saturating_mul(self.terms.market.lot);
        LevelEvent { side: side(at), price: self.terms.price(price), quantity, orders: level.orders }
    }

    pub(super) fn ended(&mut self, resting: &Resting, reason: OrderEnd) {
        let Order { id, owner, side: at, price, quantity, tag, .. } = resting.order;
        let Extras { venue, client_id, .. } = self.tags.of(tag);
        let (order, side, price) = (name(id), side(at), self.terms.price(price));
        let remaining = self.terms.base(quantity);
        self.outcome.ended.push(EndEvent { order, owner, venue, client_id, side, price, reason, remaining });
    }

    fn rested(&mut self, order: &Order, waiting: bool) {
        let Order { id, owner, side: at, price, quantity, tag, .. } = *order;
        let Extras { venue, client_id, .. } = self.tags.of(tag);
        let (order, side, price) = (name(id), side(at), self.terms.price(price));
        let quantity = self.terms.base(quantity);
        self.outcome.rested.push(RestEvent { order, owner, venue, client_id, side, price, quantity, waiting });
    }
}

fn reason(reason: EndReason) -> OrderEnd {
    match reason {
        EndReason::Cancelled => OrderEnd::Cancelled,
        EndReason::Expired => OrderEnd::Expired,
        EndReason::Unfilled => OrderEnd::Unfilled,
        EndReason::NotFilledInFull => OrderEnd::NotFilledInFull,
        EndReason::SelfTrade => OrderEnd::SelfTrade,
        EndReason::TooDeep => OrderEnd::TooDeep,
    }
}
