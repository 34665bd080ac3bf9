// The exchange as its users reach it: the CLI, REST by fetch, and streams over a WebSocket.
// Promises: the CLI's own exit code and words; a stream's messages in order, each once, with its place to come back to.
import WebSocket from 'ws';
import { runToEnd } from './chain.mjs';
import { seizaBinary } from './target.mjs';

/** Runs `seiza exchange ...` against a chain: { code, output, stderr }. */
export const cli = (chain, ...args) => runToEnd(seizaBinary(), ['exchange', ...args.map(String), '--url', chain.http], { limitMs: 30_000 });

/** The same, as JSON; anything but success is an error with the CLI's own words. */
export async function cliJson(chain, ...args) {
  const { code, output, stderr } = await cli(chain, ...args, '--json');
  if (code !== 0) throw new Error(`seiza exchange ${args.join(' ')}: code ${code}: ${stderr}`);
  return JSON.parse(output);
}

/** GET below the REST root: { status, body }. */
export async function rest(chain, path) {
  const response = await fetch(`${chain.http}/seiza/exchange/v1/${path}`);
  return { status: response.status, type: response.headers.get('content-type'), body: await response.json() };
}

/** A subscription: { messages, at() (height of the last message), close() }; `onMessage` sees each message as it comes. */
export async function stream(chain, topic, options = {}, onMessage = () => {}) {
  const socket = new WebSocket(chain.ws);
  await new Promise((done, fail) => socket.once('open', done).once('error', fail));
  const messages = [];
  const answered = new Promise((done) => {
    socket.on('message', (text) => {
      const message = JSON.parse(text);
      if (message.id === 1) return done(message);
      messages.push(message.params.result);
      return onMessage(message.params.result);
    });
  });
  socket.send(JSON.stringify({ jsonrpc: '2.0', id: 1, method: 'exchange_subscribe', params: [topic, options] }));
  const { error } = await answered;
  if (error) { socket.close(); throw Object.assign(new Error(error.message), error); }
  const close = () => new Promise((done) => { socket.once('close', done); socket.terminate(); });
  return { messages, at: () => messages.at(-1)?.height, close };
}

/** A book that a depth stream's messages are applied to. A gap is an error. */
export class StreamedBook {
  constructor() { this.height = null; this.resets = 0; this.clear(); }

  clear() { this.sides = { bids: new Map(), asks: new Map() }; }

  apply({ kind, height, previous, reset, bids, asks }) {
    if (kind === 'snapshot') this.clear();
    else if (previous !== this.height) throw new Error(`a gap: has ${this.height}, got an update on ${previous}`);
    if (reset) this.resets += 1;
    for (const [side, levels] of Object.entries({ bids, asks })) {
      for (const [price, quantity, orders] of levels) {
        if (quantity === '0') this.sides[side].delete(price);
        else this.sides[side].set(price, [price, quantity, orders]);
      }
    }
    this.height = height;
  }

  /** Levels as `exchange_depth` lists them, best first. */
  levels(side) {
    const order = side === 'bids' ? -1n : 1n;
    return [...this.sides[side].values()].sort((a, b) => Number(order * (BigInt(a[0]) - BigInt(b[0]))));
  }
}
