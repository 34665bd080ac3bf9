//! `seiza init`: writes a node's files into an empty folder, of a new chain or of one that exists.

use std::path::Path;

use seiza_chain::Genesis;

use crate::args::{ChainFlags, InitArgs};
use crate::failure::Failure;
use crate::founding::{Files, Founding, NodeKey, new_validator_key};
use crate::home::{Home, read};
use crate::settings::field::{self, Field};

/// Writes settings, genesis and keys.
///
/// # Errors
/// Accounts without words, flags of a chain beside `--genesis`, the folder holds something already, or cannot be written.
pub fn run(args: &InitArgs) -> Result<(), Failure> {
    check_words(&args.chain)?;
    let home = Home::at(&args.home);
    if !home.is_empty()? {
        let path = home.path().display();
        return Err(Failure::refused(format!("{path} is not empty: choose another --home, or move it away first")));
    }
    let settings = settings(args);
    match &args.genesis {
        Some(file) => join(args, file, &home, &settings)?,
        None => {
            Founding::of(&args.chain, 0, args.cosmos_chain_id.as_deref())?.write_with(&home, &settings)?;
        }
    }
    say(&home, args.genesis.is_some());
    Ok(())
}

fn settings(args: &InitArgs) -> Vec<(&'static Field, String)> {
    let peers = args.peers.as_ref().map(|peers| (&field::PEERS, peers.to_string()));
    let moniker = args.moniker.as_ref().map(|moniker| (&field::MONIKER, moniker.0.clone()));
    peers.into_iter().chain(moniker).collect()
}

/// The files of a node of another's chain: its document as it is, and new keys.
fn join(args: &InitArgs, file: &Path, home: &Home, settings: &[(&Field, String)]) -> Result<(), Failure> {
    if args.chain.any() {
        return Err(Failure::usage("--genesis says what the chain is: leave the flags of the chain away"));
    }
    let document = read(file)?;
    Genesis::from_json(&document)
        .map_err(|error| Failure::refused(format!("{}: {error}: take the chain's own file", file.display())))?;
    let (validator, node) = (&new_validator_key()?, &NodeKey::generate()?);
    Files { document: &document, settings, validator, node }.write(home)
}

fn say(home: &Home, joined: bool) {
    let path = home.path().display();
    println!("wrote {}  settings, each explained", home.config().display());
    println!("wrote {}  what the chain is; equal on every node", home.genesis().display());
    println!("wrote {}  signs blocks: keep it secret, keep a copy", home.validator_key().display());
    println!("wrote {}  proves to peers who this node is: keep it secret", home.node_key().display());
    if joined {
        println!("its validator key is new: the node follows the chain, and votes once the chain makes it a validator");
    }
    println!("next: seiza start --home {path}");
}

/// A devnet's words are known to everybody: a chain of one's own is funded from them only where somebody says so.
///
/// # Errors
/// Accounts without words.
pub fn check_words(flags: &ChainFlags) -> Result<(), Failure> {
    match flags.accounts {
        Some(count) if count.0 > 0 && flags.mnemonic.is_none() => Err(Failure::usage(format!(
            "--accounts {} needs --mnemonic WORDS: the words that the funded accounts are derived from",
            count.0
        ))),
        _ => Ok(()),
    }
}
