//! Stories of blocks: both kinds of transactions, fees, failures, headers, the pending block, replays.

use alloy_primitives::{Bytes, TxKind, bytes};
use seiza_modules::fees;
use seiza_types::{Address, Code, SeiAddress, U256};

use super::wallet::{GWEI, Wallet};
use super::{SEI, World};
use crate::{CheckError, InvalidBlock};

const STRANGER: Address = Address::repeat_byte(0x99);

#[test]
fn both_kinds_share_one_account_one_nonce_and_one_balance() {
    let mut world = World::new();
    let (alice, bob) = (Wallet::new(1), Wallet::new(2).signer());
    let receipts = world.block(vec![
        alice.transfer(0, bob.address, 5),
        alice.send(1, bob.sei, &[("usei", 3)], 500_000),
        alice.transfer(2, bob.address, 7),
    ]);
    assert!(receipts.iter().all(|receipt| receipt.code == Code::Ok), "{receipts:?}");
    assert_eq!(world.nonce(&alice.signer().address), 3);
    // Bob has not signed yet, so his Cosmos address is still the cast of its own bytes.
    assert_eq!(world.wei(&bob.sei.cast()), U256::from(3_000_000_000_000u64));
    world.block(vec![Wallet::new(2).transfer(0, STRANGER, 1)]);
    assert_eq!(world.wei(&bob.sei.cast()), U256::ZERO, "linking swept the cast");
}

#[test]
fn every_wei_of_fees_reaches_the_collector() {
    let mut world = World::new();
    let alice = Wallet::new(1);
    let before = world.wei(&alice.signer().address);
    let receipts = world
        .block(vec![alice.transfer(0, STRANGER, SEI), alice.send(1, SeiAddress([8; 20]), &[("usei", 1)], 400_000)]);
    let paid = u128::from(receipts[0].gas_used) * receipts[0].effective_gas_price + 400_000 * 1_000_000_000_000;
    assert_eq!(receipts[0].effective_gas_price, 2 * GWEI, "base fee and tip");
    assert_eq!(world.wei(&fees::collector()), U256::from(paid));
    let left = before - U256::from(paid) - U256::from(SEI) - U256::from(1_000_000_000_000u64);
    assert_eq!(world.wei(&alice.signer().address), left);
}

#[test]
fn a_transaction_whose_nonce_does_not_fit_is_skipped_and_pays_nothing() {
    let mut world = World::new();
    let alice = Wallet::new(1);
    let before = world.wei(&alice.signer().address);
    let receipts =
        world.block(vec![alice.transfer(1, STRANGER, 1), alice.send(3, SeiAddress([8; 20]), &[("usei", 1)], 400_000)]);
    assert!(receipts.iter().all(|receipt| receipt.code == Code::Skipped && receipt.gas_used == 0));
    assert_eq!((world.wei(&alice.signer().address), world.nonce(&alice.signer().address)), (before, 0));
}

#[test]
fn a_cosmos_transaction_that_cannot_pay_or_comes_too_late_is_skipped() {
    let (alice, to, one) = (Wallet::new(1), SeiAddress([8; 20]), [("usei", 1)]);
    let all_she_has_and_more = 1_000_000_001;
    let table = [
        ("offers less than the base fee", alice.send(0, to, &one, 1)),
        ("cannot pay the fee it offers", alice.send(0, to, &one, all_she_has_and_more)),
        ("timed out at height 1", alice.send_until(1, 0, to, &one, 400_000)),
    ];
    for (why, tx) in table {
        let mut world = World::new();
        world.block(vec![]);
        let before = world.wei(&alice.signer().address);
        let receipts = world.block(vec![tx]);
        assert_eq!((receipts[0].code, receipts[0].gas_used), (Code::Skipped, 0), "{why}");
        assert_eq!((world.wei(&alice.signer().address), world.nonce(&alice.signer().address)), (before, 0), "{why}");
    }
    let mut world = World::new();
    world.block(vec![]);
    let in_time = world.block(vec![alice.send_until(2, 0, to, &one, 400_000)]);
    assert_eq!(in_time[0].code, Code::Ok, "the timeout height itself is in time");
}

#[test]
fn a_failing_message_keeps_fee_and_nonce_and_nothing_else() {
    let mut world = World::new();
    let alice = Wallet::new(1);
    let receipts = world.block(vec![alice.send(0, SeiAddress([8; 20]), &[("usei", 5), ("uatom", 1)], 400_000)]);
    assert_eq!(receipts[0].code, Code::InsufficientFunds);
    assert!(receipts[0].events.is_empty());
    assert_eq!(world.nonce(&alice.signer().address), 1);
    assert_eq!(world.wei(&Address::repeat_byte(8)), U256::ZERO, "the first coin came back");
    assert_eq!(world.wei(&fees::collector()), U256::from(400_000_000_000_000_000u64));
}

/// Creation code whose runtime logs once and stores CALLVALUE at slot 0.
fn logger() -> Bytes {
    // PUSH6 (PUSH0 PUSH0 LOG0 CALLVALUE PUSH0 SSTORE) PUSH0 MSTORE PUSH1 6 PUSH1 26 RETURN
    bytes!("655f5fa0345f555f526006601af3")
}

#[test]
fn gas_and_logs_are_numbered_densely_through_the_block() {
    let mut world = World::new();
    let (alice, bob) = (Wallet::new(1), Wallet::new(2));
    let created = world.block(vec![alice.evm(0, TxKind::Create, U256::ZERO, logger(), 200_000)]);
    let contract = created[0].contract_address.unwrap();
    let call = |wallet: &Wallet, nonce| wallet.evm(nonce, TxKind::Call(contract), U256::from(1), Bytes::new(), 100_000);
    let receipts = world.block(vec![call(&alice, 1), bob.transfer(0, STRANGER, 1), call(&bob, 1)]);
    assert_eq!(receipts.iter().map(|receipt| receipt.first_log_index).collect::<Vec<_>>(), [0, 1, 1]);
    let sums: Vec<u64> = receipts
        .iter()
        .scan(0, |sum, receipt| {
            *sum += receipt.gas_used;
            Some(*sum)
        })
        .collect();
    assert_eq!(receipts.iter().map(|receipt| receipt.cumulative_gas_used).collect::<Vec<_>>(), sums);
}

#[test]
fn full_blocks_raise_the_base_fee_and_empty_ones_lower_it() {
    let mut world = World::new();
    let alice = Wallet::new(1);
    // An endless loop burns all 29 of 30 million gas: JUMPDEST PUSH0 JUMP as creation code.
    world.block(vec![alice.evm(0, TxKind::Create, U256::ZERO, bytes!("5b5f56"), 29_000_000)]);
    let raised = fees::base_fee(&world.chain.head().state).unwrap();
    assert!(raised > 1_000_000_000, "{raised}");
    world.block(vec![]);
    assert!(fees::base_fee(&world.chain.head().state).unwrap() < raised);
}

#[test]
fn the_header_is_checked_field_by_field() {
    let mut world = World::new();
    world.block(vec![Wallet::new(1).transfer(0, STRANGER, 1)]);
    let now = world.now();
    let good = world.chain.build(vec![Wallet::new(1).transfer(1, STRANGER, 1)], now, world.key.address(), vec![]);
    world.chain.validate(good.block().as_ref().clone(), |_, _| None).unwrap();
    type Spoil = fn(&mut seiza_types::Block);
    let table: [(&str, Spoil); 6] = [
        ("height", |block| block.header.height = 9u32.into()),
        ("chain_id", |block| block.header.chain_id = "other-1".parse().unwrap()),
        ("app_hash", |block| block.header.app_hash = vec![1; 32].try_into().unwrap()),
        ("last_block_id", |block| block.header.last_block_id = None),
        ("data_hash", |block| block.txs.clear()),
        ("last_commit_hash", |block| block.last_commit = None),
    ];
    for (field, spoil) in table {
        let mut block = good.block().as_ref().clone();
        spoil(&mut block);
        match world.chain.validate(block, |_, _| None).unwrap_err() {
            InvalidBlock::Header { field: found, .. } => assert_eq!(found, field),
            other => panic!("{field}: {other}"),
        }
    }
    let mut block = good.block().as_ref().clone();
    block.header.time = world.chain.head().time;
    assert!(matches!(world.chain.validate(block, |_, _| None), Err(InvalidBlock::Header { field: "time", .. })));
}

#[test]
fn admission_says_what_ethereum_clients_expect() {
    let mut world = World::new();
    let alice = Wallet::new(1);
    world.block(vec![alice.transfer(0, STRANGER, 1)]);
    let low = world.chain.check(&alice.transfer(0, STRANGER, 1)).unwrap_err();
    assert_eq!(low.to_string(), "nonce too low: next nonce 1, tx nonce 0");
    let poor = world.chain.check(&Wallet::new(9).transfer(0, STRANGER, 1)).unwrap_err();
    assert!(matches!(poor, CheckError::InsufficientFunds { .. }));
    let cheap = world.chain.check(&alice.send(1, SeiAddress([1; 20]), &[("usei", 1)], 1)).unwrap_err();
    assert!(matches!(cheap, CheckError::FeeTooLow { .. }));
    assert_eq!(world.chain.check(&alice.transfer(5, STRANGER, 1)).unwrap().state_nonce, 1, "a gap may wait");
}

#[test]
fn the_pending_block_is_executed_and_changes_nothing() {
    let mut world = World::new();
    let now = world.now();
    let pending = world.chain.pending(vec![Wallet::new(1).transfer(0, STRANGER, 11)], now).unwrap();
    assert_eq!(pending.results.receipts[0].code, Code::Ok);
    let balance = seiza_modules::bank::native_balance(&pending.overlay, &STRANGER).unwrap();
    assert_eq!(balance, U256::from(11));
    assert_eq!((world.chain.head().height, world.wei(&STRANGER)), (0, U256::ZERO));
}

#[test]
fn a_replay_stops_just_before_the_transaction_that_is_traced() {
    let mut world = World::new();
    let alice = Wallet::new(1);
    world.block((0..4).map(|nonce| alice.transfer(nonce, STRANGER, 10)).collect());
    world.block(vec![]);
    for index in 0..=4u32 {
        let (state, context) = world.chain.replay(1, index as usize).unwrap();
        let balance = seiza_modules::bank::native_balance(&state, &STRANGER).unwrap();
        assert_eq!((balance, context.number), (U256::from(10 * index), 1));
    }
}

#[test]
fn blockhash_gives_the_hash_of_each_earlier_block_and_of_genesis() {
    let mut world = World::new();
    let alice = Wallet::new(1);
    // Runtime: LOG1 with no data and the topic BLOCKHASH(NUMBER - CALLVALUE): CALLVALUE NUMBER SUB BLOCKHASH PUSH0 PUSH0 LOG1
    let creation = bytes!("67344303405f5fa1005f5260086018f3");
    let contract =
        world.block(vec![alice.evm(0, TxKind::Create, U256::ZERO, creation, 200_000)])[0].contract_address.unwrap();
    let first = world.chain.head().block_hash;
    let ask = |nonce, back| alice.evm(nonce, TxKind::Call(contract), U256::from(back), Bytes::new(), 100_000);
    let receipts = world.block(vec![ask(1, 1), ask(2, 2), ask(3, 0)]);
    let topics: Vec<_> = receipts.iter().map(|receipt| receipt.logs[0].data.topics()[0]).collect();
    assert_eq!(topics, [first, world.chain.genesis().hash(), alloy_primitives::B256::ZERO]);
}
