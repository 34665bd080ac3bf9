// The node's own face: identity, pool, fees, batches, HTTP manners and error codes.
// Proves: net_*, web3_*, txpool_*, feeHistory, eth_syncing, JSON-RPC batches, -32601, -32602, -32700, CORS.
import assert from 'node:assert/strict';
import { after, test } from 'node:test';
import { keccak256, toUtf8Bytes } from 'ethers';
import { startChain } from '../../lib/chain.mjs';
import { devWallet, providerOf } from '../../lib/ethers.mjs';
import { CHAIN_ID, onAnvil, seizaOnly } from '../../lib/target.mjs';

const chain = await startChain();
after(() => chain.stop());
const provider = providerOf(chain);
const { rpc } = chain;
const ask = (id, method, ...params) => ({ jsonrpc: '2.0', id, method, params });

test('the node says who it is', async () => {
  assert.equal(await rpc('net_version'), String(CHAIN_ID));
  assert.equal(await rpc('eth_chainId'), `0x${CHAIN_ID.toString(16)}`);
  assert.equal(await rpc('net_listening'), true);
  assert.equal(await rpc('eth_syncing'), false);
  assert.equal(await rpc('web3_sha3', '0x68656c6c6f'), keccak256(toUtf8Bytes('hello')));
  assert.match(await rpc('web3_clientVersion'), onAnvil ? /^anvil/ : /^seiza\/v?\d+\.\d+\.\d+/i);
  assert.ok(Array.isArray(await rpc('eth_accounts')));
});

test('peers are counted', seizaOnly('anvil has no net_peerCount'), async () => {
  assert.equal(await rpc('net_peerCount'), '0x0');
});

test('fees: gas price, tip and history fit together', async () => {
  for (let i = 0; i < 3; i++) await (await devWallet(0, provider).sendTransaction({ to: devWallet(1).address, value: 1n })).wait();
  const newest = await provider.getBlockNumber();
  const history = await rpc('eth_feeHistory', '0x3', `0x${newest.toString(16)}`, [10, 50, 90]);
  assert.equal(Number(history.oldestBlock), newest - 2);
  assert.equal(history.baseFeePerGas.length, 4);
  assert.equal(history.gasUsedRatio.length, 3);
  assert.deepEqual(history.reward.map((r) => r.length), [3, 3, 3]);
  for (let i = 0; i < 3; i++) {
    const block = await provider.getBlock(newest - 2 + i);
    assert.equal(BigInt(history.baseFeePerGas[i]), block.baseFeePerGas);
    assert.ok(Math.abs(history.gasUsedRatio[i] - Number(block.gasUsed) / Number(block.gasLimit)) < 1e-6);
  }
  const plain = await rpc('eth_feeHistory', 2, 'latest', []);
  assert.equal(plain.gasUsedRatio.length, 2);
  const head = await provider.getBlock('latest');
  assert.ok(BigInt(await rpc('eth_gasPrice')) >= head.baseFeePerGas * 8n / 10n);
  assert.ok(BigInt(await rpc('eth_maxPriorityFeePerGas')) >= 0n);
  const { maxFeePerGas, maxPriorityFeePerGas } = await provider.getFeeData();
  assert.ok(maxFeePerGas > maxPriorityFeePerGas);
});

test('txpool_* shows a transaction that waits for an earlier nonce as queued', async () => {
  const wallet = devWallet(2, provider);
  const from = wallet.address;
  await wallet.sendTransaction({ to: from, nonce: 5, gasLimit: 21_000n });
  const { pending, queued } = await rpc('txpool_status');
  assert.deepEqual([Number(pending), Number(queued)], [0, 1]);
  const content = await rpc('txpool_content');
  const key = Object.keys(content.queued).find((k) => k.toLowerCase() === from.toLowerCase());
  assert.equal(Number(content.queued[key]['5'].nonce), 5);
  assert.match((await rpc('txpool_inspect')).queued[key]['5'], /^0x[0-9a-fA-F]{40}: \d+ wei \+ \d+ gas/);
});

test('txpool_contentFrom shows one sender', seizaOnly('anvil has no txpool_contentFrom'), async () => {
  const { pending, queued } = await rpc('txpool_contentFrom', devWallet(2).address);
  assert.deepEqual([Object.keys(pending), Object.keys(queued)], [[], ['5']]);
});

test('a batch answers each request, errors among results, ids kept', async () => {
  const batch = [ask(1, 'eth_chainId'), ask('two', 'eth_noSuchMethod'), ask(3, 'eth_getBalance', 'not an address', 'latest'), ask(4, 'eth_blockNumber')];
  const { status, body } = await rpc.send(batch);
  assert.equal(status, 200);
  const byId = Object.fromEntries(body.map((a) => [a.id, a]));
  assert.equal(Number(byId[1].result), CHAIN_ID);
  assert.equal(byId.two.error.code, -32601);
  assert.equal(byId[3].error.code, -32602);
  assert.match(byId[4].result, /^0x/);
  assert.deepEqual(body.map((a) => a.id), [1, 'two', 3, 4]);
});

test('ethers packs many calls into few batches', async () => {
  const packed = providerOf(chain, { batchMaxCount: 100, batchStallTime: 5 });
  const balances = await Promise.all([...Array(200).keys()].map((i) => packed.getBalance(devWallet(i % 10).address)));
  assert.ok(balances.every((b) => b > 0n));
  packed.destroy();
});

test('unknown methods are -32601 and wrong parameters -32602', async () => {
  assert.equal((await rpc.raw('eth_noSuchMethod')).error.code, -32601);
  assert.equal((await rpc.raw('nonsense')).error.code, -32601);
  const wrong = [
    ['eth_getBalance', []], ['eth_getBalance', ['0x1234', 'latest']], ['eth_getBalance', [devWallet(0).address, 'noSuchTag']],
    ['eth_getBlockByNumber', ['latest', 'yes']], ['eth_getBlockByHash', ['0x12', false]], ['eth_call', ['text', 'latest']],
    ['eth_sendRawTransaction', [17]], ['eth_getTransactionReceipt', [null]], ['eth_getLogs', [{ fromBlock: 'x' }]],
  ];
  for (const [method, params] of wrong) {
    const { error } = await rpc.raw(method, params);
    assert.equal(error?.code, -32602, `${method} ${JSON.stringify(params)}: ${JSON.stringify(error)}`);
  }
});

test('what is no request is refused by the letter of JSON-RPC 2.0', seizaOnly('anvil answers these loosely'), async () => {
  assert.equal((await rpc.send('{"jsonrpc": "2.0", "method": "eth_ch')).body.error.code, -32700);
  assert.equal((await rpc.send('[]')).body.error.code, -32600);
  assert.equal((await rpc.send('{"jsonrpc":"2.0","id":1}')).body.error.code, -32600);
  assert.equal((await rpc.send('[1]')).body[0].error.code, -32600);
  const { error } = await rpc.raw('eth_noSuchMethod');
  assert.equal(error.message, 'the method eth_noSuchMethod does not exist/is not available');
});

test('a web page on another origin may call (CORS)', async () => {
  const headers = { origin: 'http://dapp.example', 'access-control-request-method': 'POST', 'access-control-request-headers': 'content-type' };
  const asked = await fetch(chain.http, { method: 'OPTIONS', headers });
  assert.ok(asked.status < 300);
  assert.ok(['*', headers.origin].includes(asked.headers.get('access-control-allow-origin')));
  assert.match(asked.headers.get('access-control-allow-headers') ?? '', /\*|content-type/i);
  const answer = await rpc.send(ask(1, 'eth_chainId'), { 'content-type': 'application/json', origin: headers.origin });
  assert.ok(['*', headers.origin].includes(answer.headers.get('access-control-allow-origin')));
});
