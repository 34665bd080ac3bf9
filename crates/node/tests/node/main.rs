//! The binary from outside: its command line, its files, its life and its deaths.

#![allow(clippy::unwrap_used)] // a test that cannot go on fails

mod account;
mod bad_input;
mod command_line;
mod crash;
mod db;
mod documents;
mod life;
mod localnet;
mod market;
mod network;
mod process;
mod state_sync;
