//! `seiza keys`: accounts, their two addresses, and their encrypted files.

use std::fs;
use std::io::{BufRead as _, IsTerminal as _, Read as _, Write as _};
use std::path::Path;

use serde::Serialize;

use super::{node_keys as node, print_json};
use crate::args::{KeyAction, PasswordArgs, RingArgs};
use crate::failure::Failure;
use crate::keys::{Account, Listed, PATH, Ring, Words, password};

/// Runs one key action.
///
/// # Errors
/// Why it was refused.
pub fn run(action: KeyAction) -> Result<(), Failure> {
    match action {
        KeyAction::Add { name, recover, index, ring, password } => add(&name, recover, index, &ring, &password),
        KeyAction::List { ring, json } => show_all(&Ring::of(&ring.home).list()?, json),
        KeyAction::Show { name, ring, json } => show(&Ring::of(&ring.home).show(&name)?, json),
        KeyAction::Import { name, private_key_file, keystore, ring, password } => {
            import(&name, private_key_file.as_deref(), keystore.as_deref(), &ring, &password)
        }
        KeyAction::Export { name, ring, password } => export(&name, &ring, &password),
        KeyAction::Delete { name, yes, ring } => delete(&name, yes, &ring),
        KeyAction::Node { home, json } => node::run(&home, json),
        KeyAction::Derive { mnemonic, count, private, json } => derive(&mnemonic, count, private, json),
    }
}

fn add(name: &str, recover: bool, index: u32, ring: &RingArgs, source: &PasswordArgs) -> Result<(), Failure> {
    let words = if recover { Words::parse(&typed("Words: ")?)? } else { Words::generate()? };
    let password = password(source.password_file.as_deref(), true)?;
    show(&Ring::of(&ring.home).add(name, &words.account(index)?, &password)?, false)?;
    if !recover {
        println!("\nWords (write them down; they restore the key, and whoever has them owns it):\n{words}");
    }
    Ok(())
}

fn import(
    name: &str,
    hex: Option<&Path>,
    keystore: Option<&Path>,
    ring: &RingArgs,
    source: &PasswordArgs,
) -> Result<(), Failure> {
    let password = password(source.password_file.as_deref(), keystore.is_none())?;
    let account = match (hex, keystore) {
        (_, Some(path)) => Ring::foreign(path, &password)?,
        (Some(path), None) => Account::from_hex(&contents(path)?)?,
        (None, None) => return Err(Failure::usage("name a --private-key-file or a --keystore")),
    };
    show(&Ring::of(&ring.home).add(name, &account, &password)?, false)
}

fn export(name: &str, ring: &RingArgs, source: &PasswordArgs) -> Result<(), Failure> {
    let password = password(source.password_file.as_deref(), false)?;
    println!("{}", Ring::of(&ring.home).open(name, &password)?.secret_hex());
    Ok(())
}

fn delete(name: &str, yes: bool, ring: &RingArgs) -> Result<(), Failure> {
    let ring = Ring::of(&ring.home);
    let key = ring.show(name)?;
    if !yes && typed(&format!("Delete {} ({})? Type its name: ", key.name, key.address))? != name {
        return Err(Failure::refused("nothing was deleted: type the name, or pass --yes"));
    }
    ring.delete(name)?;
    println!("deleted {name}");
    Ok(())
}

/// A derived account, as JSON.
#[derive(Serialize)]
struct Derived {
    path: String,
    address: String,
    sei_address: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    private_key: Option<String>,
}

fn derive(mnemonic: &str, count: u32, private: bool, json: bool) -> Result<(), Failure> {
    let accounts = Words::parse(mnemonic)?.accounts(count)?;
    let derived: Vec<Derived> = accounts.iter().enumerate().map(|(i, account)| derived(i, account, private)).collect();
    if json {
        print_json(&derived);
        return Ok(());
    }
    derived.iter().for_each(print_derived);
    Ok(())
}

fn print_derived(account: &Derived) {
    println!("{}  {}  {}", account.path, account.address, account.sei_address);
    if let Some(key) = &account.private_key {
        println!("    {key}");
    }
}

fn derived(index: usize, account: &Account, private: bool) -> Derived {
    Derived {
        path: format!("{PATH}{index}"),
        address: account.address().to_string(),
        sei_address: account.sei_address().to_string(),
        private_key: private.then(|| account.secret_hex()),
    }
}

fn show(key: &Listed, json: bool) -> Result<(), Failure> {
    if json {
        print_json(key);
    } else {
        println!("{}\n  0x   {}\n  sei  {}", key.name, key.address, key.sei_address);
    }
    Ok(())
}

fn show_all(keys: &[Listed], json: bool) -> Result<(), Failure> {
    if json {
        print_json(&keys);
        return Ok(());
    }
    if keys.is_empty() {
        println!("no keys yet: seiza keys add NAME --home DIR");
    }
    keys.iter().try_for_each(|key| show(key, false))
}

/// One line from standard input, asked for if somebody is there to be asked.
fn typed(question: &str) -> Result<String, Failure> {
    let failed = |error: std::io::Error| Failure::refused(format!("cannot read standard input: {error}"));
    if std::io::stdin().is_terminal() {
        print!("{question}");
        std::io::stdout().flush().map_err(failed)?;
    }
    let mut line = String::new();
    std::io::stdin().lock().read_line(&mut line).map_err(failed)?;
    Ok(line.trim().to_owned())
}

fn contents(path: &Path) -> Result<String, Failure> {
    let mut text = String::new();
    let result = if path == Path::new("-") {
        std::io::stdin().read_to_string(&mut text).map(|_| text)
    } else {
        fs::read_to_string(path)
    };
    result.map_err(|error| Failure::io("read", path, &error))
}
