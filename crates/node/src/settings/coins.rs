//! Lists of coins as they are typed: `1000000uusdc,5uatom`, each an amount of the denom's own units.

use std::fmt;
use std::str::FromStr;

use seiza_types::{Coin, U256};

/// Coins in one list.
const COINS_MAX: usize = 16;

/// Coins beside the native one, each denom once.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct CoinList(pub Vec<Coin>);

impl FromStr for CoinList {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let coins: Vec<Coin> = text.split(',').filter(|part| !part.is_empty()).map(coin).collect::<Result<_, _>>()?;
        if coins.len() > COINS_MAX {
            return Err(format!("{} coins: at most {COINS_MAX}", coins.len()));
        }
        match coins
            .iter()
            .enumerate()
            .find(|(place, coin)| coins[..*place].iter().any(|other| other.denom == coin.denom))
        {
            Some((_, coin)) => Err(format!("{} is there twice", coin.denom)),
            None => Ok(Self(coins)),
        }
    }
}

fn coin(text: &str) -> Result<Coin, String> {
    let text = text.trim();
    let end = text.find(|c: char| !c.is_ascii_digit()).unwrap_or(text.len());
    let (amount, denom) = text.split_at(end);
    let coin = Coin::parse(denom, amount).map_err(|error| format!("{error}; a coin is such as 1000000uusdc"))?;
    match coin {
        coin if coin.denom.is_native() => Err("usei is given by --balance".into()),
        coin if coin.amount > U256::from(u128::MAX) => Err(format!("{coin} is above 2^128")),
        coin => Ok(coin),
    }
}

impl fmt::Display for CoinList {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let coins: Vec<String> = self.0.iter().map(ToString::to_string).collect();
        f.write_str(&coins.join(","))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lists_are_read_and_shown() {
        for text in ["", "5uusdc", "1000000000000uusdc,7factory/sei1x/coin"] {
            assert_eq!(text.parse::<CoinList>().unwrap().to_string(), text);
        }
        let table = [
            ("uusdc", "\"\" is no amount"),
            ("5", "\"\" is no denom"),
            ("5uusdc,6uusdc", "uusdc is there twice"),
            ("5usei", "usei is given by --balance"),
            ("400000000000000000000000000000000000000uusdc", "is above 2^128"),
        ];
        for (text, error) in table {
            let found = text.parse::<CoinList>().unwrap_err();
            assert!(found.contains(error), "{text}: {found}");
        }
    }
}
