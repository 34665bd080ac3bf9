// The Mocha tests that `hardhat test` runs on the node under test.
// Proves: signers from a mnemonic, deployContract, waiting, custom errors, events, helper queries of hardhat-ethers.
const assert = require('node:assert/strict');
const { ethers } = require('hardhat');

describe('Lock', () => {
  let lock, owner, other;

  before(async () => {
    [owner, other] = await ethers.getSigners();
    const { timestamp } = await ethers.provider.getBlock('latest');
    lock = await ethers.deployContract('Lock', [timestamp + 4], { value: 1000n });
    await lock.waitForDeployment();
  });

  it('holds the coins and knows its owner', async () => {
    assert.equal(await ethers.provider.getBalance(lock.target), 1000n);
    assert.equal(await lock.owner(), owner.address);
    assert.equal((await ethers.getSigners()).length, 3);
  });

  it('refuses strangers and haste with their own errors', async () => {
    const named = (name) => (error) => lock.interface.parseError(error.data).name === name;
    await assert.rejects(lock.connect(other).withdraw.staticCall(), named('OwnableUnauthorizedAccount'));
    await assert.rejects(lock.withdraw.staticCall(), named('TooEarly'));
  });

  it('pays once the time has come', async () => {
    const late = async () => (await ethers.provider.getBlock('latest')).timestamp >= await lock.unlock();
    while (!await late()) await new Promise((r) => setTimeout(r, 300));
    await new Promise((r) => setTimeout(r, 1_200));
    const receipt = await (await lock.withdraw({ gasLimit: 100_000n })).wait();
    assert.equal(receipt.logs[0].fragment.name, 'Withdrawal');
    assert.equal(receipt.logs[0].args.amount, 1000n);
    assert.equal(await ethers.provider.getBalance(lock.target), 0n);
  });

  it('sends plain transactions and reads them back', async () => {
    const sent = await other.sendTransaction({ to: owner.address, value: 1n });
    assert.equal((await sent.wait()).gasUsed, 21_000n);
    assert.equal((await ethers.provider.getTransaction(sent.hash)).nonce, sent.nonce);
  });
});
