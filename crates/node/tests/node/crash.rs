//! kill -9 at any moment: what a client was told of stays, and the chain goes on.

use std::time::Duration;

use alloy_primitives::Address;
use serde_json::{Value, json};

use crate::account::{FIRST, transfer};
use crate::process::Devnet;

const KILLS: u64 = 12;

#[test]
fn nothing_a_client_saw_is_lost() {
    let home = tempfile::tempdir().unwrap();
    let home = home.path().join("chain");
    let mut seen: Vec<(Value, Value)> = Vec::new();
    let mut height = 0;
    for kill in 0..KILLS {
        let devnet = Devnet::start(&home, &["--block-time", "5ms"]);
        assert!(devnet.height() >= height, "height {} after {height} was seen", devnet.height());
        for (hash, receipt) in &seen {
            assert_eq!(&devnet.receipt(hash), receipt, "kill {kill}");
        }
        // What was proposed before the kill is proposed again, and counts: the next block has it.
        devnet.await_height(devnet.height() + 2);
        let nonce = devnet.number("eth_getTransactionCount", json!([FIRST, "latest"]));
        assert!(nonce >= seen.len() as u64);
        // A trickle whose receipts are seen, then a burst that is cut off at another moment each time.
        for nonce in nonce..nonce + 3 {
            let hash =
                devnet.call("eth_sendRawTransaction", json!([transfer(nonce, Address::repeat_byte(2))])).unwrap();
            seen.push((hash.clone(), devnet.receipt(&hash)));
        }
        for nonce in nonce + 3..nonce + 10 {
            devnet.call("eth_sendRawTransaction", json!([transfer(nonce, Address::repeat_byte(2))])).unwrap();
        }
        std::thread::sleep(Duration::from_millis(kill * 3));
        height = devnet.height();
        assert_eq!(devnet.end("-KILL"), None, "killed, not ended");
    }
    let devnet = Devnet::start(&home, &[]);
    let paid = devnet.number("eth_getBalance", json!([Address::repeat_byte(2), "latest"]));
    assert_eq!(paid, devnet.number("eth_getTransactionCount", json!([FIRST, "latest"])), "a wei a transaction");
    assert_eq!(devnet.end("-INT"), Some(0));
}
