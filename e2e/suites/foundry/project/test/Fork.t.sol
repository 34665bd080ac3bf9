// SPDX-License-Identifier: Apache-2.0
// Reads the live chain from a Foundry test: what `forge test --fork-url` users do.
pragma solidity ^0.8.24;

contract ForkTest {
    function testForkSeesTheChain() external view {
        require(block.chainid == 713714, "chain id");
        require(block.number > 0, "block number");
        require(0xf39Fd6e51aad88F6F4ce6aB8827279cffFb92266.balance > 9000 ether, "balance");
        require(0x4e59b44847b379578588920cA78FbF26c0B4956C.code.length == 69, "the CREATE2 deployer");
    }
}
