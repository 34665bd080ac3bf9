//! What there is: markets, venues, and the node's own reach.

use seiza_chain::modules::exchange::view;
use seiza_types::Height;
use seiza_types::exchange::MarketId;
use serde::Serialize;

use super::super::call::{Call, Written, written};
use super::super::interval::Millis;
use super::super::series::Series;
use super::super::shapes::{MarketShape, VenueShape};
use super::super::source::Source;
use crate::methods::Answer;

/// The node and its chain.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Status {
    height: Height,
    time: Millis,
    chain_id: String,
    /// The oldest block whose trades can be asked for.
    earliest: Height,
    /// The oldest block that is in memory.
    cached_from: Height,
}

/// `exchange_status`.
pub(crate) fn status(call: &Call<'_>) -> Answer<Written> {
    let head = call.backend.at_head()?;
    written(&Status {
        height: head.height,
        time: head.time,
        chain_id: call.backend.genesis().chain_id.clone(),
        earliest: call.backend.earliest().max(1),
        cached_from: call.backend.with_series(Series::first)?,
    })
}

/// A list, and the height it belongs to.
#[derive(Serialize)]
struct Markets {
    height: Height,
    markets: Vec<MarketShape>,
}

/// `exchange_markets`.
pub(crate) fn all(call: &Call<'_>) -> Answer<Written> {
    let head = call.backend.at_head()?;
    let markets = view::markets(&head.state)?.iter().map(MarketShape::from).collect();
    written(&Markets { height: head.height, markets })
}

/// One market, and the height it belongs to.
#[derive(Serialize)]
struct OneMarket {
    height: Height,
    #[serde(flatten)]
    market: MarketShape,
}

/// `exchange_market`.
pub(crate) fn one(call: &Call<'_>) -> Answer<Written> {
    let head = call.backend.at_head()?;
    let market = head.market(MarketId(call.fields.market()?))?;
    written(&OneMarket { height: head.height, market: MarketShape::from(&market) })
}

/// A list, and the height it belongs to.
#[derive(Serialize)]
struct Venues {
    height: Height,
    venues: Vec<VenueShape>,
}

/// `exchange_venues`.
pub(crate) fn venues(call: &Call<'_>) -> Answer<Written> {
    let head = call.backend.at_head()?;
    let venues = view::venues(&head.state)?.iter().map(VenueShape::from).collect();
    written(&Venues { height: head.height, venues })
}
