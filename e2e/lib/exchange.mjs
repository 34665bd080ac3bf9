// The exchange as the suites use it: its contract by the published ABI, a market of a token against SEI, settlements.
// Promises: amounts in the denoms' own units, as the interface has them; 1 SEI = 10^6 usei, tokens have 18 decimals.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Contract, Interface, keccak256, parseEther, toBeHex, toUtf8Bytes } from 'ethers';
import { own } from './artifacts.mjs';
import { deploy, mined } from './ethers.mjs';
import { REPO_DIR } from './target.mjs';

export const EXCHANGE = '0x0000000000000000000000000000000000001100';
export const BANK = '0x0000000000000000000000000000000000001001';
export const EXCHANGE_ABI = JSON.parse(readFileSync(join(REPO_DIR, 'contracts/abi/IExchange.json'), 'utf8'));
export const BANK_ABI = ['function balance(address, string) view returns (uint256)', 'function supply(string) view returns (uint256)'];
export const [NONE, BUY, SELL] = [0, 1, 2];
export const SEI = 10n ** 6n;
export const TOKEN = 10n ** 18n;

/** The exchange and the bank, called by `signer`. */
export const exchangeOf = (signer) => new Contract(EXCHANGE, EXCHANGE_ABI, signer);
export const bankOf = (signer) => new Contract(BANK, BANK_ABI, signer);

/** An order with everything plain but what is given. */
export const order = (wish) => ({ market: 1, venue: 0, side: BUY, kind: 0, price: 0n, quantity: 0n, trigger: 0, triggerPrice: 0n,
  expiryKind: 0, expiry: 0n, selfTrade: 0, clientId: 0n, feeInNative: false, ...wish });

/** Deploys a token and lists it against SEI, both by `signer`: { token, denom, market }. */
export async function listToken(signer) {
  const token = await deploy(own('oz/Tokens', 'Token'), signer, 'Gem', 'GEM', parseEther('1000000'));
  const exchange = exchangeOf(signer);
  const denom = await exchange.denomOf(token.target);
  const { logs } = await mined(exchange.registerMarket({ base: denom, quote: 'usei', baseDecimals: 18, quoteDecimals: 6,
    tick: 1000n, lot: 10n ** 15n, minNotional: 1000n, makerFeePpm: 200, takerFeePpm: 500 }));
  const { args } = exchange.interface.parseLog(logs[0]);
  return { token, denom, market: Number(args.market) };
}

/** Gives a user tokens and has the user put them into custody. */
export async function fund(token, from, user, amount) {
  await mined(token.connect(from).transfer(user.address, amount));
  await mined(token.connect(user).approve(EXCHANGE, amount));
  return mined(exchangeOf(user).deposit(token.target, amount));
}

/** The hash under which a block's settlement is known. */
export const settlementHash = (height) =>
  keccak256(toUtf8Bytes('seiza settlement')).slice(0, 50) + toBeHex(height, 8).slice(2);

/** The settlement of a block: { receipt, events: [{ name, args }] }; contracts' own logs have the name null. */
export async function settlement(provider, height) {
  const receipt = await provider.getTransactionReceipt(settlementHash(height));
  const abi = new Interface(EXCHANGE_ABI);
  const parse = (log) => (log.address === EXCHANGE ? abi.parseLog(log) : null) ?? { name: null, args: null, log };
  return { receipt, events: (receipt?.logs ?? []).map(parse) };
}
