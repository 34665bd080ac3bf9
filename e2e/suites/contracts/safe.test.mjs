// Safe 1.4.1 and Gnosis Safe 1.3.0 from their own artefacts: a 2-of-3 multisig that pays and batches.
// Proves: CREATE2 proxies at the predicted address, EIP-712 signatures, delegatecall batches, refusal of one signature.
import assert from 'node:assert/strict';
import { after, test } from 'node:test';
import { AbiCoder, concat, Contract, getCreate2Address, keccak256, parseEther, solidityPacked, solidityPackedKeccak256, ZeroAddress } from 'ethers';
import { packaged } from '../../lib/artifacts.mjs';
import { startChain } from '../../lib/chain.mjs';
import { countingWallet, deploy, devWallet, mined, providerOf } from '../../lib/ethers.mjs';
import { CHAIN_ID } from '../../lib/target.mjs';

const chain = await startChain();
after(() => chain.stop());
const provider = providerOf(chain);
const signer = countingWallet(0, provider);
const owners = [1, 2, 3].map((i) => devWallet(i, provider)).sort((a, b) => (a.address.toLowerCase() < b.address.toLowerCase() ? -1 : 1));
const NEW = '@safe-global/safe-contracts/build/artifacts/contracts/';
const OLD = '@gnosis.pm/safe-contracts/build/artifacts/contracts/';
const versions = [
  { version: '1.4.1', dir: NEW, safe: 'SafeL2', proxy: 'SafeProxy', factory: 'SafeProxyFactory' },
  { version: '1.3.0', dir: OLD, safe: 'GnosisSafeL2', proxy: 'GnosisSafeProxy', factory: 'GnosisSafeProxyFactory' },
];
const TYPES = { SafeTx: [['to', 'address'], ['value', 'uint256'], ['data', 'bytes'], ['operation', 'uint8'], ['safeTxGas', 'uint256'],
  ['baseGas', 'uint256'], ['gasPrice', 'uint256'], ['gasToken', 'address'], ['refundReceiver', 'address'], ['nonce', 'uint256']]
  .map(([name, type]) => ({ name, type })) };

/** Signs with the given owners, in address order, and executes. */
async function execute(safe, fields, signers) {
  const tx = { to: ZeroAddress, value: 0n, data: '0x', operation: 0, safeTxGas: 0n, baseGas: 0n, gasPrice: 0n, gasToken: ZeroAddress,
    refundReceiver: ZeroAddress, nonce: await safe.nonce(), ...fields };
  const domain = { chainId: CHAIN_ID, verifyingContract: await safe.getAddress() };
  const signatures = concat(await Promise.all(signers.map((o) => o.signTypedData(domain, TYPES, tx))));
  const { nonce, ...rest } = tx;
  return mined(safe.execTransaction(...Object.values(rest), signatures, { gasLimit: 1_000_000n }));
}

for (const { version, dir, safe: safeName, proxy, factory: factoryName } of versions) {
  const artefact = (folder, name) => packaged(`${dir}${folder}${name}.sol/${name}.json`);
  const singleton = await deploy(artefact('', safeName), signer);
  const factory = await deploy(artefact('proxies/', factoryName), signer);
  const handler = await deploy(artefact('handler/', 'CompatibilityFallbackHandler'), signer);
  const multiSend = await deploy(artefact('libraries/', 'MultiSend'), signer);
  const setup = singleton.interface.encodeFunctionData('setup', [owners.map((o) => o.address), 2, ZeroAddress, '0x', await handler.getAddress(), ZeroAddress, 0, ZeroAddress]);
  let safe;

  test(`Safe ${version}: the proxy is born where CREATE2 says`, async () => {
    const code = concat([artefact('proxies/', proxy).bytecode, AbiCoder.defaultAbiCoder().encode(['address'], [await singleton.getAddress()])]);
    const salt = solidityPackedKeccak256(['bytes32', 'uint256'], [keccak256(setup), 42n]);
    const expected = getCreate2Address(await factory.getAddress(), salt, keccak256(code));
    await mined(factory.createProxyWithNonce(await singleton.getAddress(), setup, 42n));
    safe = new Contract(expected, singleton.interface, signer);
    assert.deepEqual([...await safe.getOwners()], owners.map((o) => o.address));
    assert.equal(await safe.getThreshold(), 2n);
    assert.equal(await safe.VERSION(), version);
  });

  test(`Safe ${version}: two of three owners pay out, one alone does not`, async () => {
    await mined(signer.sendTransaction({ to: await safe.getAddress(), value: parseEther('5') }));
    const target = devWallet(8).address;
    const before = await provider.getBalance(target);
    await assert.rejects(execute(safe, { to: target, value: parseEther('2') }, owners.slice(0, 1)));
    assert.equal(await provider.getBalance(target), before);
    const receipt = await execute(safe, { to: target, value: parseEther('2') }, owners.slice(1));
    assert.ok(receipt.logs.some((l) => safe.interface.parseLog(l)?.name === 'ExecutionSuccess'));
    assert.equal(await provider.getBalance(target) - before, parseEther('2'));
    assert.equal(await safe.nonce(), 1n);
  });

  test(`Safe ${version}: a batch through MultiSend changes its own owners and pays`, async () => {
    const at = await safe.getAddress();
    const parts = [[at, 0n, safe.interface.encodeFunctionData('changeThreshold', [3])], [devWallet(7).address, 99n, '0x']];
    const packed = concat(parts.map(([to, value, data]) => solidityPacked(['uint8', 'address', 'uint256', 'uint256', 'bytes'], [0, to, value, (data.length - 2) / 2, data])));
    const data = multiSend.interface.encodeFunctionData('multiSend', [packed]);
    const before = await provider.getBalance(devWallet(7).address);
    await execute(safe, { to: await multiSend.getAddress(), data, operation: 1 }, owners.slice(0, 2));
    assert.equal(await safe.getThreshold(), 3n);
    assert.equal(await provider.getBalance(devWallet(7).address) - before, 99n);
  });
}
