//! `seiza init`: writes a node's files into an empty folder.

use crate::args::{ChainFlags, InitArgs};
use crate::failure::Failure;
use crate::founding::Founding;
use crate::home::Home;

/// Writes settings, genesis and validator key.
///
/// # Errors
/// Accounts without words, the folder holds something already, or cannot be written.
pub fn run(args: &InitArgs) -> Result<(), Failure> {
    check_words(&args.chain)?;
    let home = Home::at(&args.home);
    if !home.is_empty()? {
        let path = home.path().display();
        return Err(Failure::refused(format!("{path} is not empty: choose another --home, or move it away first")));
    }
    Founding::of(&args.chain, 0, args.cosmos_chain_id.as_deref())?.write(&home)?;
    let path = home.path().display();
    println!("wrote {}  settings, each explained", home.config().display());
    println!("wrote {}  what the chain is; equal on every node", home.genesis().display());
    println!("wrote {}  signs blocks: keep it secret, keep a copy", home.validator_key().display());
    println!("next: seiza start --home {path}");
    Ok(())
}

/// A devnet's words are known to everybody: a chain of one's own is funded from them only where somebody says so.
fn check_words(flags: &ChainFlags) -> Result<(), Failure> {
    match flags.accounts {
        Some(count) if count.0 > 0 && flags.mnemonic.is_none() => Err(Failure::usage(format!(
            "--accounts {} needs --mnemonic WORDS: the words that the funded accounts are derived from",
            count.0
        ))),
        _ => Ok(()),
    }
}
