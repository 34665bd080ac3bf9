// The exchange through viem: custom errors, events of placing and of settlement, a subscription over WebSocket.
// Proves: another client reads the published ABI, and hears of fills as they happen.
import assert from 'node:assert/strict';
import { after, test } from 'node:test';
import { decodeErrorResult, getContract, parseEventLogs } from 'viem';
import { startChain } from '../../lib/chain.mjs';
import { devWallet, providerOf } from '../../lib/ethers.mjs';
import { BUY, EXCHANGE, EXCHANGE_ABI, SEI, SELL, TOKEN, fund, listToken, order, settlementHash } from '../../lib/exchange.mjs';
import { onAnvil, seizaOnly } from '../../lib/target.mjs';
import { viemOn } from '../../lib/viem.mjs';
import { eventually } from '../../lib/wait.mjs';

const only = seizaOnly('the exchange');
const chain = await startChain();
after(() => chain.stop());
const provider = providerOf(chain);
const { publicClient, socketClient, walletOf } = viemOn(chain);
const [owner, seller] = [devWallet(0, provider), devWallet(1, provider)];
const { token, market } = onAnvil ? {} : await listToken(owner);
if (!onAnvil) await fund(token, owner, seller, 100n * TOKEN);
const exchangeOf = (index) => getContract({ address: EXCHANGE, abi: EXCHANGE_ABI, client: { public: publicClient, wallet: walletOf(index) } });
const place = async (index, wish) => {
  const hash = await exchangeOf(index).write.placeOrders([[order({ market, ...wish })]]);
  return publicClient.waitForTransactionReceipt({ hash });
};

test('viem simulates, places and hears of the fill', only, async () => {
  const heard = [];
  const socket = socketClient();
  const stop = socket.watchContractEvent({ address: EXCHANGE, abi: EXCHANGE_ABI, eventName: 'OrderFilled',
    onLogs: (logs) => heard.push(...logs) });
  const { result } = await exchangeOf(1).simulate.placeOrders([[order({ market, side: SELL, price: 1n, quantity: TOKEN })]], { account: seller.address });
  assert.equal(decodeErrorResult({ abi: EXCHANGE_ABI, data: result[0].refusal }).errorName, 'OffTick');
  const sold = await place(1, { side: SELL, price: SEI, quantity: TOKEN });
  assert.equal(parseEventLogs({ abi: EXCHANGE_ABI, logs: sold.logs })[0].eventName, 'OrderPlaced');
  const { blockNumber } = await place(2, { side: BUY, price: 2n * SEI, quantity: TOKEN, clientId: 7n });
  const settled = await publicClient.getTransactionReceipt({ hash: settlementHash(blockNumber) });
  const events = parseEventLogs({ abi: EXCHANGE_ABI, logs: settled.logs });
  assert.deepEqual(events.map((event) => event.eventName), ['MarketCleared', 'OrderFilled', 'OrderFilled']);
  assert.equal(events[1].args.clientId, 7n);
  await eventually('both fills are heard of', () => heard.length === 2);
  assert.deepEqual(heard.map((log) => log.transactionHash), [settled.transactionHash, settled.transactionHash]);
  stop();
  (await socket.transport.getRpcClient()).close();
});

test('viem filters fills by their owner', only, async () => {
  const logs = await publicClient.getContractEvents({ address: EXCHANGE, abi: EXCHANGE_ABI, eventName: 'OrderFilled',
    args: { owner: seller.address }, fromBlock: 0n });
  assert.equal(logs.length, 1);
  assert.deepEqual([logs[0].args.side, logs[0].args.maker, logs[0].args.quantity], [SELL, true, TOKEN]);
});
