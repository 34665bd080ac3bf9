// A viem user of the devnet: the chain's description, clients and accounts.
// Promises: quick polling and no caching, so that tests see the chain and not the client's memory.
import { createPublicClient, createWalletClient, defineChain, http, webSocket } from 'viem';
import { mnemonicToAccount } from 'viem/accounts';
import { CHAIN_ID, MNEMONIC } from './target.mjs';

export const account = (addressIndex) => mnemonicToAccount(MNEMONIC, { addressIndex });

/** { publicClient, socketClient(), walletOf(index) } on a chain of lib/chain.mjs. */
export function viemOn(chain) {
  const devnet = defineChain({ id: CHAIN_ID, name: 'Seiza devnet', nativeCurrency: { name: 'Sei', symbol: 'SEI', decimals: 18 },
    rpcUrls: { default: { http: [chain.http], webSocket: [chain.ws] } },
    contracts: { multicall3: { address: '0xcA11bde05977b3631167028862bE2a173976CA11' } } });
  const common = { chain: devnet, pollingInterval: 100, cacheTime: 0 };
  return {
    publicClient: createPublicClient({ ...common, transport: http(chain.http) }),
    socketClient: () => createPublicClient({ ...common, transport: webSocket(chain.ws) }),
    walletOf: (index) => createWalletClient({ ...common, account: account(index), transport: http(chain.http) }),
  };
}
