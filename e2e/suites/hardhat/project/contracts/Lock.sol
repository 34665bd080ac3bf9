// SPDX-License-Identifier: Apache-2.0
// Hardhat's own beginners' example in spirit: coins that wait for a time, and an owner who may then take them.
pragma solidity ^0.8.24;

import "@openzeppelin/contracts/access/Ownable.sol";

contract Lock is Ownable {
    event Withdrawal(uint256 amount, uint256 when);
    error TooEarly(uint256 now_, uint256 unlock);

    uint256 public immutable unlock;

    constructor(uint256 at) payable Ownable(msg.sender) { unlock = at; }

    function withdraw() external onlyOwner {
        if (block.timestamp < unlock) revert TooEarly(block.timestamp, unlock);
        emit Withdrawal(address(this).balance, block.timestamp);
        payable(owner()).transfer(address(this).balance);
    }
}
