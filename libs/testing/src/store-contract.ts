import { describeCombinations, type Combination, type Services } from './services-combinations.js';
import { auditContract } from './store-contract-audit.js';
import { botNotesContract } from './store-contract-bot-notes.js';
import { coordinationContract } from './store-contract-coordination.js';
import { deliveriesContract } from './store-contract-deliveries.js';
import { driftContract } from './store-contract-drift.js';
import { environmentsContract } from './store-contract-environments.js';
import { eventsContract } from './store-contract-events.js';
import { fleetContract } from './store-contract-fleet.js';
import { forgesContract } from './store-contract-forges.js';
import { freezesContract } from './store-contract-freezes.js';
import { identityContract } from './store-contract-identity.js';
import { notificationsContract } from './store-contract-notifications.js';
import { ownAccountsContract } from './store-contract-own-accounts.js';
import { rightsContract } from './store-contract-rights.js';
import { rolloutsContract } from './store-contract-rollouts.js';
import { peopleContract } from './store-contract-people.js';
import type { ContractStore, OpenedStore } from './store-contract-ports.js';
import { promotionsContract } from './store-contract-promotions.js';
import { testRunsContract } from './store-contract-test-runs.js';
import { transactionsContract } from './store-contract-transactions.js';

/** What every store must do, on both combinations. */
export function describeStoreContract(title: string, open: (services: Services) => Promise<OpenedStore>): void {
  describeCombinations(title, (combination) => onStore(combination, open));
}

function onStore(combination: Combination, open: (services: Services) => Promise<OpenedStore>): void {
  let services: Services;
  let opened: OpenedStore;
  beforeAll(async () => {
    services = await combination.start();
    opened = await open(services);
  }, 60_000);
  afterAll(async () => {
    await opened?.close();
    await services?.stop();
  });
  const store = (): ContractStore => opened.store;
  for (const part of [transactionsContract, coordinationContract, promotionsContract, deliveriesContract, environmentsContract, eventsContract, peopleContract, identityContract, fleetContract, forgesContract, freezesContract, rightsContract, rolloutsContract, driftContract, testRunsContract, auditContract, botNotesContract, notificationsContract, ownAccountsContract]) part(store);
}
