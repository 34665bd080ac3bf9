// The test dapp in a real browser, with a wallet in its window.
// Promises: pages come from the npm package over loopback; the browser reaches no other host; the wallet (EIP-1193 and
// EIP-6963) approves everything, signs with the first account of the mnemonic and leaves the rest to the node.
import { createReadStream, existsSync } from 'node:fs';
import { createServer } from 'node:http';
import { extname, join } from 'node:path';
import { SignTypedDataVersion, signTypedData } from '@metamask/eth-sig-util';
import { getBytes, verifyMessage } from 'ethers';
import { chromium } from 'playwright-core';
import { scratchFolder } from './chain.mjs';
import { devWallet, providerOf } from './ethers.mjs';
import { CHROMIUM } from './prepare.mjs';
import { CHAIN_ID, E2E_DIR } from './target.mjs';

const PAGES = join(E2E_DIR, 'node_modules/@metamask/test-dapp/dist');
const KINDS = { '.html': 'text/html', '.js': 'text/javascript', '.css': 'text/css', '.svg': 'image/svg+xml', '.json': 'application/json' };
const FLAGS = ['--headless=new', '--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run', '--disable-background-networking',
  '--disable-component-update', '--disable-sync', '--host-resolver-rules=MAP * ~NOTFOUND , EXCLUDE 127.0.0.1'];
const GAS_WITHOUT_ESTIMATE = 300_000n;
const VERSIONS = { eth_signTypedData: 'V1', eth_signTypedData_v3: 'V3', eth_signTypedData_v4: 'V4' };

/** Opens the dapp on a chain: { page, asked, sent, close() }; `asked` lists the wallet requests so far, `sent` the hashes. */
export async function openDapp(chain) {
  const server = await servePages();
  const context = await chromium.launchPersistentContext(scratchFolder('chromium'), { executablePath: CHROMIUM, args: FLAGS });
  const page = await context.newPage();
  await page.route((url) => url.hostname !== '127.0.0.1', (route) => route.abort());
  const [asked, sent] = [[], []];
  const wallet = walletOn(chain, sent);
  await page.exposeFunction('seizaWallet', async (method, params) => {
    asked.push(method);
    try { return { result: await wallet(method, params ?? []) }; } catch (e) {
      return { error: { code: e.code ?? -32603, message: e.text ?? e.message, data: e.data } };
    }
  });
  await page.addInitScript(injectProvider, { chainId: `0x${CHAIN_ID.toString(16)}` });
  await page.goto(`http://127.0.0.1:${server.address().port}/`);
  const close = async () => { await context.close(); server.close(); };
  return { page, asked, sent, close };
}

/** Answers a wallet's own methods; everything else goes to the node as it is. */
function walletOn(chain, sent) {
  const wallet = devWallet(0, providerOf(chain));
  let connected = [];
  const own = {
    eth_requestAccounts: () => { connected = [wallet.address.toLowerCase()]; return connected; },
    eth_accounts: () => connected,
    wallet_getPermissions: () => [{ parentCapability: 'eth_accounts' }],
    wallet_requestPermissions: () => [{ parentCapability: 'eth_accounts' }],
    personal_sign: ([message]) => wallet.signMessage(message.startsWith('0x') ? getBytes(message) : message),
    personal_ecRecover: ([message, signature]) => verifyMessage(getBytes(message), signature).toLowerCase(),
    eth_sendTransaction: async ([{ gas, from, type, ...fields }]) => {
      const gasLimit = gas ?? await wallet.estimateGas(fields).catch(() => GAS_WITHOUT_ESTIMATE);
      const { hash } = await wallet.sendTransaction({ ...fields, gasLimit, type: type === undefined ? undefined : Number(type) });
      sent.push(hash);
      return hash;
    },
  };
  const sign = (version, data) => signTypedData({ privateKey: Buffer.from(wallet.privateKey.slice(2), 'hex'), version: SignTypedDataVersion[version],
    data: typeof data === 'string' ? JSON.parse(data) : data });
  return async (method, params) => {
    if (own[method]) return own[method](params);
    if (VERSIONS[method]) return sign(VERSIONS[method], params.find((p) => Array.isArray(p) || typeof p === 'object' || p.startsWith('{')));
    return chain.rpc(method, ...params);
  };
}

/** Runs inside the page before its scripts: window.ethereum and its EIP-6963 announcement. */
function injectProvider({ chainId }) {
  const listeners = {};
  const request = async ({ method, params }) => {
    const { result, error } = await window.seizaWallet(method, params);
    if (error) throw Object.assign(new Error(error.message), error);
    if (method === 'eth_requestAccounts') (listeners.accountsChanged ?? []).forEach((f) => f(result));
    return result;
  };
  const on = (event, f) => { (listeners[event] ??= []).push(f); return provider; };
  const removeListener = (event, f) => { listeners[event] = (listeners[event] ?? []).filter((g) => g !== f); return provider; };
  const provider = { isMetaMask: true, chainId, networkVersion: String(Number(chainId)), request, on, once: on, removeListener, off: removeListener,
    addListener: on, removeAllListeners: () => provider, isConnected: () => true,
    sendAsync: (p, done) => request(p).then((result) => done(null, { id: p.id, jsonrpc: '2.0', result }), done) };
  window.ethereum = provider;
  const info = { uuid: '350670db-19fa-4704-a166-e52e178b59d2', name: 'Seiza test wallet', icon: 'data:image/svg+xml,<svg/>', rdns: 'dev.seiza.test' };
  const announce = () => window.dispatchEvent(new CustomEvent('eip6963:announceProvider', { detail: Object.freeze({ info, provider }) }));
  window.addEventListener('eip6963:requestProvider', announce);
  announce();
}

async function servePages() {
  const server = createServer((request, response) => {
    const path = new URL(request.url, 'http://127.0.0.1').pathname;
    const file = join(PAGES, path === '/' ? 'index.html' : path);
    if (!file.startsWith(PAGES) || !existsSync(file)) return response.writeHead(404).end();
    response.setHeader('content-type', KINDS[extname(file)] ?? 'application/octet-stream');
    return createReadStream(file).pipe(response);
  });
  await new Promise((done) => server.listen(0, '127.0.0.1', done));
  return server;
}
