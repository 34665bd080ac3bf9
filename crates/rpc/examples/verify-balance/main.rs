//! Verifies what an account holds without trusting the node that says it.
//!
//! ```text
//! cargo run -p seiza-rpc --example verify-balance -- \
//!     --trust 1:BLOCK_HASH [--ethereum 127.0.0.1:8545] [--tendermint http://127.0.0.1:26657] 0xADDRESS
//! ```
//! `--trust` names a height and the hash of its block, from somewhere you believe: everything else is verified from there. With
//! `--trust-first` the first block is taken from the node itself, which is fine for a chain of your own.

mod proof;
mod wire;

use std::process::ExitCode;

const USAGE: &str =
    "usage: verify-balance (--trust HEIGHT:HASH | --trust-first) [--ethereum HOST:PORT] [--tendermint URL] 0xADDRESS";

fn main() -> ExitCode {
    match asked(std::env::args().skip(1)).and_then(|question| proof::balance(&question)) {
        Ok(proven) => {
            println!("balance  {} wei", proven.wei);
            println!("nonce    {}", proven.nonce);
            println!("after    block {}, proven by the header of block {}", proven.height, proven.height + 1);
            ExitCode::SUCCESS
        }
        Err(error) => {
            eprintln!("error: {error}");
            ExitCode::FAILURE
        }
    }
}

/// Reads the command line.
fn asked(mut arguments: impl Iterator<Item = String>) -> Result<proof::Question, String> {
    let (mut ethereum, mut tendermint) = ("127.0.0.1:8545".to_owned(), "http://127.0.0.1:26657".to_owned());
    let (mut trust, mut address) = (None, None);
    while let Some(argument) = arguments.next() {
        let mut value = || arguments.next().ok_or(USAGE);
        match argument.as_str() {
            "--ethereum" => ethereum = value()?,
            "--tendermint" => tendermint = value()?,
            "--trust-first" => trust = Some(None),
            "--trust" => {
                let text = value()?;
                let (height, hash) = text.split_once(':').ok_or(USAGE)?;
                trust = Some(Some((height.parse().map_err(|_| USAGE)?, hash.to_owned())));
            }
            _ => address = Some(argument.parse().map_err(|_| USAGE)?),
        }
    }
    let (Some(trust), Some(address)) = (trust, address) else { return Err(USAGE.into()) };
    Ok(proof::Question { ethereum, tendermint, trust, address })
}
