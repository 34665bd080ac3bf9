//! What the crowd orders: a market maker's ladder around the price, and takers who reach into it.

use seiza_types::SeiAddress;
use seiza_types::exchange::{CancelTarget, ExchangeMsg, OrderExpiry, OrderKind, OrderSide, PlaceOrder, SelfTradeRule};

use super::dice::Dice;
use super::limits::LEVELS;
use super::pair::Pair;

/// Between two levels of the ladder, in parts of the price.
const SPACING: u64 = 2_000;
/// How far a taker reaches at most, in parts of the price.
const REACH: u64 = 50;

/// The maker's round: all that it has is cancelled, and quoted anew around `mid` ticks.
pub fn ladder(maker: SeiAddress, pair: &Pair, mid: u64, dice: &mut Dice) -> [ExchangeMsg; 2] {
    let spacing = (mid / SPACING).max(1);
    let level = |side: OrderSide, nth: u64, dice: &mut Dice| {
        let away = spacing * (nth + 1);
        let price = if side == OrderSide::Buy { mid.saturating_sub(away).max(1) } else { mid + away };
        order(pair, side, OrderKind::PostOnly, price, dice.about(pair.size * (nth + 1) / 2))
    };
    let sides = [OrderSide::Buy, OrderSide::Sell].into_iter();
    let orders = sides.flat_map(|side| (0..LEVELS).map(move |nth| (side, nth)));
    let orders = orders.map(|(side, nth)| level(side, nth, dice)).collect();
    let targets = vec![CancelTarget::AllOf(pair.id)];
    [
        ExchangeMsg::CancelOrders { sender: maker, market: pair.id, targets },
        ExchangeMsg::PlaceOrders { sender: maker, orders },
    ]
}

/// What a taker does in a round, if anything: takes at the market, or leaves an order near the price until `until_ns`.
pub fn impulse(taker: SeiAddress, pair: &Pair, mid: u64, until_ns: u64, dice: &mut Dice) -> Option<ExchangeMsg> {
    let side = if dice.below(2) == 0 { OrderSide::Buy } else { OrderSide::Sell };
    let towards = |away: u64| if side == OrderSide::Buy { mid + away } else { mid.saturating_sub(away).max(1) };
    let placed = match dice.below(4) {
        0 => return None,
        1 => {
            let price =
                if side == OrderSide::Buy { mid - (mid / SPACING).max(1) } else { mid + (mid / SPACING).max(1) };
            let expiry = OrderExpiry::Time(until_ns);
            PlaceOrder { expiry, ..order(pair, side, OrderKind::Limit, price, dice.about(pair.size / 2)) }
        }
        _ => order(pair, side, OrderKind::Market, towards(mid / REACH), dice.about(pair.size)),
    };
    Some(ExchangeMsg::PlaceOrders { sender: taker, orders: vec![placed] })
}

fn order(pair: &Pair, side: OrderSide, kind: OrderKind, ticks: u64, lots: u64) -> PlaceOrder {
    let (price, quantity) = (u128::from(ticks) * pair.tick, u128::from(lots) * pair.lot);
    let self_trade = SelfTradeRule::CancelOldest;
    PlaceOrder { kind, self_trade, ..PlaceOrder::limit(pair.id, side, quantity, price) }
}

#[cfg(test)]
mod tests {
    use seiza_types::Address;

    use super::*;
    use crate::market::pair::PAIRS;

    fn orders(message: &ExchangeMsg) -> &[PlaceOrder] {
        match message {
            ExchangeMsg::PlaceOrders { orders, .. } => orders,
            _ => &[],
        }
    }

    #[test]
    fn a_ladder_has_both_sides_and_does_not_cross() {
        let sei = SeiAddress::cast_from(Address::with_last_byte(7));
        for pair in PAIRS {
            let [_, placed] = ladder(sei, &pair, pair.start, &mut Dice::new(1));
            let prices = |side: OrderSide| {
                let of_side = orders(&placed).iter().filter(move |order| order.side == side);
                of_side.map(|order| order.price).collect::<Vec<_>>()
            };
            let (bids, asks) = (prices(OrderSide::Buy), prices(OrderSide::Sell));
            assert_eq!((bids.len() as u64, asks.len() as u64), (LEVELS, LEVELS));
            assert!(bids.iter().max() < asks.iter().min());
            assert!(orders(&placed).iter().all(|order| order.quantity >= pair.lot));
        }
    }

    #[test]
    fn most_impulses_reach_the_ladder() {
        let sei = SeiAddress::cast_from(Address::with_last_byte(7));
        let (pair, mut dice) = (&PAIRS[0], Dice::new(3));
        let done = (0..400).filter_map(|_| impulse(sei, pair, pair.start, 9, &mut dice)).collect::<Vec<_>>();
        let taking = done.iter().filter(|message| orders(message)[0].kind == OrderKind::Market).count();
        assert!((100..300).contains(&taking) && done.len() < 350, "{taking} of {}", done.len());
    }
}
