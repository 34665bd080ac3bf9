//! Events of transactions and blocks, and the tags that queries look at.
//!
//! Receipts hold what modules told while they ran. What follows from the bytes alone (who paid which fee, which messages
//! there were) is added here, as the Cosmos SDK's ante handler adds it. An Ethereum transaction gets `ethereum_tx` and a
//! `message` whose action is Sei's `MsgEVMTransaction`.

use seiza_types::tx::{CosmosTx, Message};
use seiza_types::{Bytes, Event, Receipt, SeiAddress, Tx};
use sha2::{Digest, Sha256};

use super::query::Tags;
use super::shapes::hex;
use crate::B256;

/// Sei's name for an Ethereum transaction in a Cosmos answer.
pub(crate) const EVM_MESSAGE: &str = "/seiprotocol.seichain.evm.MsgEVMTransaction";

/// Tendermint's hash of a transaction, of either kind.
pub(crate) fn tendermint_hash(raw: &[u8]) -> B256 {
    B256::new(Sha256::digest(raw).into())
}

/// All events of a transaction.
pub(crate) fn of_tx(raw: &Bytes, receipt: &Receipt) -> Vec<Event> {
    let mut events = match receipt.evm_type {
        Some(_) => evm(receipt),
        None => Tx::decode(raw).map(|tx| cosmos(&tx, receipt)).unwrap_or_default(),
    };
    events.extend(receipt.events.iter().cloned());
    events
}

fn evm(receipt: &Receipt) -> Vec<Event> {
    let sender = receipt.sender;
    let mut main = Event::new("ethereum_tx")
        .with("ethereumTxHash", receipt.tx_hash)
        .with("sender", sender)
        .with("txGasUsed", receipt.gas_used);
    if let Some(to) = receipt.to {
        main = main.with("recipient", to);
    }
    if let Some(contract) = receipt.contract_address {
        main = main.with("contract", contract);
    }
    if !receipt.succeeded() {
        main = main.with("ethereumTxFailed", super::shapes::result::failure(receipt.code));
    }
    let message = Event::new("message").with("action", EVM_MESSAGE).with("sender", sender).with("module", "evm");
    vec![message, Event::new("signer").with("evm_addr", sender), main]
}

fn cosmos(tx: &Tx, receipt: &Receipt) -> Vec<Event> {
    let Tx::Cosmos(tx, _) = tx else { return Vec::new() };
    let Some(payer) = tx.messages.first().map(Message::signer) else { return Vec::new() };
    let mut events = paid(tx, &payer);
    if receipt.succeeded() {
        events.extend(
            tx.messages.iter().map(|message| {
                Event::new("message").with("action", message.type_url()).with("sender", message.signer())
            }),
        );
    }
    events
}

fn paid(tx: &CosmosTx, payer: &SeiAddress) -> Vec<Event> {
    let fee = format!("{}usei", tx.fee_usei);
    vec![
        Event::new("tx").with("fee", fee).with("fee_payer", payer),
        Event::new("tx").with("acc_seq", format!("{payer}/{}", tx.sequence)),
    ]
}

/// The tags of a list of events: `type.key`, each with its values in order.
pub(crate) fn tags<'a>(events: impl IntoIterator<Item = &'a Event>) -> Tags {
    let mut tags = Tags::new();
    for event in events {
        for attribute in &event.attributes {
            let tag = format!("{}.{}", event.kind, attribute.key);
            tags.entry(tag).or_default().push(attribute.value.to_string());
        }
    }
    tags
}

/// The tags of a transaction: its events', and those that CometBFT adds.
pub(crate) fn tx_tags(raw: &Bytes, height: u64, events: &[Event]) -> Tags {
    let mut tags = tags(events);
    tags.insert("tm.event".into(), vec!["Tx".into()]);
    tags.insert("tx.height".into(), vec![height.to_string()]);
    tags.insert("tx.hash".into(), vec![hex(tendermint_hash(raw))]);
    tags
}
