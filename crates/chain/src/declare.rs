//! What a transaction is bound to touch, told from its type and fields alone. Execution is planned by it; what it leaves
//! out or gets wrong costs one run of one transaction more.

use alloy_consensus::Transaction as _;
use seiza_executor::Intent;
use seiza_modules::{auth, bank};
use seiza_state::Key;
use seiza_types::tx::{Body, CosmosTx, EvmTx, Message};
use seiza_types::{Address, VerifiedTx};
use seiza_vm::evm;

/// Tells the keys that `tx` will touch whatever the state: the sender's nonce, the balances it moves, the slots it lists.
pub(crate) fn by_type(tx: &VerifiedTx, declare: &mut dyn FnMut(&Key, Intent)) {
    let sender = &tx.signer.address;
    declare(&auth::keys::account(sender), Intent::Change);
    declare(&bank::keys::native(sender), Intent::Add);
    match &tx.body {
        Body::Evm(tx) => evm(tx, declare),
        Body::Cosmos(tx) => cosmos(tx, sender, declare),
    }
}

fn evm(tx: &EvmTx, declare: &mut dyn FnMut(&Key, Intent)) {
    if let Some(to) = tx.to().filter(|_| !tx.value().is_zero()) {
        declare(&bank::keys::native(&to), Intent::Add);
    }
    for item in tx.access_list().into_iter().flat_map(|list| list.iter()) {
        for slot in &item.storage_keys {
            declare(&evm::keys::slot(&item.address, &(*slot).into()), Intent::Read);
        }
    }
}

/// The recipient's link is read, and with it the recipient's balance found: that one is credited, which orders nothing.
fn cosmos(tx: &CosmosTx, sender: &Address, declare: &mut dyn FnMut(&Key, Intent)) {
    for Message::Send { to, amount, .. } in &tx.messages {
        declare(&auth::keys::link(to), Intent::Read);
        for coin in amount.iter().filter(|coin| !coin.denom.is_native()) {
            declare(&bank::keys::balance(sender, &coin.denom), Intent::Add);
        }
    }
}
