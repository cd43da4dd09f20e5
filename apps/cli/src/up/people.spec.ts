import { writeFile } from 'node:fs/promises';
import { userInfo } from 'node:os';
import { join } from 'node:path';
import { temporaryFolder } from '@sluice/testing';
import { firstPeople } from './people.js';

describe('the people of a first start', () => {
  let folder: string;
  let remove: () => Promise<void>;
  beforeEach(async () => ({ folder, remove } = await temporaryFolder()));
  afterEach(() => remove());

  const here = (): Record<string, string | undefined> => ({ PATH: process.env['PATH'], HOME: folder, XDG_CONFIG_HOME: folder });
  const configured = (text: string): Promise<void> => writeFile(join(folder, '.gitconfig'), text);

  it('are with the example one who changes and one who approves; what this user commits is the former’s', async () => {
    await configured('[user]\n\temail = me@example.net\n');
    const [ada, grace, ...others] = await firstPeople({ example: true }, here());
    expect([ada?.name, ada?.emails, grace?.name, grace?.emails, others]).toEqual(['ada', ['ada@example.org', 'me@example.net'], 'grace', ['grace@example.org'], []]);
  });

  it('are otherwise one: who starts it, an administrator with the name and the address of git', async () => {
    await configured('[user]\n\tname = Joan Clarke\n\temail = joan@example.net\n');
    const people = await firstPeople({ example: false }, here());
    expect(people).toEqual([{ name: expect.stringMatching(/^[a-z0-9-]+$/), displayName: 'Joan Clarke', emails: ['joan@example.net'], groups: [], admin: true }]);
    expect(userInfo().username.toLowerCase()).toContain(people[0]?.name.split('-')[0]);
  });

  it('have a name also where git knows none, and the one that was asked for', async () => {
    await configured('[user]\n\temail = no address\n');
    const [nameless] = await firstPeople({ example: false }, here());
    expect([nameless?.displayName, nameless?.emails]).toEqual([nameless?.name, []]);
    expect(await firstPeople({ example: false, person: 'joan' }, here())).toEqual([{ name: 'joan', displayName: 'joan', emails: [], groups: [], admin: true }]);
  });
});
