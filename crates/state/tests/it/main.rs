//! Tests of state access through its public face, against plain maps.
#![allow(clippy::unwrap_used)] // tests, all of it

mod access;
mod changesets;
mod deltas;
mod keys;
mod memory;
mod overlays;
mod program;
mod read_sets;
