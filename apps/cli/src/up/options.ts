import { isAbsolute, join, resolve } from 'node:path';
import { InvalidInput, isName, present, printableLine } from '@sluice/kernel';
import { takeCredential } from './source-repository.js';
import type { SourceRepository } from './source-repository.js';

/** What `sluice up` was asked for, checked. */
export interface UpOptions {
  readonly port: number;
  readonly host: string;
  readonly data: string;
  /** Whose branches are taken over at the first start. */
  readonly repository?: SourceRepository;
  /** Of a repository that is made now. */
  readonly mergeMethod: MergeMethod;
  readonly backing?: { readonly redis: string; readonly database: string };
  readonly example: boolean;
  /** Who starts it, as the administrator that is made without the example. */
  readonly person?: string;
  /** With a Slack bot; `file`: where its settings are, beside the environment. */
  readonly slack?: { readonly file?: string };
  readonly reset: boolean;
  /** Do not ask before a reset. */
  readonly yes: boolean;
}

export type MergeMethod = 'squash' | 'rebase' | 'merge';
export const MERGE_METHODS: readonly MergeMethod[] = ['squash', 'rebase', 'merge'];
export const DEFAULT_PORT = 7420;
export const DEFAULT_DATA = '.sluice';

/** Options as commander gives them. */
export interface RawUpOptions {
  readonly port: string;
  readonly host: string;
  readonly data?: string;
  readonly repository?: string;
  readonly mergeMethod: MergeMethod;
  readonly redis?: string;
  readonly database?: string;
  readonly example: boolean;
  readonly person?: string;
  readonly slack?: true | string;
  readonly reset?: boolean;
  readonly yes?: boolean;
}

/** @throws InvalidInput naming the option. */
export function parseUpOptions(raw: RawUpOptions, folder: string): UpOptions {
  const { host, mergeMethod } = raw;
  if (host.trim() === '') throw new InvalidInput('--host: give an address of this machine, such as 127.0.0.1, or 0.0.0.0 for all of them');
  const repository = raw.repository ? repositoryAt(raw.repository, folder) : undefined;
  const example = raw.example && !repository;
  const optional = present({ repository, backing: backingOf(raw), person: personOf(raw, example), slack: slackOf(raw, folder) });
  return { port: portOf(raw), host, data: dataOf(raw, folder), ...optional, mergeMethod, example, reset: raw.reset === true, yes: raw.yes === true };
}

function portOf({ port }: RawUpOptions): number {
  const number = Number(port);
  if (!/^\d+$/.test(port) || number < 1 || number > 65_535) throw new InvalidInput(`--port ${port}: give a number from 1 to 65535`);
  return number;
}

function dataOf({ data = DEFAULT_DATA }: RawUpOptions, folder: string): string {
  if (data === '') throw new InvalidInput('--data: give a folder');
  return resolve(folder, data);
}

function personOf({ person }: RawUpOptions, example: boolean): string | undefined {
  if (person === undefined) return undefined;
  if (!isName(person)) throw new InvalidInput(`--person ${printableLine(person, 80)}: give a name of small letters, digits and dashes`);
  if (example) throw new InvalidInput('--person: the example has people of its own; give it with --no-example or --repository');
  return person;
}

function slackOf({ slack }: RawUpOptions, folder: string): UpOptions['slack'] {
  if (slack === undefined) return undefined;
  if (slack === '') throw new InvalidInput('--slack: give a file, or nothing to take the settings of the bot from the environment');
  return slack === true ? {} : { file: resolve(folder, slack) };
}

// the values are not repeated: they may hold passwords
function backingOf({ redis, database }: RawUpOptions): UpOptions['backing'] {
  if (redis === undefined && database === undefined) return undefined;
  if (redis === undefined || database === undefined) throw new InvalidInput('--redis and --database belong together: give both to run on PostgreSQL and Redis, or neither to run on the embedded database');
  if (!/^rediss?:\/\//.test(redis) || !URL.canParse(redis)) throw new InvalidInput('--redis: give a URL like redis://127.0.0.1:6379');
  if (!/^postgres(ql)?:\/\//.test(database) || !URL.canParse(database)) throw new InvalidInput('--database: give a URL like postgres://user@127.0.0.1:5432/sluice');
  return { redis, database };
}

function repositoryAt(text: string, folder: string): SourceRepository {
  if (/^(https?|ssh|file):\/\//.test(text)) return takeCredential(text);
  if (/^[^/]+@[^/]+:/.test(text) || isAbsolute(text)) return { url: text };
  if (/^[a-z][a-z0-9+.-]*:[/:]/i.test(text)) throw new InvalidInput('--repository: give a path, or a URL that begins with https://, http://, ssh:// or file://');
  return { url: join(folder, text) };
}

/** What the repository is called here: the example is `shop`, another one keeps its name as far as that can be. */
export function repositoryName({ repository, example }: Pick<UpOptions, 'repository' | 'example'>): string {
  if (!repository) return example ? 'shop' : 'config';
  const last = repository.url.replace(/\/+$/, '').replace(/\.git$/, '').split(/[/:]/).at(-1) ?? '';
  const name = last.toLowerCase().replace(/[^a-z0-9]+/g, '-').replace(/^-+|-+$/g, '').slice(0, 63).replace(/-+$/, '');
  return isName(name) ? name : 'config';
}
