// The list of suites: what each proves, what it needs installed, how long it may take.
// Promises: every folder under suites/ is here once; long ones come first, so that two at a time finish together.
export const SUITES = [
  { name: 'testdapp', about: 'MetaMask\'s test dapp in headless Chromium', needs: ['npm', 'chromium'], limitS: 240 },
  { name: 'contracts', about: 'OpenZeppelin, Uniswap V2 and V3 to the wei, Safe, WETH', needs: ['npm'], limitS: 240 },
  { name: 'ethers', about: 'ethers 6: all transaction types, queries, filters, traces, WebSocket', needs: ['npm'], limitS: 240 },
  { name: 'hardhat', about: 'Hardhat 2: compile, deploy and test flow', needs: ['npm'], limitS: 180 },
  { name: 'foundry', about: 'cast and forge: send, query, create, script --broadcast', needs: ['npm'], limitS: 180 },
  { name: 'python', about: 'web3.py and a Vyper contract', needs: ['npm', 'venv'], limitS: 180 },
  { name: 'metamask', about: 'MetaMask\'s own controllers: vault, network, gas, sign, confirm', needs: ['npm'], limitS: 120 },
  { name: 'viem', about: 'viem: multicall, simulate, watch, 7702, pre-signed deployments', needs: ['npm', 'venv'], limitS: 120 },
  { name: 'oldclients', about: 'ethers 5, web3 1 and web3 4', needs: ['npm'], limitS: 120 },
  { name: 'badinput', about: 'bad transactions and bad requests: codes and texts, and the node goes on', needs: ['npm'], limitS: 180 },
  { name: 'precompiles', about: 'Sei precompiles bank, json and addr by @sei-js ABIs', needs: ['npm'], limitS: 120 },
  { name: 'exchange', about: 'two DEXes on one book, ERC-20 custody, call-backs that misbehave, settlement logs', needs: ['npm'], limitS: 240 },
  { name: 'cosmos', about: 'CosmJS and sei-js: signed MsgSend, the Tendermint RPC in both dialects', needs: ['npm'], limitS: 240 },
  { name: 'execution', about: 'conflicting ERC-20 transfers in every execution mode; debug_blockExecution and figures', needs: ['npm'], limitS: 120 },
  { name: 'archive', about: 'old heights in an S3-compatible store', needs: ['npm', 'venv'], limitS: 240 },
  { name: 'exchange-data', about: 'the CLI, exchange_*, REST and streams: one market from listing to resuming', needs: ['npm'], limitS: 240 },
  { name: 'restart', about: 'stop, kill -9 and start again; faults at start', needs: ['npm'], limitS: 180 },
];
