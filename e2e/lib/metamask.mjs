// MetaMask without its windows: its own controllers, wired as the extension wires them, on one node.
// Promises: no traffic but to the node (simulation, incoming transactions and gas services are off or unreachable).
import { createRequire } from 'node:module';
import { CHAIN_ID, MNEMONIC } from './target.mjs';

const require = createRequire(import.meta.url);
const { Messenger } = require('@metamask/base-controller');
const { AccountsController } = require('@metamask/accounts-controller');
const { ApprovalController } = require('@metamask/approval-controller');
const { GasFeeController } = require('@metamask/gas-fee-controller');
const { KeyringController } = require('@metamask/keyring-controller');
const { NetworkController, RpcEndpointType } = require('@metamask/network-controller');
const { TransactionController } = require('@metamask/transaction-controller');

const NOWHERE = 'http://127.0.0.1:1';
const CHAIN_HEX = `0x${CHAIN_ID.toString(16)}`;
const CLIENT = 'seiza-devnet';

/** The controllers of one wallet, unlocked with the well-known mnemonic and pointed at the chain. */
export async function metamaskOn(chain) {
  const messenger = new Messenger();
  const restricted = (name, allowedActions = [], allowedEvents = []) => messenger.getRestricted({ name, allowedActions, allowedEvents });
  messenger.registerActionHandler('RemoteFeatureFlagController:getState', () => ({ remoteFeatureFlags: {}, cacheTimestamp: 0 }));
  messenger.registerActionHandler('ErrorReportingService:captureException', (error) => { throw error; });
  const network = networkOn(chain, restricted);
  const keyring = new KeyringController({ messenger: restricted('KeyringController'), keyringBuilders: [] });
  const accounts = accountsOn(restricted);
  const approval = new ApprovalController({ messenger: restricted('ApprovalController'), showApprovalRequest: () => {} });
  await keyring.createNewVaultAndRestore('correct horse battery staple', Uint8Array.from(seedIndices()));
  await accounts.updateAccounts();
  const gasFee = gasFeeOn(network, restricted);
  const transactions = transactionsOn({ network, keyring, gasFee }, restricted);
  return { network, keyring, accounts, approval, gasFee, transactions, networkClientId: CLIENT, messenger };
}

/** The mnemonic as the vault takes it: little-endian 16-bit indices into the BIP-39 word list. */
function seedIndices() {
  const { wordlist } = require('@metamask/scure-bip39/dist/wordlists/english');
  return new Uint8Array(Uint16Array.from(MNEMONIC.split(' ').map((word) => wordlist.indexOf(word))).buffer);
}

function networkOn(chain, restricted) {
  const configuration = { chainId: CHAIN_HEX, name: 'Seiza devnet', nativeCurrency: 'SEI', defaultRpcEndpointIndex: 0, blockExplorerUrls: [],
    rpcEndpoints: [{ networkClientId: CLIENT, url: chain.http, type: RpcEndpointType.Custom, name: 'devnet' }] };
  const network = new NetworkController({
    messenger: restricted('NetworkController', ['ErrorReportingService:captureException']), infuraProjectId: 'none',
    state: { selectedNetworkClientId: CLIENT, networkConfigurationsByChainId: { [CHAIN_HEX]: configuration }, networksMetadata: {} },
    getRpcServiceOptions: () => ({ fetch: globalThis.fetch, btoa: globalThis.btoa }),
    getBlockTrackerOptions: () => ({ pollingInterval: 500 }) });
  return network;
}

function accountsOn(restricted) {
  const events = ['SnapController:stateChange', 'KeyringController:stateChange', 'SnapKeyring:accountAssetListUpdated', 'SnapKeyring:accountBalancesUpdated',
    'SnapKeyring:accountTransactionsUpdated', 'MultichainNetworkController:networkDidChange'];
  const messenger = restricted('AccountsController', ['KeyringController:getState', 'KeyringController:getKeyringsByType'], events);
  return new AccountsController({ messenger, state: { internalAccounts: { accounts: {}, selectedAccount: '' } } });
}

function gasFeeOn(network, restricted) {
  const messenger = restricted('GasFeeController', ['NetworkController:getState', 'NetworkController:getNetworkClientById',
    'NetworkController:getEIP1559Compatibility'], ['NetworkController:networkDidChange']);
  return new GasFeeController({ messenger, getProvider: () => network.getProviderAndBlockTracker().provider, EIP1559APIEndpoint: NOWHERE, legacyAPIEndpoint: NOWHERE,
    getCurrentNetworkEIP1559Compatibility: () => network.getEIP1559Compatibility(), getCurrentAccountEIP1559Compatibility: () => true,
    getCurrentNetworkLegacyGasAPICompatibility: () => false });
}

function transactionsOn({ network, keyring, gasFee }, restricted) {
  const messenger = restricted('TransactionController', ['AccountsController:getSelectedAccount', 'AccountsController:getState', 'ApprovalController:addRequest',
    'KeyringController:signEip7702Authorization', 'NetworkController:findNetworkClientIdByChainId', 'NetworkController:getNetworkClientById',
    'RemoteFeatureFlagController:getState'], ['NetworkController:stateChange']);
  return new TransactionController({ messenger, disableHistory: true, disableSendFlowHistory: true, disableSwaps: true, transactionHistoryLimit: 40, hooks: {},
    getCurrentNetworkEIP1559Compatibility: () => network.getEIP1559Compatibility(), getCurrentAccountEIP1559Compatibility: async () => true,
    getGasFeeEstimates: (options) => gasFee.fetchGasFeeEstimates(options), getNetworkClientRegistry: () => network.getNetworkClientRegistry(),
    getNetworkState: () => network.state, getPermittedAccounts: async () => keyring.state.keyrings.flatMap((k) => k.accounts), incomingTransactions: { isEnabled: () => false },
    isSimulationEnabled: () => false, isFirstTimeInteractionEnabled: () => false, pendingTransactions: { isResubmitEnabled: () => false },
    sign: (tx, from) => keyring.signTransaction(tx, from) });
}
