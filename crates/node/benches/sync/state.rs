//! State sync from one peer and from three.

use crate::nodes::Node;
use crate::{limit, world};

/// Measures it on a state of so many keys.
pub fn run(keys: u64) {
    let folder = tempfile::tempdir_in(env!("CARGO_TARGET_TMPDIR")).unwrap();
    let home = folder.path().join("source");
    let source = world::World::found(&home);
    source.fill(keys);
    let home = source.close();
    println!("state sync: {keys} keys of 53 bytes with values of 32\n");
    let (loopback, disk) = (limit::loopback(), limit::disk(folder.path()));
    println!(
        "limits in this run: one TCP connection on loopback {loopback:.0} MB/s, one file on disk {disk:.0} MB/s\n"
    );
    let limit = loopback.min(disk);
    println!("| peers | MB/s | keys/s | of the lower limit | seconds to fetch | seconds until it serves |");
    println!("|---|---|---|---|---|---|");
    for peers in [1, 3] {
        let nodes: Vec<Node> = (0..peers)
            .map(|index| {
                let giver = folder.path().join(format!("giver-{peers}-{index}"));
                world::join(&home, &giver, true);
                Node::start(&giver, &[])
            })
            .map(|mut node| {
                node.says("listening");
                node
            })
            .collect();
        let new = folder.path().join(format!("new-{peers}"));
        world::join(&home, &new, false);
        let list: Vec<&str> = nodes.iter().map(|node| node.peer.as_str()).collect();
        let mut node = Node::start(&new, &["--state-sync", "--peers", &list.join(",")]);
        let (fetched, _) = node.says("fetched the state");
        let (_, serves) = node.says("listening");
        let number = |name: &str| fetched[name].as_f64().unwrap();
        let (rate, keys) = (number("mb_per_second"), number("keys_per_second"));
        let (share, seconds) = (rate / limit * 100.0, number("seconds"));
        println!("| {peers} | {rate:.0} | {keys:.0} | {share:.0} % | {seconds:.1} | {:.1} |", serves.as_secs_f64());
        drop((node, nodes));
        for entry in std::fs::read_dir(folder.path()).unwrap().flatten().filter(|entry| entry.path() != home) {
            let _ = std::fs::remove_dir_all(entry.path());
        }
    }
    println!();
}
