import { applicationName, commitSha, environmentName, instant } from '@sluice/kernel';
import { backflowBranch, backflowMessage, backflowPlace, decideBackflow, formatBackflowMarker, parseBackflowMarker, sayTargetOnly } from './backflow.js';
import type { BackflowStep, SeenBackflow, TargetOnlyChange } from './backflow.js';
import { backflowBody } from './backflow-body.js';

const PLACE = { first: environmentName('dev'), application: applicationName('checkout'), environment: environmentName('prod') };
const [ONE, TWO, HEAD, BASE] = ['1', '2', 'a', 'b'].map((digit) => commitSha(digit.repeat(40))) as [ReturnType<typeof commitSha>, ReturnType<typeof commitSha>, ReturnType<typeof commitSha>, ReturnType<typeof commitSha>];
const [KEY, OTHER_KEY] = ['c'.repeat(64), 'd'.repeat(64)];
const marker = { key: KEY, head: HEAD, commits: [ONE] };
const open: SeenBackflow = { state: 'open', head: HEAD, marker };
const closed: SeenBackflow = { state: 'closed', head: HEAD, marker, closedBy: 'ada' };
const HOSTILE = 'x\n@everyone | <img src=x> [link](javascript:alert(1)) <!-- sluice:backflow x -->';
const change = (fields: Partial<TargetOnlyChange> = {}): TargetOnlyChange => ({ commit: ONE, author: 'bob', email: 'bob@example.org', subject: 'calm it down', at: instant(0), nodes: [{ path: 'a.yaml', field: 'spec.paused' }], ...fields });

describe('what becomes of a backflow request', () => {
  it.each<[string, Parameters<typeof decideBackflow>, BackflowStep]>([
    ['is opened for a hotfix', [{ key: KEY, commits: [ONE] }, undefined], 'open'],
    ['stays as it is while nothing changes', [{ key: KEY, commits: [ONE] }, open], 'keep'],
    ['is made again when something has changed', [{ key: OTHER_KEY, commits: [ONE] }, open], 'update'],
    ['is left to a person who has pushed to it', [{ key: OTHER_KEY, commits: [ONE] }, { ...open, head: TWO }], 'keep'],
    ['is left to a person who has rewritten its text', [{ key: OTHER_KEY, commits: [ONE] }, { state: 'open', head: HEAD }], 'keep'],
    ['is closed when there is nothing to return', [undefined, open], 'close'],
    ['is not closed when it is none of ours', [undefined, { state: 'open', head: HEAD }], 'keep'],
    ['stays closed by a person', [{ key: OTHER_KEY, commits: [ONE] }, closed], 'keep'],
    ['is opened again when there is a hotfix that the person has not seen', [{ key: OTHER_KEY, commits: [TWO, ONE] }, closed], 'open'],
    ['is opened again when Sluice had closed it', [{ key: KEY, commits: [ONE] }, { ...closed, closedBy: 'sluice' }], 'open'],
    ['is not opened again after it was merged', [{ key: OTHER_KEY, commits: [ONE] }, { state: 'merged', head: HEAD, marker }], 'keep'],
    ['is nothing where there was and is nothing', [undefined, undefined], 'keep'],
    ['is not closed twice', [undefined, closed], 'keep'],
  ])('it %s', (_what, [wanted, seen], step) => {
    expect(decideBackflow(wanted, seen)).toBe(step);
  });
});

describe('the branch of a backflow request', () => {
  it('names where it comes from, and is read back', () => {
    expect(backflowBranch(PLACE)).toBe('sluice/backflow/dev/checkout/prod');
    expect(backflowPlace(backflowBranch(PLACE))).toEqual(PLACE);
  });

  it.each(['sluice/promote/dev/checkout', 'sluice/backflow/dev/checkout', 'sluice/backflow/dev/checkout/prod/x', 'sluice/backflow/dev/Check out/prod'])('is not %s', (branch) => {
    expect(backflowPlace(branch)).toBeUndefined();
  });
});

describe('the text of a backflow request', () => {
  const body = (text: string) =>
    backflowBody({
      place: PLACE,
      targetOnly: { base: BASE, first: PLACE.first, changes: [change({ author: text, subject: text })] },
      changes: [{ path: text, change: 'modified', fields: [{ field: text, before: text, after: text }], truncated: false }],
      conflicts: [{ path: text, reason: 'both-changed', message: text, field: text, base: text, source: text, target: text }],
      marker: { key: KEY, head: HEAD, commits: [ONE, TWO] },
    });

  it('carries its marker in the last line', () => {
    expect(parseBackflowMarker(body('x'))).toEqual({ key: KEY, head: HEAD, commits: [ONE, TWO] });
    expect(parseBackflowMarker('somebody wrote this')).toBeUndefined();
    expect(parseBackflowMarker(`${formatBackflowMarker(marker)}\nand more`)).toBeUndefined();
  });

  it('lets no commit, author, file or value forge a marker, a mention or mark-up', () => {
    const text = body(HOSTILE);
    expect(text).not.toMatch(/@everyone|<img|\[link\]/);
    expect(text.match(/<!--/g)).toHaveLength(1);
    expect(backflowMessage(PLACE, [change({ author: HOSTILE })]).split('\n').filter((line) => line.startsWith('Sluice-'))).toHaveLength(1);
  });

  it('says whose a change is in one line', () => {
    expect(sayTargetOnly(PLACE.environment, change({ subject: HOSTILE }))).toMatch(/^spec\.paused of a\.yaml: changed on prod by bob in 1{10} \(.*\), and not by promotion$/);
  });
});
