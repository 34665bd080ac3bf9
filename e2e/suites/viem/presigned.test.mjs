// viem: the pre-signed deployments that the whole world uses, and multicalls through what they deploy.
// Proves: unprotected legacy transactions are accepted, gas is exactly Ethereum's, addresses are the well-known ones.
import assert from 'node:assert/strict';
import { after, test } from 'node:test';
import { encodeDeployData, getContractAddress, keccak256, zeroHash } from 'viem';
import { own } from '../../lib/artifacts.mjs';
import { startChain } from '../../lib/chain.mjs';
import { create2Deployer, multicall3 } from '../../lib/presigned.mjs';
import { onAnvil } from '../../lib/target.mjs';
import { viemOn } from '../../lib/viem.mjs';

const chain = await startChain();
after(() => chain.stop());
const { publicClient, walletOf } = viemOn(chain);
const wallet = walletOf(0);
const probe = own('Probe');

async function sendPresigned({ raw, hash, from, at, cost }) {
  await publicClient.waitForTransactionReceipt({ hash: await wallet.sendTransaction({ to: from, value: cost }) });
  assert.equal(await publicClient.sendRawTransaction({ serializedTransaction: raw }), hash);
  const receipt = await publicClient.waitForTransactionReceipt({ hash });
  assert.equal(receipt.status, 'success');
  assert.equal(receipt.contractAddress.toLowerCase(), at.toLowerCase());
  assert.equal(await publicClient.getBalance({ address: from }), cost - receipt.gasUsed * 100_000_000_000n);
  return receipt;
}

test('an unprotected transaction from an empty account is refused for want of funds', async () => {
  await assert.rejects(publicClient.sendRawTransaction({ serializedTransaction: create2Deployer().raw }), /[Ii]nsufficient funds/);
});

test('the CREATE2 deployer lands at its address with its exact gas, and deploys', async () => {
  const { at } = create2Deployer();
  const { gasUsed } = await sendPresigned(create2Deployer());
  assert.equal(gasUsed, 68_137n, "68,131 on mainnet in 2018, and 6 more for three words of init code since Shanghai");
  assert.equal((await publicClient.getCode({ address: at })).length, 2 + 2 * 69);
  const code = encodeDeployData({ ...probe, args: [5n] });
  const expected = getContractAddress({ opcode: 'CREATE2', from: at, salt: zeroHash, bytecodeHash: keccak256(code) });
  await publicClient.waitForTransactionReceipt({ hash: await wallet.sendTransaction({ to: at, data: `${zeroHash}${code.slice(2)}` }) });
  assert.equal(await publicClient.readContract({ address: expected, abi: probe.abi, functionName: 'value' }), 5n);
});

test('Multicall3 lands at its address, and viem reads many things in one call', async () => {
  await sendPresigned(multicall3());
  const hash = await wallet.deployContract({ ...probe, args: [77n] });
  const { contractAddress: address } = await publicClient.waitForTransactionReceipt({ hash });
  const read = { address, abi: probe.abi };
  const answers = await publicClient.multicall({ contracts: [
    { ...read, functionName: 'value' }, { ...read, functionName: 'sayNo', args: ['never'] }, { ...read, functionName: 'divide', args: [9n, 2n] }] });
  assert.deepEqual(answers.map((a) => a.status), ['success', 'failure', 'success']);
  assert.deepEqual([answers[0].result, answers[2].result], [77n, 4n]);
  assert.match(answers[1].error.message, /never/);
});

test('a pre-signed transaction sent again is already known or too old', async () => {
  await assert.rejects(publicClient.sendRawTransaction({ serializedTransaction: create2Deployer().raw }),
    onAnvil ? /nonce|known|imported/i : /nonce too low/i);
});

test('the pre-signed transaction reads back as unprotected', async () => {
  const tx = await chain.rpc('eth_getTransactionByHash', create2Deployer().hash);
  assert.equal(Number(tx.v), 27);
  assert.ok(tx.chainId === undefined || tx.chainId === null);
  assert.equal(tx.from, create2Deployer().from.toLowerCase());
});
