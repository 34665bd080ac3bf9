//! The peer: the order book of `Book.sol` on anvil, given the same orders in the same transactions.

use std::io;
use std::path::PathBuf;

use alloy_primitives::{Address, B256, Bytes, U256, hex};
use serde_json::json;

use crate::feed::{Dice, Load, TOGETHER, Wish, load};
use crate::load::{CONNECTIONS, Chain, lanes, run};
use crate::target::Target;
use crate::wallet::{Act, Signed, Wallet};

/// What solc 0.8.37 made of `Book.sol` (optimizer 10,000 runs, via IR, evmVersion prague, no metadata).
const CREATION: &str = include_str!("book.hex");
const REPLACE: [u8; 4] = [0xa6, 0x40, 0x79, 0xa4];
const DEPOSIT: [u8; 4] = [0xb0, 0x67, 0xc5, 0xef];
const ACCOUNTS: u32 = 100;
const SETUP_GAS: u64 = 4_000_000;
const DEPOSIT_GAS: u64 = 100_000;
/// Of a transaction of 50 orders; most use a quarter of it.
const ORDERS_GAS: u64 = 12_000_000;

/// Orders a second of the best round.
pub fn measure(binary: &PathBuf, txs: usize, rounds: usize) -> io::Result<f64> {
    let target = Target::anvil(binary, None)?;
    println!("{}", target.command);
    let wallets: Vec<Wallet> = (0..ACCOUNTS).map(Wallet::numbered).collect();
    let book = prepare(&target, &wallets)?;
    let mut dice: Vec<Dice> = (0..ACCOUNTS).map(|number| Dice::new(u64::from(number) + 1)).collect();
    let (each, mut best) = (txs.div_ceil(ACCOUNTS as usize), 0.0f64);
    for round in 0..rounds {
        let share = wallets.len().div_ceil(CONNECTIONS);
        let lane = |(wallets, dice): (&[Wallet], &mut [Dice])| {
            let nths = round * each..(round + 1) * each;
            nths.flat_map(|nth| orders(wallets, dice, nth as u64, book)).collect()
        };
        let signed: Vec<Vec<Signed>> = wallets.chunks(share).zip(dice.chunks_mut(share)).map(lane).collect();
        let hashes: Vec<B256> = signed.iter().flatten().map(|tx| tx.hash).collect();
        let done = run(&Chain::of(target.name, &target.address), &lanes(signed))?;
        succeeded(&target, &hashes)?;
        let orders = done.txs * TOGETHER;
        let rate = orders as f64 / done.took.as_secs_f64();
        let (seconds, blocks) = (done.took.as_secs_f64(), done.blocks);
        println!("anvil round {}: {orders} orders in {seconds:.2} s, {blocks} blocks: {rate:.0}/s", round + 1);
        best = best.max(rate);
    }
    Ok(best)
}

/// Fails where one of the transactions has.
fn succeeded(target: &Target, hashes: &[B256]) -> io::Result<()> {
    let mut connection = target.connect()?;
    for hash in hashes {
        let receipt = connection.ask("eth_getTransactionReceipt", &json!([hash]))?;
        if receipt["status"] != "0x1" {
            return Err(io::Error::other(format!("an order transaction failed: {receipt}")));
        }
    }
    Ok(())
}

/// Creates the book, and gives everybody funds in it; answers where it is.
fn prepare(target: &Target, wallets: &[Wallet]) -> io::Result<Address> {
    let rich = Wallet::rich();
    let creation = Bytes::from(hex::decode(CREATION.trim()).map_err(io::Error::other)?);
    let created = Act { to: None, value: U256::ZERO, input: creation, gas: SETUP_GAS };
    let fund = |to| Act { to: Some(to), value: U256::from(10u64.pow(19)), input: Bytes::new(), gas: 21_000 };
    let acts = std::iter::once(created).chain(wallets.iter().map(|wallet| fund(wallet.address)));
    let signed: Vec<Signed> = acts.zip(0..).map(|(act, nonce)| rich.sign(nonce, act)).collect();
    run(&Chain::of(target.name, &target.address), &lanes(vec![signed]))?;
    let book = rich.address.create(0);
    let funds = U256::from(1u128 << 100).to_be_bytes::<32>();
    let input: Bytes = [&DEPOSIT[..], &funds, &funds].concat().into();
    let deposit = Act { to: Some(book), value: U256::ZERO, input, gas: DEPOSIT_GAS };
    let signed = wallets.iter().map(|wallet| wallet.sign(0, deposit.clone())).collect();
    run(&Chain::of(target.name, &target.address), &lanes(vec![signed]))?;
    Ok(book)
}

/// The `nth` transaction of each account.
fn orders(wallets: &[Wallet], dice: &mut [Dice], nth: u64, book: Address) -> Vec<Signed> {
    let one = |(wallet, dice): (&Wallet, &mut Dice)| {
        let act = Act { to: Some(book), value: U256::ZERO, input: call(&load(nth, dice)), gas: ORDERS_GAS };
        wallet.sign(nth + 1, act)
    };
    wallets.iter().zip(dice).map(one).collect()
}

/// `replace(names, wishes)`.
fn call(load: &Load) -> Bytes {
    let names = load.cancels.iter().map(|name| U256::from(*name));
    let wishes = load.wishes.iter().map(packed);
    let word = |number: usize| U256::from(number);
    let second = 64 + 32 * (1 + load.cancels.len());
    let words = [word(64), word(second), word(load.cancels.len())].into_iter().chain(names);
    let words = words.chain([word(load.wishes.len())]).chain(wishes);
    let bytes = words.flat_map(|word| word.to_be_bytes::<32>());
    REPLACE.into_iter().chain(bytes).collect::<Vec<u8>>().into()
}

fn packed(wish: &Wish) -> U256 {
    let bit = |set: bool, at: usize| U256::from(u8::from(set)) << at;
    U256::from(wish.name) << 128
        | bit(wish.immediate, 97)
        | bit(!wish.buys, 96)
        | U256::from(wish.ticks) << 64
        | U256::from(wish.lots)
}
