//! The published interfaces as Rust types, read from the Solidity files themselves.

use alloy_sol_types::sol;

sol!("../../contracts/IExchange.sol");

sol! {
    /// What the custody's EVM code asks of the native side.
    interface ILedger {
        function creditWrapped(address token, address owner, uint256 amount) external;
        function debitWrapped(address token, address owner, uint256 amount) external;
    }
}
