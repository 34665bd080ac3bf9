//! Crates' names and borders: each depends only on the rooms that the plan allows it.

use super::manifest::{Dependency, Table, read};
use super::problem::Problem;
use super::rooms::{Room, room, storey};
use crate::repository::TextFile;

/// How packages of ours are called: this and the folder's name.
const PREFIX: &str = "seiza-";

/// Checks the manifest of every crate in `crates/`.
pub fn check(files: &[TextFile]) -> Vec<Problem> {
    files
        .iter()
        .filter_map(|file| Some((file, crate_folder(&file.path)?)))
        .flat_map(|(file, name)| check_crate(file, name))
        .collect()
}

/// The folder's name, for `crates/<name>/Cargo.toml`.
pub fn crate_folder(path: &str) -> Option<&str> {
    path.strip_prefix("crates/")?.strip_suffix("/Cargo.toml").filter(|name| !name.contains('/'))
}

fn check_crate(file: &TextFile, name: &str) -> Vec<Problem> {
    let Some(room) = room(name) else {
        let text = format!(
            "`{name}` is no room of the house: a new one takes a decision record and a row in xtask/src/tidy/rooms.rs"
        );
        return vec![Problem::of(&file.path, text)];
    };
    let manifest = read(&file.text);
    let misnamed = (manifest.name != format!("{PREFIX}{name}"))
        .then(|| Problem::of(&file.path, format!("the package is called `{}`, not `{PREFIX}{name}`", manifest.name)));
    let edges = manifest.dependencies.iter().filter_map(|dependency| check_edge(file, room, dependency));
    misnamed.into_iter().chain(edges).collect()
}

fn check_edge(file: &TextFile, from: &Room, dependency: &Dependency) -> Option<Problem> {
    let to = dependency.package.strip_prefix(PREFIX)?;
    // A room may name itself for its tests: that switches features of its own on.
    let lower =
        dependency.table == Table::Tests && room(to).is_some() && (to == from.name || storey(to) < storey(from.name));
    if lower || from.may_use.contains(&to) {
        return None;
    }
    let rule = match (dependency.table, from.may_use) {
        (Table::Tests, _) => "tests may use lower rooms only".to_owned(),
        (Table::Build, []) => "it may depend on nothing of ours".to_owned(),
        (Table::Build, allowed) => format!("it may depend on {}", allowed.join(", ")),
    };
    Some(Problem::at(&file.path, dependency.line, format!("{} must not depend on {to}: {rule}", from.name)))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn problems(name: &str, manifest: &str) -> Vec<String> {
        let text = format!("[package]\nname = \"seiza-{name}\"\n{manifest}");
        let files = [TextFile { path: format!("crates/{name}/Cargo.toml"), text }];
        check(&files).iter().map(Problem::to_string).collect()
    }

    #[test]
    fn allowed_edges_pass() {
        let cases = [
            ("types", "[dependencies]\nserde = \"1\""),
            ("vm", "[dependencies]\nseiza-types = {}\nseiza-state = {}\nseiza-modules = {}"),
            ("vm", "[dev-dependencies]\nseiza-executor = {}"),
            ("node", "[dependencies]\nseiza-rpc = {}\nseiza-engine = {}"),
        ];
        for (name, manifest) in cases {
            assert_eq!(problems(name, manifest), Vec::<String>::new(), "{name} {manifest}");
        }
    }

    #[test]
    fn forbidden_edges_are_named_with_their_line() {
        let cases = [
            (
                "types",
                "[dependencies]\nseiza-state = {}",
                "types must not depend on state: it may depend on nothing of ours",
            ),
            ("mempool", "[dependencies]\nseiza-chain = {}", "mempool must not depend on chain: it may depend on types"),
            (
                "executor",
                "[dev-dependencies]\nseiza-vm = {}",
                "executor must not depend on vm: tests may use lower rooms only",
            ),
            ("node", "[build-dependencies]\nseiza-sim = {}", "node must not depend on sim"),
            ("rpc", "[dependencies]\nseiza-core = {}", "rpc must not depend on core"),
        ];
        for (name, manifest, expected) in cases {
            let found = problems(name, manifest);
            assert_eq!(found.len(), 1, "{found:?}");
            assert!(found[0].starts_with(&format!("crates/{name}/Cargo.toml:4: {expected}")), "{found:?}");
        }
    }

    #[test]
    fn unknown_rooms_and_wrong_names_are_refused() {
        assert!(problems("core", "")[0].contains("`core` is no room of the house"));
        let files = [TextFile { path: "crates/vm/Cargo.toml".into(), text: "[package]\nname = \"vm\"".into() }];
        assert!(check(&files)[0].text.contains("called `vm`, not `seiza-vm`"));
    }
}
