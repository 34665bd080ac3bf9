// @metamask/test-dapp 9.9 in headless Chromium: buttons a person would press, and what the page then says.
// Proves: connect, payments, deployments, tokens, NFTs, multi tokens, typed data, permit and Sign-In with Ethereum.
import assert from 'node:assert/strict';
import { after, test } from 'node:test';
import { id } from 'ethers';
import { startChain } from '../../lib/chain.mjs';
import { openDapp } from '../../lib/dapp.mjs';
import { devWallet } from '../../lib/ethers.mjs';
import { CHAIN_ID } from '../../lib/target.mjs';
import { eventually, receiptOf } from '../../lib/wait.mjs';

const chain = await startChain();
const { page, asked, sent, close } = await openDapp(chain);
after(async () => { await close(); await chain.stop(); });
const alice = devWallet(0).address.toLowerCase();
const text = async (field) => ((await page.locator(`#${field}`).first().textContent()) ?? '').trim();
const press = (button) => page.click(`#${button}`, { timeout: 15_000 });
const says = (field, expected) => eventually(`#${field} to say ${expected}`, async () => (await text(field)).match(expected));

/** Presses a button that makes a transaction, and gives its receipt. */
async function pressAndMine(button) {
  const before = sent.length;
  await press(button);
  await eventually(`a transaction after ${button}`, () => sent.length > before);
  return receiptOf(chain.rpc, sent.at(-1));
}

test('the page finds the network and connects', async () => {
  await press('connectButton');
  await says('accounts', alice);
  await says('network', String(CHAIN_ID));
  await says('chainId', `0x${CHAIN_ID.toString(16)}`);
  await press('getAccounts');
  await says('getAccountsResult', alice);
});

test('payments of both kinds are sent and mined', async () => {
  for (const [button, type] of [['sendButton', '0x0'], ['sendEIP1559Button', '0x2'], ['sendEIP1559WithoutGasButton', null]]) {
    const receipt = await pressAndMine(button);
    assert.equal(receipt.status, '0x1', button);
    if (type) assert.equal(receipt.type, type, button);
  }
});

test('the piggy bank is deployed, filled and emptied', async () => {
  for (const [button, state] of [['deployButton', 'Deployed'], ['depositButton', 'Deposit completed'], ['withdrawButton', 'Withdrawn']]) {
    await press(button);
    await says('contractStatus', state);
  }
});

test('a contract that always fails does fail', async () => {
  await press('deployFailingButton');
  await says('failingContractStatus', 'Deployed');
  assert.equal((await pressAndMine('sendFailingButton')).status, '0x0');
  await says('failingContractStatus', 'Failed transaction process completed as expected');
});

test('the multisig is deployed and paid', async () => {
  await press('deployMultisigButton');
  await says('multisigContractStatus', 'Deployed');
  await press('sendMultisigButton');
  await says('multisigContractStatus', 'Transaction completed as expected');
});

test('a token is created, transferred and approved', async () => {
  await press('createToken');
  await says('erc20TokenAddresses', /0x[0-9a-fA-F]{40}/);
  const [transfer, approval] = [id('Transfer(address,address,uint256)'), id('Approval(address,address,uint256)')];
  for (const [button, topic] of [['transferTokens', transfer], ['approveTokens', approval], ['transferTokensWithoutGas', transfer], ['approveTokensWithoutGas', approval]]) {
    const { status, logs } = await pressAndMine(button);
    assert.deepEqual([status, logs.map((l) => l.topics[0])], ['0x1', [topic]], button);
  }
  assert.equal((await pressAndMine('increaseTokenAllowance')).status, '0x1');
});

test('NFTs are deployed, minted, approved, revoked and moved', async () => {
  const steps = [['deployNFTsButton', 'Deployed'], ['mintButton', 'Mint completed'], ['approveButton', 'Approve completed'],
    ['setApprovalForAllButton', 'Set Approval For All completed'], ['revokeButton', 'Revoke completed'], ['transferFromButton', 'Transfer From completed']];
  for (const [button, state] of steps) { await press(button); await says('nftsStatus', state); }
  await press('sign721Permit');
  await says('sign721PermitResult', /^0x[0-9a-f]{130}$/);
  await press('sign721PermitVerify');
  await says('sign721PermitVerifyResult', alice);
});

test('multi tokens are deployed, minted and moved in batches', async () => {
  const steps = [['deployERC1155Button', 'Deployed'], ['batchMintButton', 'Batch Minting completed'], ['batchTransferFromButton', 'Batch Transfer From completed'],
    ['setApprovalForAllERC1155Button', 'Set Approval For All completed'], ['revokeERC1155Button', 'Revoke completed']];
  for (const [button, state] of steps) { await press(button); await says('erc1155Status', state); }
});

for (const kind of ['signTypedData', 'signTypedDataV3', 'signTypedDataV4', 'signPermit']) {
  test(`${kind} is signed and recovers to the account`, async () => {
    await press(kind);
    await says(`${kind}Result`, /^0x[0-9a-f]{130}$/);
    await press(`${kind}Verify`);
    await says(`${kind}VerifyResult`, alice);
  });
}

test('a personal message is signed and recovers both ways', async () => {
  await press('personalSign');
  await says('personalSignResult', /^0x[0-9a-f]{130}$/);
  await press('personalSignVerify');
  await says('personalSignVerifySigUtilResult', alice);
  await says('personalSignVerifyECRecoverResult', alice);
});

test('Sign-In with Ethereum is signed', async () => {
  await press('siwe');
  await says('siweResult', /^0x[0-9a-f]{130}$/);
  assert.ok(asked.includes('personal_sign'));
});
