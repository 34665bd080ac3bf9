//! What is founded is read again; what contradicts or is cut in half is refused.

use super::*;
use crate::settings::{Count, GasPrice};

fn founded(flags: &ChainFlags) -> (tempfile::TempDir, Home) {
    let folder = tempfile::tempdir().unwrap();
    let home = Home::at(folder.path().join("home"));
    Founding::of(flags, 10, None).unwrap().write(&home).unwrap();
    (folder, home)
}

#[test]
fn what_is_founded_is_read_again() {
    let flags = ChainFlags { chain_id: Some(Count(5)), base_fee: Some(GasPrice(7)), ..ChainFlags::default() };
    let (_folder, home) = founded(&flags);
    let genesis = read_genesis(&home).unwrap();
    assert_eq!((genesis.evm_chain_id, genesis.chain_id.as_str()), (5, "seiza-5"));
    assert_eq!((genesis.fees.base_fee, genesis.fees.base_fee_min), (7, 7));
    assert_eq!(genesis.bank.balances.len(), 10);
    assert_eq!(read_key(&home).unwrap().public_key(), genesis.validators[0].public_key);
    assert_eq!(read_founders(&home).unwrap().unwrap().accounts, 10);
}

#[test]
fn flags_that_contradict_the_home_are_refused() {
    let (_folder, home) = founded(&ChainFlags::default());
    let (genesis, founders) = (read_genesis(&home).unwrap(), read_founders(&home).unwrap());
    let check = |flags: ChainFlags| check_same(&flags, &genesis, founders.as_ref()).map_err(|f| f.to_string());
    let mnemonic = |words: &str| ChainFlags { mnemonic: Some(words.into()), ..ChainFlags::default() };
    let other = "abandon abandon abandon abandon abandon abandon abandon abandon abandon abandon abandon about";
    assert_eq!(check(ChainFlags::default()), Ok(()));
    assert_eq!(check(mnemonic(DEVNET_WORDS)), Ok(()));
    assert_eq!(check(ChainFlags { chain_id: Some(Count(713_714)), ..ChainFlags::default() }), Ok(()));
    let refused = [
        (ChainFlags { chain_id: Some(Count(1)), ..ChainFlags::default() }, "713714, not --chain-id 1"),
        (ChainFlags { accounts: Some(Count(1)), ..ChainFlags::default() }, "10, not --accounts 1"),
        (mnemonic(other), "its own words, not --mnemonic other words"),
    ];
    for (flags, expected) in refused {
        assert!(check(flags).unwrap_err().contains(expected), "{expected}");
    }
}

#[test]
fn balances_are_read_in_both_forms_of_address_and_wrong_ones_are_named() {
    let (_folder, home) = founded(&ChainFlags::default());
    let good = std::fs::read_to_string(home.genesis()).unwrap();
    let genesis = read_genesis(&home).unwrap();
    let third = &genesis.bank.balances[2].address;
    let (written, sei) = (serde_json::to_string(third).unwrap(), seiza_types::SeiAddress::cast_from(*third));
    let read = |text: String| {
        std::fs::write(home.genesis(), text).unwrap();
        read_genesis(&home).map_err(|failure| failure.to_string())
    };
    assert_eq!(read(good.replace(&written, &format!("\"{sei}\""))).unwrap(), genesis);
    let amount = serde_json::to_string(&genesis.bank.balances[0].amount).unwrap();
    let huge = format!("\"{}\"", U256::MAX);
    let table = [
        (&*written, "\"0x12\"", "bank.balances[2]: address \"0x12\": "),
        (&*written, "\"sei1x\"", "bank.balances[2]: address \"sei1x\": "),
        ("\"usei\"", "\"u\"", "bank.balances[0] (0xf39Fd6e51aad88F6F4ce6aB8827279cffFb92266): denom \"u\": "),
        (&*amount, "\"1 SEI\"", "bank.balances[0]: amount: "),
        (&*amount, &*huge, "bank.balances[1] (0x70997970C51812dc3A010C7d01b50e0d17dc79C8): usei: "),
    ];
    for (from, to, expected) in table {
        assert!(good.contains(from), "{from}");
        let failure = read(good.replace(from, to)).unwrap_err();
        assert!(failure.contains(expected) && failure.contains("genesis.json: "), "{expected} is not in {failure}");
    }
}

#[test]
fn half_written_files_are_named() {
    let (_folder, home) = founded(&ChainFlags::default());
    for path in [home.validator_key(), home.genesis(), home.devnet()] {
        let text = std::fs::read_to_string(&path).unwrap();
        std::fs::write(&path, &text[..text.len() / 2]).unwrap();
    }
    let failures = [
        read_key(&home).err().map(|f| f.to_string()).unwrap(),
        read_genesis(&home).unwrap_err().to_string(),
        read_founders(&home).unwrap_err().to_string(),
    ];
    for (failure, name) in
        failures.iter().zip(["validator_key.json: damaged", "genesis.json: genesis:", "devnet.json:"])
    {
        assert!(failure.contains(name), "{failure}");
    }
}
