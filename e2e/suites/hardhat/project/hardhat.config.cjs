// A Hardhat 2 project as a developer has it, with its compiler task pointed at solc-js (nothing is downloaded).
// Promises: the network `devnet` is whatever SEIZA_RPC names, with three accounts of the well-known mnemonic.
require('@nomicfoundation/hardhat-ethers');
const { subtask } = require('hardhat/config');
const { TASK_COMPILE_SOLIDITY_GET_SOLC_BUILD } = require('hardhat/builtin-tasks/task-names');

subtask(TASK_COMPILE_SOLIDITY_GET_SOLC_BUILD, async () => ({
  version: '0.8.37', longVersion: require('solc').version(), isSolcJs: true, compilerPath: require.resolve('solc/soljson.js'),
}));

module.exports = {
  defaultNetwork: 'devnet',
  solidity: { version: '0.8.37', settings: { optimizer: { enabled: true, runs: 200 }, evmVersion: 'prague' } },
  networks: { devnet: { url: process.env.SEIZA_RPC, chainId: 713714,
    accounts: { mnemonic: 'test test test test test test test test test test test junk', count: 3 } } },
  mocha: { timeout: 60_000 },
};
