// SPDX-License-Identifier: Apache-2.0
// A token and a counter that pays out in it: two contracts that must be wired together by a script.
pragma solidity ^0.8.24;

import {ERC20} from "@openzeppelin/contracts/token/ERC20/ERC20.sol";

contract Reward is ERC20 {
    constructor(address owner) ERC20("Reward", "RWD") { _mint(owner, 1000 ether); }
}

contract Tally {
    event Counted(address indexed by, uint256 total);
    error Exhausted(uint256 left);

    Reward public immutable reward;
    uint256 public total;

    constructor(Reward r) payable { reward = r; }

    function count() external returns (uint256) {
        if (reward.balanceOf(address(this)) < 1 ether) revert Exhausted(reward.balanceOf(address(this)));
        reward.transfer(msg.sender, 1 ether);
        emit Counted(msg.sender, ++total);
        return total;
    }
}
