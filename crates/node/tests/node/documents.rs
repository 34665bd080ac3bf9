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
