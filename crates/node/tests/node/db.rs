//! `seiza db` and `seiza rollback` on the folder of a chain that lived.

use std::fs;
use std::path::{Path, PathBuf};

use alloy_primitives::Address;
use serde_json::{Value, json};

use crate::account::transfer;
use crate::process::{Devnet, run};

/// A chain of some heights with a transfer in it; the height it ended with.
fn lived(home: &Path) -> u64 {
    let devnet = Devnet::start(home, &["--block-time", "5ms"]);
    let hash = devnet.call("eth_sendRawTransaction", json!([transfer(0, Address::repeat_byte(2))])).unwrap();
    devnet.receipt(&hash);
    devnet.await_height(140);
    assert_eq!(devnet.end("-INT"), Some(0));
    let (_, out, _) = run(&["db", "stats", "--json", "--home", text(home)]);
    serde_json::from_str::<Value>(&out).unwrap()["head"].as_u64().unwrap()
}

fn text(path: &Path) -> &str {
    path.to_str().unwrap()
}

fn files(folder: PathBuf) -> Vec<PathBuf> {
    let mut files: Vec<_> = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    files.sort();
    files
}

#[test]
fn figures_checks_and_merging() {
    let folder = tempfile::tempdir().unwrap();
    let home = folder.path().join("chain");
    let head = lived(&home);
    let (code, out, _) = run(&["db", "stats", "--home", text(&home)]);
    assert_eq!(code, Some(0));
    assert!(
        out.contains(&format!("head          {head}\n")) && out.contains("blocks") && out.contains("1 to "),
        "{out}"
    );
    let (code, out, err) = run(&["db", "compact", "--home", text(&home)]);
    assert_eq!((code, err.as_str()), (Some(0), ""));
    assert!(out.contains(" became 1 of "), "{out}");
    let verify = || run(&["db", "verify", "--home", text(&home)]);
    let (code, out, _) = verify();
    assert_eq!(code, Some(0), "{out}");
    assert!(out.ends_with("All of it is whole.\n"), "{out}");
    let run_file = files(home.join("data/index")).remove(0);
    let mut bytes = fs::read(&run_file).unwrap();
    let middle = bytes.len() / 2;
    bytes[middle] ^= 1;
    fs::write(&run_file, bytes).unwrap();
    let (code, out, err) = verify();
    assert_eq!((code, err.as_str()), (Some(1), "error: 1 file is damaged\n"));
    assert!(out.contains(text(&run_file)) && out.contains("repair: remove it"), "{out}");
    let (code, out, _) = run(&["db", "verify", "--json", "--home", text(&home)]);
    let found: Value = serde_json::from_str(&out).unwrap();
    assert_eq!((code, &found["faults"][0]["repair"]), (Some(1), &json!("remove")));
    // What it says repairs it does.
    fs::remove_dir_all(home.join("data/index")).unwrap();
    let devnet = Devnet::start(&home, &[]);
    assert_eq!(devnet.number("eth_getBalance", json!([Address::repeat_byte(2), "0x64"])), 1);
    assert_eq!(devnet.end("-INT"), Some(0));
    assert_eq!(verify().0, Some(0));
}

#[test]
fn old_heights_are_pruned_or_archived_on_demand() {
    let folder = tempfile::tempdir().unwrap();
    let home = folder.path().join("chain");
    let head = lived(&home);
    let (code, _, err) = run(&["db", "prune", "--home", text(&home)]);
    assert_eq!((code, err.as_str()), (Some(2), "error: storage.keep_heights is 0: say --keep-heights N\n"));
    let archive = folder.path().join("archive");
    let archive = format!("[storage]\narchive = \"{}\"\n", archive.display());
    fs::write(home.join("config.toml"), archive).unwrap();
    let prune = || run(&["db", "prune", "--keep-heights", "20", "--home", text(&home)]);
    let (code, out, err) = prune();
    assert_eq!((code, err.as_str()), (Some(0), ""));
    assert_eq!(out, format!("Heights 0 to {head} can be read.\n"), "the archive has the others");
    assert!(files(folder.path().join("archive/runs")).len() == 1);
    fs::remove_file(home.join("config.toml")).unwrap();
    let (_, out, _) = prune();
    assert_eq!(out, format!("Heights 65 to {head} can be read.\n"), "not without the archive");
}

#[test]
fn a_height_is_rolled_back_and_executed_again() {
    let folder = tempfile::tempdir().unwrap();
    let home = folder.path().join("chain");
    let head = lived(&home);
    let devnet = Devnet::start(&home, &["--block-time", "1h"]);
    let block = devnet.call("eth_getBlockByNumber", json!([format!("0x{head:x}"), false])).unwrap();
    let rollback = || run(&["rollback", "--home", text(&home)]);
    let (code, _, err) = rollback();
    assert_eq!(code, Some(1));
    assert!(err.contains("another seiza runs on this folder"), "{err}");
    assert_eq!(devnet.end("-INT"), Some(0));
    let (_, out, _) = run(&["db", "stats", "--json", "--home", text(&home)]);
    let head = serde_json::from_str::<Value>(&out).unwrap()["head"].as_u64().unwrap();
    let (code, out, _) = rollback();
    assert_eq!(code, Some(0));
    assert!(
        out.starts_with(&format!("Height {head} is taken back: the state is that of height {}", head - 1)),
        "{out}"
    );
    assert!(rollback().1.starts_with("Nothing to do"), "once is enough");
    let (_, out, _) = run(&["db", "stats", "--home", text(&home)]);
    assert!(out.contains(&format!("decided       {head} (executed at the next start)")), "{out}");
    let devnet = Devnet::start(&home, &[]);
    assert!(devnet.height() >= head);
    let again = devnet.call("eth_getBlockByNumber", json!([block["number"], false])).unwrap();
    assert_eq!(again, block, "the same block, the same root");
    devnet.await_height(head + 2);
    assert_eq!(devnet.end("-INT"), Some(0));
}

#[test]
fn a_folder_without_a_chain_is_named() {
    let folder = tempfile::tempdir().unwrap();
    for command in [&["db", "stats"][..], &["db", "verify"], &["db", "compact"], &["rollback"]] {
        let (code, _, err) = run(&[command, &["--home", text(folder.path())]].concat());
        assert_eq!(code, Some(1));
        assert!(err.contains("holds no chain"), "{err}");
    }
}
