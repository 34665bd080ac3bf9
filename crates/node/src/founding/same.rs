//! Whether flags say the same of a chain as the home that holds it.

use seiza_chain::Genesis;

use super::Founders;
use crate::args::ChainFlags;
use crate::failure::Failure;
use crate::keys::Words;

/// Refuses flags that contradict the chain a home already holds.
///
/// # Errors
/// Names the first one.
pub fn check_same(flags: &ChainFlags, genesis: &Genesis, founders: Option<&Founders>) -> Result<(), Failure> {
    let words = flags.mnemonic.as_deref().map(Words::parse).transpose()?;
    let table: [(&str, Option<String>, Option<String>); 6] = [
        ("--chain-id", shown(flags.chain_id.map(|id| id.0)), shown(Some(genesis.evm_chain_id))),
        ("--gas-limit", shown(flags.gas_limit.map(|gas| gas.0)), shown(Some(genesis.block_gas_max))),
        ("--base-fee", shown(flags.base_fee.map(|fee| fee.0)), shown(Some(genesis.fees.base_fee))),
        ("--accounts", shown(flags.accounts.map(|n| n.0)), shown(founders.map(|f| u64::from(f.accounts)))),
        ("--balance", shown(flags.balance.map(|sei| sei.0)), shown(founders.map(|f| f.balance))),
        ("--mnemonic", words.map(|_| "other words".into()), founders.map(|_| "its own words".into())),
    ];
    let same_words = words_agree(flags, founders)?;
    let differs = table
        .iter()
        .find(|(flag, asked, has)| asked.is_some() && asked != has && !(*flag == "--mnemonic" && same_words));
    differs.map_or(Ok(()), |(flag, asked, has)| {
        let (asked, has) = (asked.as_deref().unwrap_or_default(), has.as_deref().unwrap_or("nothing of it"));
        Err(Failure::refused(format!(
            "this home's chain was founded with {has}, not {flag} {asked}: leave the flag away, or choose another --home"
        )))
    })
}

fn words_agree(flags: &ChainFlags, founders: Option<&Founders>) -> Result<bool, Failure> {
    let asked = flags.mnemonic.as_deref().map(Words::parse).transpose()?;
    Ok(asked.is_some() && asked.as_ref() == founders.map(|founders| &founders.words))
}

fn shown(number: Option<u64>) -> Option<String> {
    number.map(|number| number.to_string())
}
