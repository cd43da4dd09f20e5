import { describeStoreContract } from '@sluice/testing';
import { openStore } from './opened-store.fixture.js';

describeStoreContract('the store', (services) => openStore(services));
