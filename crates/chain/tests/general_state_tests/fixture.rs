//! The fixture format of ethereum/tests: one file, many tests; one test, many forks; one fork, many transactions.

use std::collections::BTreeMap;
use std::sync::Arc;

use alloy_primitives::{Address, B256, Bytes, U256};
use seiza_types::Fork;
use serde::Deserialize;

/// One transaction of one test under one fork.
pub struct Case {
    /// Test, fork and index.
    pub name: String,
    /// Rules; `None` where the fork is not known here.
    pub fork: Option<Fork>,
    /// Accounts before, and the block.
    pub test: Arc<Test>,
    /// The transaction and what must come of it.
    pub post: Post,
}

/// What the transactions of a test share.
#[derive(Deserialize)]
pub struct Test {
    /// The block.
    pub env: Env,
    /// Accounts before.
    pub pre: BTreeMap<Address, Account>,
    post: BTreeMap<String, Vec<Post>>,
}

/// The block that a transaction runs in.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Env {
    pub current_coinbase: Address,
    pub current_difficulty: U256,
    pub current_gas_limit: U256,
    pub current_number: U256,
    pub current_timestamp: U256,
    #[serde(default)]
    pub current_base_fee: U256,
    pub current_random: Option<U256>,
    pub current_excess_blob_gas: Option<U256>,
}

/// An account before the transaction.
#[derive(Deserialize)]
pub struct Account {
    pub balance: U256,
    pub code: Bytes,
    pub nonce: U256,
    pub storage: BTreeMap<U256, U256>,
}

/// A signed transaction, and the state root and logs hash that must come of it.
#[derive(Deserialize, Clone)]
pub struct Post {
    pub hash: B256,
    pub logs: B256,
    pub txbytes: Bytes,
    #[serde(rename = "expectException")]
    pub expect_exception: Option<String>,
}

/// All cases of a file.
pub fn cases(file: &[u8]) -> Vec<Case> {
    let tests: BTreeMap<String, Test> = serde_json::from_slice(file).expect("a fixture is JSON of the known shape");
    tests.into_iter().flat_map(|(name, test)| cases_of(&name, test)).collect()
}

fn cases_of(name: &str, mut test: Test) -> Vec<Case> {
    let post = std::mem::take(&mut test.post);
    let test = Arc::new(test);
    let case = |(fork, posts): (String, Vec<Post>)| {
        let (name, test) = (name.to_owned(), test.clone());
        posts.into_iter().enumerate().map(move |(index, post)| Case {
            name: format!("{name}/{fork}/{index}"),
            fork: parse_fork(&fork),
            test: test.clone(),
            post,
        })
    };
    post.into_iter().flat_map(case).collect()
}

fn parse_fork(name: &str) -> Option<Fork> {
    Some(match name {
        "Frontier" => Fork::Frontier,
        "Homestead" => Fork::Homestead,
        "EIP150" => Fork::TangerineWhistle,
        "EIP158" => Fork::SpuriousDragon,
        "Byzantium" => Fork::Byzantium,
        "Constantinople" => Fork::Constantinople,
        "ConstantinopleFix" => Fork::Petersburg,
        "Istanbul" => Fork::Istanbul,
        "Berlin" => Fork::Berlin,
        "London" => Fork::London,
        "Paris" => Fork::Paris,
        "Shanghai" => Fork::Shanghai,
        "Cancun" => Fork::Cancun,
        "Prague" => Fork::Prague,
        _ => return None,
    })
}
