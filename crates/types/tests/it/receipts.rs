//! Receipts: what enters the block's results hash, and what must not.

use alloy_primitives::{Address, B256, Bytes, Log, b256, bytes};
use seiza_types::{Code, Event, Receipt, results_hash};

fn receipt() -> Receipt {
    Receipt {
        tx_hash: B256::ZERO,
        evm_type: Some(2),
        sender: Address::ZERO,
        to: None,
        code: Code::Ok,
        gas_wanted: 30_000,
        gas_used: 21_000,
        cumulative_gas_used: 21_000,
        effective_gas_price: 7,
        contract_address: None,
        first_log_index: 0,
        logs: vec![],
        events: vec![],
        data: Bytes::new(),
    }
}

#[test]
fn codes_survive_their_numbers() {
    for number in 0..7 {
        assert_eq!(Code::from_u32(number).unwrap() as u32, number);
    }
    assert_eq!(Code::from_u32(7), None);
    assert!(receipt().succeeded());
    assert!(!Receipt { code: Code::Reverted, ..receipt() }.succeeded());
}

#[test]
fn the_results_hash_holds_code_data_and_gas_alone() {
    let root = results_hash(&[receipt()]);
    let same = [
        Receipt { events: vec![Event::new("transfer").with("amount", 5)], ..receipt() },
        Receipt { tx_hash: B256::repeat_byte(1), sender: Address::repeat_byte(1), ..receipt() },
        Receipt { logs: vec![Log::new_unchecked(Address::ZERO, vec![], bytes!("01"))], ..receipt() },
    ];
    for other in same {
        assert_eq!(results_hash(&[other]), root);
    }
    let different = [
        Receipt { code: Code::Reverted, ..receipt() },
        Receipt { data: bytes!("01"), ..receipt() },
        Receipt { gas_wanted: 30_001, ..receipt() },
        Receipt { gas_used: 21_001, ..receipt() },
    ];
    for other in different {
        assert_ne!(results_hash(&[other]), root);
    }
    assert_ne!(results_hash(&[receipt(), receipt()]), root);
}

#[test]
fn the_results_hash_is_tendermint_s() {
    use sha2::{Digest, Sha256};
    assert_eq!(results_hash([]), b256!("e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"));
    // ExecTxResult { code: 2, data: 0x01, gas_wanted: 30000 (field 5), gas_used: 21000 (field 6) } by hand.
    let receipt = Receipt { code: Code::OutOfGas, data: bytes!("01"), ..receipt() };
    let leaf = [&[0x08, 2, 0x12, 1, 1, 0x28, 0xb0, 0xea, 0x01, 0x30, 0x88, 0xa4, 0x01][..]].concat();
    let root = Sha256::digest([&[0][..], &leaf].concat());
    assert_eq!(results_hash(&[receipt]), B256::new(root.into()));
}

#[test]
fn a_bloom_holds_addresses_and_topics() {
    let topic = B256::repeat_byte(7);
    let log = Log::new_unchecked(Address::repeat_byte(9), vec![topic], Bytes::new());
    let bloom = Receipt { logs: vec![log.clone()], ..receipt() }.bloom();
    assert!(bloom.contains_log(&log));
    assert!(receipt().bloom().is_zero());
}

#[test]
fn events_keep_the_order_of_their_attributes() {
    let event = Event::new("transfer").with("recipient", "b").with("amount", 5);
    let pairs: Vec<_> = event.attributes.iter().map(|a| (&*a.key, a.value.text())).collect();
    assert_eq!((&*event.kind, pairs), ("transfer", vec![("recipient", "b".into()), ("amount", "5".into())]));
}
