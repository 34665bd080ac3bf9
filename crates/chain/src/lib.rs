//! The state machine: check, build, execute, commit.
