//! What `seiza devnet` and `seiza localnet` print before they listen: everything a developer copies into a wallet or a script.

use std::fmt::Write as _;

use seiza_chain::Genesis;

use crate::failure::Failure;
use crate::founding::Founders;
use crate::keys::PATH;

/// Accounts shown in full; more are only counted.
const SHOWN_MAX: usize = 20;

/// The text above "Listening on".
///
/// # Errors
/// Accounts that cannot be derived.
pub fn banner(genesis: &Genesis, founders: Option<&Founders>, endpoints: &str, home: &str) -> Result<String, Failure> {
    let mut text = format!("\nseiza {}: a chain for development\n", env!("CARGO_PKG_VERSION"));
    if let Some(founders) = founders {
        text.push_str(&accounts(founders)?);
    }
    let fee = genesis.fees.base_fee;
    let gas_limit = genesis.block_gas_max;
    let sections = [
        ("Chain ID", format!("{} (Cosmos: {})", genesis.evm_chain_id, genesis.chain_id)),
        ("Base Fee", format!("{fee} wei")),
        ("Gas Limit", gas_limit.to_string()),
        ("Genesis Timestamp", genesis.time.unix_timestamp().to_string()),
        ("Home", home.to_owned()),
        ("Endpoints", endpoints.to_owned()),
    ];
    for (title, body) in sections {
        let _ = write!(text, "\n{title}\n==================\n\n{body}\n");
    }
    Ok(text)
}

fn accounts(founders: &Founders) -> Result<String, Failure> {
    let shown = founders.words.accounts(founders.accounts.min(u32::try_from(SHOWN_MAX).unwrap_or(u32::MAX)))?;
    let mut text = String::from("\nAvailable Accounts\n==================\n\n");
    for (index, account) in shown.iter().enumerate() {
        let (address, sei, balance) = (account.address(), account.sei_address(), founders.balance);
        let _ = writeln!(text, "({index}) {address}  {sei} ({balance} SEI)");
    }
    text.push_str("\nPrivate Keys\n==================\n\n");
    for (index, account) in shown.iter().enumerate() {
        let _ = writeln!(text, "({index}) {}", account.secret_hex());
    }
    let more = founders.accounts as usize - shown.len();
    if more > 0 {
        let _ = writeln!(text, "\n... and {more} more: seiza keys derive --count {} --mnemonic ...", founders.accounts);
    }
    let _ = write!(
        text,
        "\nWallet\n==================\n\nMnemonic:          {}\nDerivation path:   {PATH}\n",
        founders.words
    );
    Ok(text)
}
