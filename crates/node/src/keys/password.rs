//! Where a password comes from: a file, the variable `SEIZA_PASSWORD`, or the terminal. Never the command line, which other
//! users of the machine can see.

use std::fs;
use std::io::IsTerminal as _;
use std::path::Path;

use crate::failure::Failure;

/// The password for a key; asked for twice when it is a new one.
///
/// # Errors
/// File unreadable, terminal absent, the two entries differ, or the password is empty.
pub fn password(file: Option<&Path>, new: bool) -> Result<String, Failure> {
    let password = match (file, std::env::var("SEIZA_PASSWORD")) {
        (Some(path), _) => first_line(path)?,
        (None, Ok(password)) => password,
        (None, Err(_)) => asked(new)?,
    };
    if password.is_empty() { Err(Failure::refused("the password is empty: choose one")) } else { Ok(password) }
}

fn first_line(path: &Path) -> Result<String, Failure> {
    let text = fs::read_to_string(path).map_err(|error| Failure::io("read", path, &error))?;
    Ok(text.lines().next().unwrap_or_default().to_owned())
}

fn asked(new: bool) -> Result<String, Failure> {
    if !std::io::stdin().is_terminal() {
        return Err(Failure::refused("no terminal to ask for a password: use --password-file or SEIZA_PASSWORD"));
    }
    let first = prompt("Password: ")?;
    if new && prompt("Again: ")? != first {
        return Err(Failure::refused("the two passwords differ: nothing was written"));
    }
    Ok(first)
}

fn prompt(text: &str) -> Result<String, Failure> {
    rpassword::prompt_password(text).map_err(|error| Failure::refused(format!("cannot ask for a password: {error}")))
}
