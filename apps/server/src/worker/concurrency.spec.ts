import { setTimeout as sleep } from 'node:timers/promises';
import { Unavailable, applicationName, commitSha, environmentName, instant, repositoryId } from '@sluice/kernel';
import type { Environment } from '@sluice/pipeline';
import { describeCombinations, type Services } from '@sluice/testing';
import type { WakeTarget } from '@sluice/usecases';
import { START_TIMEOUT, startTestServer, type TestServer } from '../test-server.fixture.js';

const SHOP = repositoryId('shop');
const COMMIT = commitSha('1'.repeat(40));
const APPLICATIONS = Array.from({ length: 6 }, (_, index) => applicationName(`app-${index}`));
const [DEV, QA] = [environmentName('dev'), environmentName('qa')];

/** A repository whose readers wait until a test lets them go on. */
function slowReaders() {
  const seen = { now: 0, most: 0, all: 0 };
  let open = (): void => undefined;
  const opened = new Promise<void>((resolve) => (open = resolve));
  const refuse = (): Promise<never> => Promise.reject(new Unavailable('there is no git here'));
  const enter = async (): Promise<never> => {
    seen.now += 1;
    seen.all += 1;
    seen.most = Math.max(seen.most, seen.now);
    await opened;
    seen.now -= 1;
    return refuse();
  };
  return { seen, open, readers: () => ({ mirrors: { open: enter, withPack: refuse }, reader: { parsePipeline: refuse, compose: refuse, diff: refuse, findRoots: refuse, evaluatePolicy: refuse, findSecrets: refuse, findImages: refuse, updateImages: refuse, takeOver: refuse }, closings: [] }) };
}

function environment(name: Environment['name'], from: readonly Environment['name'][]): Environment {
  return { name, branch: name, from, directPush: 'deploy', drift: 'report', merge: 'auto', onNewSource: 'update', gates: [] };
}

describeCombinations('a worker', (combination) => {
  let services: Services;
  let server: TestServer | undefined;
  beforeEach(async () => void (services = await combination.start()), START_TIMEOUT);
  afterEach(async () => {
    await server?.stop();
    await services.stop();
  });

  it.each([
    ['as many lanes at a time as SLUICE_CONCURRENCY says', { SLUICE_CONCURRENCY: '2' }, 2],
    ['four lanes at a time when nothing is said', {}, 4],
  ] as const)(
    'works on %s, and on the others afterwards',
    async (_, environmentOfServer, most) => {
      const { seen, open, readers } = slowReaders();
      server = await startTestServer(services, { environment: { SLUICE_ROLES: 'api,worker,forge', SLUICE_SWEEP_SECONDS: '86400', ...environmentOfServer }, openReaders: readers });
      const { repositories, wakes, auditStore } = server.ports;
      // what was written at the start is signed, and told to every repository that is there by then
      while ((await auditStore.heads()).length === 0) await sleep(20);
      await sleep(100);
      await repositories.add({ id: SHOP, forge: 'builtin', configBranch: 'main', createdAt: instant(Date.now()) });
      const applications = APPLICATIONS.map((name) => ({ name, paths: [`apps/${name}/**`], uses: [] }));
      await repositories.savePipeline({ repository: SHOP, commit: COMMIT, checkedCommit: COMMIT, diagnostics: [], pipeline: { name: 'shop', environments: [environment(DEV, []), environment(QA, [DEV])], applications, environmentOwned: [], roles: [] } });
      await wakes.wake(...APPLICATIONS.map((application): WakeTarget => ({ kind: 'lane', repository: SHOP, application, target: QA })));
      while (seen.now < most) await sleep(20);
      // long enough for another one to begin, if it could
      await sleep(300);
      expect(seen.most).toBe(most);
      open();
      while (seen.all < APPLICATIONS.length) await sleep(20);
      expect(seen.most).toBe(most);
    },
    START_TIMEOUT,
  );
});
