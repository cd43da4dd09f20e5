import { type RepositoryId, Turns } from '@sluice/kernel';
import type { GitCredential } from '@sluice/git-process';
import type { Logger } from '@sluice/runtime';
import type { ChangeRequests, CommitStatuses, PushEvent, PushLog, RepositoryAccess, Reviews } from '@sluice/usecases';
import { BuiltinChangeRequests } from './change-requests.js';
import { ChangeStores } from './change-stores.js';
import { BuiltinCommitStatuses } from './commit-statuses.js';
import type { GitHttpLimits } from './http/git-exchange.js';
import { GitHttp } from './http/git-http.js';
import { maintainRepository } from './maintenance.js';
import { Protection, type ProtectionRule } from './protection.js';
import { BuiltinPushLog } from './push-log.js';
import { type NewRepository, RepositoryFolder, type RepositoryFolderOptions } from './repository-folder.js';
import { BuiltinReviews } from './reviews.js';

/** `folder` holds the repositories: `<folder>/<repository>.git`. Several processes may use it at once. */
export interface BuiltinForgeOptions extends RepositoryFolderOptions {
  /** Where people reach the server, for links to requests; no slash at the end. */
  readonly publicUrl: string;
  readonly log?: Logger;
  readonly limits?: Partial<GitHttpLimits>;
  /** Which statuses a request must have to be merged, in every repository without a rule of its own. Default: none. */
  readonly protection?: ProtectionRule;
}

export type PushListener = (event: PushEvent) => void | Promise<void>;

/** The forge's ports and what only its owner may do. */
export interface BuiltinForge {
  readonly changes: ChangeRequests;
  readonly reviews: Reviews;
  readonly statuses: CommitStatuses;
  /** Locates repositories by their path: for git on this machine. */
  readonly access: RepositoryAccess;
  readonly pushes: PushLog;
  readonly http: GitHttp;
  /** @throws Conflict when there is one of this name; InvalidInput for an impossible branch. */
  createRepository(id: RepositoryId, options: NewRepository): Promise<void>;
  /** Copies branches, tags and the default branch. `source`: a path, or an http(s) or ssh URL without a password. @throws Conflict, InvalidInput, Unavailable */
  importRepository(id: RepositoryId, source: string, credential?: GitCredential): Promise<void>;
  /** By name. */
  listRepositories(): Promise<readonly RepositoryId[]>;
  gitDir(id: RepositoryId): string;
  /** Which statuses a request must have to be merged, by anybody. Replaces an earlier rule. Kept in this process only. */
  protect(id: RepositoryId, rule: ProtectionRule): void;
  /** After each accepted push and each merge, once it is in the push log. What a listener throws is logged. @returns the function that ends it. */
  onPush(listener: PushListener): () => void;
  /** Packs when there is much to pack; for a schedule, some times a day. @throws NotFound, GitFailed */
  maintain(id: RepositoryId): Promise<void>;
  /** Ends the processes that read from the repositories. */
  close(): void;
}

/** Git repositories with change requests, reviews and statuses, all of it in git: `forge-refs.ts` names every ref. */
export function createBuiltinForge(options: BuiltinForgeOptions): BuiltinForge {
  const { log, limits, publicUrl } = options;
  const turns = new Turns();
  const repositories = new RepositoryFolder(options);
  const stores = new ChangeStores(repositories, turns);
  const protection = new Protection(options.protection);
  const pushes = new BuiltinPushLog(repositories, turns);
  const listeners = new Set<PushListener>();
  const notePush = async (event: PushEvent): Promise<void> => {
    // the refs have moved already: a push that cannot be noted has no known pusher, and must still be seen
    await pushes.append(event).catch((error: unknown) => log?.error({ err: error, repository: event.repository }, 'push could not be noted'));
    for (const listener of listeners) tell(listener, event, log);
  };
  return {
    changes: new BuiltinChangeRequests(stores, protection, {
      publicUrl,
      onMerged: notePush,
      mergeMethod: (id) => repositories.mergeMethod(id),
      onUnreadable: (repository, error) => log?.error({ err: error, repository, ref: error.ref }, 'forge record is unreadable'),
    }),
    reviews: new BuiltinReviews(stores),
    statuses: new BuiltinCommitStatuses(repositories, turns),
    access: { locate: async (id) => ({ url: repositories.gitDir(id), defaultBranch: await repositories.defaultBranch(id), sharesObjects: true, takesObjects: options.flushToDisk !== true }) },
    pushes,
    http: new GitHttp({ repositories, onPushed: notePush, ...(limits ? { limits } : {}), ...(log ? { log } : {}) }),
    createRepository: (id, made) => repositories.create(id, made),
    importRepository: (id, source, credential) => repositories.import(id, source, credential),
    listRepositories: () => repositories.list(),
    gitDir: (id) => repositories.gitDir(id),
    protect: (id, rule) => protection.protect(id, rule),
    onPush: (listener) => {
      listeners.add(listener);
      return () => void listeners.delete(listener);
    },
    maintain: (id) => turns.take(`${id} maintenance`, () => maintain(repositories, pushes, id)),
    close: () => repositories.close(),
  };
}

async function maintain(repositories: RepositoryFolder, pushes: BuiltinPushLog, id: RepositoryId): Promise<void> {
  const { gitDir } = await repositories.open(id);
  await pushes.forgetOldDays(id);
  await maintainRepository(gitDir);
}

function tell(listener: PushListener, event: PushEvent, log: Logger | undefined): void {
  const failed = (error: unknown): void => log?.error({ err: error, repository: event.repository }, 'push listener failed');
  try {
    void Promise.resolve(listener(event)).catch(failed);
  } catch (error) {
    failed(error);
  }
}
