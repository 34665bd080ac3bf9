//! A block full of orders, run in every mode: the same outcome, and where accounts differ, not one conflict.

use seiza_types::VerifiedTx;
use seiza_types::exchange::CancelTarget;

use super::*;

const ACCOUNTS: u8 = 120;

fn modes() -> [Mode; 6] {
    let declared = |count| Mode::Declared { workers: workers(count) };
    let optimistic = |count| Mode::Optimistic { workers: workers(count) };
    [declared(1), declared(3), declared(8), optimistic(1), optimistic(3), optimistic(8)]
}

/// Runs a block in every mode; answers the most conflicts that its transactions and its end had.
fn conflicts(world: &mut World, txs: Vec<VerifiedTx>) -> usize {
    let executed = world.execute(txs);
    let mut most = 0;
    for mode in modes() {
        let BlockOutput { changes, results, stats, .. } = world.rerun(&executed.block, mode);
        assert_eq!(changes, *executed.changes, "{mode:?}");
        assert_eq!(results, *executed.results, "{mode:?}");
        let layers = world.chain.head_overlay().with(std::sync::Arc::new(changes));
        assert_eq!(world.chain.storage().root_after(layers.layers()).unwrap(), executed.app_hash, "{mode:?}");
        most = most.max(stats.re_executions + stats.blocked);
    }
    world.decide(&executed);
    world.chain.commit(executed).unwrap();
    world.check_exchange();
    most
}

/// Twenty orders of each account on both sides of a market: some trade, some rest.
fn orders(seed: u8, market: MarketId) -> Vec<PlaceOrder> {
    let order = |nth: u128| {
        let side = if (u128::from(seed) + nth).is_multiple_of(2) { OrderSide::Buy } else { OrderSide::Sell };
        let price = 500_000 + 100 * ((u128::from(seed) * 7 + nth * 13) % 41);
        PlaceOrder { client_id: nth as u64, ..limit(market, side, 10_000 * (1 + nth), price) }
    };
    (1..=20).map(order).collect()
}

#[test]
fn a_block_full_of_orders_for_one_market_by_many_accounts_has_no_conflict() {
    let mut world = world(ACCOUNTS, 1);
    let first: Vec<_> = (1..=ACCOUNTS)
        .map(|seed| {
            let wallet = Wallet::new(seed);
            wallet.exchange(0, &[place(&wallet, orders(seed, SEI_MARKET))])
        })
        .collect();
    assert_eq!(conflicts(&mut world, first), 0);
    assert!(world.outcomes()[0].fills.len() > 100, "and many of them trade");
    let second: Vec<_> = (1..=ACCOUNTS)
        .map(|seed| {
            let wallet = Wallet::new(seed);
            let targets = vec![CancelTarget::AllOf(SEI_MARKET)];
            let cancel = ExchangeMsg::CancelOrders { sender: wallet.signer().sei, market: SEI_MARKET, targets };
            wallet.exchange(1, &[cancel, place(&wallet, orders(seed + 1, SEI_MARKET))])
        })
        .collect();
    assert_eq!(conflicts(&mut world, second), 0, "nor one of cancellations and orders");
}

#[test]
fn many_markets_are_cleared_beside_each_other_and_agree_in_every_mode() {
    let mut world = world(12, 24);
    for sequence in 0..3 {
        let txs = (1..=12).map(|seed| {
            let wallet = Wallet::new(seed);
            let native = |order| PlaceOrder { client_id: 0, fee_in_native: true, ..order };
            let markets = (1..=24).map(MarketId);
            let orders = markets.flat_map(|market| orders(seed, market).into_iter().map(native).take(4)).collect();
            wallet.exchange(sequence, &[place(&wallet, orders)])
        });
        let txs = txs.collect();
        conflicts(&mut world, txs);
        assert_eq!(world.outcomes().len(), 24);
    }
}

#[test]
fn one_accounts_transactions_follow_each_other_in_every_mode() {
    let mut world = world(3, 2);
    let txs = (0..30).map(|sequence| {
        let wallet = Wallet::new(1 + (sequence % 3) as u8);
        let targets = vec![CancelTarget::AllOf(SEI_MARKET), CancelTarget::ClientId(3)];
        let cancel = ExchangeMsg::CancelOrders { sender: wallet.signer().sei, market: SEI_MARKET, targets };
        wallet.exchange(sequence / 3, &[place(&wallet, orders(sequence as u8, SEI_MARKET)), cancel])
    });
    let txs = txs.collect();
    conflicts(&mut world, txs);
}
