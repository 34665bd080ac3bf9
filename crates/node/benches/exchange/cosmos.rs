//! Seiza's side: signed Cosmos transactions over Tendermint's RPC, until all are in blocks.

use std::io;
use std::net::{SocketAddr, TcpListener};
use std::time::{Duration, Instant};

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use bip32::{ChildNumber, XPrv};
use secp256k1::{SECP256K1, SecretKey};
use seiza_types::SeiAddress;
use seiza_types::exchange::{CancelTarget, ExchangeMsg, MarketId, OrderKind, OrderSide, PlaceOrder};
use seiza_types::tx::{Draft, Signer};
use serde_json::{Value, json};

use crate::feed::{Dice, Load, TOGETHER, Wish, load};
use crate::http::{Connection, Prepared};
use crate::target::Target;

const WORDS: &str = "test test test test test test test test test test test junk";
const CHAIN_ID: &str = "seiza-713714";
/// Accounts that send.
const ACCOUNTS: u32 = 500;
const CONNECTIONS: usize = 4;
/// Transactions of one request.
const BATCH: usize = 20;
const GAS: u64 = 400_000;
/// Enough for any base fee that comes up.
const FEE_USEI: u128 = 100_000;
const ROUND_MAX: Duration = Duration::from_secs(60);
const LOOK_EVERY: Duration = Duration::from_millis(10);
/// Tick and lot of the devnet's markets.
const SCALES: [(u128, u128); 2] = [(10, 100_000), (10_000, 100)];

struct Account {
    key: SecretKey,
    sei: SeiAddress,
    dice: Dice,
}

/// Orders a second of the best round.
pub fn measure(txs: usize, markets: usize, rounds: usize) -> io::Result<f64> {
    let mut accounts = accounts()?;
    let tendermint = TcpListener::bind("127.0.0.1:0")?.local_addr()?;
    let (port, count) = (tendermint.port().to_string(), ACCOUNTS.to_string());
    let flags = ["--tendermint-port", &port, "--accounts", &count, "--balance", "1000000"];
    let flags = [&flags[..], &["--gas-limit", "10000000000"]].concat();
    let target = Target::seiza(&flags)?;
    println!("{}", target.command);
    let each = txs.div_ceil(ACCOUNTS as usize);
    let mut best = 0.0f64;
    for round in 0..rounds {
        let lanes = lanes(&mut accounts, round * each, each, markets);
        let (took, blocks) = run(tendermint, &lanes, each * ACCOUNTS as usize)?;
        let orders = each * ACCOUNTS as usize * TOGETHER;
        let rate = orders as f64 / took.as_secs_f64();
        println!(
            "seiza round {}: {orders} orders in {:.2} s, {blocks} blocks: {rate:.0}/s",
            round + 1,
            took.as_secs_f64()
        );
        best = best.max(rate);
    }
    Ok(best)
}

fn accounts() -> io::Result<Vec<Account>> {
    let seed = bip39::Mnemonic::parse_normalized(WORDS).map_err(told)?.to_seed("");
    let hardened = ChildNumber::HARDENED_FLAG;
    let steps = [44 | hardened, 60 | hardened, hardened, 0];
    let child = |parent: &XPrv, step: u32| parent.derive_child(ChildNumber(step)).map_err(told);
    let root = XPrv::new(seed).map_err(told)?;
    let parent = steps.into_iter().try_fold(root, |parent, step| child(&parent, step))?;
    let account = |number: u32| {
        let bytes = child(&parent, number)?.to_bytes();
        let key = SecretKey::from_byte_array(bytes).map_err(io::Error::other)?;
        let sei = Signer::from_public_key(&key.public_key(SECP256K1)).sei;
        Ok(Account { key, sei, dice: Dice::new(u64::from(number) + 1) })
    };
    (0..ACCOUNTS).map(account).collect()
}

fn told(error: impl std::fmt::Display) -> io::Error {
    io::Error::other(error.to_string())
}

/// What each connection sends.
fn lanes(accounts: &mut [Account], first: usize, each: usize, markets: usize) -> Vec<Vec<Prepared>> {
    let share = accounts.len().div_ceil(CONNECTIONS);
    let lane = |accounts: &mut [Account]| {
        let mut txs = Vec::new();
        for nth in first..first + each {
            for (at, account) in accounts.iter_mut().enumerate() {
                txs.push(signed(account, nth as u64, at % markets));
            }
        }
        let call = |(id, raw): (usize, &Vec<u8>)| {
            let tx = STANDARD.encode(raw);
            format!(r#"{{"jsonrpc":"2.0","id":{id},"method":"broadcast_tx_sync","params":{{"tx":"{tx}"}}}}"#)
        };
        let request = |batch: &[Vec<u8>]| {
            let calls: Vec<String> = batch.iter().enumerate().map(call).collect();
            Prepared::of(&format!("[{}]", calls.join(",")))
        };
        txs.chunks(BATCH).map(request).collect()
    };
    accounts.chunks_mut(share).map(lane).collect()
}

fn signed(account: &mut Account, nth: u64, market: usize) -> Vec<u8> {
    let Load { cancels, wishes } = load(nth, &mut account.dice);
    let (sender, id) = (account.sei, MarketId(market as u32 + 1));
    let orders = wishes.iter().map(|wish| order(wish, id, SCALES[market])).collect();
    let mut messages = vec![ExchangeMsg::PlaceOrders { sender, orders }];
    if !cancels.is_empty() {
        let targets = cancels.into_iter().map(CancelTarget::ClientId).collect();
        messages.insert(0, ExchangeMsg::CancelOrders { sender, market: id, targets });
    }
    let messages = messages.as_slice();
    Draft { chain_id: CHAIN_ID, messages, sequence: nth, gas_limit: GAS, fee_usei: FEE_USEI }.sign(&account.key)
}

fn order(wish: &Wish, market: MarketId, (tick, lot): (u128, u128)) -> PlaceOrder {
    let side = if wish.buys { OrderSide::Buy } else { OrderSide::Sell };
    let kind = if wish.immediate { OrderKind::Market } else { OrderKind::Limit };
    let (price, quantity) = (u128::from(wish.ticks) * tick, u128::from(wish.lots) * lot);
    PlaceOrder { kind, client_id: wish.name, ..PlaceOrder::limit(market, side, quantity, price) }
}

/// Sends everything; from the first byte until the last transaction is in a block that is answered for.
fn run(tendermint: SocketAddr, lanes: &[Vec<Prepared>], total: usize) -> io::Result<(Duration, usize)> {
    let mut watcher = Connection::open(tendermint)?;
    let first = height(&mut watcher)?;
    let start = Instant::now();
    std::thread::scope(|scope| {
        let senders: Vec<_> = lanes.iter().map(|lane| scope.spawn(|| send(tendermint, lane))).collect();
        let seen = watch(&mut watcher, first, total, start);
        senders.into_iter().try_for_each(|sender| sender.join().expect("no sender panics"))?;
        seen
    })
}

fn send(tendermint: SocketAddr, lane: &[Prepared]) -> io::Result<()> {
    let mut connection = Connection::open(tendermint)?;
    for request in lane {
        let answers: Vec<Value> = serde_json::from_slice(&connection.exchange(request)?)?;
        let refused = answers.iter().find(|answer| answer["result"]["code"] != 0);
        if let Some(refused) = refused {
            return Err(io::Error::other(format!("seiza refused a transaction: {refused}")));
        }
    }
    Ok(())
}

fn watch(watcher: &mut Connection, first: u64, total: usize, start: Instant) -> io::Result<(Duration, usize)> {
    let (mut next, mut seen, mut blocks) = (first + 1, 0, 0);
    loop {
        let (head, at) = (height(watcher)?, start.elapsed());
        while next <= head {
            let params = json!({ "minHeight": next.to_string(), "maxHeight": next.to_string() });
            let answer = watcher.ask("blockchain", &params)?;
            let count = answer["block_metas"][0]["num_txs"].as_str().and_then(|text| text.parse::<usize>().ok());
            let count = count.ok_or_else(|| io::Error::other(format!("no block {next}: {answer}")))?;
            seen += count;
            blocks += usize::from(count > 0);
            next += 1;
        }
        if seen >= total {
            return Ok((at, blocks));
        }
        if start.elapsed() > ROUND_MAX {
            return Err(io::Error::other(format!("seiza: {seen} of {total} included, given up")));
        }
        std::thread::sleep(LOOK_EVERY);
    }
}

fn height(connection: &mut Connection) -> io::Result<u64> {
    let status = connection.ask("status", &json!({}))?;
    let height = status["sync_info"]["latest_block_height"].as_str().and_then(|text| text.parse().ok());
    height.ok_or_else(|| io::Error::other(format!("no height in {status}")))
}
