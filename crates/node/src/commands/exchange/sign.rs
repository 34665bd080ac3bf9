//! Who signs, and a message signed as a Cosmos transaction.

use std::fs;

use seiza_types::exchange::ExchangeMsg;
use seiza_types::tx::Draft;

use crate::args::SignerArgs;
use crate::failure::Failure;
use crate::keys::{Account, DEVNET_WORDS, Ring, Words, password};

/// The account that the flags name.
///
/// # Errors
/// None named; no such key; wrong password.
pub fn signer(args: &SignerArgs) -> Result<Account, Failure> {
    match (args.dev, &args.private_key_file, &args.from) {
        (Some(index), ..) => Words::parse(DEVNET_WORDS)?.account(index),
        (None, Some(path), _) => {
            let text = fs::read_to_string(path).map_err(|error| Failure::io("read", path, &error))?;
            Account::from_hex(&text)
        }
        (None, None, Some(name)) => {
            let home =
                args.home.as_deref().ok_or_else(|| Failure::usage("--from needs --home DIR, whose keys it names"))?;
            Ring::of(home).open(name, &password(args.password_file.as_deref(), false)?)
        }
        (None, None, None) => {
            Err(Failure::usage("nobody to sign: name --dev N, --from NAME --home DIR, or --private-key-file FILE"))
        }
    }
}

/// What stands around a message.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Frame {
    /// The chain's Cosmos id.
    pub chain_id: String,
    /// The signer's next sequence.
    pub sequence: u64,
    /// Most gas it may use.
    pub gas: u64,
    /// What it pays in all.
    pub fee_usei: u128,
}

/// One message as a signed transaction, ready to be sent.
pub fn signed(account: &Account, message: &ExchangeMsg, frame: &Frame) -> Vec<u8> {
    let Frame { chain_id, sequence, gas, fee_usei } = frame;
    let messages = std::slice::from_ref(message);
    account.sign_draft(&Draft { chain_id, messages, sequence: *sequence, gas_limit: *gas, fee_usei: *fee_usei })
}

#[cfg(test)]
mod tests {
    use seiza_types::exchange::{CancelTarget, MarketId};
    use seiza_types::tx::Message;
    use seiza_types::{Rules, Tx};

    use super::*;

    #[test]
    fn what_is_signed_is_accepted() {
        let account = Words::parse(DEVNET_WORDS).unwrap().account(1).unwrap();
        let (sender, market) = (account.sei_address(), MarketId(1));
        let message = ExchangeMsg::CancelOrders { sender, market, targets: vec![CancelTarget::AllOf(market)] };
        let frame = Frame { chain_id: "seiza-1".into(), sequence: 3, gas: 100_000, fee_usei: 200 };
        let raw = signed(&account, &message, &frame);
        let rules = Rules::new(1, "seiza-1");
        let tx = Tx::decode(&raw).unwrap();
        let Tx::Cosmos(inner, _) = &tx else { panic!("a Cosmos transaction") };
        assert_eq!(inner.messages, [Message::Exchange(message)]);
        let verified = tx.verify(&rules).unwrap();
        assert_eq!((verified.signer.address, verified.nonce, verified.gas_limit), (account.address(), 3, 100_000));
    }

    #[test]
    fn somebody_must_sign() {
        let none = SignerArgs {
            dev: None,
            from: None,
            home: None,
            password_file: None,
            private_key_file: None,
            gas: None,
            fee: None,
        };
        assert!(signer(&none).unwrap_err().to_string().contains("nobody to sign"));
        assert!(
            signer(&SignerArgs { from: Some("x".into()), ..none.clone() }).unwrap_err().to_string().contains("--home")
        );
        let known = "0x70997970C51812dc3A010C7d01b50e0d17dc79C8";
        assert_eq!(signer(&SignerArgs { dev: Some(1), ..none }).unwrap().address().to_string(), known);
    }
}
