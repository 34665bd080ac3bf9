//! Whose transactions a block holds: by which addresses each of them will be looked for.
//!
//! An address is 20 bytes, whichever form a text has. A transaction's parties are its sender, its recipient where the
//! transaction names one, those who signed its Cosmos messages, and the senders and recipients of `message` and `transfer`
//! events. Whoever searches by `message.sender` or `transfer.recipient` finds at least what he looks for, and checks it.

use std::ops::{ControlFlow, RangeInclusive};
use std::sync::{Arc, OnceLock};

use rayon::prelude::*;
use seiza_types::{Address, Block, Event, Height, Receipt, SeiAddress, Tx};

use crate::limits::RECEIPTS_AT_ONCE;
use crate::{BlockResults, Storage, StorageError, StoredBlock, TxLocation, entry};

/// First byte of a Cosmos transaction.
const COSMOS: u8 = 0x0a;

/// The parties of a block that is not indexed yet: looked for when they are first asked for, which is beside the commit.
#[derive(Debug)]
pub(crate) struct Parties {
    block: Option<Arc<StoredBlock>>,
    found: OnceLock<Vec<(Address, u32)>>,
}

impl Parties {
    /// Those of a block with its results, when they are asked for.
    pub(crate) fn later(block: Arc<StoredBlock>) -> Self {
        Self { block: Some(block), found: OnceLock::new() }
    }

    /// Those of these results, of whose block the signers are known.
    pub(crate) fn now(results: &BlockResults, signers: &[(Address, u32)]) -> Self {
        Self { block: None, found: of_block(results, signers).into() }
    }

    /// All of them, by address and place, each pair once.
    pub(crate) fn all(&self) -> &[(Address, u32)] {
        self.found.get_or_init(|| {
            let found = self.block.as_ref().and_then(|block| Some((&block.block, block.results.as_ref()?)));
            found.map_or_else(Vec::new, |(block, results)| of_block(results, &signers(block)))
        })
    }

    /// Places of the transactions that an address is a party of, ascending.
    pub(crate) fn txs_of<'a>(&'a self, address: &'a Address) -> impl Iterator<Item = u32> + 'a {
        let all = self.all();
        let first = all.partition_point(|(party, _)| party < address);
        all[first..].iter().take_while(move |(party, _)| party == address).map(|(_, place)| *place)
    }
}

impl Storage {
    /// Visits the transactions that an address is a party of, ascending, until `visit` answers `false`: those it sent, and
    /// those whose recipient it is, by themselves or by a `transfer` event. Pruned and future heights are left out.
    ///
    /// # Errors
    /// Those of reading the index.
    pub fn txs_of(
        &self,
        address: &Address,
        heights: RangeInclusive<Height>,
        visit: &mut dyn FnMut(TxLocation) -> bool,
    ) -> Result<(), StorageError> {
        let shared = self.shared();
        let (waiting, runs): (Vec<_>, _) = {
            let recent = shared.recent.read();
            (recent.pending.range(heights.clone()).map(|(_, pending)| pending.clone()).collect(), recent.runs.clone())
        };
        let mut all = |height: Height, mut places: &mut dyn Iterator<Item = u32>| {
            let wanted = Iterator::all(&mut places, |index| visit(TxLocation { height, index }));
            if wanted { ControlFlow::Continue(()) } else { ControlFlow::Break(()) }
        };
        let mut failure = None;
        let indexed =
            runs.visit(
                &entry::party_key(address),
                heights,
                &mut |height, value| match entry::read_party_value(value) {
                    Ok(places) => all(height, &mut places.into_iter()),
                    Err(error) => {
                        failure = Some(shared.index_damage(error));
                        ControlFlow::Break(())
                    }
                },
            )?;
        if let Some(failure) = failure {
            return Err(failure);
        }
        let mut waiting = waiting.iter().filter(|pending| pending.height > runs.last() && indexed.is_continue());
        let _ = waiting.try_for_each(|pending| all(pending.height, &mut pending.parties().txs_of(address)));
        Ok(())
    }
}

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
fn of_block(results: &BlockResults, signers: &[(Address, u32)]) -> Vec<(Address, u32)> {
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
