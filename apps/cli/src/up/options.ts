import { isAbsolute, join, resolve } from 'node:path';
import { InvalidInput, present } from '@sluice/kernel';

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
  const backing = raw.redis !== undefined && raw.database !== undefined ? { redis: raw.redis, database: raw.database } : undefined;
  const repository = raw.repository && repositoryAt(raw.repository, folder);
  return { port, host: raw.host, data: resolve(folder, raw.data), ...present({ repository, backing }), example: raw.example && !repository, reset: raw.reset === true, yes: raw.yes === true };
}

function repositoryAt(text: string, folder: string): string {
  if (/^(https?|ssh):\/\//.test(text) || /^[^/]+@[^/]+:/.test(text)) return text;
  return isAbsolute(text) ? text : join(folder, text);
}
