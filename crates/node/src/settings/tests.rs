//! Precedence and bounds of settings, as tables.

use std::fs;

use super::*;
use crate::settings::field::FIELDS;

fn resolve(flag: Option<u16>, variable: Option<&str>, file: Option<&str>) -> Result<Settings, String> {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("config.toml");
    let file = file.map_or_else(ConfigFile::absent, |text| {
        fs::write(&path, text).unwrap();
        ConfigFile::read(&path).unwrap()
    });
    let flags = NodeFlags { http_port: flag, ..NodeFlags::default() };
    let variable = |name: &str| variable.filter(|_| name == "SEIZA_SERVER_HTTP_PORT").map(str::to_owned);
    Settings::resolve(&flags, &Sources { file, variable: &variable })
        .map_err(|failure| failure.to_string().replace(&folder.path().display().to_string(), "HOME"))
}

#[test]
fn flag_beats_variable_beats_file_beats_default() {
    let file = Some("[server]\nhttp_port = 3");
    let table = [
        (Some(1), Some("2"), file, 1),
        (None, Some("2"), file, 2),
        (None, None, file, 3),
        (None, None, None, 8545),
        (Some(0), None, None, 0),
    ];
    for (flag, variable, file, expected) in table {
        assert_eq!(resolve(flag, variable, file).unwrap().http_port, expected);
    }
}

#[test]
fn wrong_values_name_their_place_and_bound() {
    let table = [
        (Some("70000"), None, "environment variable SEIZA_SERVER_HTTP_PORT is \"70000\", must be 0 to 65535"),
        (Some(""), None, "environment variable SEIZA_SERVER_HTTP_PORT is \"\", must be 0 to 65535"),
        (
            None,
            Some("[server]\nhttp_port = 70000"),
            "HOME/config.toml:2: server.http_port is \"70000\", must be 0 to 65535",
        ),
        (None, Some("[server]\nhost = \"here\""), "HOME/config.toml:2: server.host is \"here\", must be an IP address"),
        (
            None,
            Some("[blocks]\ntime = \"2h\""),
            "HOME/config.toml:2: blocks.time is \"2h\", must be a length of time from 1ms to 1h, such as 400ms or 1s",
        ),
        (
            None,
            Some("[execution]\nmode = \"fast\""),
            "HOME/config.toml:2: execution.mode is \"fast\", must be optimistic, declared or sequential",
        ),
        (
            None,
            Some("[consensus]\ntimeout_propose = \"0s\""),
            "HOME/config.toml:2: consensus.timeout_propose is \"0s\", must be a length of time from 1ms to 1h, such as \
             400ms or 1s",
        ),
        (
            None,
            Some("[p2p]\npeers = \"a:1,b\""),
            "HOME/config.toml:2: p2p.peers is \"a:1,b\", must be a list of [id@]host:port, separated by commas, 1000 at \
             most",
        ),
        (None, Some("[p2p]\npeers_max = 0"), "HOME/config.toml:2: p2p.peers_max is \"0\", must be 1 to 1000"),
        (
            None,
            Some("[node]\nmoniker = \"a,b\""),
            "HOME/config.toml:2: node.moniker is \"a,b\", must be up to 64 letters, digits, spaces and - _ .",
        ),
        (None, Some("[execution]\nworkers = 65"), "HOME/config.toml:2: execution.workers is \"65\", must be 0 to 64"),
        (None, Some("[mempool]\ntxs_max = 0"), "HOME/config.toml:2: mempool.txs_max is \"0\", must be 1 to 10000000"),
        (None, Some("[log]\nformat = \"xml\""), "HOME/config.toml:2: log.format is \"xml\", must be text or json"),
    ];
    for (variable, file, expected) in table {
        assert_eq!(resolve(None, variable, file).unwrap_err(), expected);
    }
}

#[test]
fn every_default_is_valid_and_known_to_be_a_default() {
    let settings = resolve(None, None, None).unwrap();
    assert_eq!(settings.defaulted, FIELDS.map(Field::key));
    let settings = resolve(None, None, Some("[server]\nhttp_port = 3")).unwrap();
    assert!(!settings.defaulted.contains(&String::from("server.http_port")));
}

fn with_variables(flags: &NodeFlags, variables: &[(&str, &str)]) -> Result<Settings, String> {
    let text = |name: &str| variables.iter().find(|(known, _)| *known == name).map(|(_, text)| (*text).to_owned());
    Settings::resolve(flags, &Sources { file: ConfigFile::absent(), variable: &text })
        .map_err(|failure| failure.to_string())
}

#[test]
fn consensus_and_peers_have_the_defaults_that_are_documented() {
    let Settings { consensus, p2p, moniker, tendermint_port, .. } = with_variables(&NodeFlags::default(), &[]).unwrap();
    let ConsensusSettings { timeout_propose, timeout_propose_delta, timeout_prevote, .. } = consensus;
    let ConsensusSettings { timeout_prevote_delta, timeout_precommit, timeout_precommit_delta, .. } = consensus;
    let bases = [timeout_propose, timeout_prevote, timeout_precommit].map(|timeout| timeout.as_millis());
    let deltas = [timeout_propose_delta, timeout_prevote_delta, timeout_precommit_delta].map(|delta| delta.as_millis());
    assert_eq!((bases, deltas), ([1000, 300, 300], [500, 200, 200]));
    assert!(consensus.smart_propagation && consensus.optimistic_processing && p2p.discovery);
    assert_eq!((p2p.port, p2p.gossip_port, p2p.peers_max, tendermint_port), (26_656, 26_655, 50, 26_657));
    assert_eq!((p2p.peers, moniker.as_str(), p2p.host.to_string().as_str()), (vec![], "", "0.0.0.0"));
}

#[test]
fn consensus_and_peers_are_set_by_variables_and_flags() {
    let variables = [
        ("SEIZA_CONSENSUS_TIMEOUT_PROPOSE_DELTA", "0ms"),
        ("SEIZA_CONSENSUS_SMART_PROPAGATION", "false"),
        ("SEIZA_CONSENSUS_OPTIMISTIC_PROCESSING", "false"),
        ("SEIZA_P2P_PEERS", "a:1,b:2"),
        ("SEIZA_P2P_PEERS_MAX", "3"),
        ("SEIZA_NODE_MONIKER", "north"),
    ];
    let set = with_variables(&NodeFlags::default(), &variables).unwrap();
    assert!(set.consensus.timeout_propose_delta.is_zero());
    assert_eq!((set.consensus.smart_propagation, set.consensus.optimistic_processing), (false, false));
    assert_eq!((set.p2p.peers.len(), set.p2p.peers_max, set.moniker.as_str()), (2, 3, "north"));
    let flags = NodeFlags {
        peers: Some("c:3".parse().unwrap()),
        optimistic_processing: Some(true),
        p2p_port: Some(5),
        ..NodeFlags::default()
    };
    let set = with_variables(&flags, &variables).unwrap();
    assert_eq!((set.p2p.peers[0].to_string().as_str(), set.p2p.port), ("c:3", 5), "a flag beats a variable");
    assert_eq!((set.consensus.smart_propagation, set.consensus.optimistic_processing), (false, true));
}

fn execution(flags: &NodeFlags, variables: &[(&str, &str)]) -> Result<(Mode, bool), String> {
    with_variables(flags, variables).map(|settings| (settings.mode(), settings.learn_at_admission))
}

#[test]
fn execution_is_optimistic_on_all_cores_unless_said_otherwise() {
    let none = NodeFlags::default();
    assert!(matches!(execution(&none, &[]).unwrap(), (Mode::Optimistic { .. }, false)));
    let variables = [
        ("SEIZA_EXECUTION_MODE", "declared"),
        ("SEIZA_EXECUTION_WORKERS", "3"),
        ("SEIZA_EXECUTION_LEARN_AT_ADMISSION", "true"),
    ];
    let workers = 3.try_into().unwrap();
    assert_eq!(execution(&none, &variables).unwrap(), (Mode::Declared { workers }, true));
    let flags = NodeFlags {
        execution_mode: Some(ExecutionMode::Sequential),
        learn_at_admission: Some(false),
        ..NodeFlags::default()
    };
    assert_eq!(execution(&flags, &variables).unwrap(), (Mode::Sequential, false), "a flag beats a variable");
}

#[test]
fn wrong_execution_is_refused_with_its_bound() {
    let table = [
        ("SEIZA_EXECUTION_MODE", "OPTIMISTIC", "optimistic, declared or sequential"),
        ("SEIZA_EXECUTION_MODE", "", "optimistic, declared or sequential"),
        ("SEIZA_EXECUTION_WORKERS", "65", "0 to 64"),
        ("SEIZA_EXECUTION_WORKERS", "-1", "0 to 64"),
        ("SEIZA_EXECUTION_WORKERS", "two", "0 to 64"),
        ("SEIZA_EXECUTION_LEARN_AT_ADMISSION", "yes", "true or false"),
    ];
    for (name, text, bound) in table {
        let refused = execution(&NodeFlags::default(), &[(name, text)]).unwrap_err();
        assert_eq!(refused, format!("environment variable {name} is {text:?}, must be {bound}"));
    }
}
