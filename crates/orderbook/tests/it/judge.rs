//! What must hold of every clearing, whatever the rules' details: asked of the outcome alone.

use std::collections::{BTreeMap, BTreeSet};

use seiza_orderbook::*;

use super::naive::{PRICES, Party, volume};

/// All that rests in a book.
pub fn resting(book: &Book) -> Vec<Resting> {
    [Side::Bid, Side::Ask].into_iter().flat_map(|side| book.orders(side)).collect()
}

/// Asks everything that holds within any limits.
pub fn judge(before: &Book, batch: &Batch, clearing: &Clearing, after: &Book) {
    fills_sum_to_zero(clearing);
    limits_are_honoured(clearing);
    nobody_trades_with_themselves(clearing);
    fill_or_kill_is_all_or_nothing(clearing);
    everything_is_accounted_for(before, batch, clearing);
    levels_change_as_told(before, clearing, after);
    assert_uncrossed(after);
}

fn fills_sum_to_zero(clearing: &Clearing) {
    for side in [Side::Bid, Side::Ask] {
        let fills = clearing.fills.iter().filter(|fill| fill.order.order.side == side);
        assert_eq!(fills.map(|fill| fill.quantity).sum::<Volume>(), clearing.volume, "{side:?}");
    }
    assert_eq!(clearing.price.is_some(), clearing.volume.0 > 0);
}

fn limits_are_honoured(clearing: &Clearing) {
    for Fill { order: Resting { order, .. }, quantity, .. } in &clearing.fills {
        assert!(order.side.accepts(order.price, clearing.price.unwrap()));
        assert!((Quantity(1)..=order.quantity).contains(quantity));
    }
}

fn nobody_trades_with_themselves(clearing: &Clearing) {
    let owners = |side| -> BTreeSet<_> {
        let fills = clearing.fills.iter().filter(|fill| fill.order.order.side == side);
        fills.map(|fill| fill.order.order.owner).collect()
    };
    assert!(owners(Side::Bid).is_disjoint(&owners(Side::Ask)));
}

fn fill_or_kill_is_all_or_nothing(clearing: &Clearing) {
    for fill in clearing.fills.iter().filter(|fill| fill.order.order.kind == Kind::FillOrKill) {
        assert_eq!(fill.remaining(), Quantity::ZERO);
    }
    assert!(clearing.rested.iter().all(|resting| resting.order.kind.rests()));
}

/// Each arrival is refused, waits, or is filled, rests and ends for exactly its quantity.
fn everything_is_accounted_for(before: &Book, batch: &Batch, clearing: &Clearing) {
    let mut told: BTreeMap<OrderId, u64> = BTreeMap::new();
    let mut tell = |id, lots: Quantity| *told.entry(id).or_default() += lots.0;
    let fresh = |place: Place, id: OrderId| place == Place::Arrived || before.find(id).unwrap().is_none();
    clearing.fills.iter().filter(|f| fresh(f.place, f.order.order.id)).for_each(|f| tell(f.order.order.id, f.quantity));
    clearing.rested.iter().for_each(|resting| tell(resting.order.id, resting.order.quantity));
    clearing.waiting.iter().for_each(|trigger| tell(trigger.order.id, trigger.order.quantity));
    let ended = clearing.ended.iter().filter(|ended| ended.place == Place::Arrived);
    ended.for_each(|ended| tell(ended.order.order.id, ended.order.order.quantity));
    let refused: BTreeSet<_> = clearing.rejected.iter().map(|(id, _)| *id).collect();
    let triggers = batch.triggers.iter().chain(&clearing.fired).map(|trigger| trigger.order);
    let came = batch.orders.iter().copied().chain(triggers).filter(|order| !refused.contains(&order.id));
    assert_eq!(told, came.map(|order| (order.id, order.quantity.0)).collect());
}

fn levels_change_as_told(before: &Book, clearing: &Clearing, after: &Book) {
    let mut levels: BTreeMap<(Side, Price), LevelDelta> = BTreeMap::new();
    for (book, sign) in [(before, -1), (after, 1)] {
        for Resting { order, .. } in resting(book) {
            let level = levels.entry((order.side, order.price)).or_default();
            level.orders += sign;
            level.lots += i128::from(sign) * i128::from(order.quantity.0);
        }
    }
    levels.retain(|_, delta| *delta != LevelDelta::default());
    assert_eq!(clearing.level_deltas(), Vec::from_iter(levels));
}

/// No bid accepts an ask's price.
pub fn assert_uncrossed(book: &Book) {
    if let (Some(bid), Some(ask)) = (book.best(Side::Bid), book.best(Side::Ask)) {
        assert!(bid < ask, "{bid} bid, {ask} asked");
    }
}

/// Where no limit was met: no price trades more, and nobody is passed over.
pub fn judge_whole(batch: &Batch, clearing: &Clearing, before: &Book, after: &Book) {
    let dead: BTreeSet<_> = clearing.ended.iter().map(|ended| ended.order.order.id).collect();
    let live = |resting: &Resting| !batch.is_past(resting.order.expiry) && !dead.contains(&resting.order.id);
    let filled: BTreeMap<_, _> = clearing.fills.iter().map(|fill| (fill.order.order.id, fill)).collect();
    let mut parties: BTreeMap<_, _> = clearing.rested.iter().map(|resting| (resting.order.id, *resting)).collect();
    parties.extend(resting(before).into_iter().filter(live).map(|resting| (resting.order.id, resting)));
    parties.extend(clearing.fills.iter().map(|fill| (fill.order.order.id, fill.order)));
    let party = |resting: &Resting| Party { resting: *resting, place: Place::Rested, waits: None };
    let parties: Vec<_> = parties.values().map(party).collect();
    let most = PRICES.map(|price| volume(&parties, price)).max();
    assert_eq!(Some(clearing.volume.0), most, "no price trades more");
    let rank = |resting: &Resting| (resting.order.side.rank(resting.order.price), resting.since);
    for side in [Side::Bid, Side::Ask] {
        let last_filled =
            clearing.fills.iter().map(|fill| &fill.order).filter(|r| r.order.side == side).map(rank).max();
        let first_left = resting(after).iter().filter(|r| r.order.side == side && live(r)).map(rank).min();
        let (Some(last), Some(first)) = (last_filled, first_left) else { continue };
        assert!(last <= first, "who trades stands before who does not");
        assert!(
            filled
                .values()
                .filter(|fill| rank(&fill.order) < last && fill.order.order.side == side)
                .all(|fill| fill.remaining() == Quantity::ZERO),
            "only the last of a side is filled in part"
        );
    }
}
