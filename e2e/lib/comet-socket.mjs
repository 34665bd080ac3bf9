// CosmJS's Tendermint client over one WebSocket: calls, and subscriptions to blocks, headers and transactions. Prints what it
// saw as JSON. A program of its own, because the test runner's own process does not let this client's socket come to an end.
// Arguments: URL of the Tendermint RPC, the sender's sei address, a signed transaction in hex.
import { fromHex, toHex } from '@cosmjs/encoding';
import { Comet38Client } from '@cosmjs/tendermint-rpc';

const [url, sender, raw] = process.argv.slice(2);
const client = await Comet38Client.connect(url.replace('http:', 'ws:'));

/** The first `count` values of a stream; `act` is called once it is listened to. */
function firstOf(stream, count, act = () => {}) {
  return new Promise((done, fail) => {
    const seen = [];
    const subscription = stream.subscribe({
      next: (value) => { if (seen.push(value) === count) { subscription.unsubscribe(); done(seen); } },
      error: fail,
    });
    Promise.resolve(act()).catch(fail);
  });
}

await client.health();
const { nodeInfo } = await client.status();
const blocks = await firstOf(client.subscribeNewBlock(), 3);
const [header] = await firstOf(client.subscribeNewBlockHeader(), 1);
const send = () => client.broadcastTxSync({ tx: fromHex(raw) });
const [event] = await firstOf(client.subscribeTx(`transfer.sender='${sender}'`), 1, send);
console.log(JSON.stringify({
  network: nodeInfo.network,
  heights: blocks.map((block) => block.header.height),
  chainId: header.chainId,
  hash: toHex(event.hash),
  code: event.result.code,
}));
process.exit(0);
