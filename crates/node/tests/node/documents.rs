//! docs/operations.md holds the reference that the binary prints.

use std::path::PathBuf;

use crate::process::run;

const BEGIN: &str = "<!-- reference: made by `seiza reference`, checked by a test -->\n";
const END: &str = "<!-- end of reference -->";

#[test]
fn the_reference_in_operations_is_what_the_binary_says() {
    let path = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../docs/operations.md");
    let text = std::fs::read_to_string(&path).unwrap();
    let (_, out, _) = run(&["reference"]);
    let begin = text.find(BEGIN).expect("the reference begins") + BEGIN.len();
    let end = text.find(END).expect("the reference ends");
    if text[begin..end] == out {
        return;
    }
    if std::env::var_os("SEIZA_UPDATE_DOCS").is_some() {
        std::fs::write(&path, [&text[..begin], &out, &text[end..]].concat()).unwrap();
        return;
    }
    panic!("docs/operations.md is out of date: run SEIZA_UPDATE_DOCS=1 cargo test -p seiza-node documents");
}

/// Names of figures in a text, without the endings that a histogram's parts have.
fn figures(text: &str) -> std::collections::BTreeSet<String> {
    let letter = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '_';
    let names = text.match_indices("seiza_").map(|(at, _)| text[at..].chars().take_while(|c| letter(*c)).collect());
    names.map(|name: String| name.trim_end_matches("_bucket").to_owned()).collect()
}

#[test]
fn dashboard_alarms_and_guide_name_figures_that_the_node_makes() {
    let root = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../..");
    let (_, reference, _) = run(&["reference"]);
    let known = figures(&reference);
    for path in ["deploy/grafana/seiza.json", "deploy/alarms.yml", "docs/operations.md"] {
        let named = figures(&std::fs::read_to_string(root.join(path)).unwrap());
        let unknown: Vec<&String> = named.difference(&known).collect();
        assert!(unknown.is_empty() && !named.is_empty(), "{path}: {unknown:?}");
    }
}
