//! `seiza init`: writes a node's files into an empty folder.

use crate::args::InitArgs;
use crate::failure::Failure;
use crate::founding::Founding;
use crate::home::Home;

/// Writes settings, genesis and validator key.
///
/// # Errors
/// The folder holds something already, or cannot be written.
pub fn run(args: &InitArgs) -> Result<(), Failure> {
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
