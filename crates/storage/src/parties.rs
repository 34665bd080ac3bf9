//! Whose transactions a block holds: by which addresses each of them will be looked for.
//!
//! An address is 20 bytes, whichever form a text has. A transaction's parties are its sender, its recipient where the
//! transaction names one, those who signed its Cosmos messages, and the senders and recipients of `message` and `transfer`
//! events. Whoever searches by `message.sender` or `transfer.recipient` finds at least what he looks for, and checks it.

use rayon::prelude::*;
use seiza_types::{Address, Block, Event, Receipt, SeiAddress, Tx};

use crate::BlockResults;
use crate::limits::RECEIPTS_AT_ONCE;

/// First byte of a Cosmos transaction.
const COSMOS: u8 = 0x0a;

/// Signers of the messages of a block's Cosmos transactions, each with the transaction's place.
pub(crate) fn signers(block: &Block) -> Vec<(Address, u32)> {
    let of_one = |(index, raw): (usize, &seiza_types::Bytes)| -> Vec<(Address, u32)> {
        let Ok(Tx::Cosmos(tx, _)) = Tx::decode(raw) else { return Vec::new() };
        tx.messages.iter().map(|message| (raw_bytes(&message.signer()), place(index))).collect()
    };
    let txs = block.txs.par_iter().enumerate().with_min_len(RECEIPTS_AT_ONCE);
    txs.filter(|(_, raw)| raw.first() == Some(&COSMOS)).flat_map_iter(of_one).collect()
}

/// All parties of a block's transactions, by address and place, each pair once.
pub(crate) fn of_block(results: &BlockResults, signers: &[(Address, u32)]) -> Vec<(Address, u32)> {
    let receipts = results.receipts.par_iter().enumerate().with_min_len(RECEIPTS_AT_ONCE);
    let mut parties: Vec<(Address, u32)> = receipts
        .flat_map_iter(|(index, receipt)| of_receipt(receipt).into_iter().map(move |party| (party, place(index))))
        .collect();
    parties.extend_from_slice(signers);
    parties.sort_unstable();
    parties.dedup();
    parties
}

fn of_receipt(receipt: &Receipt) -> Vec<Address> {
    let mut parties = vec![receipt.sender];
    parties.extend(receipt.to);
    parties.extend(receipt.events.iter().flat_map(of_event));
    parties
}

fn of_event(event: &Event) -> impl Iterator<Item = Address> {
    let asked = matches!(event.kind.as_str(), "message" | "transfer");
    let attributes = event.attributes.iter().filter(move |_| asked);
    let named = attributes.filter(|attribute| matches!(attribute.key.as_str(), "sender" | "recipient"));
    named.filter_map(|attribute| address(&attribute.value))
}

/// The 20 bytes of an address in either form; `None` where a text is neither.
#[must_use]
pub fn address(text: &str) -> Option<Address> {
    if text.starts_with("0x") {
        return text.parse().ok();
    }
    text.parse::<SeiAddress>().ok().map(|address| raw_bytes(&address))
}

fn raw_bytes(address: &SeiAddress) -> Address {
    address.cast()
}

fn place(index: usize) -> u32 {
    u32::try_from(index).expect("a block has far fewer transactions")
}
