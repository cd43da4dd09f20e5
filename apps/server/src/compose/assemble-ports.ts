import { randomBytes } from 'node:crypto';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { createBuiltinForge, type BuiltinForge } from '@sluice/forge-builtin';
import type { Json } from '@sluice/audit';
import { instant, type Clock } from '@sluice/kernel';
import { createGateQuestions, createOutboundHttp } from '@sluice/outbound-http';
import { createIdentityProvider } from '@sluice/oidc';
import { createMailSender } from '@sluice/notify-mail';
import { createWebhookSender } from '@sluice/notify-webhook';
import { createQueues, createWakes } from '@sluice/queue-bullmq';
import { createCommitSignatures } from '@sluice/signatures';
import { createImageRegistry, createImageTags } from '@sluice/registry';
import { createRenderer } from '@sluice/render';
import type { Closing, Logger } from '@sluice/runtime';
import { createAuditLog } from '@sluice/usecases';
import type { AuditLog, EventLog, Mirrors, OutboundHttp, PushEvent, Repositories, RepositoryAccess, Signals, UntrustedReader } from '@sluice/usecases';
import { CALLBACK_PATH } from '../identity/oidc-mount.js';
import type { Settings } from '../settings.js';
import { currentOrigin } from '../http/origin.js';
import { openAuditKeys, type OpenedAuditKeys } from './audit-keys.js';
import { witnessesOf } from './audit-witnesses.js';
import { countedForge, newActivity, observed, type Activity } from './activity.js';
import { openForges, type OpenedForges } from './open-forges.js';
import { openBacking, type BackingServices } from './backing.js';
import type { Ports } from './ports.js';

/** What reads repositories: mirrors of them, and the reader of what is in them. */
export interface RepositoryReaders {
  readonly mirrors: Mirrors;
  readonly reader: UntrustedReader;
  readonly upkeep?: Ports['upkeep'];
  readonly closings: readonly Closing[];
}

/** How readers are made, given where the forge keeps repositories. */
export type OpenReaders = (settings: Settings, access: RepositoryAccess, log: Logger) => RepositoryReaders;

const clock: Clock = () => instant(Date.now());

/** Opens everything that a server needs of the outside. What was opened before a failure is closed again. */
export async function assemblePorts(settings: Settings, log: Logger, openReaders: OpenReaders): Promise<Ports> {
  const backing = await openBacking(settings, log);
  const forge = createBuiltinForge({ folder: join(settings.dataFolder, 'repositories'), publicUrl: settings.publicUrl, clock, log, protection });
  const activity = newActivity();
  const events = announced(backing.store.events, backing.signals);
  const audit = createAuditLog(backing.store.auditStore, clock, currentOrigin);
  const ways = openForges(settings, { ...backing.store, events, audit }, forge, activity);
  const readers = openReaders(settings, ways.routed.access, log);
  const auditKeys = await openAuditKeys(settings, backing.store.settings, log);
  return connect(settings, log, { backing, forge, readers, ways, activity, auditKeys, events, audit });
}

interface Parts {
  readonly backing: BackingServices;
  readonly forge: BuiltinForge;
  readonly readers: RepositoryReaders;
  readonly ways: OpenedForges;
  readonly activity: Activity;
  readonly auditKeys: OpenedAuditKeys;
  readonly events: EventLog;
  readonly audit: AuditLog;
}

function connect(settings: Settings, log: Logger, { backing, forge, readers, ways, activity, auditKeys, events, audit }: Parts): Ports {
  const { store, queueBackend, signals } = backing;
  const queues = createQueues(queueBackend, log);
  const outbound = createOutboundHttp({ allowedNetworks: settings.outboundAllow });
  const renderer = createRenderer();
  const wakes = createWakes({ store: store.wakes, queues, log });
  forge.onPush(async (event) => {
    await notePush(audit, event);
    await wakes.wake({ kind: 'repository', repository: event.repository });
  });
  return {
    ...store,
    events,
    audit,
    auditKeys,
    witnesses: witnessesOf(settings, { repositories: store.repositories, mirrors: readers.mirrors }),
    clock,
    wakes,
    signals,
    memory: store.settings,
    ...(settings.oidc && { identityProvider: createIdentityProvider({ ...settings.oidc, redirectUri: `${settings.publicUrl}${CALLBACK_PATH}` }) }),
    ...senders(outbound, settings),
    wakeStore: store.wakes,
    queueBackend,
    queues,
    changes: countedForge(activity, 'changes', ways.routed.changes),
    reviews: countedForge(activity, 'reviews', ways.routed.reviews),
    statuses: countedForge(activity, 'statuses', ways.routed.statuses),
    pushes: countedForge(activity, 'pushes', ways.routed.pushes),
    remotes: ways.remotes,
    sealer: ways.sealer,
    signatures: createCommitSignatures(),
    questions: createGateQuestions(outbound, (name) => settings.gateSecrets.get(name)),
    images: createImageRegistry(outbound, clock),
    imageTags: createImageTags(outbound, clock),
    git: forge.http,
    host: {
      create: (id, made) => forge.createRepository(id, made),
      list: async () => Promise.all((await forge.listRepositories()).map(async (id) => ({ id, defaultBranch: (await forge.access.locate(id)).defaultBranch ?? 'main' }))),
    },
    mirrors: readers.mirrors,
    renderer,
    reader: observed(readers.reader, (method) => {
      if (method === 'compose') activity.composes += 1;
    }),
    activity,
    settings: { publicUrl: settings.publicUrl, worker: `${hostname()}-${process.pid}-${randomBytes(4).toString('hex')}` },
    checks: {
      database: () => store.ping(),
      queue: () => queueBackend.ping(),
    },
    upkeep: {
      database: async () => void (await store.maintenance.run()),
      repositories: () => maintainRepositories(forge, store.repositories),
      ...readers.upkeep,
    },
    closings: [{ name: 'queues', close: () => queues.close() }, ...readers.closings, { name: 'renderer', close: () => renderer.close() }, { name: 'outbound connections', close: () => outbound.close() }, { name: 'forges', close: () => ways.close() }, { name: 'forge', close: () => forge.close() }, ...backing.closings],
  };
}

/** By what people are told of things. */
function senders(outbound: OutboundHttp, settings: Settings): Pick<Ports, 'webhooks' | 'mail'> {
  const { mail } = settings.notify;
  return { webhooks: createWebhookSender(outbound, settings), ...(mail && { mail: createMailSender(mail, settings) }) };
}

/** What people push by git; merges move branches as well, and are recorded by who makes them. */
async function notePush(audit: AuditLog, { repository, updates }: PushEvent): Promise<void> {
  if (currentOrigin()?.door !== 'forge') return;
  const refs = (side: 'before' | 'after'): Json => Object.fromEntries(updates.map(({ ref, [side]: commit }) => [ref, commit ?? null]));
  await audit.append({ action: 'repository.push', place: { repository }, before: refs('before'), after: refs('after') });
}

/** Whoever appends an event, every open stream is told to look. Inside a transaction the signal waits for the commit. */
function announced(events: EventLog, signals: Signals): EventLog {
  return {
    append: async (...added) => {
      await events.append(...added);
      signals.publish('events');
    },
    after: (cursor, limit) => events.after(cursor, limit),
  };
}

async function maintainRepositories(forge: BuiltinForge, repositories: Repositories): Promise<void> {
  for (const { id, remote } of await repositories.list()) if (!remote) await forge.maintain(id);
}

/** A promotion's request is merged only when every gate has passed, whoever presses the button on the forge. */
function protection(_target: string, source: string): readonly string[] {
  return source.startsWith('sluice/promote/') ? ['sluice/ready'] : [];
}
