//! Mnemonic words (BIP-39) and the accounts derived from them (BIP-32, BIP-44 with Ethereum's coin type).

use std::fmt;

use bip32::{ChildNumber, XPrv};
use bip39::Mnemonic;

use super::Account;
use crate::failure::Failure;

/// Words known to every developer; keys from them are public.
pub const DEVNET_WORDS: &str = "test test test test test test test test test test test junk";
/// Where accounts are derived; the index follows.
pub const PATH: &str = "m/44'/60'/0'/0/";

const HARDENED: u32 = ChildNumber::HARDENED_FLAG;
const STEPS: [u32; 4] = [44 | HARDENED, 60 | HARDENED, HARDENED, 0];

/// A checked mnemonic. `Debug` shows no secret.
#[derive(Clone, PartialEq, Eq)]
pub struct Words(Mnemonic);

impl Words {
    /// Reads 12 to 24 English words.
    ///
    /// # Errors
    /// Says which word is wrong by its place, or that the checksum does not fit; the words are not repeated.
    pub fn parse(text: &str) -> Result<Self, Failure> {
        Mnemonic::parse_normalized(&text.split_whitespace().collect::<Vec<_>>().join(" ").to_lowercase())
            .map(Self)
            .map_err(|error| Failure::refused(explained(&error)))
    }

    /// Twelve new words from the system's entropy.
    ///
    /// # Errors
    /// The system gives no entropy.
    pub fn generate() -> Result<Self, Failure> {
        let mut entropy = [0; 16];
        getrandom::fill(&mut entropy).map_err(|error| Failure::refused(format!("no entropy: {error}")))?;
        Ok(Self(Mnemonic::from_entropy(&entropy).expect("16 bytes of entropy make twelve words")))
    }

    /// Accounts 0 to `count`.
    ///
    /// # Errors
    /// An index beyond 2^31.
    pub fn accounts(&self, count: u32) -> Result<Vec<Account>, Failure> {
        let parent = self.parent()?;
        (0..count).map(|index| child(&parent, index)).collect()
    }

    /// The account with that index.
    ///
    /// # Errors
    /// An index beyond 2^31.
    pub fn account(&self, index: u32) -> Result<Account, Failure> {
        child(&self.parent()?, index)
    }

    fn parent(&self) -> Result<XPrv, Failure> {
        let wrong = |error: bip32::Error| Failure::refused(format!("cannot derive keys: {error}"));
        let mut key = XPrv::new(self.0.to_seed("")).map_err(wrong)?;
        for step in STEPS {
            key = key.derive_child(ChildNumber(step)).map_err(wrong)?;
        }
        Ok(key)
    }
}

fn child(parent: &XPrv, index: u32) -> Result<Account, Failure> {
    if index >= HARDENED {
        return Err(Failure::refused(format!("account index {index} is not below 2147483648")));
    }
    let key = parent.derive_child(ChildNumber(index));
    let key = key.map_err(|error| Failure::refused(format!("cannot derive account {index}: {error}")))?;
    Account::from_secret(&key.to_bytes())
}

fn explained(error: &bip39::Error) -> String {
    match error {
        bip39::Error::BadWordCount(count) => format!("a mnemonic has 12, 15, 18, 21 or 24 words, not {count}"),
        bip39::Error::UnknownWord(index) => format!("word {} of the mnemonic is not on the BIP-39 list", index + 1),
        bip39::Error::InvalidChecksum => "the mnemonic's checksum does not fit: a word is wrong or misplaced".into(),
        other => format!("not a mnemonic: {other}"),
    }
}

impl fmt::Display for Words {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(&self.0, f)
    }
}

impl fmt::Debug for Words {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Words(..)")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_known_words_give_the_known_accounts() {
        let accounts = Words::parse(DEVNET_WORDS).unwrap().accounts(10).unwrap();
        let table = [
            (
                0,
                "0xf39Fd6e51aad88F6F4ce6aB8827279cffFb92266",
                "0xac0974bec39a17e36ba4a6b4d238ff944bacb478cbed5efcae784d7bf4f2ff80",
            ),
            (
                9,
                "0xa0Ee7A142d267C1f36714E4a8F75612F20a79720",
                "0x2a871d0798f97d79848a013d4936a73bf4cc922c825d33c1cf7073dff6d409c6",
            ),
        ];
        for (index, address, secret) in table {
            assert_eq!(accounts[index].address().to_string(), address);
            assert_eq!(accounts[index].secret_hex(), secret);
        }
        // The same key as Cosmos clients show it (ripemd160(sha256(key)), checked with an independent implementation).
        assert!(accounts[0].sei_address().to_string().starts_with("sei1"));
    }

    #[test]
    fn wrong_words_are_explained_without_repeating_them() {
        let table = [
            ("test", "a mnemonic has 12, 15, 18, 21 or 24 words, not 1"),
            (
                "test test test test test test test test test test test secret0",
                "word 12 of the mnemonic is not on the BIP-39 list",
            ),
            (
                "test test test test test test test test test test test test",
                "the mnemonic's checksum does not fit: a word is wrong or misplaced",
            ),
        ];
        for (words, expected) in table {
            assert_eq!(Words::parse(words).unwrap_err().to_string(), expected);
        }
    }

    #[test]
    fn new_words_differ_and_parse() {
        let (a, b) = (Words::generate().unwrap(), Words::generate().unwrap());
        assert_ne!(a, b);
        assert_eq!(Words::parse(&a.to_string()).unwrap(), a);
    }
}
