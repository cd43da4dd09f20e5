import { instant, personName } from '@sluice/kernel';
import { CheckTargets } from './check-targets.js';
import { defaultTargets, reachability } from './default-targets.js';

const person = (name: string, admin: boolean, ...emails: readonly string[]) => ({ name: personName(name), displayName: name, groups: [], admin, emails });
const people = { list: async () => [person('ada', true, 'ada@example.org', 'ada@home.example'), person('bob', false, 'bob@example.org'), person('root', true), person('eve', true, 'eve@example.org, x@example.org'), { ...person('ben', true, 'ben@example.org'), deactivated: { at: instant(0), by: personName('ada'), reason: 'has left' } }] };
const settings = { publicUrl: 'https://sluice.example.org', worker: 'w' };

describe('whom the server tells by default', () => {
  it.each([
    ['its admins, where it has a mail server', { hasMail: true }, ['mail:ada@example.org']],
    ['nobody, where it has none', { hasMail: false }, []],
    ['those whom its settings name', { hasMail: true, defaultTargets: ['slack:#ops'] }, ['slack:#ops']],
    ['nobody, where its settings say so', { hasMail: true, defaultTargets: [] }, []],
  ])('is %s', async (_title, own, targets) => {
    expect(await defaultTargets({ people }, { ...settings, ...own })).toEqual(targets);
  });
});

describe('a target', () => {
  it('can be reached by what the server has', async () => {
    const endpoint = { name: 'audit', host: 'hooks.example.org', sealed: '', changedAt: 0 as never };
    const why = await reachability({ notificationEndpoints: { list: async () => [endpoint] } }, { hasMail: false });
    expect(['webhook:audit', 'slack:#ops'].map(why)).toEqual([undefined, undefined]);
    expect(why('webhook:other')).toContain('sluice notify endpoint add other');
    expect(why('mail:ops@example.org')).toContain('SLUICE_SMTP_URL');
  });

  it('is told of once, in the order of the question', async () => {
    const checks = new CheckTargets({ notificationEndpoints: { list: async () => [] } }, { hasMail: true });
    expect(await checks.run(['webhook:audit', 'mail:ops@example.org', 'webhook:audit', 'pigeon:loft'])).toEqual([
      { target: 'webhook:audit', message: expect.stringContaining('no webhook audit') as string },
      { target: 'mail:ops@example.org' },
      { target: 'pigeon:loft', message: 'pigeon:loft is no target' },
    ]);
  });
});
