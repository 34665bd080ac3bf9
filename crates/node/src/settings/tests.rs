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
