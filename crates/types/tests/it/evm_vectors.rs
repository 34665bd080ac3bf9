//! Ethereum transactions made by others: EIP-155's example, the create2 deployer, and one of each type by ethers 6.

use alloy_consensus::Transaction as _;
use alloy_primitives::{Address, B256, U256, address, b256, hex, keccak256};
use seiza_types::tx::{Body, EvmTx, verify_all};
use seiza_types::{Rules, Tx, VerifiedTx};

const DEVNET: u64 = 713_714;
const FIRST_ACCOUNT: Address = address!("f39fd6e51aad88f6f4ce6ab8827279cfffb92266");
const LEGACY: [u8; 118] = hex!(
    "f874078477359400830186a09470997970c51812dc3a010c7d01b50e0d17dc79c8880de0b6b3a764000085deadbeef008315c807a093d47d009b0d3e8622669417aacb1b4d2cb5133a27cb25b630aaf0071f55500ba02fd1576ae2c5ff3e507bb8cb6fb6bc86ee55cdcd39b192aeffc6f00ec37486d7"
);
const EIP2930: [u8; 213] = hex!(
    "01f8d2830ae3f2078477359400830186a09470997970c51812dc3a010c7d01b50e0d17dc79c8880de0b6b3a764000085deadbeef00f85bf859940000000000000000000000000000000000001001f842a01111111111111111111111111111111111111111111111111111111111111111a0222222222222222222222222222222222222222222222222222222222222222280a0884acf20b7631caf3a0177aafe3a95ffbdb2b5849b81336b606e2c13965bb1eda077945f7d025ac63dffbce69639a794df352c128195b342a8b33954ecd670ecfd"
);
const EIP1559: [u8; 218] = hex!(
    "02f8d7830ae3f207843b9aca0084b2d05e00830186a09470997970c51812dc3a010c7d01b50e0d17dc79c8880de0b6b3a764000085deadbeef00f85bf859940000000000000000000000000000000000001001f842a01111111111111111111111111111111111111111111111111111111111111111a0222222222222222222222222222222222222222222222222222222222222222201a073c45197fe2b135f00f1de4d77558c55848167555a07ac2e57a31fff56e5d52fa05e1a845b7cf4e7346974b5547090a1be1f0956a72b1d1be0b34ec07f607d0f00"
);
const EIP7702: [u8; 223] = hex!(
    "04f8dc830ae3f207843b9aca0084b2d05e00830186a09470997970c51812dc3a010c7d01b50e0d17dc79c8880de0b6b3a764000085deadbeef00c0f85ff85d830ae3f29470997970c51812dc3a010c7d01b50e0d17dc79c80801a0fdb2b97beb746c7c1c2e602ec23ebf3238600c1c943f9923d8a2fab80c4e1cf2a05ed651c9779b2965265c7c662870b5a833656a32d6aa28bee23f162fc7595c7880a034d97a30b8e2fc75358037b87d442ff35115e8e1147d22553348699c2f6fdc73a07ae5cb735ed827642136d61bbbeaf1c9a0aaa607133ac8ab3cd06e0f974fabf0"
);

fn verified(bytes: &[u8], chain_id: u64) -> VerifiedTx {
    let tx = Tx::decode(bytes).unwrap();
    assert_eq!(tx.raw(), bytes);
    let hash = tx.hash();
    let verified = tx.verify(&Rules::new(chain_id, "seiza-1")).unwrap();
    assert_eq!((verified.hash, &verified.raw[..]), (hash, bytes));
    verified
}

fn evm(tx: &VerifiedTx) -> &EvmTx {
    let Body::Evm(tx) = &tx.body else { panic!("an Ethereum transaction") };
    tx
}

#[test]
fn the_example_of_eip_155_recovers_its_sender() {
    let raw = hex!(
        "f86c098504a817c800825208943535353535353535353535353535353535353535880de0b6b3a76400008025a028ef61340bd939bc2195fe537567866003e1a15d3c71ff63e1590620aa636276a067cbe9d8997f761aecb703304b3800ccf555c9f3dc64214b297fb1966a3b6d83"
    );
    let tx = verified(&raw, 1);
    assert_eq!(tx.signer.address, address!("9d8a62f656a8d1615c1294fd71e9cfb3e4855a4f"));
    assert_eq!((tx.nonce, tx.gas_limit, tx.fee.max_fee_per_gas), (9, 21_000, 20_000_000_000));
    assert_eq!(tx.cost_max, U256::from(10).pow(U256::from(18)) + U256::from(21_000u64 * 20_000_000_000));
}

#[test]
fn the_create2_deployer_recovers_its_sender_on_any_chain() {
    let raw = hex!(
        "f8a58085174876e800830186a08080b853604580600e600039806000f350fe7fffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffe03601600081602082378035828234f58015156039578182fd5b8082525050506014600cf31ba02222222222222222222222222222222222222222222222222222222222222222a02222222222222222222222222222222222222222222222222222222222222222"
    );
    for chain_id in [1, DEVNET] {
        let tx = verified(&raw, chain_id);
        assert_eq!(tx.signer.address, address!("3fab184622dc19b6109349b94811493bf2a45362"));
        assert_eq!(tx.signer.address.create(0), address!("4e59b44847b379578588920ca78fbf26c0b4956c"));
        assert_eq!(evm(&tx).chain_id(), None);
        assert!(evm(&tx).is_create());
    }
}

#[test]
fn every_type_made_by_ethers_is_understood() {
    let vectors: [(&[u8], B256, u8, u128, u128); 4] = [
        (
            &LEGACY,
            b256!("23d19492cfce85dd4dcb3264f02360fa9e6d92e3275166c5fc7510be280f6614"),
            0,
            2_000_000_000,
            2_000_000_000,
        ),
        (
            &EIP2930,
            b256!("c6e0c66ebddc19c24c64be4f85bb04083353495a77dfe5fd5f10ae873a5ea337"),
            1,
            2_000_000_000,
            2_000_000_000,
        ),
        (
            &EIP1559,
            b256!("e5f11e4872384ab198ea9e74fc3113fae40c9b68b6899284d05436b6990991d2"),
            2,
            3_000_000_000,
            1_000_000_000,
        ),
        (
            &EIP7702,
            b256!("1a98960143097a2b46e984dd7bb3acae1ac2457432864f7ca21c98b266b8bdfa"),
            4,
            3_000_000_000,
            1_000_000_000,
        ),
    ];
    for (raw, hash, kind, fee_cap, tip_cap) in vectors {
        let tx = verified(raw, DEVNET);
        assert_eq!((tx.hash, tx.hash), (hash, keccak256(raw)));
        assert_eq!(tx.signer.address, FIRST_ACCOUNT, "type {kind}");
        assert_eq!(tx.signer.sei.to_string(), "sei15428vq2uzwhm3taey9sr9x5vm6tk78ew5cyfgc");
        assert_eq!((tx.nonce, tx.gas_limit), (7, 100_000));
        assert_eq!((tx.fee.max_fee_per_gas, tx.fee.max_priority_fee_per_gas), (fee_cap, tip_cap));
        let value = U256::from(10).pow(U256::from(18));
        assert_eq!(tx.cost_max, value + U256::from(100_000) * U256::from(fee_cap));
        assert_eq!(evm(&tx).tx_type() as u8, kind);
        assert_eq!(evm(&tx).input().as_ref(), hex!("deadbeef00"));
    }
}

#[test]
fn lists_inside_a_transaction_are_kept() {
    let tx = verified(&EIP1559, DEVNET);
    let list = evm(&tx).access_list().unwrap();
    assert_eq!((list.len(), list.storage_keys_count()), (1, 2));
    assert_eq!(list[0].address, address!("0000000000000000000000000000000000001001"));
    let tx = verified(&EIP7702, DEVNET);
    let [authorization] = evm(&tx).authorization_list().unwrap() else { panic!("one authorization") };
    assert_eq!((authorization.nonce, authorization.chain_id), (8, U256::from(DEVNET)));
}

#[test]
fn many_are_verified_in_the_order_given() {
    let raws: [&[u8]; 5] = [&EIP7702, &LEGACY, &EIP2930, &EIP1559, &LEGACY];
    let txs: Vec<Tx> = raws.iter().map(|raw| Tx::decode(raw).unwrap()).collect();
    let hashes: Vec<B256> = txs.iter().map(Tx::hash).collect();
    let answers = verify_all(txs.clone(), &Rules::new(DEVNET, "seiza-1"));
    assert_eq!(answers.into_iter().map(|answer| answer.unwrap().hash).collect::<Vec<_>>(), hashes);
    assert!(verify_all(txs, &Rules::new(2, "seiza-1")).iter().all(Result::is_err));
}
