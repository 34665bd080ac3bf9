//! What a transaction is bound to touch, told from its type and fields alone. Execution is planned by it; what it leaves
//! out or gets wrong costs one run of one transaction more.
//!
//! Only what orders transactions is told. All of one sender's conflict on its nonce: over the first 29 of the mainnet blocks
//! that are tested, saying so leaves a twentieth of the re-executions. Balances are debited and credited by adds, which
//! order nothing among themselves, so they would only be looked up in vain.

use alloy_consensus::Transaction as _;
use seiza_executor::Intent;
use seiza_modules::{auth, bank, exchange};
use seiza_state::Key;
use seiza_types::VerifiedTx;
use seiza_types::exchange::ExchangeMsg;
use seiza_types::tx::{Body, EvmTx, Message};
use seiza_vm::evm;

/// Tells the keys of `tx` that others may have to wait for: the sender's nonce, and the slots that it lists (EIP-2930).
pub(crate) fn by_type(tx: &VerifiedTx, declare: &mut dyn FnMut(&Key, Intent)) {
    declare(&auth::keys::account(&tx.signer.address), Intent::Change);
    match &tx.body {
        Body::Evm(tx) => access_list(tx, declare),
        Body::Cosmos(tx) => tx.messages.iter().for_each(|message| registers(message, declare)),
    }
}

/// Registrations are numbered one by one, and a market's status is what orders look at. Orders themselves touch nothing that
/// another account's touch, but for amounts.
fn registers(message: &Message, declare: &mut dyn FnMut(&Key, Intent)) {
    let Message::Exchange(msg) = message else { return };
    match msg {
        ExchangeMsg::RegisterMarket { .. } => declare(&exchange::keys::market_count(), Intent::Change),
        ExchangeMsg::RegisterVenue { .. } => declare(&exchange::keys::venue_count(), Intent::Change),
        ExchangeMsg::SetMarketStatus { market, .. } => declare(&exchange::keys::market(*market), Intent::Change),
        ExchangeMsg::PlaceOrders { .. } | ExchangeMsg::CancelOrders { .. } | ExchangeMsg::ReplaceOrders { .. } => {}
    }
}

/// Hashes of the keys that `tx` is bound to read: the accounts of its sender and of whom it names, and the slots that it
/// lists.
pub(crate) fn foresee(tx: &VerifiedTx, hashes: &mut Vec<u64>) {
    let from = &tx.signer.address;
    let of_from = bank::keys::native(from);
    hashes.extend([auth::keys::account_beside(&of_from).hash64(), of_from.hash64()]);
    let evm = match &tx.body {
        Body::Evm(evm) => evm,
        Body::Cosmos(tx) => return tx.messages.iter().for_each(|message| foresee_message(message, hashes)),
    };
    hashes.push(evm::keys::code_hash_beside(&of_from).hash64());
    if let Some(to) = evm.to() {
        let of_to = bank::keys::native(&to);
        hashes.extend([evm::keys::code_hash_beside(&of_to).hash64(), of_to.hash64()]);
        if !evm.input().is_empty() {
            hashes.push(auth::keys::account_beside(&of_to).hash64());
        }
    }
    access_list(evm, &mut |key, _| hashes.push(key.hash64()));
}

/// Hashes of the keys that a message is bound to read: whom it pays.
fn foresee_message(message: &Message, hashes: &mut Vec<u64>) {
    if let Message::Send { to, .. } = message {
        // Few accounts of the Cosmos form are linked and still paid by that name.
        hashes.extend([auth::keys::link(to), bank::keys::native(&to.cast())].map(|key| key.hash64()));
    }
}

/// A list does not say what is done with its slots. Most are only read; taken for writes, they make transactions wait for
/// others that never write.
fn access_list(tx: &EvmTx, declare: &mut dyn FnMut(&Key, Intent)) {
    for item in tx.access_list().into_iter().flat_map(|list| list.iter()) {
        for slot in &item.storage_keys {
            declare(&evm::keys::slot(&item.address, &(*slot).into()), Intent::Read);
        }
    }
}
