//! Stories and tables of module auth.

use alloy_primitives::hex;
use seiza_state::{Access, Empty, StateError, StateRead as _, StateWrite as _};
use seiza_types::tx::Signer;
use seiza_types::{Address, Denom, SeiAddress, U256};

use super::{Account, account, begin_tx, evm_address, keys, link, linked, nonce, sei_address, set_account};
use crate::bank;

/// Compressed keys of the first accounts of the developers' mnemonic, and their addresses in both forms.
const USERS: [(&str, &str); 2] = [
    (
        "038318535b54105d4a7aae60c08fc45f9687181b4fdfc625bd1a753fa7397fed75",
        "0xf39Fd6e51aad88F6F4ce6aB8827279cffFb92266",
    ),
    (
        "02ba5734d8f7091719471e7f7ed6b9df170dc70cc661ca05e688601ad984f068b0",
        "0x70997970C51812dc3A010C7d01b50e0d17dc79C8",
    ),
];

fn user(n: usize) -> Signer {
    Signer::from_compressed(&hex::decode(USERS[n].0).unwrap()).unwrap()
}

fn native() -> Denom {
    Denom::native()
}

#[test]
fn a_key_has_the_addresses_that_wallets_show() {
    for (n, (_, address)) in USERS.iter().enumerate() {
        assert_eq!(user(n).address, address.parse::<Address>().unwrap());
        assert_ne!(user(n).sei.cast(), user(n).address, "the two forms have different bytes");
    }
}

#[test]
fn accounts_encode_to_8_or_41_bytes_and_back() {
    let key = keys::account(&Address::ZERO);
    let table = [
        (Account { nonce: 0, public_key: None }, 8),
        (Account { nonce: u64::MAX, public_key: None }, 8),
        (Account { nonce: 258, public_key: Some([7; 33]) }, 41),
    ];
    for (account, length) in table {
        let bytes = account.encode();
        assert_eq!(bytes.len(), length);
        assert_eq!(Account::decode(&key, &bytes), Ok(account));
    }
    for length in [0, 7, 9, 40, 42] {
        assert!(matches!(Account::decode(&key, &vec![0; length]), Err(StateError::Damaged(..))), "{length} bytes");
    }
}

#[test]
fn keys_tell_their_address() {
    let address = Address::repeat_byte(5);
    assert_eq!(keys::address_of_account(&keys::account(&address)), Some(address));
    assert_eq!(keys::address_of_account(&keys::link(&SeiAddress(address.into_array()))), None);
    assert_eq!(keys::address_of_account(&bank::keys::native(&address)), None);
    assert!(keys::accounts().contains(&keys::account(&address)));
}

#[test]
fn before_linking_each_form_is_a_cast_of_the_other() {
    let state = Access::unrecorded(&Empty);
    let signer = user(0);
    assert_eq!(sei_address(&state, &signer.address), Ok(SeiAddress::cast_from(signer.address)));
    assert_eq!(evm_address(&state, &signer.sei), Ok(signer.sei.cast()));
    assert_eq!(linked(&state, &signer.sei), Ok(None));
    assert_eq!((account(&state, &signer.address), nonce(&state, &signer.address)), (Ok(None), Ok(0)));
}

#[test]
fn linking_joins_the_forms_and_moves_what_lay_at_the_cast() {
    let mut state = Access::unrecorded(&Empty);
    let signer = user(0);
    let atom: Denom = "factory/atom".parse().unwrap();
    bank::mint(&mut state, &signer.sei.cast(), &native(), U256::from(5)).unwrap();
    bank::mint(&mut state, &signer.sei.cast(), &atom, U256::from(6)).unwrap();
    bank::mint(&mut state, &signer.address, &native(), U256::from(7)).unwrap();

    assert_eq!(link(&mut state, &signer), Ok(true));
    assert_eq!(sei_address(&state, &signer.address), Ok(signer.sei));
    assert_eq!(evm_address(&state, &signer.sei), Ok(signer.address));
    assert_eq!(bank::native_balance(&state, &signer.address), Ok(U256::from(12)));
    assert_eq!(bank::balance(&state, &signer.address, &atom), Ok(U256::from(6)));
    assert_eq!(bank::balances(&state, &signer.sei.cast()), Ok(Vec::new()));
    assert_eq!(nonce(&state, &signer.address), Ok(0), "linking takes no nonce");

    bank::mint(&mut state, &signer.sei.cast(), &native(), U256::from(1)).unwrap();
    assert_eq!(link(&mut state, &signer), Ok(false));
    assert_eq!(bank::native_balance(&state, &signer.address), Ok(U256::from(13)), "latecomers are swept");
}

#[test]
fn linking_keeps_the_nonce_and_a_nonce_keeps_the_link() {
    let mut state = Access::unrecorded(&Empty);
    let signer = user(0);
    set_account(&mut state, &signer.address, &Account { nonce: 41, public_key: None });
    assert_eq!(begin_tx(&mut state, &signer, 41), Ok(true));
    let expected = Account { nonce: 42, public_key: Some(signer.public_key) };
    assert_eq!(account(&state, &signer.address), Ok(Some(expected)));
    assert_eq!(begin_tx(&mut state, &signer, 42), Ok(true));
    assert_eq!(account(&state, &signer.address), Ok(Some(Account { nonce: 43, ..expected })));
}

#[test]
fn a_nonce_that_does_not_come_next_changes_nothing() {
    let mut genesis = Access::unrecorded(&Empty);
    set_account(&mut genesis, &user(0).address, &Account { nonce: 5, public_key: None });
    for nonce in [0, 4, 6, u64::MAX] {
        let mut state = Access::unrecorded(&genesis);
        assert_eq!(begin_tx(&mut state, &user(0), nonce), Ok(false), "{nonce}");
        assert!(state.finish().1.is_empty());
    }
}

#[test]
fn users_do_not_get_into_each_others_way() {
    let mut state = Access::unrecorded(&Empty);
    for (n, nonce) in [(0, 0), (1, 0), (1, 1)] {
        assert_eq!(begin_tx(&mut state, &user(n), nonce), Ok(true));
    }
    assert_eq!((nonce(&state, &user(0).address), nonce(&state, &user(1).address)), (Ok(1), Ok(2)));
    assert_eq!(linked(&state, &user(0).sei), Ok(Some(user(0).address)));
}

#[test]
fn a_linked_sender_costs_one_read_and_one_write() {
    let mut genesis = Access::unrecorded(&Empty);
    begin_tx(&mut genesis, &user(0), 0).unwrap();
    let mut state = Access::new(&genesis);
    begin_tx(&mut state, &user(0), 1).unwrap();
    let (reads, writes) = state.finish();
    let record = keys::account(&user(0).address);
    assert_eq!((reads.points.into_iter().collect::<Vec<_>>(), reads.ranges), (vec![record.clone()], vec![]));
    assert_eq!(writes.iter().map(|(key, _)| key.clone()).collect::<Vec<_>>(), [record]);
}

#[test]
fn damage_is_found() {
    let mut state = Access::unrecorded(&Empty);
    state.put(keys::link(&user(0).sei), vec![1, 2, 3].into());
    assert!(matches!(linked(&state, &user(0).sei), Err(StateError::Damaged(..))));
    state.put(keys::account(&user(0).address), vec![1].into());
    assert!(matches!(begin_tx(&mut state, &user(0), 0), Err(StateError::Damaged(..))));
    assert!(state.get(&keys::account(&user(0).address)).unwrap().is_some());
}
