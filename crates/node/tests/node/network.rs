//! Homes of a network: what `testnet`, `init --genesis` and `keys node` write and say agrees with each other.

use std::fs;
use std::os::unix::fs::PermissionsExt as _;
use std::path::Path;

use serde_json::Value;

use crate::process::{WORDS, run, seiza, texts};

fn identity(home: &Path) -> Value {
    let (code, out, err) = run(&["keys", "node", "--home", home.to_str().unwrap(), "--json"]);
    assert_eq!((code, err.as_str()), (Some(0), ""));
    serde_json::from_str(&out).unwrap()
}

fn config(home: &Path) -> String {
    fs::read_to_string(home.join("config.toml")).unwrap()
}

fn text(path: &Path) -> &str {
    path.to_str().unwrap()
}

#[test]
fn a_testnet_is_what_it_says() {
    let folder = tempfile::tempdir().unwrap();
    let net = folder.path().join("net");
    let words = ["--accounts", "2", "--mnemonic", WORDS, "--balance", "5"];
    let hosts = ["--full-nodes", "1", "--starting-ip", "192.168.10.2", "--host", "0.0.0.0"];
    let (code, out, err) = run(&[&["testnet", "--output", text(&net)], &hosts[..], &words].concat());
    assert_eq!((code, err.as_str()), (Some(0), ""), "{out}");
    assert!(out.contains("node3  validator for 192.168.10.5") && out.contains("node4  full node for 192.168.10.6"));

    let homes: Vec<_> = (0..5).map(|index| net.join(format!("node{index}"))).collect();
    let ids: Vec<Value> = homes.iter().map(|home| identity(home)).collect();
    let genesis = fs::read_to_string(homes[0].join("genesis.json")).unwrap();
    let founded: Value = serde_json::from_str(&genesis).unwrap();
    let validators = founded["validators"].as_array().unwrap();
    assert_eq!((validators.len(), founded["bank"]["balances"].as_array().unwrap().len()), (4, 2));
    for (index, home) in homes.iter().enumerate() {
        assert_eq!(fs::read_to_string(home.join("genesis.json")).unwrap(), genesis, "node{index}");
        let config = config(home);
        for (other, id) in ids.iter().enumerate().take(4) {
            let address = format!("{}@192.168.10.{}:26656", id["peer_id"].as_str().unwrap(), other + 2);
            assert_eq!(config.contains(&address), other != index, "node{other} in the settings of node{index}");
        }
        assert!(config.contains(&format!("moniker = \"node{index}\"")) && config.contains("host = \"0.0.0.0\""));
        for secret in ["validator_key.json", "node_key.json"] {
            let mode = fs::metadata(home.join(secret)).unwrap().permissions().mode();
            assert_eq!(mode & 0o777, 0o600, "{secret} of node{index}");
        }
        let place =
            validators.iter().position(|validator| validator["public_key"] == ids[index]["validator"]["public_key"]);
        assert_eq!(place, (index < 4).then_some(index));
    }
    let (code, _, err) = run(&["testnet", "--output", text(&net)]);
    assert_eq!((code, err.contains("is not empty")), (Some(1), true), "{err}");
}

#[test]
fn a_node_joins_the_chain_of_a_genesis() {
    let folder = tempfile::tempdir().unwrap();
    let (first, second) = (folder.path().join("first"), folder.path().join("second"));
    assert_eq!(run(&["init", "--home", text(&first)]).0, Some(0));
    let genesis = first.join("genesis.json");
    let id = identity(&first)["peer_id"].as_str().unwrap().to_owned();
    let peers = format!("{id}@10.0.0.1:26656,[::1]:26656");
    let join = ["init", "--home", text(&second), "--genesis", text(&genesis)];
    let (code, _, err) = run(&[&join[..], &["--chain-id", "5"]].concat());
    assert_eq!((code, err.contains("leave the flags of the chain away")), (Some(2), true), "{err}");
    let (code, out, err) = run(&[&join[..], &["--peers", &peers, "--moniker", "north 1"]].concat());
    assert_eq!((code, err.as_str()), (Some(0), ""));
    assert!(out.contains("votes once the chain makes it a validator"), "{out}");
    assert_eq!(fs::read(second.join("genesis.json")).unwrap(), fs::read(&genesis).unwrap());
    let config = config(&second);
    assert!(config.contains(&format!("peers = \"{peers}\"")) && config.contains("moniker = \"north 1\""), "{config}");
    assert_ne!(identity(&second), identity(&first));
}

#[test]
fn a_genesis_that_is_none_is_refused_and_nothing_written() {
    let folder = tempfile::tempdir().unwrap();
    let (file, home) = (folder.path().join("genesis.json"), folder.path().join("node"));
    for (document, expected) in [(Some("{}"), "take the chain's own file"), (None, "genesis.json is missing")] {
        document.map_or_else(|| fs::remove_file(&file).unwrap(), |text| fs::write(&file, text).unwrap());
        let (code, _, err) = run(&["init", "--home", text(&home), "--genesis", text(&file)]);
        assert_eq!((code, err.lines().count(), err.contains(expected)), (Some(1), 1, true), "{err}");
        assert!(!home.exists());
    }
}

#[test]
fn a_node_says_who_it_is_and_never_its_secrets() {
    let folder = tempfile::tempdir().unwrap();
    let home = folder.path().join("node");
    assert_eq!(run(&["init", "--home", text(&home)]).0, Some(0));
    let mut command = seiza(&["keys", "node"]);
    let (code, out, err) = texts(command.env("SEIZA_HOME", &home).output().unwrap());
    assert_eq!((code, err.as_str()), (Some(0), ""));
    assert!(out.starts_with("peer id     12D3KooW") && out.contains("\npublic key  {\"type\":"), "{out}");
    for file in ["validator_key.json", "node_key.json"] {
        let key: Value = serde_json::from_str(&fs::read_to_string(home.join(file)).unwrap()).unwrap();
        assert!(!out.contains(key["seed"].as_str().unwrap()), "{file}");
    }
    fs::remove_file(home.join("node_key.json")).unwrap();
    assert_eq!(run(&["keys", "node", "--home", text(&home)]).0, Some(1), "asking makes none");
}
