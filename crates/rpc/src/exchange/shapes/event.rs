//! What happens to orders, as JSON.

use seiza_types::exchange::{
    EndEvent, FeeAsset, FillEvent, MarketId, MarketOutcome, OrderRef, Refusal, RejectEvent, RestEvent,
};
use seiza_types::{Address, Height};
use serde::Serialize;

use super::super::interval::Millis;
use super::{Amount, Id};

/// What happened to an order in a block.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(tag = "event", rename_all = "lowercase", rename_all_fields = "camelCase")]
pub(crate) enum Event {
    /// It traded.
    Filled {
        /// Who, and where.
        #[serde(flatten)]
        of: Of,
        /// Buy or sell.
        side: &'static str,
        /// The clearing price.
        price: Amount,
        /// Base units that traded.
        quantity: Amount,
        /// Quote units paid for them.
        quote_quantity: Amount,
        /// Base units that are left.
        remaining: Amount,
        /// The market's fee.
        fee: Amount,
        /// What it is paid in: `base`, `quote` or `native`.
        fee_asset: &'static str,
        /// The venue's fee, in what the owner received.
        venue_fee: Amount,
        /// Whether the order waited for the trade.
        maker: bool,
    },
    /// It rests, or waits for its trigger, from now on.
    Rested {
        /// Who, and where.
        #[serde(flatten)]
        of: Of,
        /// Buy or sell.
        side: &'static str,
        /// Its limit.
        price: Amount,
        /// Base units that are left.
        remaining: Amount,
        /// Whether it waits for its trigger.
        waiting: bool,
    },
    /// It is over, and what was left was given back.
    Ended {
        /// Who, and where.
        #[serde(flatten)]
        of: Of,
        /// Buy or sell.
        side: &'static str,
        /// Its limit.
        price: Amount,
        /// Why.
        reason: &'static str,
        /// Base units that did not trade.
        remaining: Amount,
    },
    /// The market refused it, or its cancellation.
    Refused {
        /// Who, and where.
        #[serde(flatten)]
        of: Of,
        /// Whether it was a cancellation.
        cancel: bool,
        /// The refusal's number.
        code: u32,
        /// What that means.
        reason: &'static str,
    },
}

/// Whose event, and which order's.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Of {
    /// The block.
    pub(crate) height: Height,
    /// Its time.
    pub(crate) time: Millis,
    /// The market.
    pub(crate) market: u32,
    /// The order.
    pub(crate) order: Id,
    /// Whose it is.
    pub(crate) owner: Address,
    /// Through which venue it came.
    pub(crate) venue: u32,
    /// The owner's own name for it.
    pub(crate) client_id: Amount,
}

/// In which block something happened: height, time, market.
pub(crate) type At = (Height, Millis, MarketId);

impl Of {
    fn new((height, time, market): At, order: OrderRef, owner: Address, venue: u32, client_id: u64) -> Self {
        Self { height, time, market: market.0, order: Id(order), owner, venue, client_id: Amount(client_id.into()) }
    }
}

impl Event {
    /// A fill.
    pub(crate) fn filled(at: At, fill: &FillEvent) -> Self {
        Self::Filled {
            of: Of::new(at, fill.order, fill.owner, fill.venue.0, fill.client_id),
            side: fill.side.as_str(),
            price: Amount(fill.price),
            quantity: Amount(fill.quantity),
            quote_quantity: Amount(fill.quote),
            remaining: Amount(fill.remaining),
            fee: Amount(fill.fee),
            fee_asset: fee_asset(fill.fee_asset),
            venue_fee: Amount(fill.venue_fee),
            maker: fill.maker,
        }
    }

    fn rested(at: At, rest: &RestEvent) -> Self {
        Self::Rested {
            of: Of::new(at, rest.order, rest.owner, rest.venue.0, rest.client_id),
            side: rest.side.as_str(),
            price: Amount(rest.price),
            remaining: Amount(rest.quantity),
            waiting: rest.waiting,
        }
    }

    fn ended(at: At, end: &EndEvent) -> Self {
        Self::Ended {
            of: Of::new(at, end.order, end.owner, end.venue.0, end.client_id),
            side: end.side.as_str(),
            price: Amount(end.price),
            reason: end.reason.as_str(),
            remaining: Amount(end.remaining),
        }
    }

    fn refused(at: At, reject: &RejectEvent) -> Self {
        Self::Refused {
            of: Of::new(at, reject.order, reject.owner, reject.venue.0, reject.client_id),
            cancel: reject.cancel,
            code: reject.code,
            reason: Refusal::text(reject.code).unwrap_or("unknown"),
        }
    }

    /// All that a block did in a market: fills, what rests, what ended, what was refused.
    pub(crate) fn all(height: Height, time: Millis, outcome: &MarketOutcome) -> impl Iterator<Item = Self> {
        let at = (height, time, outcome.market);
        let fills = outcome.fills.iter().map(move |fill| Self::filled(at, fill));
        let rested = outcome.rested.iter().map(move |rest| Self::rested(at, rest));
        let ended = outcome.ended.iter().map(move |end| Self::ended(at, end));
        let refused = outcome.rejected.iter().map(move |reject| Self::refused(at, reject));
        fills.chain(rested).chain(ended).chain(refused)
    }

    /// Whose, and which order's.
    pub(crate) fn of(&self) -> &Of {
        match self {
            Self::Filled { of, .. } | Self::Rested { of, .. } | Self::Ended { of, .. } | Self::Refused { of, .. } => of,
        }
    }
}

fn fee_asset(asset: FeeAsset) -> &'static str {
    match asset {
        FeeAsset::Base => "base",
        FeeAsset::Quote => "quote",
        FeeAsset::Native => "native",
    }
}
