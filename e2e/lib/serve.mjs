// A chain for a client that is not written in JavaScript: prints {"http","ws"} as one JSON line, then serves
// until its standard input closes. Promises: the chain ends with it.
import { startChain } from './chain.mjs';

const { http, ws, stop } = await startChain();
console.log(JSON.stringify({ http, ws }));
process.stdin.resume();
process.stdin.on('end', async () => { await stop(); process.exit(0); });
