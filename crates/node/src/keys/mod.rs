//! Account keys: from words to keys, to both addresses, and to encrypted files.

mod account;
mod keystore;
mod password;
mod ring;
mod words;

pub use account::Account;
pub use password::password;
pub use ring::{Listed, Ring};
pub use words::{DEVNET_WORDS, PATH, Words};
