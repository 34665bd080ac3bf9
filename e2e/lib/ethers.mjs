// An ethers 6 user of the devnet: provider, the ten funded wallets, and deployment in one line.
// Promises: no response caching and quick polling, so that tests see the chain and not the client's memory.
import { ContractFactory, HDNodeWallet, JsonRpcProvider, Mnemonic, NonceManager } from 'ethers';
import { CHAIN_ID, MNEMONIC } from './target.mjs';

/** A provider on a chain of lib/chain.mjs. */
export const providerOf = (chain, options = {}) =>
  new JsonRpcProvider(chain.http, CHAIN_ID, { staticNetwork: true, cacheTimeout: -1, pollingInterval: 100, ...options });

/** The n-th account of the well-known mnemonic, as a wallet. */
export const devWallet = (index, provider = null) =>
  HDNodeWallet.fromMnemonic(Mnemonic.fromPhrase(MNEMONIC), `m/44'/60'/0'/0/${index}`).connect(provider);

/** A wallet that counts its own nonces, for many transactions in a row. */
export const countingWallet = (index, provider) => new NonceManager(devWallet(index, provider));

/** Deploys an artefact of lib/artifacts.mjs and waits for it. */
export async function deploy(artifact, signer, ...args) {
  const contract = await new ContractFactory(artifact.abi, artifact.bytecode, signer).deploy(...args);
  return contract.waitForDeployment();
}

/** Sends a contract call, waits, and gives the receipt. */
export const mined = async (promise) => (await promise).wait();
