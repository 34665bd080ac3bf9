// Transactions that must not get in: each refused with the code and the words that Ethereum clients match on.
// Proves: geth's texts for every refusal, nothing lost by a refusal, and a node that serves the next good one.
import assert from 'node:assert/strict';
import { after, test } from 'node:test';
import { concat, encodeRlp, keccak256, toBeArray, Transaction, Wallet, ZeroAddress } from 'ethers';
import { startChain } from '../../lib/chain.mjs';
import { devWallet, mined, providerOf } from '../../lib/ethers.mjs';
import { CHAIN_ID, onAnvil } from '../../lib/target.mjs';

const chain = await startChain();
after(() => chain.stop());
const provider = providerOf(chain);
const { rpc } = chain;
const [alice, bob] = [devWallet(0, provider), devWallet(1, provider)];
const gwei = 10n ** 9n;
const plain = { type: 2, chainId: CHAIN_ID, to: bob.address, value: 1n, gasLimit: 21_000n, nonce: 1, maxFeePerGas: 100n * gwei, maxPriorityFeePerGas: gwei };
const sign = (fields, wallet = alice) => wallet.signTransaction({ ...plain, ...fields });
const legacy = { type: 0, gasPrice: 100n * gwei, maxFeePerGas: undefined, maxPriorityFeePerGas: undefined };
await mined(provider.broadcastTransaction(await sign({ nonce: 0 })));
const used = await sign({ nonce: 0, value: 2n });
const waiting = await sign({ nonce: 5 });
await rpc('eth_sendRawTransaction', waiting);

/** A 1559 transaction signed field by field, for what ethers itself would refuse to sign. */
function signByHand(fields, change = (signature) => signature) {
  const tx = { ...plain, ...fields };
  const body = [tx.chainId, tx.nonce, tx.maxPriorityFeePerGas, tx.maxFeePerGas, tx.gasLimit].map((n) => toBeArray(n)).concat([tx.to, toBeArray(tx.value), '0x', []]);
  const { yParity, r, s } = change(alice.signingKey.sign(keccak256(concat(['0x02', encodeRlp(body)]))));
  return concat(['0x02', encodeRlp([...body, ...[yParity, r, s].map((n) => toBeArray(n))])]);
}
const ORDER = 0xfffffffffffffffffffffffffffffffebaaedce6af48a03bbfd25e8cd0364141n;
const highS = ({ yParity, r, s }) => ({ yParity: 1 - yParity, r, s: ORDER - BigInt(s) });
const noKey = ({ yParity, s }) => ({ yParity, r: 2n ** 256n - 1n, s });
/** A blob transaction (type 3), signed by hand: the chain has no blobs. */
const blob = () => sign({ type: 3, maxFeePerBlobGas: gwei, blobVersionedHashes: [`0x01${'00'.repeat(31)}`] });

// name, raw transaction, message, and whether anvil says it in the same words
const refusals = [
  ['no bytes', '0x', /empty|typed transaction too short|rlp|decode/i, true],
  ['bytes that are no transaction', '0xc0ffee', /rlp|decode|typed/i, true],
  ['a truncated transaction', (await sign({})).slice(0, -10), /rlp|decode|input too short/i, true],
  ['bytes after the end', `${await sign({})}00`, /rlp|trailing|after|decode/i, false],
  ['an unknown type', '0x05c0', /transaction type not supported/i, false],
  ['a blob transaction', await blob(), /transaction type not supported|blob/i, false],
  ['another chain\'s id', await sign({ chainId: 1 }), /invalid chain id for signer/i, false],
  ['another chain\'s id, legacy', await sign({ ...legacy, chainId: 1 }), /invalid chain id|invalid sender/i, false],
  ['a signature with high s', signByHand({}, highS), /invalid sender|invalid transaction v, r, s/i, false],
  ['a signature that no key made', signByHand({}, noKey), /invalid sender|invalid transaction v, r, s/i, false],
  ['a used nonce', used, /nonce too low/i, true],
  ['a nonce too far ahead', await sign({ nonce: 1_000_000 }), /nonce too high/i, false],
  ['the very same again', waiting, /already known/i, false],
  ['a replacement that pays no more', await sign({ nonce: 5, value: 7n }), /replacement transaction underpriced/i, true],
  ['a replacement that pays 9 % more', await sign({ nonce: 5, maxFeePerGas: 109n * gwei, maxPriorityFeePerGas: 109n * gwei / 100n }), /replacement transaction underpriced/i, false],
  ['more value than the account has', await sign({ value: 10n ** 30n }), /insufficient funds for gas \* price \+ value/i, true],
  ['a fee that the account cannot pay', await sign({ gasLimit: 90_000_000n, maxFeePerGas: 10n ** 18n }), /insufficient funds for gas \* price \+ value/i, true],
  ['an empty account', await sign({ nonce: 0 }, Wallet.createRandom()), /insufficient funds for gas \* price \+ value/i, true],
  ['too little gas for a transfer', await sign({ gasLimit: 20_999n }), /intrinsic gas too low/i, true],
  ['too little gas for its data', await sign({ gasLimit: 21_000n, data: '0x01' }), /intrinsic gas too low/i, false],
  ['less than the floor of its data (7623)', await sign({ gasLimit: 21_000n + 16n * 1000n, data: `0x${'01'.repeat(1000)}` }), /floor data gas/i, false],
  ['more gas than a block', await sign({ gasLimit: 100_000_001n }), /exceeds block gas limit/i, false],
  ['init code over its limit', await sign({ to: null, gasLimit: 5_000_000n, data: `0x${'00'.repeat(49_153)}` }), /max initcode size exceeded/i, true],
  ['a tip above the fee cap', signByHand({ maxFeePerGas: gwei, maxPriorityFeePerGas: 2n * gwei }), /max priority fee per gas higher than max fee per gas/i, false],
  ['a fee cap below the base fee', await sign({ maxFeePerGas: 1n, maxPriorityFeePerGas: 1n }), /max fee per gas less than block base fee|underpriced/i, true],
  ['a legacy price below the base fee', await sign({ ...legacy, gasPrice: 1n }), /less than block base fee|underpriced/i, true],
  ['more bytes than a transaction may have', await sign({ gasLimit: 99_000_000n, data: `0x${'00'.repeat(1_100_000)}` }), /oversized data/i, false],
  ['a set-code transaction without authorisations', await sign({ type: 4, authorizationList: [] }), /auth(orization)? list/i, false],
];

for (const [name, raw, words, anvilToo] of refusals) {
  test(`refused: ${name}`, { skip: onAnvil && !anvilToo && 'seiza only: anvil has other words' }, async () => {
    const before = await provider.getBalance(alice.address);
    const { error, result } = await rpc.raw('eth_sendRawTransaction', [raw]);
    assert.equal(result, undefined, 'it got in');
    assert.match(error.message, words);
    assert.ok([-32000, -32602, -32003].includes(error.code), `code ${error.code}`);
    assert.equal(await provider.getBalance(alice.address), before);
  });
}

test('after all refusals the good ones still go through, and nothing else did', async () => {
  assert.equal(await provider.getTransactionCount(alice.address), 1);
  const { queued } = await rpc('txpool_status');
  assert.equal(Number(queued), 1, 'only the one that waits for its predecessors');
  for (let nonce = 1; nonce < 5; nonce++) await rpc('eth_sendRawTransaction', await sign({ nonce }));
  await provider.waitForTransaction(Transaction.from(waiting).hash, 1, 10_000);
  assert.equal(await provider.getTransactionCount(alice.address), 6);
});

test('a replacement that pays 10 % more is taken', async () => {
  const old = await sign({ nonce: 8 });
  await rpc('eth_sendRawTransaction', old);
  const better = await sign({ nonce: 8, maxFeePerGas: 110n * gwei, maxPriorityFeePerGas: 11n * gwei / 10n });
  assert.equal(await rpc('eth_sendRawTransaction', better), Transaction.from(better).hash);
});

test('the node signs nothing itself', { skip: onAnvil && 'seiza only: anvil holds keys' }, async () => {
  const { error } = await rpc.raw('eth_sendTransaction', [{ from: alice.address, to: ZeroAddress }]);
  assert.ok([-32601, -32000].includes(error.code));
  assert.deepEqual(await rpc('eth_accounts'), []);
});
