import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createBuiltinForge } from '@sluice/forge-builtin';
import type { BuiltinForge } from '@sluice/forge-builtin';
import { createMirrors } from '@sluice/git';
import { startGitLauncher } from '@sluice/git-process';
import { openEmbeddedPostgres } from '@sluice/embedded-postgres';
import { instant, repositoryId } from '@sluice/kernel';
import { createCheckedFetch, createGateQuestions, createOutboundHttp } from '@sluice/outbound-http';
import { createLocalSignals } from '@sluice/queue-bullmq';
import { createImageRegistry, createImageTags } from '@sluice/registry';
import { createRenderer } from '@sluice/render';
import { createLogger, lockFolder, SecretBox } from '@sluice/runtime';
import { createUntrustedReader } from '@sluice/sandbox';
import { createCommitSignatures } from '@sluice/signatures';
import { createPostgresPool, createStore, migrate } from '@sluice/store-postgres';
import type { Store } from '@sluice/store-postgres';
import type { Services } from '@sluice/testing';
import { OwnAccounts, RemoteForges, createAuditLog, routeForges } from '@sluice/usecases';
import type { LifecyclePorts, MergeMethod, Sealer, Wakes } from '@sluice/usecases';
import { FORGE_ADAPTERS } from '../compose/forge-adapters.js';
import { createSealer } from '../compose/sealer.js';
import { onSimulatedTime, simulateDatabaseTime } from './database-time.fixture.js';
import { savePeople } from './people.fixture.js';
import { Shop } from './shop-in-world.fixture.js';
import type { Files } from './work-tree.fixture.js';
import type { Polling } from './worked-repository.fixture.js';

export { Shop };
export type { Polling };

/** Everything below the web server, for real: store, forge, mirrors, reader and use cases. Jobs run when a test says so, one after the other. */
export interface World {
  readonly ports: LifecyclePorts;
  readonly forge: BuiltinForge;
  readonly store: Store;
  readonly remotes: RemoteForges;
  readonly sealer: Sealer;
  /** A folder that is gone with the world. */
  readonly folder: string;
  /** A new repository with these files on its branches, read once. */
  repository(branches: Readonly<Record<string, Files>>, options?: { readonly mergeMethod?: MergeMethod; readonly polled?: Polling }): Promise<Shop>;
  /** From now on it is this time (RFC 3339), for gates, timers and the database. */
  setClock(time: string): Promise<void>;
  /** Every job and every "look again" is gone, timers are not: as after a queue was emptied. */
  loseWakes(): Promise<void>;
  /** The database is as on the first day, but for the people: repositories and requests are still on the forge's disk. */
  loseDatabase(): Promise<void>;
  /** Another worker, on a machine of its own: what only this one's mirrors had is not there. */
  loseMirrors(): Promise<void>;
  close(): Promise<void>;
}

export async function openWorld(services: Services): Promise<World> {
  const launcher = await startGitLauncher();
  try {
    return await openWith(services, launcher);
  } catch (error) {
    // or its process would keep the suite from ending
    await launcher.close();
    throw error;
  }
}

async function openWith(services: Services, launcher: { close(): Promise<void> }): Promise<World> {
  const folder = await mkdtemp(join(tmpdir(), 'sluice-world-'));
  let ahead = 0;
  const clock = () => instant(Date.now() + ahead);
  const embedded = services.kind === 'embedded' ? await openEmbeddedPostgres({ ...services, lock: lockFolder }) : undefined;
  const pool = embedded?.pool ?? createPostgresPool(services.kind === 'postgres+redis' ? services.databaseUrl : '', { max: 8, onError: () => undefined });
  onSimulatedTime(pool);
  await migrate(pool);
  const time = await simulateDatabaseTime(pool);
  const store = createStore(pool);
  const forge = createBuiltinForge({ folder: join(folder, 'repositories'), publicUrl: 'http://127.0.0.1:1', clock });
  const way = createCheckedFetch({ allowedNetworks: ['127.0.0.1/32'] });
  const sealer = createSealer(new SecretBox([Buffer.alloc(32, 7).toString('base64')]));
  const remotes = new RemoteForges({ forges: store.forges, repositories: store.repositories, sealer, clock, fetch: way.fetch, adapters: FORGE_ADAPTERS });
  const audit = createAuditLog(store.auditStore, clock, () => undefined);
  const own = new OwnAccounts({ ...store, audit, sealer, clock }, remotes);
  const routed = routeForges({ builtin: forge, remotes, repositories: store.repositories, forges: store.forges, own, clock });
  let moves = 0;
  const newMirrors = () => createMirrors({ folder: join(folder, moves++ === 0 ? 'mirrors' : `mirrors-${moves}`), access: routed.access, allowLocal: true, lock: lockFolder });
  let mirrors = newMirrors();
  const reader = createUntrustedReader();
  const renderer = createRenderer();
  const outbound = createOutboundHttp({ allowedNetworks: ['127.0.0.1/32'], deadline: 2_000 });
  const ports: LifecyclePorts = {
    ...store,
    clock,
    audit,
    wakes: storedWakes(store),
    signals: createLocalSignals(createLogger({ name: 'world', level: 'silent' })),
    mirrors: { open: (id) => mirrors.open(id), withPack: (id, pack, work) => mirrors.withPack(id, pack, work) },
    reader,
    renderer,
    changes: routed.changes,
    reviews: routed.reviews,
    statuses: routed.statuses,
    pushes: routed.pushes,
    signatures: createCommitSignatures(),
    images: createImageRegistry(outbound, clock),
    imageTags: createImageTags(outbound, clock),
    questions: createGateQuestions(outbound, (name) => (name === 'NONE' ? undefined : `secret of ${name}`)),
    memory: store.settings,
    settings: { publicUrl: 'http://127.0.0.1:1', worker: 'world' },
  };
  await savePeople(store);
  let count = 0;
  return {
    ports,
    forge,
    store,
    remotes,
    sealer,
    folder,
    repository: async (branches, { mergeMethod = 'squash', polled = 'all at once' } = {}) => {
      const shop = new Shop({ ports, forge, store, folder: join(folder, 'work', String(++count)), id: repositoryId(`shop-${count}`), polled });
      await shop.create(branches, mergeMethod);
      return shop;
    },
    setClock: async (to) => {
      ahead += Date.parse(to) - clock();
      await time.setAhead(ahead);
    },
    loseWakes: async () => {
      await pool.query('truncate sluice.wakes');
    },
    loseDatabase: async () => {
      const { rows } = await pool.query<{ tablename: string }>("select tablename from pg_tables where schemaname = 'sluice'");
      // as a new database is: the triggers that keep the audit are for those who write to it
      const tables = rows.map(({ tablename }) => `sluice."${tablename}"`).join(', ');
      await pool.query(`begin; set local session_replication_role = replica; truncate ${tables}; insert into sluice.audit_end (id, sequence, hash) values (1, 0, repeat('0', 64)); commit`);
      await savePeople(store);
    },
    loseMirrors: async () => {
      await mirrors.close();
      mirrors = newMirrors();
    },
    close: async () => {
      await reader.close();
      await renderer.close();
      await outbound.close();
      await mirrors.close();
      await remotes.close();
      await way.close();
      forge.close();
      await store.close();
      if (embedded) await embedded.close();
      else await pool.end();
      await launcher.close();
      await rm(folder, { recursive: true, force: true });
    },
  };
}

function storedWakes(store: Store): Wakes {
  return { wake: async (...targets) => void (await store.wakes.raise(targets)), wakeAt: (id, target, at) => store.wakes.setTimer(id, target, at) };
}
