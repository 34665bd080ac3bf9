//! The command line: usage errors, help, keys and version.

use std::process::Stdio;

use crate::process::{run, seiza, texts};

#[test]
fn wrong_usage_is_exit_code_2() {
    let table: [(&[&str], &str); 18] = [
        (&[], "Usage: seiza <COMMAND>"),
        (&["nothing"], "unrecognized subcommand 'nothing'"),
        (&["devnet", "--block-time", "1"], "has no unit: write 1s or 1ms"),
        (&["devnet", "--http-port", "70000"], "70000 is not in 0..=65535"),
        (&["devnet", "--base-fee", "1"], "is no gas price, such as 1gwei"),
        (&["devnet", "--execution-mode", "fast"], "[possible values: optimistic, declared, sequential]"),
        (&["devnet", "--execution-workers", "65"], "is no whole number from 0 to 64"),
        (&["devnet", "--learn-at-admission", "yes"], "[possible values: true, false]"),
        (&["start"], "--home <DIR>"),
        (&["init", "--home", "/nowhere/node", "--accounts", "2"], "--accounts 2 needs --mnemonic WORDS"),
        (&["status", "--url", "ftp://x"], "is no http:// URL"),
        (&["start", "--home", "x", "--peers", "a"], "\"a\" is no peer: write host:port"),
        (&["devnet", "--moniker", "a,b"], "is no name: up to 64 letters"),
        (&["devnet", "--smart-propagation", "no"], "[possible values: true, false]"),
        (&["testnet"], "--output <DIR>"),
        (&["testnet", "--output", "/nowhere/net", "--accounts", "2"], "--accounts 2 needs --mnemonic WORDS"),
        (&["testnet", "--output", "/nowhere/net", "--hosts", "a,b"], "--hosts names 2 hosts, must be 4"),
        (&["localnet", "--", "--nothing"], "flags for each node: error: unexpected argument '--nothing'"),
    ];
    for (arguments, expected) in table {
        let (code, _, err) = run(arguments);
        assert_eq!(code, Some(2), "{arguments:?}");
        assert!(err.contains(expected), "{arguments:?}: {err}");
    }
}

#[test]
fn every_help_teaches_with_examples() {
    let table: [&[&str]; 18] = [
        &[],
        &["devnet"],
        &["localnet"],
        &["testnet"],
        &["init"],
        &["start"],
        &["keys"],
        &["keys", "add"],
        &["keys", "node"],
        &["keys", "derive"],
        &["db"],
        &["db", "stats"],
        &["db", "verify"],
        &["db", "prune"],
        &["db", "compact"],
        &["rollback"],
        &["status"],
        &["version"],
    ];
    for command in table {
        let (code, out, _) = run(&[command, &["--help"]].concat());
        assert_eq!(code, Some(0));
        assert!(out.contains("Example"), "{command:?}: {out}");
    }
}

#[test]
fn version_names_release_fork_and_engine() {
    let (code, out, _) = run(&["version", "--json"]);
    let version: serde_json::Value = serde_json::from_str(&out).unwrap();
    assert_eq!((code, version["fork"].as_str()), (Some(0), Some("prague")));
    assert_eq!(version["version"], env!("CARGO_PKG_VERSION"));
    assert!(run(&["version"]).1.starts_with("seiza "));
}

#[test]
fn nobody_answers() {
    let (code, _, err) = run(&["status", "--url", "http://127.0.0.1:9"]);
    assert_eq!((code, err.lines().count()), (Some(1), 1));
    assert!(err.contains("no node answers at http://127.0.0.1:9"), "{err}");
}

#[test]
fn derived_accounts_are_those_that_every_tool_derives() {
    let words = "test test test test test test test test test test test junk";
    let (code, out, _) = run(&["keys", "derive", "--mnemonic", words, "--count", "2", "--private"]);
    assert_eq!(code, Some(0));
    for text in [
        "m/44'/60'/0'/0/1  0x70997970C51812dc3A010C7d01b50e0d17dc79C8  sei1",
        "0x59c6995e998f97a5a0044966f0945389dc9e86dae88c7a8412f4603b6b78690d",
    ] {
        assert!(out.contains(text), "{text} is missing in {out}");
    }
}

#[test]
fn a_key_is_imported_shown_exported_and_deleted() {
    let home = tempfile::tempdir().unwrap();
    let home = home.path().to_str().unwrap();
    let secret = "0xac0974bec39a17e36ba4a6b4d238ff944bacb478cbed5efcae784d7bf4f2ff80";
    let hex = format!("{home}/hex");
    std::fs::write(&hex, secret).unwrap();
    let with = |password: &str, arguments: &[&str]| {
        let mut command = seiza(arguments);
        texts(command.args(["--home", home]).env("SEIZA_PASSWORD", password).output().unwrap())
    };
    let (code, out, err) = with("p", &["keys", "import", "first", "--private-key-file", &hex]);
    assert_eq!(code, Some(0), "{err}");
    assert!(out.contains("0xf39Fd6e51aad88F6F4ce6aB8827279cffFb92266") && out.contains("sei1"), "{out}");
    assert!(with("p", &["keys", "list"]).1.contains("first\n"));
    assert_eq!(with("p", &["keys", "export", "first"]).1.trim(), secret);
    let (code, _, err) = with("q", &["keys", "export", "first"]);
    assert_eq!((code, err.as_str()), (Some(1), "error: the password does not open this key\n"));
    assert_eq!(with("p", &["keys", "delete", "first"]).0, Some(1), "not without a yes");
    assert_eq!(with("p", &["keys", "delete", "first", "--yes"]).0, Some(0));
    assert_eq!(with("p", &["keys", "show", "first"]).0, Some(1));
}

#[test]
fn a_new_key_shows_its_words_and_is_restored_by_them() {
    let home = tempfile::tempdir().unwrap();
    let home = home.path().to_str().unwrap();
    let password = format!("{home}/password");
    std::fs::write(&password, "secret\n").unwrap();
    let (code, out, err) = run(&["keys", "add", "a", "--home", home, "--password-file", &password]);
    assert_eq!(code, Some(0), "{err}");
    let words = out.trim().lines().last().unwrap();
    let address = out.lines().nth(1).unwrap();
    let mut command = seiza(&["keys", "add", "b", "--recover", "--home", home, "--password-file", &password]);
    let mut child = command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    std::io::Write::write_all(&mut child.stdin.take().unwrap(), format!("{words}\n").as_bytes()).unwrap();
    let (code, restored, err) = texts(child.wait_with_output().unwrap());
    assert_eq!(code, Some(0), "{err}");
    assert_eq!(restored.lines().nth(1), Some(address));
}
