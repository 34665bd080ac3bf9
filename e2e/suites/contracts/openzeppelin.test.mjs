// OpenZeppelin 5.7 contracts: tokens of every kind, roles, permit, vault, proxies, governor with timelock.
// Proves: unchanged production sources (solc-js) and unchanged published artefacts behave as documented on this chain.
import assert from 'node:assert/strict';
import { after, test } from 'node:test';
import { Contract, id, parseEther, Signature, ZeroAddress } from 'ethers';
import { own, packaged } from '../../lib/artifacts.mjs';
import { startChain } from '../../lib/chain.mjs';
import { countingWallet, deploy, devWallet, mined, providerOf } from '../../lib/ethers.mjs';
import { CHAIN_ID } from '../../lib/target.mjs';

const chain = await startChain();
after(() => chain.stop());
const provider = providerOf(chain);
const signer = countingWallet(0, provider);
const [alice, bob, carol] = [0, 1, 2].map((i) => devWallet(i, provider));
const published = (name) => packaged(`@openzeppelin/contracts/build/contracts/${name}.json`);
const token = await deploy(own('oz/Tokens', 'Token'), signer, 'Coin', 'COIN', parseEther('1000'));
const tokenAt = await token.getAddress();

test('ERC-20 moves, approves and refuses with its own error', async () => {
  const receipt = await mined(token.transfer(bob.address, 5n));
  assert.deepEqual(receipt.logs[0].args.toArray(), [alice.address, bob.address, 5n]);
  await mined(token.approve(carol.address, 7n));
  await mined(token.connect(carol).transferFrom(alice.address, carol.address, 7n));
  assert.deepEqual(await Promise.all([bob, carol].map((w) => token.balanceOf(w.address))), [5n, 7n]);
  await assert.rejects(token.connect(bob).transfer.staticCall(alice.address, 6n), (e) =>
    e.revert.name === 'ERC20InsufficientBalance' && e.revert.args.balance === 5n);
});

test('a signed permit gives an allowance without a transaction of the owner', async () => {
  const [deadline, nonce] = [2n ** 40n, await token.nonces(bob.address)];
  const domain = { name: 'Coin', version: '1', chainId: CHAIN_ID, verifyingContract: tokenAt };
  const fields = ['owner', 'spender'].map((name) => ({ name, type: 'address' }))
    .concat(['value', 'nonce', 'deadline'].map((name) => ({ name, type: 'uint256' })));
  const message = { owner: bob.address, spender: carol.address, value: 3n, nonce, deadline };
  const { v, r, s } = Signature.from(await bob.signTypedData(domain, { Permit: fields }, message));
  await mined(token.permit(bob.address, carol.address, 3n, deadline, v, r, s));
  assert.equal(await token.allowance(bob.address, carol.address), 3n);
  await assert.rejects(token.permit.staticCall(bob.address, carol.address, 3n, deadline, v, r, s));
});

test('AccessControl lets only the granted role mint', async () => {
  await assert.rejects(token.connect(bob).mint.staticCall(bob.address, 1n), (e) => e.revert.name === 'AccessControlUnauthorizedAccount');
  await mined(token.grantRole(id('MINTER'), bob.address));
  await mined(token.connect(bob).mint(bob.address, 100n));
  await mined(token.revokeRole(id('MINTER'), bob.address));
  await assert.rejects(token.connect(bob).mint.staticCall(bob.address, 1n));
});

test('an ERC-4626 vault shares out what is given to it', async () => {
  const vault = await deploy(own('oz/Tokens', 'Vault'), signer, tokenAt);
  await mined(token.approve(await vault.getAddress(), 1_000n));
  await mined(vault.deposit(400n, alice.address));
  await mined(token.transfer(await vault.getAddress(), 400n));
  assert.equal(await vault.convertToAssets(400n), 799n, 'double, less the virtual share');
  await mined(vault.redeem(400n, alice.address, alice.address));
  assert.equal(await vault.totalSupply(), 0n);
});

test('ERC-721 enumerates and refuses a receiver that does not answer', async () => {
  const nft = await deploy(own('oz/Tokens', 'Nft'), signer);
  for (const n of [7, 9]) await mined(nft.mint(n));
  await mined(nft.transferFrom(alice.address, bob.address, 7));
  assert.equal(await nft.ownerOf(7), bob.address);
  assert.equal(await nft.tokenOfOwnerByIndex(alice.address, 0), 9n);
  const safe = nft.getFunction('safeTransferFrom(address,address,uint256)');
  await assert.rejects(safe.staticCall(alice.address, tokenAt, 9), (e) => e.revert.name === 'ERC721InvalidReceiver');
});

test('ERC-1155 moves many kinds at once', async () => {
  const items = await deploy(own('oz/Tokens', 'Items'), signer);
  await mined(items.mint([1, 2, 3], [10, 20, 30]));
  await mined(items.safeBatchTransferFrom(alice.address, bob.address, [1, 3], [4, 5], '0x'));
  const balances = await items.balanceOfBatch([bob.address, bob.address, alice.address], [1, 3, 3]);
  assert.deepEqual([...balances], [4n, 5n, 25n]);
});

test('published proxies: an upgrade keeps the state, and the admin is the owner', async () => {
  const [one, two] = [await deploy(own('Probe'), signer, 0), await deploy(own('Probe'), signer, 0)];
  const data = one.interface.encodeFunctionData('store', [11]);
  const proxy = await deploy(published('TransparentUpgradeableProxy'), signer, await one.getAddress(), alice.address, data);
  const live = one.attach(await proxy.getAddress());
  assert.equal(await live.value(), 11n);
  const slot = await provider.getStorage(await proxy.getAddress(), '0xb53127684a568b3173ae13b9f8a6016e243e63b6e8ee1178d6a717850b5d6103');
  const admin = new Contract(`0x${slot.slice(26)}`, published('ProxyAdmin').abi, signer);
  assert.equal(await admin.owner(), alice.address);
  const { logs } = await mined(admin.upgradeAndCall(await proxy.getAddress(), await two.getAddress(), '0x'));
  assert.equal(logs.length, 1);
  assert.equal(await live.value(), 11n);
});

test('a governor passes a proposal through its timelock', async () => {
  const timelock = await deploy(published('TimelockController'), signer, 1, [], [ZeroAddress], alice.address);
  const council = await deploy(own('oz/Council'), signer, tokenAt, await timelock.getAddress());
  await mined(timelock.grantRole(id('PROPOSER_ROLE'), await council.getAddress()));
  await mined(token.grantRole(id('MINTER'), await timelock.getAddress()));
  await mined(token.delegate(alice.address));
  const call = [[tokenAt], [0n], [token.interface.encodeFunctionData('mint', [carol.address, 1_000_000n])]];
  const proposed = await mined(council.propose(...call, 'mint a million'));
  const proposal = proposed.logs.map((l) => council.interface.parseLog(l)).find((l) => l?.name === 'ProposalCreated').args.proposalId;
  const until = async (state) => { while (await council.state(proposal) !== state) await mined(signer.sendTransaction({ to: alice.address })); };
  await until(1n);
  await mined(council.castVoteWithReason(proposal, 1, 'yes'));
  await until(4n);
  const before = await token.balanceOf(carol.address);
  await mined(council.queue(...call, id('mint a million')));
  await new Promise((r) => setTimeout(r, 2_500));
  await mined(council.execute(...call, id('mint a million'), { gasLimit: 500_000n }));
  assert.equal(await token.balanceOf(carol.address) - before, 1_000_000n);
  assert.equal(await council.state(proposal), 7n);
});
