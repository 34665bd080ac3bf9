//! The key ring: a folder of keystore files, one a key, named by the key.

use std::fs;
use std::path::{Path, PathBuf};

use alloy_primitives::Address;
use seiza_types::SeiAddress;
use serde::{Deserialize, Serialize};

use super::Account;
use super::keystore::Keystore;
use crate::failure::Failure;
use crate::home::write_secret;

/// Characters of a key's name.
const NAME_MAX: usize = 64;

/// A folder of keys.
pub struct Ring {
    folder: PathBuf,
}

/// One file: a keystore and, in the clear, the Cosmos address that a keystore has no field for.
#[derive(Serialize, Deserialize)]
struct Stored {
    #[serde(flatten)]
    keystore: Keystore,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    sei_address: Option<String>,
}

/// What is known of a key without its password.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Listed {
    /// Its name.
    pub name: String,
    /// The Ethereum form.
    pub address: Address,
    /// The Cosmos form.
    pub sei_address: String,
}

impl Ring {
    /// The ring in a node's folder.
    pub fn of(home: &Path) -> Self {
        Self { folder: home.join("keys") }
    }

    /// Encrypts and keeps a key.
    ///
    /// # Errors
    /// Bad name, name taken, folder not writable.
    pub fn add(&self, name: &str, account: &Account, password: &str) -> Result<Listed, Failure> {
        let path = self.path(name)?;
        if path.exists() {
            return Err(Failure::refused(format!(
                "key {name} exists in {}: choose another name",
                self.folder.display()
            )));
        }
        let keystore = Keystore::encrypt(account, password)?;
        self.write(&path, &Stored { keystore, sei_address: Some(account.sei_address().to_string()) })?;
        Ok(listed(name, account))
    }

    fn write(&self, path: &Path, stored: &Stored) -> Result<(), Failure> {
        let text = serde_json::to_string_pretty(stored).expect("texts and numbers are JSON");
        fs::create_dir_all(&self.folder).map_err(|error| Failure::io("make", &self.folder, &error))?;
        write_secret(path, text.as_bytes())
    }

    /// Every key, by name.
    ///
    /// # Errors
    /// Folder unreadable, a file damaged.
    pub fn list(&self) -> Result<Vec<Listed>, Failure> {
        if !self.folder.exists() {
            return Ok(Vec::new());
        }
        let entries = fs::read_dir(&self.folder).map_err(|error| Failure::io("read", &self.folder, &error))?;
        let mut names: Vec<String> = entries.flatten().filter_map(|entry| name_of(&entry.path())).collect();
        names.sort();
        names.iter().map(|name| self.show(name)).collect()
    }

    /// One key's addresses.
    ///
    /// # Errors
    /// No such key, file damaged.
    pub fn show(&self, name: &str) -> Result<Listed, Failure> {
        let stored = self.read(name)?;
        let damaged =
            || Failure::refused(format!("{}: addresses are missing or damaged", self.folder.join(name).display()));
        let address = stored.keystore.address.parse().map_err(|_| damaged())?;
        let sei_address = stored.sei_address.ok_or_else(damaged)?;
        sei_address.parse::<SeiAddress>().map_err(|_| damaged())?;
        Ok(Listed { name: name.to_owned(), address, sei_address })
    }

    /// Decrypts a key.
    ///
    /// # Errors
    /// No such key, file damaged, wrong password.
    pub fn open(&self, name: &str, password: &str) -> Result<Account, Failure> {
        self.read(name)?.keystore.decrypt(password)
    }

    /// Removes a key.
    ///
    /// # Errors
    /// No such key, folder not writable.
    pub fn delete(&self, name: &str) -> Result<(), Failure> {
        self.read(name)?;
        let path = self.path(name)?;
        fs::remove_file(&path).map_err(|error| Failure::io("remove", &path, &error))
    }

    /// Reads another program's keystore file.
    ///
    /// # Errors
    /// Unreadable, damaged, wrong password.
    pub fn foreign(path: &Path, password: &str) -> Result<Account, Failure> {
        let keystore: Keystore = read_json(path)?;
        keystore.decrypt(password)
    }

    fn read(&self, name: &str) -> Result<Stored, Failure> {
        let path = self.path(name)?;
        if !path.exists() {
            let folder = self.folder.display();
            return Err(Failure::refused(format!("no key {name} in {folder}: `seiza keys list` shows what is there")));
        }
        read_json(&path)
    }

    fn path(&self, name: &str) -> Result<PathBuf, Failure> {
        let plain = |c: char| c.is_ascii_alphanumeric() || c == '-' || c == '_';
        if name.is_empty() || name.len() > NAME_MAX || !name.chars().all(plain) {
            return Err(Failure::refused(format!("{name:?} is no key name: 1 to {NAME_MAX} letters, digits, - or _")));
        }
        Ok(self.folder.join(format!("{name}.json")))
    }
}

fn listed(name: &str, account: &Account) -> Listed {
    Listed { name: name.to_owned(), address: account.address(), sei_address: account.sei_address().to_string() }
}

fn name_of(path: &Path) -> Option<String> {
    let json = path.extension().is_some_and(|extension| extension == "json");
    if json { path.file_stem()?.to_str().map(str::to_owned) } else { None }
}

fn read_json<T: serde::de::DeserializeOwned>(path: &Path) -> Result<T, Failure> {
    let text = fs::read_to_string(path).map_err(|error| Failure::io("read", path, &error))?;
    serde_json::from_str(&text)
        .map_err(|error| Failure::refused(format!("{}: damaged keystore: {error}", path.display())))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_keys_life() {
        let home = tempfile::tempdir().unwrap();
        let ring = Ring::of(home.path());
        assert_eq!(ring.list().unwrap(), []);
        let account = Account::from_secret(&[7; 32]).unwrap();
        let added = ring.add("alice", &account, "p").unwrap();
        assert!(ring.add("alice", &account, "p").unwrap_err().to_string().contains("exists"));
        assert_eq!(ring.list().unwrap(), [added]);
        assert_eq!(ring.open("alice", "p").unwrap(), account);
        ring.delete("alice").unwrap();
        assert!(ring.open("alice", "p").unwrap_err().to_string().contains("no key alice"));
    }

    #[test]
    fn names_cannot_leave_the_folder() {
        let ring = Ring::of(Path::new("/nowhere"));
        for name in ["", "../x", "a/b", "a.b", &"a".repeat(65)] {
            assert!(ring.open(name, "p").unwrap_err().to_string().contains("is no key name"), "{name}");
        }
    }

    #[test]
    fn half_a_file_is_named() {
        let home = tempfile::tempdir().unwrap();
        fs::create_dir(home.path().join("keys")).unwrap();
        fs::write(home.path().join("keys/bob.json"), "{\"address\":").unwrap();
        let failure = Ring::of(home.path()).list().unwrap_err().to_string();
        assert!(failure.contains("bob.json: damaged keystore"), "{failure}");
    }
}
