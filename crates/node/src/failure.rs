//! What ends a command badly: one line for a person, and the exit code. Nothing here prints; `main` does.

use std::fmt;
use std::io;
use std::path::Path;
use std::process::ExitCode;

/// Why a command ended. Shown as one line that says what is wrong and what to do.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Failure {
    /// What was typed makes no sense: exit code 2.
    Usage(String),
    /// Everything else: exit code 1.
    Refused(String),
}

impl Failure {
    /// A failure with exit code 1.
    pub fn refused(message: impl fmt::Display) -> Self {
        Self::Refused(one_line(&message.to_string()))
    }

    /// A failure with exit code 2.
    pub fn usage(message: impl fmt::Display) -> Self {
        Self::Usage(one_line(&message.to_string()))
    }

    /// An I/O error on a path, with advice where the kind of error has an obvious one.
    pub fn io(doing: &str, path: &Path, error: &io::Error) -> Self {
        Self::refused(format!("cannot {doing} {}: {error}{}", path.display(), advice(error)))
    }

    /// The process' exit code.
    pub fn exit_code(&self) -> ExitCode {
        match self {
            Self::Refused(_) => ExitCode::from(1),
            Self::Usage(_) => ExitCode::from(2),
        }
    }
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (Self::Usage(message) | Self::Refused(message)) = self;
        f.write_str(message)
    }
}

/// What to do about an I/O error, or nothing where the error says it all.
fn advice(error: &io::Error) -> &'static str {
    match error.kind() {
        io::ErrorKind::StorageFull => ": free some space, nothing committed is lost, then start again",
        io::ErrorKind::PermissionDenied => ": give this user access, or choose another folder with --home",
        io::ErrorKind::ReadOnlyFilesystem => ": choose a folder that can be written with --home",
        _ => "",
    }
}

/// Line breaks out: a failure is one line, whatever a library put into its message.
fn one_line(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_failure_is_one_line() {
        assert_eq!(Failure::refused("a\n  b\r\nc").to_string(), "a b c");
    }

    #[test]
    fn a_full_disk_is_told_with_advice() {
        let failure = Failure::io("write", Path::new("/x"), &io::Error::from(io::ErrorKind::StorageFull));
        assert!(failure.to_string().starts_with("cannot write /x: "));
        assert!(failure.to_string().contains("free some space"));
    }
}
