//! Ethereum keystore files, version 3 (Web3 Secret Storage): what geth, Foundry and ethers read and write.
//!
//! Writes scrypt with N = 2^13 as Foundry does, reads scrypt and PBKDF2 within bounds, so that a hostile file can ask
//! neither for all memory nor for hours.

use aes::Aes128;
use alloy_primitives::{B256, hex, keccak256};
use ctr::Ctr128BE;
use ctr::cipher::{KeyIvInit as _, StreamCipher as _};
use serde::{Deserialize, Serialize};

use super::Account;
use crate::failure::Failure;

const SCRYPT_LOG_N: u8 = 13;
const SCRYPT_LOG_N_MAX: u8 = 20;
const PBKDF2_ROUNDS_MAX: u32 = 10_000_000;

/// The file.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Keystore {
    /// Lowercase hex without `0x`, as geth writes it.
    #[serde(default)]
    pub address: String,
    #[serde(alias = "Crypto")]
    crypto: Crypto,
    id: String,
    version: u32,
}

#[derive(Debug, Clone, Serialize, Deserialize)]
struct Crypto {
    cipher: String,
    cipherparams: CipherParams,
    ciphertext: String,
    kdf: String,
    kdfparams: KdfParams,
    mac: String,
}

#[derive(Debug, Clone, Serialize, Deserialize)]
struct CipherParams {
    iv: String,
}

#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(untagged)]
enum KdfParams {
    Scrypt { dklen: u32, n: u32, p: u32, r: u32, salt: String },
    Pbkdf2 { c: u32, dklen: u32, prf: String, salt: String },
}

impl Keystore {
    /// Encrypts an account's key.
    ///
    /// # Errors
    /// The system gives no entropy.
    pub fn encrypt(account: &Account, password: &str) -> Result<Self, Failure> {
        let (mut salt, mut iv, mut id) = ([0; 32], [0; 16], [0; 16]);
        for part in [&mut salt[..], &mut iv, &mut id] {
            getrandom::fill(part).map_err(|error| Failure::refused(format!("no entropy: {error}")))?;
        }
        let kdfparams = KdfParams::Scrypt { dklen: 32, n: 1 << SCRYPT_LOG_N, p: 1, r: 8, salt: hex::encode(salt) };
        let key = kdfparams.key(password)?;
        let mut ciphertext = account.secret();
        Ctr128BE::<Aes128>::new(key[..16].into(), &iv.into()).apply_keystream(&mut ciphertext);
        Ok(Self {
            address: hex::encode(account.address()),
            crypto: Crypto {
                cipher: "aes-128-ctr".into(),
                cipherparams: CipherParams { iv: hex::encode(iv) },
                ciphertext: hex::encode(ciphertext),
                kdf: "scrypt".into(),
                kdfparams,
                mac: hex::encode(mac(&key, &ciphertext)),
            },
            id: uuid(id),
            version: 3,
        })
    }

    /// Decrypts the key.
    ///
    /// # Errors
    /// Wrong password, or a file that is damaged or of another kind.
    pub fn decrypt(&self, password: &str) -> Result<Account, Failure> {
        self.check_kind()?;
        let crypto = &self.crypto;
        let key = crypto.kdfparams.key(password)?;
        let mut secret: [u8; 32] = bytes(&crypto.ciphertext, "ciphertext")?;
        if mac(&key, &secret).as_slice() != bytes::<32>(&crypto.mac, "mac")? {
            return Err(Failure::refused("the password does not open this key"));
        }
        let iv: [u8; 16] = bytes(&crypto.cipherparams.iv, "iv")?;
        Ctr128BE::<Aes128>::new(key[..16].into(), &iv.into()).apply_keystream(&mut secret);
        Account::from_secret(&secret)
    }

    fn check_kind(&self) -> Result<(), Failure> {
        let (version, cipher) = (self.version, &self.crypto.cipher);
        if version != 3 || cipher != "aes-128-ctr" {
            return Err(Failure::refused(format!("keystore version {version} with {cipher} is not supported")));
        }
        Ok(())
    }
}

impl KdfParams {
    fn key(&self, password: &str) -> Result<[u8; 32], Failure> {
        let mut key = [0; 32];
        let unfit = |what: &str| Failure::refused(format!("keystore's {what} is out of bounds"));
        match self {
            Self::Scrypt { dklen, n, p, r, salt } => {
                let log_n = u8::try_from(n.trailing_zeros()).unwrap_or(u8::MAX);
                let bounded = n.is_power_of_two() && (1..=SCRYPT_LOG_N_MAX).contains(&log_n);
                if !bounded || *dklen != 32 || !(1..=16).contains(r) || !(1..=16).contains(p) {
                    return Err(unfit("scrypt cost"));
                }
                let params = scrypt::Params::new(log_n, *r, *p, 32).map_err(|_| unfit("scrypt cost"))?;
                let salt = hex::decode(salt).map_err(|_| unfit("salt"))?;
                scrypt::scrypt(password.as_bytes(), &salt, &params, &mut key).map_err(|_| unfit("scrypt cost"))?;
            }
            Self::Pbkdf2 { c, dklen, prf, salt } => {
                if *dklen != 32 || prf != "hmac-sha256" || !(1..=PBKDF2_ROUNDS_MAX).contains(c) {
                    return Err(unfit("PBKDF2 cost"));
                }
                let salt = hex::decode(salt).map_err(|_| unfit("salt"))?;
                pbkdf2::pbkdf2_hmac::<sha2::Sha256>(password.as_bytes(), &salt, *c, &mut key);
            }
        }
        Ok(key)
    }
}

fn mac(key: &[u8; 32], ciphertext: &[u8]) -> B256 {
    keccak256([&key[16..], ciphertext].concat())
}

fn bytes<const N: usize>(text: &str, what: &str) -> Result<[u8; N], Failure> {
    let bytes = hex::decode(text).ok().and_then(|bytes| bytes.try_into().ok());
    bytes.ok_or_else(|| Failure::refused(format!("keystore is damaged: {what} is not {N} bytes of hex")))
}

/// A random (version 4) UUID.
fn uuid(mut bytes: [u8; 16]) -> String {
    bytes[6] = (bytes[6] & 0x0f) | 0x40;
    bytes[8] = (bytes[8] & 0x3f) | 0x80;
    let text = hex::encode(bytes);
    [&text[..8], &text[8..12], &text[12..16], &text[16..20], &text[20..]].join("-")
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A PBKDF2 file from the Web3 Secret Storage Definition's tests, and a scrypt file written by Foundry's `cast`.
    const VECTORS: [&str; 2] = [
        r#"{"crypto":{"cipher":"aes-128-ctr","cipherparams":{"iv":"6087dab2f9fdbbfaddc31a909735c1e6"},"ciphertext":"5318b4d5bcd28de64ee5559e671353e16f075ecae9f99c7a79a38af5f869aa46","kdf":"pbkdf2","kdfparams":{"c":262144,"dklen":32,"prf":"hmac-sha256","salt":"ae3cd4e7013836a3df6bd7241b12db061dbe2c6785853cce422d148a624ce0bd"},"mac":"517ead924a9d0dc3124507e3393d175ce3ff7c1e96529c6c555ce9e51205e9b2"},"id":"3198bc9c-6672-5ab3-d995-4942343ae5b6","version":3}"#,
        r#"{"crypto":{"cipher":"aes-128-ctr","cipherparams":{"iv":"d7e8db63e88d8144426b3aa1dbe5a478"},"ciphertext":"93ee650c84af5d54184f861be90bd8f23eb4ffe68f89b6f87394f994e73f81d9","kdf":"scrypt","kdfparams":{"dklen":32,"n":8192,"p":1,"r":8,"salt":"3bcd2dbd3a653ab7a9930de0b4d6ae778128ade8498c630f106a1a05ff583a81"},"mac":"b4c21b4d3f8c35053dc5c1dcfe227e60a461ed57eadd7ffd951013db21a18ea7"},"id":"16b71c32-3e7c-4716-8b53-229046763971","version":3}"#,
    ];
    const VECTOR_KEY: &str = "0x7a28b5ba57c53603b0b07b56bba752f7784bf506fa95edc395f5cf6c7514fe9d";

    #[test]
    fn the_definitions_vectors_open() {
        for vector in VECTORS {
            let keystore: Keystore = serde_json::from_str(vector).unwrap();
            assert_eq!(keystore.decrypt("testpassword").unwrap().secret_hex(), VECTOR_KEY);
        }
    }

    #[test]
    fn what_is_written_is_read_again_with_the_password_only() {
        let account = Account::from_hex(VECTOR_KEY).unwrap();
        let keystore = Keystore::encrypt(&account, "p").unwrap();
        let keystore: Keystore = serde_json::from_str(&serde_json::to_string(&keystore).unwrap()).unwrap();
        assert_eq!(keystore.decrypt("p").unwrap(), account);
        assert_eq!(keystore.decrypt("q").unwrap_err().to_string(), "the password does not open this key");
    }

    #[test]
    fn hostile_files_are_refused_at_once() {
        let table = [
            ("\"n\":8192", "\"n\":1073741824"),
            ("\"n\":8192", "\"n\":0"),
            ("\"n\":8192", "\"n\":3"),
            ("\"r\":8", "\"r\":1000000"),
            ("\"dklen\":32", "\"dklen\":4"),
            ("d7e8db63e88d8144426b3aa1dbe5a478", "83"),
            ("\"version\":3", "\"version\":1"),
        ];
        for (from, to) in table {
            let keystore: Keystore = serde_json::from_str(&VECTORS[1].replace(from, to)).unwrap();
            assert!(keystore.decrypt("testpassword").is_err(), "{to}");
        }
    }
}
