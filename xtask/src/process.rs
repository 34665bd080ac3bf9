//! Starting other programs: cargo as if it were typed by hand, its output streamed through.

use std::path::Path;
use std::process::Command;

/// Variables that `cargo run` sets for xtask itself. Build scripts of some crates watch them, so that handing them on
/// would compile those crates anew at each change between `cargo xtask` and plain `cargo`.
const CARGO_RUN_VARIABLES: [&str; 5] =
    ["CARGO_PKG_", "CARGO_MANIFEST_", "CARGO_BIN_NAME", "CARGO_CRATE_NAME", "CARGO_PRIMARY_PACKAGE"];

/// The cargo that started xtask, with `arguments`, in `directory`.
pub fn cargo(directory: &Path, arguments: &[&str]) -> Command {
    let cargo = std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
    let mut command = Command::new(cargo);
    command.args(arguments).current_dir(directory);
    for (name, _) in std::env::vars_os() {
        if name.to_str().is_some_and(is_cargo_run_variable) {
            command.env_remove(&name);
        }
    }
    command
}

/// Runs to the end, output streamed; `Err` says in one line what went wrong.
pub fn run(command: &mut Command) -> Result<(), String> {
    let line = command_line(command);
    eprintln!("$ {line}");
    match command.status() {
        Ok(status) if status.success() => Ok(()),
        Ok(status) => Err(format!("`{line}` ended with {status}")),
        Err(error) => Err(format!("`{line}` could not be started: {error}")),
    }
}

fn is_cargo_run_variable(name: &str) -> bool {
    CARGO_RUN_VARIABLES.iter().any(|prefix| name.starts_with(prefix))
}

/// The command as one would type it: the program by its bare name, no environment.
fn command_line(command: &Command) -> String {
    let program = Path::new(command.get_program()).file_name().unwrap_or(command.get_program());
    let words = std::iter::once(program).chain(command.get_args());
    words.map(|word| word.to_string_lossy().into_owned()).collect::<Vec<_>>().join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_command_is_shown_as_one_would_type_it() {
        assert_eq!(command_line(Command::new("some/where/cargo").args(["fmt", "--all"])), "cargo fmt --all");
    }

    #[test]
    fn cargo_does_not_inherit_what_cargo_run_sets() {
        for name in ["CARGO_PKG_NAME", "CARGO_MANIFEST_DIR", "CARGO_BIN_NAME"] {
            assert!(is_cargo_run_variable(name), "{name}");
        }
        for name in ["CARGO_HOME", "CARGO_TARGET_DIR", "CARGO", "PATH"] {
            assert!(!is_cargo_run_variable(name), "{name}");
        }
    }

    #[test]
    fn a_missing_program_is_one_clear_line() {
        let message = run(&mut Command::new("no-such-program-anywhere")).expect_err("it does not exist");
        assert!(message.starts_with("`no-such-program-anywhere` could not be started"), "{message}");
    }
}
