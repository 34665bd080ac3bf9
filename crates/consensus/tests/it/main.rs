//! Tests of Twin-Turbo's decisions through their public face.
#![allow(clippy::unwrap_used)] // tests, all of it

mod speculation;
mod timely;
