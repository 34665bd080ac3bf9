//! The ERC-20 of the benchmark: source, and what solc 0.8.37 made of it (optimizer 200 runs, evmVersion paris, no metadata).
//!
//! ```solidity
//! contract Token {
//!     mapping(address => uint256) public balanceOf;
//!     mapping(address => mapping(address => uint256)) public allowance;
//!     uint256 public totalSupply;
//!     event Transfer(address indexed from, address indexed to, uint256 value);
//!     event Approval(address indexed owner, address indexed spender, uint256 value);
//!     constructor() { totalSupply = 1e30; balanceOf[msg.sender] = 1e30; emit Transfer(address(0), msg.sender, 1e30); }
//!     function transfer(address to, uint256 value) external returns (bool) { return _move(msg.sender, to, value); }
//!     function approve(address spender, uint256 value) external returns (bool) {
//!         allowance[msg.sender][spender] = value; emit Approval(msg.sender, spender, value); return true;
//!     }
//!     function transferFrom(address from, address to, uint256 value) external returns (bool) {
//!         allowance[from][msg.sender] -= value; return _move(from, to, value);
//!     }
//!     function _move(address from, address to, uint256 value) private returns (bool) {
//!         balanceOf[from] -= value; unchecked { balanceOf[to] += value; }
//!         emit Transfer(from, to, value); return true;
//!     }
//! }
//! ```

use alloy_primitives::{Address, Bytes, U256, hex};

const CREATION: &str = "\
     6080604052348015600f57600080fd5b506c0c9f2c9cd04674edea4000000060028190553360008181526020818152604080\
     832085905551938452919290917fddf252ad1be2c89b69c2b068fc378daa952ba7f163c4a11628f55a4df523b3ef91016040\
     5180910390a3610367806100786000396000f3fe608060405234801561001057600080fd5b50600436106100625760003560\
     e01c8063095ea7b31461006757806318160ddd1461008f57806323b872dd146100a657806370a08231146100b9578063a905\
     9cbb146100d9578063dd62ed3e146100ec575b600080fd5b61007a610075366004610291565b610117565b60405190151581\
     526020015b60405180910390f35b61009860025481565b604051908152602001610086565b61007a6100b43660046102bb56\
     5b610184565b6100986100c73660046102f8565b60006020819052908152604090205481565b61007a6100e7366004610291\
     565b6101d2565b6100986100fa366004610313565b600160209081526000928352604080842090915290825290205481565b\
     3360008181526001602090815260408083206001600160a01b038716808552925280832085905551919290917f8c5be1e5eb\
     ec7d5bd14f71427d1e84f3dd0314c0f7b2291e5b200ac8c7c3b925906101729086815260200190565b60405180910390a350\
     60015b92915050565b6001600160a01b03831660009081526001602090815260408083203384529091528120805483919083\
     906101b9908490610346565b909155506101ca90508484846101e6565b949350505050565b60006101df3384846101e6565b\
     9392505050565b6001600160a01b038316600090815260208190526040812080548391908390610210908490610346565b90\
     915550506001600160a01b0383811660008181526020818152604091829020805487019055905185815291928716917fddf2\
     52ad1be2c89b69c2b068fc378daa952ba7f163c4a11628f55a4df523b3ef910160405180910390a35060019392505050565b\
     80356001600160a01b038116811461028c57600080fd5b919050565b600080604083850312156102a457600080fd5b6102ad\
     83610275565b946020939093013593505050565b6000806000606084860312156102d057600080fd5b6102d984610275565b\
     92506102e760208501610275565b929592945050506040919091013590565b60006020828403121561030a57600080fd5b61\
     01df82610275565b6000806040838503121561032657600080fd5b61032f83610275565b915061033d60208401610275565b\
     90509250929050565b8181038181111561017e57634e487b7160e01b600052601160045260246000fd";

/// The creation code.
pub fn creation() -> Bytes {
    hex::decode(CREATION).expect("solc writes hex").into()
}

/// `transfer(to, amount)`.
pub fn transfer(to: Address, amount: u64) -> Bytes {
    [&[0xa9, 0x05, 0x9c, 0xbb][..], to.into_word().as_slice(), &U256::from(amount).to_be_bytes::<32>()].concat().into()
}

/// `balanceOf(owner)`.
pub fn balance_of(owner: Address) -> Bytes {
    [&[0x70, 0xa0, 0x82, 0x31][..], owner.into_word().as_slice()].concat().into()
}
