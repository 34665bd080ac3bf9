//! What decides is pure: no clock, socket, disk, entropy, runtime or terminal in the deciding crates.
//!
//! Only code that ships is asked, not tests: what is named in paths and macros, and what the manifests pull in.

use super::edges::crate_folder;
use super::manifest::{Table, read};
use super::problem::Problem;
use super::rooms::{Room, room};
use super::rust::{Path, RustFile};
use crate::repository::TextFile;

/// Something that a deciding crate must not name.
struct Ban {
    what: Pattern,
    reason: &'static str,
    /// Rooms that may, because it can't change what they decide.
    except: &'static [&'static str],
}

/// How to know it.
enum Pattern {
    /// Paths that begin with these parts.
    Begins(&'static [&'static str]),
    /// Paths that hold these parts side by side.
    Holds(&'static [&'static str]),
    /// Calls of these macros.
    Macros(&'static [&'static str]),
}
use Pattern::{Begins, Holds, Macros};

const CLOCK: &str = "a decision must not depend on the clock: take the time as an argument";
const ENTROPY: &str = "a decision must not depend on chance: take the seed as an argument";
const THREADS: &str = "threads belong to the executor";

static BANS: [Ban; 14] = [
    ban(Begins(&["tokio"]), "what decides is synchronous; node owns the runtime"),
    ban(Begins(&["std", "net"]), "node owns the sockets"),
    ban(Begins(&["std", "fs"]), "storage owns the disk"),
    ban(Holds(&["time", "Instant"]), CLOCK),
    ban(Holds(&["time", "SystemTime"]), CLOCK),
    ban(Holds(&["Instant", "now"]), CLOCK),
    ban(Holds(&["SystemTime", "now"]), CLOCK),
    ban(Holds(&["Time", "now"]), CLOCK),
    ban(Begins(&["rand"]), ENTROPY),
    ban(Begins(&["getrandom"]), ENTROPY),
    ban(Holds(&["OsRng"]), ENTROPY),
    Ban { what: Begins(&["std", "thread"]), reason: THREADS, except: &["executor"] },
    Ban { what: Begins(&["rayon"]), reason: THREADS, except: &["types", "executor", "chain"] },
    ban(
        Macros(&["print", "println", "eprint", "eprintln", "dbg"]),
        "what decides has no terminal; return it, node logs it",
    ),
];

const fn ban(what: Pattern, reason: &'static str) -> Ban {
    Ban { what, reason, except: &[] }
}

/// Checks the sources and manifests of every deciding crate.
pub fn check(files: &[TextFile], rust: &[RustFile<'_>]) -> Vec<Problem> {
    let code = rust.iter().filter_map(|file| Some((file, deciding_source(&file.file.path)?)));
    let manifests = files.iter().filter_map(|file| Some((file, deciding(crate_folder(&file.path)?)?)));
    let in_code = code.flat_map(|(file, room)| check_code(file, room));
    in_code.chain(manifests.flat_map(|(file, room)| check_manifest(file, room))).collect()
}

fn deciding(name: &str) -> Option<&'static Room> {
    room(name).filter(|room| room.decides)
}

fn deciding_source(path: &str) -> Option<&'static Room> {
    let (name, inside) = path.strip_prefix("crates/")?.split_once('/')?;
    deciding(name).filter(|_| inside.starts_with("src/"))
}

fn check_code(file: &RustFile<'_>, room: &Room) -> Vec<Problem> {
    let paths = file.structure.paths();
    let banned = paths.iter().filter_map(|path| Some((path, ban_of(path, room)?)));
    banned.map(|(path, ban)| problem(&file.file.path, path.line, &path.display(), room, ban)).collect()
}

fn check_manifest(file: &TextFile, room: &Room) -> Vec<Problem> {
    let dependencies = read(&file.text).dependencies.into_iter().filter(|dependency| dependency.table == Table::Build);
    let named = dependencies.filter_map(|dependency| {
        let path = Path { parts: vec![&dependency.package, "*"], is_macro: false, line: dependency.line };
        Some(problem(&file.path, dependency.line, &dependency.package, room, ban_of(&path, room)?))
    });
    named.collect()
}

fn problem(path: &str, line: usize, what: &str, room: &Room, ban: &Ban) -> Problem {
    Problem::at(path, line, format!("`{what}` in {}, which decides: {}", room.name, ban.reason))
}

fn ban_of(path: &Path<'_>, room: &Room) -> Option<&'static Ban> {
    BANS.iter().find(|ban| !ban.except.contains(&room.name) && ban.what.matches(path))
}

impl Pattern {
    /// Single names are no paths: a variable may be called what it likes.
    fn matches(&self, path: &Path<'_>) -> bool {
        match self {
            Begins(parts) => path.parts.len() > 1 && path.parts.starts_with(parts),
            Holds(parts) => path.parts.len() > 1 && path.parts.windows(parts.len()).any(|window| window == *parts),
            Macros(names) => path.is_macro && path.parts.last().is_some_and(|name| names.contains(name)),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tidy::rust::read_all;

    fn problems(path: &str, text: &str) -> Vec<String> {
        let files = [TextFile { path: path.to_owned(), text: text.to_owned() }];
        check(&files, &read_all(&files)).iter().map(Problem::to_string).collect()
    }

    #[test]
    fn every_effect_is_found_with_its_line() {
        let effects = [
            "use tokio::sync::mpsc;",
            "use std::{sync::Arc, net::IpAddr};",
            "use std::fs;",
            "use std::time::{Duration, Instant};",
            "let now = std::time::SystemTime::now();",
            "let now = Instant::now();",
            "let dice = rand::random();",
            "use secp256k1::rand::rngs::OsRng;",
            "std::thread::spawn(work);",
            "use rayon::prelude::*;",
            "println!(\"here\");",
            "dbg!(value);",
        ];
        for effect in effects {
            let found = problems("crates/vm/src/evm.rs", &format!("//! EVM.\n{effect}\n"));
            assert!(found.len() == 1 && found[0].starts_with("crates/vm/src/evm.rs:2: `"), "{effect}: {found:?}");
        }
    }

    #[test]
    fn what_is_no_effect_passes() {
        let cases = [
            ("crates/vm/src/a.rs", "use std::time::Duration; let rand = operand; let tokio = 1;"),
            ("crates/vm/src/a.rs", "// println!(\"a\")\nlet a = \"std::fs::read\";"),
            ("crates/vm/src/a.rs", "#[cfg(test)] mod tests { use std::fs; }"),
            ("crates/vm/tests/a.rs", "use std::fs;"),
            ("crates/executor/src/a.rs", "use std::thread; use rayon::scope;"),
            ("crates/types/src/a.rs", "use rayon::prelude::*;"),
            ("crates/node/src/a.rs", "use std::fs; use tokio::net::TcpStream;"),
        ];
        for (path, text) in cases {
            assert_eq!(problems(path, text), Vec::<String>::new(), "{path}: {text}");
        }
    }

    #[test]
    fn manifests_pull_nothing_impure_in() {
        let manifest = "[dependencies]\nbytes = \"1\"\ntokio.workspace = true\n[dev-dependencies]\nrand = \"1\"\n";
        assert_eq!(problems("crates/node/Cargo.toml", manifest), Vec::<String>::new());
        let found = problems("crates/mempool/Cargo.toml", manifest);
        assert!(
            found.len() == 1 && found[0].starts_with("crates/mempool/Cargo.toml:3: `tokio` in mempool"),
            "{found:?}"
        );
    }
}
