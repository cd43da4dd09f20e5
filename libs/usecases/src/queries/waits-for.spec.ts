import type { Promotion, Verdict } from '@sluice/promotion';
import { waitingSentence, waitsFor } from './waits-for.js';

type Seen = Pick<Promotion, 'state' | 'verdicts' | 'target' | 'timeline'>;

const verdict = (gate: string, outcome: Verdict['outcome'], message: string) => ({ gate, type: gate, outcome, message, since: 0, evidence: {} }) as unknown as Verdict;
const promotion = (state: Promotion['state'], ...verdicts: readonly Verdict[]) => ({ state, verdicts, target: 'qa', timeline: [] }) satisfies Omit<Seen, 'target'> & { target: string } as unknown as Promotion;

const UNIT = verdict('unit', 'fail', 'ci/test failed on 1234567890: red');
const APPROVALS = verdict('approvals', 'wait', '0 of 1 given');
const SOAKED = verdict('dev-healthy', 'pass', 'healthy in dev');

describe('what a promotion waits for', () => {
  it('is the first gate that does not pass, with what it says, in lists', () => {
    expect(waitsFor(promotion('open', SOAKED, APPROVALS))).toBe('approvals: 0 of 1 given');
  });

  it('is what has failed before what takes its time', () => {
    expect(waitsFor(promotion('open', APPROVALS, UNIT))).toBe('unit: ci/test failed on 1234567890: red');
  });

  it('is every such gate by name beside the verdicts, which say the rest', () => {
    expect(waitingSentence(promotion('open', SOAKED, APPROVALS, UNIT))).toBe('waits for unit, approvals');
  });

  it.each([
    ['open', 'waits for its gates to be evaluated'],
    ['ready', 'waits for somebody to merge it: all gates have passed'],
    ['merging', 'waits for the forge to merge it'],
    ['rolling-out', 'waits for the agents of qa to converge'],
    ['tampered', 'waits for another composition: what was merged is not what was approved'],
  ] as const)('reads as a sentence when it is %s', (state, sentence) => {
    expect(waitingSentence(promotion(state, SOAKED))).toBe(sentence);
    expect(`waits for ${waitsFor(promotion(state, SOAKED)) ?? ''}`).toBe(sentence);
  });

  const REFUSED = [{ at: 0, what: 'merging', by: 'sluice' }, { at: 1, what: 'merge refused', by: 'forge', detail: '#7 cannot be merged: a check is missing' }];

  it.each([
    ['open', [SOAKED], 'waits for the forge, which refuses to merge it'],
    ['merging', [SOAKED], 'waits for the forge, which refuses to merge it'],
    ['ready', [SOAKED], 'waits for somebody to merge it again: the forge has refused to'],
  ] as const)('is the forge that refuses to merge it when it is %s, and in lists what the forge says of it', (state, verdicts, sentence) => {
    const refused = { ...promotion(state, ...verdicts), timeline: REFUSED } as unknown as Promotion;
    expect([waitingSentence(refused), waitsFor(refused)]).toEqual([sentence, `${sentence.slice('waits for '.length)}: #7 cannot be merged: a check is missing`]);
  });

  it('is a gate that does not pass any more before a forge that has refused', () => {
    const refused = { ...promotion('open', APPROVALS), timeline: REFUSED } as unknown as Promotion;
    expect([waitingSentence(refused), waitsFor(refused)]).toEqual(['waits for approvals', 'approvals: 0 of 1 given']);
  });

  it.each(['live', 'superseded', 'rejected'] as const)('is nothing when it is %s', (state) => {
    expect([waitsFor(promotion(state)), waitingSentence(promotion(state))]).toEqual([undefined, '']);
  });
});
