import { API } from '@sluice/contracts';
import { InvalidInput } from '@sluice/kernel';
import type { ApiClient } from '../api-client.js';
import { chooseRepository } from '../context.js';
import type { Clone } from './clone.js';

/** The repository that a clone is of: the named one, the one that a remote of the clone is at, or the only one. @throws InvalidInput when that leaves several. */
export async function matchingRepository(client: ApiClient, clone: Clone, named: string | undefined): Promise<string> {
  if (named !== undefined) return chooseRepository(client, named);
  const { items } = await client.call(API.repositories);
  const remotes = new Set((await clone.remotes()).map(plainUrl));
  const matching = items.filter(({ gitUrl }) => remotes.has(plainUrl(gitUrl)));
  const [only, ...others] = matching.length > 0 ? matching : items;
  if (only && others.length === 0) return only.id;
  if (!only) return chooseRepository(client, named);
  const which = matching.length > 0 ? 'has remotes at several repositories of the server' : 'has no remote at any repository of the server';
  throw new InvalidInput(`${clone.root} ${which}: name one with --repository (${(matching.length > 0 ? matching : items).map(({ id }) => id).join(', ')})`);
}

/** Without what makes no difference: user and password, `.git`, a slash at the end. */
function plainUrl(url: string): string {
  const plain = url.replace(/^(\w+:\/\/)[^/@]*@/, '$1').replace(/\/+$/, '').replace(/\.git$/, '');
  return plain.replace('//localhost', '//127.0.0.1');
}
