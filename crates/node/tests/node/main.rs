//! The binary from outside: its command line, its files, its life and its deaths.

mod account;
mod bad_input;
mod command_line;
mod crash;
mod documents;
mod life;
mod process;
