//! State keys for people: what a key is, as far as the modules' layouts tell. Nothing is assumed of a layout: a key is
//! what it seems to be if the module, asked for the key of that thing, gives this very one.

use seiza_chain::evm::keys as evm;
use seiza_chain::modules::{auth, bank, fees};
use seiza_chain::state::{Key, StoreId};
use seiza_types::{Denom, SeiAddress};
use serde::Serialize;

use crate::{Address, Bytes};

const ADDRESS_BYTES: usize = 20;

/// A key as it is answered.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub(super) struct KeyShown {
    /// The store's name in proofs.
    store: &'static str,
    /// The module's own bytes.
    path: Bytes,
    /// What it is, where that is known.
    name: Option<String>,
}

/// A key as it is answered.
pub(super) fn shown(key: &Key) -> KeyShown {
    KeyShown { store: key.store().name(), path: Bytes::copy_from_slice(key.path()), name: name(key) }
}

fn name(key: &Key) -> Option<String> {
    match key.store() {
        StoreId::Auth => of_auth(key),
        StoreId::Bank => of_bank(key),
        StoreId::Evm => of_evm(key),
        StoreId::FeeMarket => (*key == fees::keys::base_fee()).then(|| "base fee of the next block".into()),
        _ => None,
    }
}

fn of_auth(key: &Key) -> Option<String> {
    if let Some(address) = auth::keys::address_of_account(key) {
        return Some(format!("nonce of {address}"));
    }
    let address = SeiAddress(key.path().get(1..)?.try_into().ok()?);
    (*key == auth::keys::link(&address)).then(|| format!("link of {address}"))
}

fn of_bank(key: &Key) -> Option<String> {
    if let Some(address) = bank::keys::address_of_native(key) {
        let whose = if address == fees::collector() { " (the fee collector)" } else { "" };
        return Some(format!("balance of {address}{whose}"));
    }
    let denom: Denom = bank::keys::denom_of(key)?;
    if *key == bank::keys::supply(&denom) {
        return Some(format!("supply of {denom}"));
    }
    let address = Address::from_slice(key.path().get(1..=ADDRESS_BYTES)?);
    (*key == bank::keys::balance(&address, &denom)).then(|| format!("balance of {address} in {denom}"))
}

fn of_evm(key: &Key) -> Option<String> {
    if let Some((contract, slot)) = evm::slot_of(key) {
        return Some(format!("slot {slot:#x} of contract {contract}"));
    }
    if let Some(address) = evm::address_of_code_hash(key) {
        return Some(format!("code of {address}"));
    }
    evm::hash_of_code(key).map(|hash| format!("code with hash {hash}"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{B256, U256};

    #[test]
    fn every_key_of_every_module_has_a_name() {
        let (address, sei) = (Address::repeat_byte(0x11), SeiAddress([2; 20]));
        let atom: Denom = "uatom".parse().unwrap();
        let at = "0x1111111111111111111111111111111111111111";
        let table = [
            (auth::keys::account(&address), format!("nonce of {at}")),
            (auth::keys::link(&sei), format!("link of {sei}")),
            (bank::keys::native(&address), format!("balance of {at}")),
            (bank::keys::native(&fees::collector()), format!("balance of {} (the fee collector)", fees::collector())),
            (bank::keys::balance(&address, &atom), format!("balance of {at} in uatom")),
            (bank::keys::supply(&atom), "supply of uatom".into()),
            (evm::slot(&address, &U256::from(255)), format!("slot 0xff of contract {at}")),
            (evm::code_hash(&address), format!("code of {at}")),
            (evm::code(&B256::ZERO), format!("code with hash {}", B256::ZERO)),
            (fees::keys::base_fee(), "base fee of the next block".into()),
        ];
        for (key, expected) in table {
            assert_eq!(name(&key), Some(expected));
        }
    }

    #[test]
    fn an_unknown_key_is_shown_by_its_bytes() {
        let strange = Key::new(StoreId::Auth, &[&[0x7f], b"x"]);
        assert_eq!(shown(&strange), KeyShown { store: "acc", path: Bytes::from_static(&[0x7f, b'x']), name: None });
        for (store, path) in [(StoreId::Bank, &[3u8, 0xff][..]), (StoreId::Evm, &[3, 1]), (StoreId::Gov, &[1])] {
            assert_eq!(name(&Key::new(store, &[path])), None);
        }
    }
}
