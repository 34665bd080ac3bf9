// SPDX-License-Identifier: Apache-2.0
// Concrete tokens on OpenZeppelin's unchanged sources, which ship only as abstract contracts.
pragma solidity ^0.8.24;

import {ERC20} from "@openzeppelin/contracts/token/ERC20/ERC20.sol";
import {IERC20} from "@openzeppelin/contracts/token/ERC20/IERC20.sol";
import {ERC20Permit} from "@openzeppelin/contracts/token/ERC20/extensions/ERC20Permit.sol";
import {ERC20Votes} from "@openzeppelin/contracts/token/ERC20/extensions/ERC20Votes.sol";
import {ERC4626} from "@openzeppelin/contracts/token/ERC20/extensions/ERC4626.sol";
import {ERC721} from "@openzeppelin/contracts/token/ERC721/ERC721.sol";
import {ERC721Enumerable} from "@openzeppelin/contracts/token/ERC721/extensions/ERC721Enumerable.sol";
import {ERC1155} from "@openzeppelin/contracts/token/ERC1155/ERC1155.sol";
import {AccessControl} from "@openzeppelin/contracts/access/AccessControl.sol";
import {Nonces} from "@openzeppelin/contracts/utils/Nonces.sol";

contract Token is ERC20, ERC20Permit, ERC20Votes, AccessControl {
    bytes32 public constant MINTER = keccak256("MINTER");

    constructor(string memory name, string memory symbol, uint256 supply) ERC20(name, symbol) ERC20Permit(name) {
        _grantRole(DEFAULT_ADMIN_ROLE, msg.sender);
        _mint(msg.sender, supply);
    }

    function mint(address to, uint256 amount) external onlyRole(MINTER) { _mint(to, amount); }

    function _update(address from, address to, uint256 value) internal override(ERC20, ERC20Votes) {
        super._update(from, to, value);
    }

    function nonces(address owner) public view override(ERC20Permit, Nonces) returns (uint256) {
        return super.nonces(owner);
    }
}

contract Vault is ERC4626 {
    constructor(IERC20 asset) ERC20("Vault share", "SHARE") ERC4626(asset) {}
}

contract Nft is ERC721Enumerable {
    constructor() ERC721("Thing", "THG") {}
    function mint(uint256 id) external { _safeMint(msg.sender, id); }
}

contract Items is ERC1155 {
    constructor() ERC1155("ipfs://items/{id}") {}
    function mint(uint256[] calldata ids, uint256[] calldata amounts) external { _mintBatch(msg.sender, ids, amounts, ""); }
}
