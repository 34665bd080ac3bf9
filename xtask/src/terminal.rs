//! Printing to whoever reads: a reader that has seen enough (`| head`) is no error.

use std::io::Write;

/// Prints text and a line's end to stdout.
pub fn say(text: impl std::fmt::Display) {
    // A closed pipe can't be told anything, least of all that it is closed.
    let _ = writeln!(std::io::stdout(), "{text}");
}
