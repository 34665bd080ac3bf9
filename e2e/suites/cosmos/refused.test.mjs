// Cosmos transactions that must not get in: each refused with -32000 and words that say why.
// Proves: the wallet's mistakes are named, forged or varied bytes are refused, and a refusal takes neither fee nor sequence.
import assert from 'node:assert/strict';
import { after, test } from 'node:test';
import { DirectEthSecp256k1HdWallet, makeSignDoc } from '@cosmjs/proto-signing';
import { AuthInfo, TxBody } from 'cosmjs-types/cosmos/tx/v1beta1/tx';
import { getBytes, hexlify, toBeHex, toQuantity } from 'ethers';
import { startChain } from '../../lib/chain.mjs';
import { aminoUser, blockTxs, COSMOS_CHAIN_ID, devUser, encoded, FEE, included, nonceOf, poolEmpty, send, sendAndWait, signed, stranger, weiAt } from '../../lib/cosmos.mjs';
import { seizaOnly } from '../../lib/target.mjs';

const chain = await startChain();
after(() => chain.stop());
const { rpc } = chain;
const only = seizaOnly('Cosmos transactions');
const [alice, bob, amino, eth] = await Promise.all([devUser(0), devUser(1), aminoUser(0), devUser(0, { CosmosWallet: DirectEthSecp256k1HdWallet })]);
const ORDER = 0xfffffffffffffffffffffffffffffffebaaedce6af48a03bbfd25e8cd0364141n;
const one = [send(alice, bob, 1n)];
const make = (options = {}, messages = one, user = alice) => signed(user, messages, { sequence: 1, ...options });
const usei = (amount, gas = '200000') => ({ amount: [{ denom: 'usei', amount: `${amount}` }], gas });
const used = await make({ sequence: 0 });

/** The transaction with one part changed after signing. */
const changed = async (change, options) => { const { raw } = await make(options); return encoded({ ...raw, ...change(raw) }); };
const bodyWith = (fields) => (raw) => ({ bodyBytes: TxBody.encode({ ...TxBody.decode(raw.bodyBytes), ...fields }).finish() });
const authWith = (change) => (raw) => ({ authInfoBytes: AuthInfo.encode(change(AuthInfo.decode(raw.authInfoBytes))).finish() });
const flipped = (bytes, at) => bytes.map((byte, i) => i === at ? byte ^ 1 : byte);
const highS = ({ signatures: [s] }) => {
  const other = ORDER - BigInt(hexlify(s.slice(32)));
  return { signatures: [Uint8Array.from([...s.slice(0, 32), ...getBytes(toBeHex(other, 32))])] };
};
const FORGED = /invalid sender: signature does not fit the key, the chain id and the document/;

const refusals = [
  ['a used sequence', () => used, /nonce too low: next nonce 1, tx nonce 0/],
  ['a sequence too far ahead', () => make({ sequence: 1_000_000 }), /nonce too high: next nonce 1, tx nonce 1000000/],
  ['another chain\'s id', () => make({ chainId: 'pacific-1' }), FORGED],
  ['an account number other than 0', () => make({ accountNumber: 7 }), FORGED],
  ['a changed signature', () => changed(({ signatures: [s] }) => ({ signatures: [flipped(s, 40)] })), FORGED],
  ['a signature with high s', () => changed(highS), FORGED],
  ['a cut signature', () => changed(({ signatures: [s] }) => ({ signatures: [s.slice(1)] })), /invalid sender: signature is not 64 bytes/],
  ['no signature', () => changed(() => ({ signatures: [] })), /exactly one signature is missing/],
  ['a memo changed after signing', () => changed(bodyWith({ memo: 'paid' })), FORGED],
  ['a fee changed after signing', () => changed(authWith((auth) => ({ ...auth, fee: { ...auth.fee, gasLimit: 100_000n } }))), FORGED],
  ['a sequence changed after signing', () => changed(authWith((auth) => ({ ...auth, signerInfos: [{ ...auth.signerInfos[0], sequence: 2n }] }))), FORGED],
  ['a message for somebody else\'s account', () => make({}, [send(bob, alice, 1n)]), /signer: a message acts for an account that did not sign/],
  ['one such message among good ones', () => make({}, [...one, send(bob, alice, 1n)]), /signer: a message acts for an account that did not sign/],
  ['no message', () => make({ memo: 'hello' }, []), /signer: a transaction has at least one message/],
  ['an empty body', () => make({}, []), /transaction type not supported: first byte 0x12/],
  ['65 messages', () => make({ fee: usei(100_000, '9000000') }, Array(65).fill(one[0])), /messages has 65 entries, at most 64 fit/],
  ['a memo of 257 bytes', () => make({ memo: 'm'.repeat(257) }), /memo has 257 bytes, at most 256 fit/],
  ['a memo of 129 letters of two bytes', () => make({ memo: 'ß'.repeat(129) }), /memo has 258 bytes, at most 256 fit/],
  ['no fee', () => make({ fee: { amount: [], gas: '200000' } }), /max fee per gas less than block base fee: .* maxFeePerGas: 0, baseFee: 1000000000/],
  ['a fee below the base fee', () => make({ fee: usei(199) }), /max fee per gas less than block base fee/],
  ['a fee in another denom', () => make({ fee: { ...FEE, amount: [{ denom: 'uatom', amount: '2000' }] } }), /fee: fees are paid in usei alone/],
  ['somebody else named as payer', () => make({ fee: { ...FEE, payer: bob.sei } }), /fee: the signer pays/],
  ['somebody else named as granter', () => make({ fee: { ...FEE, granter: bob.sei } }), /fee: the signer pays/],
  ['no gas', () => make({ fee: usei(2000, '0') }), /fee: gas limit is zero/],
  ['more gas than a block', () => make({ fee: usei(10 ** 6, '100000001') }), /exceeds block gas limit: gas 100000001, limit 100000000/],
  ['more than the account has', () => make({}, [send(alice, bob, 10n ** 16n)]), /insufficient funds for gas \* price \+ value/],
  ['messages that are too much together', () => make({}, Array(3).fill(send(alice, bob, 4_000n * 10n ** 6n))), /insufficient funds for gas \* price \+ value/],
  ['a fee that the account cannot pay', () => make({ fee: usei(10n ** 16n) }), /insufficient funds for gas \* price \+ value/],
  ['a stranger with nothing', async () => { const s = await stranger(); return make({ sequence: 0 }, [send(s, bob, 1n)], s); }, /insufficient funds for gas \* price \+ value/],
  ['a height that has passed', () => make({ timeoutHeight: 1n }), /tx timeout height: height \d+, timeout height 1/],
  ['the amino sign mode', () => make({}, one, amino), /sign mode 127 is not supported, use SIGN_MODE_DIRECT/],
  ['a key of Ethermint\'s type', () => make({}, [send(eth, bob, 1n)], eth), /key type \S*eth_?secp256k1\S* is not known here/i],
  ['a message this chain does not know', () => make({}, [{ typeUrl: '/cosmos.bank.v1beta1.MsgMultiSend', value: { inputs: [], outputs: [] } }]), /message type \/cosmos\.bank\.v1beta1\.MsgMultiSend is not known here/],
  ['a recipient of another chain', () => make({}, [send(alice, { sei: 'cosmos1fl48vsnmsdzcv85q5d2q4z5ajdha8yu34mf0eh' }, 1n)]), /to_address: /],
  ['a recipient that is none', () => make({}, [send(alice, { sei: 'sei1nonsense' }, 1n)]), /to_address: /],
  ['a denom that is none', () => make({}, [send(alice, bob, 1n, '!')]), /amount: /],
  ['a critical extension', () => changed(bodyWith({ extensionOptions: [{ typeUrl: '/a.B', value: new Uint8Array() }] })), /extension_options has 1 entries, at most 0 fit/],
  ['half of it', async () => ({ hex: hexlify((await make()).bytes.slice(0, 100)) }), /protobuf: /],
  ['a field more', async () => ({ hex: `${(await make()).hex}2a00` }), /protobuf: TxRaw is not in its canonical encoding/],
  ['a single byte', async () => ({ hex: '0x0a' }), /protobuf: /],
];

test('a first transaction, so that sequence 0 is used', only, async () => {
  await included(rpc, alice, used, 0);
  await poolEmpty(rpc);
});

for (const [name, made, text] of refusals) {
  test(`refused: ${name}`, only, async () => {
    const [before, nonce] = [await weiAt(rpc, alice.evm), await nonceOf(rpc, alice)];
    const { error, result } = await rpc.raw('eth_sendRawTransaction', [(await made()).hex]);
    assert.equal(result, undefined);
    assert.match(error.message, text);
    assert.equal(error.code, -32_000);
    assert.deepEqual([await weiAt(rpc, alice.evm), await nonceOf(rpc, alice)], [before, nonce]);
    assert.deepEqual(await rpc('txpool_status'), { pending: '0x0', queued: '0x0' });
  });
}

test('the same bytes twice: once they wait, once they are used', only, async () => {
  const [first, second] = [await make({ sequence: 1 }), await make({ sequence: 2 })];
  await rpc('eth_sendRawTransaction', second.hex);
  await assert.rejects(rpc('eth_sendRawTransaction', second.hex), /already known/);
  await included(rpc, alice, first, 2);
  await assert.rejects(rpc('eth_sendRawTransaction', second.hex), /nonce too low/);
});

/** Whether a transaction stands in one of the newest blocks. */
async function inNewestBlocks({ hex }) {
  const latest = Number(await rpc('eth_blockNumber'));
  const blocks = await Promise.all([0, 1, 2].map((back) => blockTxs(rpc, toQuantity(latest - back))));
  return blocks.flat().includes(hex);
}

test('at the edge: a memo of 256 bytes, the least fee, a height still to come', only, async () => {
  const timeoutHeight = BigInt(await rpc('eth_blockNumber')) + 50n;
  const tx = await sendAndWait(rpc, alice, one, { memo: 'ß'.repeat(128), fee: usei(200), timeoutHeight });
  assert.ok(await inNewestBlocks(tx));
});

test('an extension that is marked as not critical may be there', only, async () => {
  const sequence = await nonceOf(rpc, alice);
  const { raw } = await make({ sequence });
  const { bodyBytes } = bodyWith({ nonCriticalExtensionOptions: [{ typeUrl: '/a.B', value: new Uint8Array() }] })(raw);
  const { signature } = await alice.signer.signDirect(alice.sei, makeSignDoc(bodyBytes, raw.authInfoBytes, COSMOS_CHAIN_ID, 0));
  const tx = encoded({ ...raw, bodyBytes, signatures: [Buffer.from(signature.signature, 'base64')] });
  await included(rpc, alice, tx, sequence);
  assert.ok(await inNewestBlocks(tx));
});
