//! What a chore is: a name, words of help, and a function from its arguments to how it went.

/// One row of the command line.
pub struct Verb {
    /// What is typed after `cargo xtask`.
    pub name: &'static str,
    /// One line for the overview.
    pub summary: &'static str,
    /// All that `--help` prints; opens with `Usage: cargo xtask <name>`.
    pub help: &'static str,
    /// Does the chore; gets what was typed after the name.
    pub run: fn(&[String]) -> Outcome,
}

/// How a chore went.
pub type Outcome = Result<(), Failure>;

/// Why a chore did not pass.
#[derive(Debug, PartialEq, Eq)]
pub enum Failure {
    /// It ran and found something wrong: exit code 1.
    Failed(String),
    /// It failed and has said so already: exit code 1.
    Told,
    /// It was asked for wrongly and did nothing: exit code 2, and its help is printed.
    Misused(String),
}

impl Failure {
    /// The refusal of an argument that the verb does not know.
    pub fn unknown(argument: &str) -> Self {
        Failure::Misused(format!("unknown argument `{argument}`"))
    }
}

/// Whether a word asks for help.
pub fn is_help(word: &str) -> bool {
    matches!(word, "--help" | "-h" | "help")
}
