//! A block's settlement as Ethereum clients see it: one transaction that nobody sent, with a log for everything that
//! happened to orders after the block's transactions. It is made from the block's outcomes whenever somebody asks, and is
//! in no list of transactions.
//!
//! Promise: the logs are those of `contracts/IExchange.sol`, word for word; the bloom is that of the logs.

use std::collections::BTreeSet;
use std::sync::LazyLock;

use alloy_primitives::{B256, Bloom, BloomInput, Bytes, Log, keccak256};

use super::{
    EXCHANGE_ADDRESS, EndEvent, FeeAsset, FillEvent, MarketId, MarketOutcome, OrderEnd, OrderSide, RejectEvent,
    VenueCall, VenueId,
};
use crate::{Address, Height};

/// First bytes of every settlement's hash: keccak of a name, so that no transaction has such a hash.
const HASH_PREFIX_BYTES: usize = 24;

static HASH_PREFIX: LazyLock<[u8; HASH_PREFIX_BYTES]> =
    LazyLock::new(|| *keccak256("seiza settlement").first_chunk().expect("a hash has 32 bytes"));

/// Topics that name the events.
struct Names {
    filled: B256,
    ended: B256,
    rejected: B256,
    cleared: B256,
    called: B256,
}

static NAMES: LazyLock<Names> = LazyLock::new(|| Names {
    filled: keccak256(
        "OrderFilled(address,uint32,uint32,uint128,uint64,uint8,bool,uint128,uint128,uint128,uint128,uint128,uint8,uint128)",
    ),
    ended: keccak256("OrderEnded(address,uint32,uint32,uint128,uint64,uint8,uint128)"),
    rejected: keccak256("OrderRejected(address,uint32,uint32,uint128,uint64,bool,uint32)"),
    cleared: keccak256("MarketCleared(uint32,uint128,uint128,uint128)"),
    called: keccak256("VenueCalled(uint32,uint32,bool,uint64)"),
});

/// The hash by which clients know the settlement of a block: 24 bytes that are always the same, then its height.
#[must_use]
pub fn settlement_hash(height: Height) -> B256 {
    let mut hash = B256::ZERO;
    hash[..HASH_PREFIX_BYTES].copy_from_slice(&*HASH_PREFIX);
    hash[HASH_PREFIX_BYTES..].copy_from_slice(&height.to_be_bytes());
    hash
}

/// The block whose settlement has that hash; `None` for any other hash.
#[must_use]
pub fn settlement_height(hash: &B256) -> Option<Height> {
    let height = hash.strip_prefix(HASH_PREFIX.as_slice())?;
    Some(Height::from_be_bytes(height.try_into().ok()?))
}

/// The settlement's logs: of each market its price, fills, ends and refusals; then of each call-back what the contract
/// told, and how it went.
#[must_use]
pub fn settlement_logs(outcomes: &[MarketOutcome], calls: &[VenueCall]) -> Vec<Log> {
    let mut logs = Vec::new();
    for outcome in outcomes {
        let market = outcome.market;
        logs.extend(outcome.price.map(|price| cleared(outcome, price)));
        logs.extend(outcome.fills.iter().map(|fill| filled(market, fill)));
        logs.extend(outcome.ended.iter().map(|end| ended(market, end)));
        logs.extend(outcome.rejected.iter().map(|reject| rejected(market, reject)));
    }
    for call in calls {
        logs.extend(call.logs.iter().cloned());
        logs.push(called(call));
    }
    logs
}

/// Bloom filter over [`settlement_logs`], each thing hashed once however many logs name it.
#[must_use]
pub fn settlement_bloom(outcomes: &[MarketOutcome], calls: &[VenueCall]) -> Bloom {
    let mut bloom = Bloom::ZERO;
    let mut topics: BTreeSet<B256> = BTreeSet::new();
    for outcome in outcomes {
        topics.extend(topics_of(outcome));
    }
    for call in calls {
        call.logs.iter().for_each(|log| bloom.accrue_log(log));
        topics.extend([NAMES.called, number(call.venue.0), number(call.market.0)]);
    }
    if !topics.is_empty() {
        bloom.accrue(BloomInput::Raw(EXCHANGE_ADDRESS.as_slice()));
    }
    topics.iter().for_each(|topic| bloom.accrue(BloomInput::Raw(topic.as_slice())));
    bloom
}

/// Every topic of a market's logs.
fn topics_of(outcome: &MarketOutcome) -> impl Iterator<Item = B256> {
    let fills = outcome.fills.iter().map(|fill| (NAMES.filled, fill.owner, fill.venue));
    let ends = outcome.ended.iter().map(|end| (NAMES.ended, end.owner, end.venue));
    let rejects = outcome.rejected.iter().map(|reject| (NAMES.rejected, reject.owner, reject.venue));
    let market = number(outcome.market.0);
    let of_orders = fills.chain(ends).chain(rejects);
    let of_orders = of_orders.flat_map(move |(name, owner, venue)| [name, owner.into_word(), number(venue.0), market]);
    of_orders.chain(outcome.price.iter().flat_map(move |_| [NAMES.cleared, market]))
}

fn filled(market: MarketId, fill: &FillEvent) -> Log {
    let data = Data::default().number(fill.order.number()).number(fill.client_id).number(side(fill.side));
    let data = data.number(fill.maker).number(fill.price).number(fill.quantity).number(fill.quote);
    let data = data.number(fill.remaining).number(fill.fee).number(asset(fill.fee_asset)).number(fill.venue_fee);
    data.log(NAMES.filled, fill.owner, market, fill.venue)
}

fn ended(market: MarketId, end: &EndEvent) -> Log {
    let data = Data::default().number(end.order.number()).number(end.client_id).number(reason(end.reason));
    data.number(end.remaining).log(NAMES.ended, end.owner, market, end.venue)
}

fn rejected(market: MarketId, reject: &RejectEvent) -> Log {
    let data = Data::default().number(reject.order.number()).number(reject.client_id);
    let data = data.number(reject.cancel).number(reject.code);
    data.log(NAMES.rejected, reject.owner, market, reject.venue)
}

fn cleared(outcome: &MarketOutcome, price: u128) -> Log {
    let data = Data::default().number(price).number(outcome.volume).number(outcome.quote_volume);
    data.told(vec![NAMES.cleared, number(outcome.market.0)])
}

fn called(call: &VenueCall) -> Log {
    let data = Data::default().number(call.ok).number(call.gas_used);
    data.told(vec![NAMES.called, number(call.venue.0), number(call.market.0)])
}

/// A number as one word.
fn number(number: impl Into<u128>) -> B256 {
    let mut word = B256::ZERO;
    word[16..].copy_from_slice(&number.into().to_be_bytes());
    word
}

/// What of a log is not indexed.
#[derive(Default)]
struct Data(Vec<u8>);

impl Data {
    fn number(mut self, value: impl Into<u128>) -> Self {
        self.0.extend_from_slice(number(value).as_slice());
        self
    }

    fn log(self, name: B256, owner: Address, market: MarketId, venue: VenueId) -> Log {
        self.told(vec![name, owner.into_word(), number(market.0), number(venue.0)])
    }

    fn told(self, topics: Vec<B256>) -> Log {
        Log::new_unchecked(EXCHANGE_ADDRESS, topics, Bytes::from(self.0))
    }
}

fn side(side: OrderSide) -> u8 {
    match side {
        OrderSide::Buy => 1,
        OrderSide::Sell => 2,
    }
}

fn asset(asset: FeeAsset) -> u8 {
    match asset {
        FeeAsset::Base => 1,
        FeeAsset::Quote => 2,
        FeeAsset::Native => 3,
    }
}

fn reason(end: OrderEnd) -> u8 {
    match end {
        OrderEnd::Cancelled => 1,
        OrderEnd::Expired => 2,
        OrderEnd::Unfilled => 3,
        OrderEnd::NotFilledInFull => 4,
        OrderEnd::SelfTrade => 5,
        OrderEnd::TooDeep => 6,
        OrderEnd::Delisted => 7,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::exchange::OrderRef;

    fn outcome(market: u32, owners: &[u8]) -> MarketOutcome {
        let fill = |owner: &u8| FillEvent {
            order: OrderRef::new(7, 1, 0, 0),
            owner: Address::repeat_byte(*owner),
            venue: VenueId(u32::from(*owner)),
            client_id: 5,
            side: OrderSide::Sell,
            price: 100,
            quantity: 10,
            quote: 1_000,
            remaining: 0,
            fee: 1,
            fee_asset: FeeAsset::Quote,
            venue_fee: 2,
            maker: true,
        };
        let end = EndEvent {
            order: OrderRef::new(7, 2, 0, 0),
            owner: Address::repeat_byte(9),
            venue: VenueId::NONE,
            client_id: 0,
            side: OrderSide::Buy,
            price: 1,
            reason: OrderEnd::Expired,
            remaining: 3,
        };
        let reject = RejectEvent {
            order: OrderRef::new(7, 3, 0, 0),
            owner: Address::repeat_byte(8),
            venue: VenueId::NONE,
            client_id: 0,
            cancel: true,
            code: 15,
        };
        MarketOutcome {
            price: (!owners.is_empty()).then_some(100),
            fills: owners.iter().map(fill).collect(),
            ended: vec![end],
            rejected: vec![reject],
            ..MarketOutcome::of(MarketId(market))
        }
    }

    fn call() -> VenueCall {
        let log = Log::new_unchecked(Address::repeat_byte(4), vec![B256::repeat_byte(3)], Bytes::new());
        let (venue, market, contract) = (VenueId(2), MarketId(1), Address::repeat_byte(4));
        VenueCall { venue, market, contract, ok: true, gas_used: 30_000, logs: vec![log], events: Vec::new() }
    }

    #[test]
    fn a_settlements_hash_names_its_block_and_no_other_hash_does() {
        for height in [0, 1, 7, u64::MAX] {
            assert_eq!(settlement_height(&settlement_hash(height)), Some(height));
        }
        for hash in [B256::ZERO, keccak256(b"tx"), keccak256("seiza settlement")] {
            assert!(settlement_height(&hash).is_none_or(|height| settlement_hash(height) == hash));
        }
        assert_eq!(settlement_height(&B256::ZERO), None);
    }

    #[test]
    fn everything_that_happened_has_its_log_in_order() {
        let logs = settlement_logs(&[outcome(1, &[5, 6]), outcome(2, &[])], &[call()]);
        let names: Vec<B256> = logs.iter().map(|log| log.topics()[0]).collect();
        let Names { filled, ended, rejected, cleared, called } = &*NAMES;
        let told = B256::repeat_byte(3);
        let expected = [cleared, filled, filled, ended, rejected, ended, rejected, &told, called];
        assert_eq!(names, expected.map(|name| *name));
        assert!(settlement_logs(&[MarketOutcome::of(MarketId(1))], &[]).is_empty());
    }

    #[test]
    fn the_bloom_is_that_of_the_logs() {
        let table: [(Vec<MarketOutcome>, Vec<VenueCall>); 4] = [
            (vec![], vec![]),
            (vec![MarketOutcome::of(MarketId(1))], vec![]),
            (vec![outcome(1, &[5, 6, 5]), outcome(2, &[])], vec![]),
            (vec![outcome(1, &[5])], vec![call()]),
        ];
        for (outcomes, calls) in table {
            let of_logs: Bloom = settlement_logs(&outcomes, &calls).iter().collect();
            assert_eq!(settlement_bloom(&outcomes, &calls), of_logs, "{outcomes:?} {calls:?}");
        }
    }
}
