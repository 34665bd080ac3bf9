//! What goes wrong at start: one clear line on standard error, exit code 1, and nothing else.

use std::fs;
use std::net::TcpListener;
use std::path::Path;

use crate::process::{Devnet, FREE, WORDS, finish, run, seiza};

fn devnet(home: &Path, more: &[&str]) -> (Option<i32>, String, String) {
    finish(seiza(&["devnet", "--home", home.to_str().unwrap()]).args(FREE).args(more))
}

/// Exit code 1, and one line that contains all of `expected`.
fn assert_refused((code, out, err): (Option<i32>, String, String), expected: &[&str]) {
    assert_eq!(code, Some(1), "{out}{err}");
    assert_eq!(err.lines().count(), 1, "one line, not\n{err}");
    assert!(err.starts_with("error: "), "{err}");
    expected.iter().for_each(|text| assert!(err.contains(text), "{text} is missing in {err}"));
}

fn founded() -> (tempfile::TempDir, std::path::PathBuf) {
    let folder = tempfile::tempdir().unwrap();
    let home = folder.path().join("node");
    assert_eq!(run(&["init", "--home", home.to_str().unwrap(), "--accounts", "1", "--mnemonic", WORDS]).0, Some(0));
    (folder, home)
}

#[test]
fn a_port_in_use() {
    let taken = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = taken.local_addr().unwrap().port().to_string();
    for flag in ["--http-port", "--ws-port", "--metrics-port"] {
        let folder = tempfile::tempdir().unwrap();
        let mut ports = FREE;
        let at = ports.iter().position(|word| *word == flag).unwrap();
        ports[at + 1] = &port;
        let home = folder.path().join("home");
        let ended = finish(seiza(&["devnet", "--home", home.to_str().unwrap()]).args(ports));
        assert_refused(ended, &[&format!("port {port} on 127.0.0.1"), "is in use", flag]);
    }
}

#[test]
fn half_written_files() {
    for name in ["genesis.json", "validator_key.json", "config.toml"] {
        let (_folder, home) = founded();
        let path = home.join(name);
        let text = fs::read_to_string(&path).unwrap();
        // Cut inside a value, so that what is left is no document.
        let cut = if name == "config.toml" { text.find("127.0.0.1\"").unwrap() } else { text.len() / 2 };
        fs::write(&path, &text[..cut]).unwrap();
        assert_refused(devnet(&home, &[]), &[name]);
        assert_refused(run(&["start", "--home", home.to_str().unwrap()]), &[name]);
    }
}

#[test]
fn missing_files() {
    for name in ["genesis.json", "validator_key.json", "config.toml"] {
        let (_folder, home) = founded();
        fs::remove_file(home.join(name)).unwrap();
        let ended = run(&["start", "--home", home.to_str().unwrap()]);
        assert!(!ended.2.contains("seiza init"), "it would refuse this folder: {}", ended.2);
        assert_refused(ended, &[name]);
    }
}

#[test]
fn a_genesis_edited_wrongly() {
    let (_folder, home) = founded();
    let path = home.join("genesis.json");
    let text = fs::read_to_string(&path).unwrap();
    assert!(text.ends_with("}\n"), "a text file ends with a line");
    fs::write(&path, text.replace("\"usei\"", "\"u\"")).unwrap();
    assert_refused(devnet(&home, &[]), &["genesis.json: ", "bank.balances[0]", "denom \"u\"", "correct it"]);
    fs::write(&path, text).unwrap();
    assert_eq!(Devnet::start(&home, &[]).end("-INT"), Some(0));
    fs::write(&path, "{").unwrap();
    assert_refused(devnet(&home, &[]), &["genesis.json: ", "restore the file that the chain was founded with"]);
}

#[test]
fn unknown_keys_and_wrong_values() {
    let table = [
        ("http_port = 8545", "htp_port = 8545", "unknown key server.htp_port: did you mean server.http_port?"),
        (
            "http_port = 8545",
            "http_port = \"8545\"",
            "server.http_port is of type string, must be a whole number: 0 to 65535",
        ),
        ("http_port = 8545", "http_port = 99999", "server.http_port is \"99999\", must be 0 to 65535"),
        ("time = \"1s\"", "time = \"1\"", "blocks.time is \"1\", must be a length of time"),
    ];
    for (from, to, expected) in table {
        let (_folder, home) = founded();
        let path = home.join("config.toml");
        let text = fs::read_to_string(&path).unwrap();
        assert!(text.contains(from));
        fs::write(&path, text.replace(from, to)).unwrap();
        // No port flags here: a flag would win over the file, and nobody would look at the file's value.
        assert_refused(run(&["start", "--home", home.to_str().unwrap()]), &["config.toml:", expected]);
    }
}

#[test]
fn variables_that_are_no_settings() {
    let (_folder, home) = founded();
    let table = [
        ("SEIZA_SERVER_HTTP_PRT", "1", "did you mean SEIZA_SERVER_HTTP_PORT?"),
        ("SEIZA_LOG_FILTER", "nonsense=", "SEIZA_LOG_FILTER is \"nonsense=\", must be a level"),
    ];
    for (name, value, expected) in table {
        let mut command = seiza(&["start", "--home", home.to_str().unwrap()]);
        assert_refused(finish(command.env(name, value)), &[name, expected]);
    }
}

#[test]
fn another_chain() {
    let (_folder, home) = founded();
    assert_refused(devnet(&home, &["--chain-id", "5"]), &["founded with 713714, not --chain-id 5"]);
    assert_eq!(Devnet::start(&home, &[]).end("-INT"), Some(0));
    let path = home.join("genesis.json");
    let text = fs::read_to_string(&path).unwrap().replace("713714", "713715");
    fs::write(&path, text).unwrap();
    assert_refused(devnet(&home, &[]), &["this home holds chain", "use another --home"]);
}

#[test]
fn a_key_that_is_no_validators_only_follows() {
    let (_folder, home) = founded();
    let (_other, other) = founded();
    fs::copy(other.join("validator_key.json"), home.join("validator_key.json")).unwrap();
    let node = Devnet::start(&home, &["--block-time", "5ms"]);
    assert_eq!(node.height(), 0, "nobody is there who may propose");
    assert_eq!(node.end("-INT"), Some(0));
}

#[test]
fn a_second_process_on_the_same_home() {
    let (_folder, home) = founded();
    let first = Devnet::start(&home, &[]);
    assert_refused(devnet(&home, &[]), &["another seiza runs on this folder", "; stop it, or choose another --home"]);
    assert_eq!(first.end("-INT"), Some(0));
}

#[test]
fn homes_that_are_none() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("file");
    fs::write(&file, "x").unwrap();
    assert_refused(devnet(&file, &[]), &["cannot read"]);
    assert_refused(devnet(folder.path(), &[]), &["is not empty and holds no chain"]);
    assert_refused(devnet(Path::new("/proc/nothing/here"), &[]), &["cannot make /proc/nothing/here"]);
}

#[test]
fn wrong_words() {
    let folder = tempfile::tempdir().unwrap();
    let home = folder.path().join("home");
    assert_refused(devnet(&home, &["--mnemonic", "one two"]), &["a mnemonic has 12, 15, 18, 21 or 24 words, not 2"]);
    assert!(!home.exists(), "nothing was written");
}
