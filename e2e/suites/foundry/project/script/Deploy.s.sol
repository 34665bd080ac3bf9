// SPDX-License-Identifier: Apache-2.0
// Deploys Reward and Tally, funds the tally with two rewards and counts once.
pragma solidity ^0.8.24;

import {Reward, Tally} from "../src/Tally.sol";

interface Vm {
    function startBroadcast() external;
    function stopBroadcast() external;
}

contract Deploy {
    Vm private constant vm = Vm(address(uint160(uint256(keccak256("hevm cheat code")))));
    bool public constant IS_SCRIPT = true;

    function run() external returns (Reward reward, Tally tally) {
        vm.startBroadcast();
        reward = new Reward(msg.sender);
        tally = new Tally{salt: bytes32(uint256(7)), value: 3}(reward);
        reward.transfer(address(tally), 2 ether);
        tally.count();
        vm.stopBroadcast();
    }
}
