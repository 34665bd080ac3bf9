//! Environment variables that look like settings but are none: a misspelt one is told, never passed over in silence.

use super::field::{FIELDS, Field};
use super::file::distance;
use crate::failure::Failure;

/// Refuses a name that begins like a setting's variable, `SEIZA_SECTION_`, and is none.
///
/// # Errors
/// Names the variable and the nearest known one.
pub fn check(names: impl Iterator<Item = String>) -> Result<(), Failure> {
    let known = FIELDS.map(Field::variable);
    let mut unknown = names.filter(|name| is_ours(name) && !known.contains(name));
    let Some(name) = unknown.next() else { return Ok(()) };
    let nearest = known.iter().min_by_key(|known| distance(known, &name)).expect("there are settings");
    Err(Failure::refused(format!("environment variable {name} is no setting: did you mean {nearest}?")))
}

fn is_ours(name: &str) -> bool {
    let rest = name.strip_prefix("SEIZA_");
    rest.and_then(|rest| rest.split_once('_'))
        .is_some_and(|(section, _)| FIELDS.iter().any(|field| field.section.to_ascii_uppercase() == section))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn misspelt_settings_are_told_and_others_left_alone() {
        let table = [
            ("SEIZA_SERVER_HTTP_PORT", None),
            ("SEIZA_HOME", None),
            ("SEIZA_PASSWORD", None),
            ("SEIZA_RPC", None),
            ("PATH", None),
            ("SEIZA_SERVER_HTTP_PRT", Some("SEIZA_SERVER_HTTP_PORT")),
            ("SEIZA_BLOCKS_TIMES", Some("SEIZA_BLOCKS_TIME")),
            ("SEIZA_P2P_PEER", Some("SEIZA_P2P_PEERS")),
            ("SEIZA_LOG_LEVEL", Some("SEIZA_LOG_FILTER")),
        ];
        for (name, meant) in table {
            let expected = meant.map(|m| format!("environment variable {name} is no setting: did you mean {m}?"));
            let found = check(["HOME", name].map(str::to_owned).into_iter()).err().map(|failure| failure.to_string());
            assert_eq!(found, expected);
        }
    }
}
