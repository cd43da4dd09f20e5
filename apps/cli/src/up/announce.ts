import { join, resolve } from 'node:path';
import { API } from '@sluice/contracts';
import { paint } from '../terminal.js';
import type { Terminal } from '../terminal.js';
import { DEFAULT_DATA } from './options.js';
import type { LocalPerson } from './people.js';
import type { ServedRun } from './run.js';
import type { SeededRepository } from './seed.js';

interface Started {
  readonly people: readonly LocalPerson[];
  readonly repository: SeededRepository;
  readonly environments: readonly string[];
  /** Where `up` was called. */
  readonly folder: string;
}

/** Says where everything is, and ends with the line `Sluice is ready: <url>` and how to go on. */
export async function announce(terminal: Terminal, run: ServedRun, { people, repository, environments, folder }: Started): Promise<void> {
  const { addresses, options, client } = run;
  const sluice = (command: string): string => `npx sluice ${command}${options.data === resolve(folder, DEFAULT_DATA) ? '' : ` --data ${options.data}`}`;
  terminal.out('');
  terminal.out(`Dashboard   ${paint(terminal, 'bold', addresses.url)}`);
  if (addresses.others.length > 0) terminal.out(`            from other machines (not encrypted: only in a network that you trust): ${addresses.others.join(', ')}`);
  terminal.out(`Repository  ${repository.gitUrl}  (user: anything, password: the token in ${join(options.data, 'connection.json')})`);
  if (environments.length > 0) terminal.out(`Targets     ${join(options.data, 'targets')}/{${environments.join(',')}}`);
  else terminal.out('Targets     none: each environment gets one, with an agent, as soon as there is a pipeline file (sluice.yaml on the branch main) that names it');
  const { items } = await client.call(API.people);
  const left = new Set<string>(items.filter(({ deactivated }) => deactivated).map(({ name }) => name));
  for (const person of people.filter(({ name }) => !left.has(name))) {
    const link = await client.call(API.createLoginLink, { body: { person: person.name } });
    terminal.out(`Sign in as ${person.displayName}, once, within 10 minutes (another: ${sluice(`login --link --person ${person.name}`)}):\n  ${link.url}`);
  }
  terminal.out('');
  terminal.out(`Sluice is ready: ${addresses.url}`);
  terminal.out(paint(terminal, 'dim', `\`${sluice('status')}\` in another terminal shows what is where; Ctrl-C or \`${sluice('down')}\` ends it.`));
}
