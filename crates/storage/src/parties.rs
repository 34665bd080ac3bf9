//! Whose transactions a block holds: by which addresses each of them will be looked for.
//!
//! An address is 20 bytes, whichever form a text has. A transaction's parties are its sender, its recipient where the
//! transaction names one, those who signed its Cosmos messages, and the senders and recipients of `message` and `transfer`
//! events. Whoever searches by `message.sender` or `transfer.recipient` finds at least what he looks for, and checks it.

use std::ops::{ControlFlow, RangeInclusive};
use std::sync::{Arc, OnceLock};

use rayon::prelude::*;
use seiza_types::{Address, Block, Event, EventValue, Height, Receipt, SeiAddress, Tx};

use crate::limits::RECEIPTS_AT_ONCE;
use crate::recent::Pending;
use crate::{BlockResults, Storage, StorageError, StoredBlock, TxLocation, entry, fills};

/// First byte of a Cosmos transaction.
const COSMOS: u8 = 0x0a;

/// The parties of a block that is not indexed yet: looked for when they are first asked for, which is beside the commit.
#[derive(Debug)]
pub(crate) struct Parties {
    block: Option<Arc<StoredBlock>>,
    found: OnceLock<Found>,
}

/// What a block that waits for the indexer says of an address: numbers, ascending.
pub(crate) type Waiting<'a> = &'a dyn Fn(&Pending) -> Vec<u32>;

/// By address and number, each pair once.
#[derive(Debug, Default)]
struct Found {
    /// Places of transactions.
    txs: Vec<(Address, u32)>,
    /// Markets in which an order of theirs was filled.
    fills: Vec<(Address, u32)>,
}

impl Found {
    fn of(results: &BlockResults, signers: &[(Address, u32)]) -> Self {
        Self { txs: of_block(results, signers), fills: fills::of_block(results) }
    }
}

impl Parties {
    /// Those of a block with its results, when they are asked for.
    pub(crate) fn later(block: Arc<StoredBlock>) -> Self {
        Self { block: Some(block), found: OnceLock::new() }
    }

    /// Those of these results, of whose block the signers are known.
    pub(crate) fn now(results: &BlockResults, signers: &[(Address, u32)]) -> Self {
        Self { block: None, found: Found::of(results, signers).into() }
    }

    fn found(&self) -> &Found {
        self.found.get_or_init(|| {
            let found = self.block.as_ref().and_then(|block| Some((&block.block, block.results.as_ref()?)));
            found.map_or_else(Found::default, |(block, results)| Found::of(results, &signers(block)))
        })
    }

    /// Who has part in which transactions.
    pub(crate) fn txs(&self) -> &[(Address, u32)] {
        &self.found().txs
    }

    /// Whose orders were filled in which markets.
    pub(crate) fn fills(&self) -> &[(Address, u32)] {
        &self.found().fills
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
        let key = entry::party_key(address);
        let waiting = |pending: &Pending| numbers(pending.parties().txs(), address);
        self.numbers_of((&key, &waiting), heights, &mut |height, places| {
            places.iter().all(|index| visit(TxLocation { height, index: *index }))
        })
    }

    /// Visits what is kept of an address for each height of a range, ascending, until `visit` answers `false`: from the index,
    /// then from what waits for it.
    pub(crate) fn numbers_of(
        &self,
        (key, waiting): (&[u8], Waiting<'_>),
        heights: RangeInclusive<Height>,
        visit: &mut dyn FnMut(Height, &[u32]) -> bool,
    ) -> Result<(), StorageError> {
        let shared = self.shared();
        let (pending, runs): (Vec<_>, _) = {
            let recent = shared.recent.read();
            (recent.pending.range(heights.clone()).map(|(_, pending)| pending.clone()).collect(), recent.runs.clone())
        };
        let mut failure = None;
        let indexed = runs.visit(key, heights, &mut |height, value| match entry::read_ascending(value) {
            Ok(numbers) if visit(height, &numbers) => ControlFlow::Continue(()),
            Ok(_) => ControlFlow::Break(()),
            Err(error) => {
                failure = Some(shared.index_damage(error));
                ControlFlow::Break(())
            }
        })?;
        if let Some(failure) = failure {
            return Err(failure);
        }
        let found = pending.iter().filter(|pending| pending.height > runs.last() && indexed.is_continue());
        let found = found.map(|pending| (pending.height, waiting(pending)));
        let _ = found.filter(|(_, numbers)| !numbers.is_empty()).all(|(height, numbers)| visit(height, &numbers));
        Ok(())
    }
}

/// The numbers of one address, ascending.
pub(crate) fn numbers(all: &[(Address, u32)], address: &Address) -> Vec<u32> {
    let first = all.partition_point(|(party, _)| party < address);
    all[first..].iter().take_while(|(party, _)| party == address).map(|(_, number)| *number).collect()
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
    let asked = matches!(&*event.kind, "message" | "transfer");
    let attributes = event.attributes.iter().filter(move |_| asked);
    let named = attributes.filter(|attribute| matches!(&*attribute.key, "sender" | "recipient"));
    named.filter_map(|attribute| named_by(&attribute.value))
}

fn named_by(value: &EventValue) -> Option<Address> {
    match value {
        EventValue::Account(account) => Some(raw_bytes(account)),
        value => address(&value.text()),
    }
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
