import { isAbsolute, join, resolve } from 'node:path';
import { InvalidInput } from '@sluice/kernel';

/** What `sluice up` was asked for, checked. */
export interface UpOptions {
  readonly port: number;
  readonly host: string;
  readonly data: string;
  /** A path or URL whose branches are taken over at the first start. */
  readonly repository?: string;
  readonly backing?: { readonly redis: string; readonly database: string };
  readonly example: boolean;
  readonly reset: boolean;
  /** Do not ask before a reset. */
  readonly yes: boolean;
}

export const DEFAULT_PORT = 7420;

/** Options as commander gives them. */
export interface RawUpOptions {
  readonly port: string;
  readonly host: string;
  readonly data: string;
  readonly repository?: string;
  readonly redis?: string;
  readonly database?: string;
  readonly example: boolean;
  readonly reset?: boolean;
  readonly yes?: boolean;
}

/** @throws InvalidInput naming the option. */
export function parseUpOptions(raw: RawUpOptions, folder: string): UpOptions {
  const port = Number(raw.port);
  if (!Number.isInteger(port) || port < 1 || port > 65_535) throw new InvalidInput(`--port ${raw.port}: give a number from 1 to 65535`);
  if ((raw.redis === undefined) !== (raw.database === undefined)) throw new InvalidInput('--redis and --database belong together: give both to run on PostgreSQL and Redis, or neither to run on the embedded database');
  return {
    port,
    host: raw.host,
    data: resolve(folder, raw.data),
    ...(raw.repository === undefined ? {} : { repository: repositoryAt(raw.repository, folder) }),
    ...(raw.redis !== undefined && raw.database !== undefined ? { backing: { redis: raw.redis, database: raw.database } } : {}),
    example: raw.example && raw.repository === undefined,
    reset: raw.reset ?? false,
    yes: raw.yes ?? false,
  };
}

function repositoryAt(text: string, folder: string): string {
  if (/^(https?|ssh):\/\//.test(text) || /^[^/]+@[^/]+:/.test(text)) return text;
  return isAbsolute(text) ? text : join(folder, text);
}
