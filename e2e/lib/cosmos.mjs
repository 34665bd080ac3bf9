// A CosmJS user of the devnet: the same keys that Ethereum wallets derive, signing Cosmos transactions offline.
// Promises: SIGN_MODE_DIRECT by CosmJS itself, bytes as they go over the wire, and the bytes that a block holds.
import { Secp256k1HdWallet } from '@cosmjs/amino';
import { stringToPath } from '@cosmjs/crypto';
import { coins, DirectSecp256k1HdWallet } from '@cosmjs/proto-signing';
import { SigningStargateClient } from '@cosmjs/stargate';
import { TxRaw } from 'cosmjs-types/cosmos/tx/v1beta1/tx';
import { Block } from 'cosmjs-types/tendermint/types/block';
import { getBytes, hexlify, HDNodeWallet, Mnemonic, sha256, Wallet } from 'ethers';
import { MNEMONIC, CHAIN_ID } from './target.mjs';
import { eventually } from './wait.mjs';

export const COSMOS_CHAIN_ID = `seiza-${CHAIN_ID}`;
export const WEI_PER_USEI = 10n ** 12n;
/** One SEI in usei. */
export const SEI = 1_000_000n;
/** 2,000 usei for 200,000 gas: 10 gwei per gas. */
export const FEE = { amount: coins(2_000, 'usei'), gas: '200000' };
/** A fee's wei. */
export const weiOf = (fee) => BigInt(fee.amount[0]?.amount ?? 0) * WEI_PER_USEI;

/** One key of a mnemonic in both worlds: { wallet (ethers), evm, signer (CosmJS), sei }. */
export async function userOf(mnemonic, index, { CosmosWallet = DirectSecp256k1HdWallet } = {}) {
  const path = `m/44'/60'/0'/0/${index}`;
  const wallet = HDNodeWallet.fromMnemonic(Mnemonic.fromPhrase(mnemonic), path);
  const signer = await CosmosWallet.fromMnemonic(mnemonic, { prefix: 'sei', hdPaths: [stringToPath(path)] });
  return { wallet, evm: wallet.address, signer, sei: (await signer.getAccounts())[0].address };
}

/** The n-th funded account of the devnet. */
export const devUser = (index, options) => userOf(MNEMONIC, index, options);
/** The n-th funded account as a wallet that signs in amino JSON, the older way. */
export const aminoUser = (index) => devUser(index, { CosmosWallet: Secp256k1HdWallet });
/** Somebody whom the chain has never seen. */
export const stranger = () => userOf(Wallet.createRandom().mnemonic.phrase, 0);

/** A MsgSend; the amount in the denom's own unit. */
export const send = (from, to, amount, denom = 'usei') =>
  ({ typeUrl: '/cosmos.bank.v1beta1.MsgSend', value: { fromAddress: from.sei, toAddress: to.sei, amount: coins(`${amount}`, denom) } });

/** What CosmJS signs, as { bytes, hex, hash }. */
export async function signed(user, messages, { sequence, fee = FEE, memo = '', chainId = COSMOS_CHAIN_ID, accountNumber = 0, timeoutHeight } = {}) {
  const client = await SigningStargateClient.offline(user.signer);
  return encoded(await client.sign(user.sei, messages, fee, memo, { accountNumber, sequence, chainId }, timeoutHeight));
}

/** A TxRaw as { raw, bytes, hex, hash }. */
export function encoded(raw) {
  const bytes = TxRaw.encode(raw).finish();
  return { raw, bytes, hex: hexlify(bytes), hash: sha256(bytes) };
}

/** Nonce and sequence of a user, as the head has it. */
export const nonceOf = async (rpc, user) => Number(await rpc('eth_getTransactionCount', user.evm, 'latest'));

/** Balance in wei. */
export const weiAt = async (rpc, address) => BigInt(await rpc('eth_getBalance', address, 'latest'));

/** Submits and waits until the sender's nonce has passed the transaction's. Gives the hash. */
export async function included(rpc, user, tx, sequence) {
  const hash = await rpc('eth_sendRawTransaction', tx.hex);
  await eventually(`sequence ${sequence} of ${user.sei}`, async () => await nonceOf(rpc, user) > sequence, { everyMs: 50 });
  return hash;
}

/** Waits for the first blocks: before them a Tendermint node has no newest block to tell of, which CosmJS takes badly. */
export const firstBlocks = (rpc) => eventually('two blocks', async () => Number(await rpc('eth_blockNumber')) >= 2);

/** Waits until nothing is in the pool: it lets go of a block's transactions just after the block is seen. */
export const poolEmpty = (rpc) => eventually('an empty pool', async () => {
  const { pending, queued } = await rpc('txpool_status');
  return Number(pending) + Number(queued) === 0;
}, { everyMs: 50 });

/** Signs with the account's next sequence, submits, waits. Gives what was signed. */
export async function sendAndWait(rpc, user, messages, options = {}) {
  const sequence = await nonceOf(rpc, user);
  const tx = await signed(user, messages, { sequence, ...options });
  await included(rpc, user, tx, sequence);
  return tx;
}

/** All transactions of a Tendermint block, as hex, read from the block's own encoding. */
export async function blockTxs(rpc, number) {
  const block = Block.decode(getBytes(await rpc('debug_getRawBlock', number)));
  return block.data.txs.map((tx) => hexlify(tx));
}
