import { API } from '@sluice/contracts';
import { InvalidInput, NotFound, present } from '@sluice/kernel';
import type { Command } from 'commander';
import { ApiClient } from './api-client.js';
import { findConnection } from './connection.js';
import type { OutputFormat, Terminal } from './terminal.js';

/** Options that every command takes. */
export interface GlobalOptions {
  readonly url?: string;
  /** A data folder of `sluice up`. */
  readonly data?: string;
  readonly output: OutputFormat;
}

/** What a command works with. */
export interface Context {
  readonly terminal: Terminal;
  readonly environment: Readonly<Record<string, string | undefined>>;
  readonly folder: string;
}

export function globalOptions(command: Command): GlobalOptions {
  return command.optsWithGlobals<GlobalOptions>();
}

export async function clientFor(context: Context, options: GlobalOptions): Promise<ApiClient> {
  const { url, data } = options;
  return new ApiClient(await findConnection({ ...present({ url, data }), environment: context.environment, folder: context.folder }));
}

/** The repository that a command is about: the named one, or the only one. */
export async function chooseRepository(client: ApiClient, named: string | undefined): Promise<string> {
  const { items } = await client.call(API.repositories);
  if (named !== undefined) {
    if (!items.some((repository) => repository.id === named)) throw new NotFound(`there is no repository ${named}; there are ${items.map((repository) => repository.id).join(', ') || 'none'}`);
    return named;
  }
  const [only, ...others] = items;
  if (!only) throw new NotFound('the server has no repository yet');
  if (others.length > 0) throw new InvalidInput(`the server has several repositories: name one with --repository (${items.map((repository) => repository.id).join(', ')})`);
  return only.id;
}
