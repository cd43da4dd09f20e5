import { API } from '@sluice/contracts';
import { describeOnServices, type Services } from '@sluice/testing';
import { openApiDocument } from '../api/open-api.js';
import { START_TIMEOUT } from '../test-server.fixture.js';
import { Fuzzer } from './fuzzer.fixture.js';
import { Judge } from './judge.fixture.js';
import { OTHER_OPERATIONS } from './other-operations.fixture.js';
import { operationsOf, type OpenApiDocument } from './requests.fixture.js';
import { openWorld, type World } from './world.fixture.js';

/** The same requests at every run; others with another seed, and more of them with more rounds: each is a request by everybody to every route. */
const SEED = Number(process.env['SLUICE_FUZZ_SEED'] ?? 1);
const ROUNDS = Number(process.env['SLUICE_FUZZ_ROUNDS'] ?? 1);
const A_ROUTE = 60_000 + ROUNDS * 60_000;

const NAMES = operationsOf(openApiDocument(API) as unknown as OpenApiDocument).map(({ operationId }) => operationId);

describeOnServices('every route, whoever calls it with whatever', (combination) => {
  let services: Services;
  let world: World;
  let fuzzer: Fuzzer;
  let operations: ReturnType<typeof operationsOf>;

  beforeAll(async () => {
    services = await combination.start();
    if (services.kind !== 'postgres+redis') throw new Error('the database is looked at from the side');
    world = await openWorld(services);
    const document = (await world.server.call('GET', API.openApi.path)).body as OpenApiDocument;
    operations = [...operationsOf(document), ...OTHER_OPERATIONS];
    fuzzer = new Fuzzer(world, new Judge(document, world.secrets), { seed: SEED, rounds: ROUNDS, operations });
    await fuzzer.begin();
  }, START_TIMEOUT);
  afterAll(async () => {
    fuzzer?.end();
    await world?.stop();
    await services?.stop();
  });

  it.each([...NAMES, ...OTHER_OPERATIONS.map(({ operationId }) => operationId)])('%s answers as described, and what is refused has shown and written nothing', async (name) => {
    const operation = operations.find(({ operationId }) => operationId === name);
    expect(operation && (await fuzzer.problemsOf(operation))).toEqual([]);
  }, A_ROUTE);
});
