//! Encoding of results: every value returns, nothing else is accepted, no bytes make the decoder panic.

use proptest::collection::vec;
use proptest::option;
use proptest::prelude::*;
use seiza_types::exchange::{MarketId, VenueCall, VenueId};

use super::*;

fn any_log() -> impl Strategy<Value = Log> {
    (any::<[u8; 20]>(), vec(any::<[u8; 32]>(), 0..=4), vec(any::<u8>(), 0..80)).prop_map(|(address, topics, data)| {
        let topics = topics.into_iter().map(B256::new).collect();
        Log::new_unchecked(Address::new(address), topics, data.into())
    })
}

fn any_event() -> impl Strategy<Value = Event> {
    ("[a-z]{0,8}", vec(("[a-z]{0,5}", ".{0,9}"), 0..4)).prop_map(|(kind, attributes)| {
        attributes.iter().fold(Event::new(&kind), |event, (key, value)| event.with(key, value))
    })
}

prop_compose! {
    fn any_receipt()(
        tx_hash: [u8; 32], sender: [u8; 20], code in 0u32..7, evm_type in option::of(any::<u8>()),
        to in option::of(any::<[u8; 20]>()), created in option::of(any::<[u8; 20]>()),
        gas_wanted: u64, gas_used in 0u64..30_000_000, cumulative_gas_used: u64, first_log_index in 0u64..200,
        effective_gas_price: u128, logs in vec(any_log(), 0..3), events in vec(any_event(), 0..3),
        data in vec(any::<u8>(), 0..50),
    ) -> Receipt {
        Receipt {
            tx_hash: tx_hash.into(), evm_type, sender: sender.into(), to: to.map(Address::new),
            code: Code::from_u32(code).unwrap(), gas_wanted, gas_used, cumulative_gas_used, effective_gas_price,
            contract_address: created.map(Address::new), first_log_index, logs, events, data: data.into(),
        }
    }
}

prop_compose! {
    fn any_call()(
        venue: u32, market: u32, contract: [u8; 20], ok: bool, gas_used: u64, logs in vec(any_log(), 0..3),
        events in vec(any_event(), 0..3),
    ) -> VenueCall {
        let (venue, market, contract) = (VenueId(venue), MarketId(market), Address::new(contract));
        VenueCall { venue, market, contract, ok, gas_used, logs, events }
    }
}

prop_compose! {
    fn any_results()(
        receipts in vec(any_receipt(), 0..5), base_fee_per_gas: u64, gas_used: u64, gas_limit: u64,
        own_hashes: bool, others in vec(any::<[u8; 32]>(), 0..5), markets in vec(any::<u32>(), 0..3),
        calls in vec(any_call(), 0..3),
    ) -> BlockResults {
        let tx_hashes = if own_hashes {
            receipts.iter().map(|receipt| receipt.tx_hash).collect()
        } else {
            others.into_iter().map(B256::new).collect()
        };
        let logs_bloom = LogsBloom::default();
        let outcomes = markets.iter().map(|market| MarketOutcome::of(MarketId(*market))).collect();
        BlockResults { receipts, base_fee_per_gas, gas_used, gas_limit, logs_bloom, tx_hashes, outcomes, calls }
    }
}

proptest! {
    #[test]
    fn results_return(results in any_results()) {
        prop_assert_eq!(BlockResults::decode(&results.encode()), Ok(results));
    }

    #[test]
    fn what_is_accepted_has_one_encoding(results in any_results(), at: prop::sample::Index, bit in 0u8..8) {
        let mut bytes = results.encode();
        let at = at.index(bytes.len());
        bytes[at] ^= 1 << bit;
        if let Ok(decoded) = BlockResults::decode(&bytes) {
            prop_assert_eq!(decoded.encode(), bytes);
        }
    }

    #[test]
    fn random_bytes_never_panic(mut bytes in vec(any::<u8>(), 0..300)) {
        if let Some(first) = bytes.first_mut() {
            *first = VERSION;
        }
        let _ = BlockResults::decode(&bytes);
    }
}

#[test]
fn every_truncation_is_refused() {
    let receipt = Receipt {
        tx_hash: B256::repeat_byte(7),
        evm_type: Some(2),
        sender: Address::repeat_byte(1),
        to: None,
        code: Code::Reverted,
        gas_wanted: 100,
        gas_used: 50,
        cumulative_gas_used: 50,
        effective_gas_price: 1_000_000_000,
        contract_address: None,
        first_log_index: 0,
        logs: vec![Log::new_unchecked(Address::ZERO, vec![B256::ZERO], Bytes::new())],
        events: vec![Event::new("transfer").with("amount", "1usei")],
        data: Bytes::new(),
    };
    let results = BlockResults { tx_hashes: vec![receipt.tx_hash], receipts: vec![receipt], ..Default::default() };
    let bytes = results.encode();
    assert_eq!(BlockResults::decode(&bytes), Ok(results));
    for end in 0..bytes.len() {
        assert!(BlockResults::decode(&bytes[..end]).is_err(), "{end} bytes of {}", bytes.len());
    }
}

#[test]
fn other_versions_are_refused() {
    let mut bytes = BlockResults::default().encode();
    bytes[0] = 9;
    assert_eq!(BlockResults::decode(&bytes), Err(WireError::Version(9)));
}
