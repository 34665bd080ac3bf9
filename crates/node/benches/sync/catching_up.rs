//! Block sync: a node without blocks beside a validator that has many and goes on, 400 ms each.

use crate::nodes::Node;
use crate::world;

const BLOCK_TIME_MS: f64 = 400.0;

/// Measures it over so many blocks of so many transfers.
pub fn run(blocks: u64, txs: u32) {
    let folder = tempfile::tempdir_in(env!("CARGO_TARGET_TMPDIR")).unwrap();
    let home = folder.path().join("validator");
    let source = world::World::found(&home);
    source.trade(blocks, txs);
    let home = source.close();
    let new = folder.path().join("new");
    world::join(&home, &new, false);
    let flags = ["--block-time", "400ms"];
    let mut validator = Node::start(&home, &flags);
    validator.says("listening");
    let mut node = Node::start(&new, &[&flags[..], &["--peers", &validator.peer]].concat());
    let (line, took) = node.says("in step with the others");
    let number = |name: &str| line[name].as_f64().unwrap();
    let (caught, rate) = (number("blocks"), number("per_second"));
    let live = 1000.0 / BLOCK_TIME_MS;
    println!(
        "block sync: {blocks} blocks of {txs} transfers, every signature verified, every block executed and durable\n"
    );
    println!(
        "| blocks | blocks/s | transfers/s | times a live chain of 2.5 blocks/s | seconds from start to in step |"
    );
    println!("|---|---|---|---|---|");
    let transfers = rate * f64::from(txs);
    println!("| {caught:.0} | {rate:.0} | {transfers:.0} | {:.1} | {:.1} |\n", rate / live, took.as_secs_f64());
}
