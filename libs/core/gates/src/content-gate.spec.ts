import { commitSha } from '@sluice/kernel';
import type { Instant } from '@sluice/kernel';
import type { ContentGate } from '@sluice/pipeline';
import type { Verdict } from '@sluice/promotion';
import { evaluateContentGate } from './content-gate.js';
import type { Finding } from './findings.js';
import { settledVerdict } from './kept-verdict.js';
import type { ObservedImage } from './images-gate.js';
import type { CommitProblem } from './signature-gate.js';
import type { Judgement } from './verdicts.js';

const BOUND = 'b'.repeat(64);
const rules: ContentGate = { name: 'rules', type: 'policy', validations: [{ expression: 'true', message: 'm' }] };

const plain: ContentGate = { name: 'plain', type: 'secrets', allow: ['shop/example-*', 'dummy', '*/any-?'] };

const judge = (gate: ContentGate, finding: Finding): Judgement => evaluateContentGate(gate, { findings: { [gate.name]: { boundTo: BOUND, finding } }, previous: [] });
const verdict = (fields: Partial<Verdict> = {}): Verdict => ({ gate: 'rules', type: 'policy', outcome: 'fail', message: 'no', since: 5 as Instant, evidence: { boundTo: BOUND, broken: 1 }, ...fields });

describe('a gate over what would be promoted', () => {
  it('waits as long as nobody has looked', () => {
    expect(evaluateContentGate(rules, { previous: [] })).toMatchObject({ outcome: 'wait', clearedBy: expect.any(String) });
  });

  it('keeps a verdict that was settled for this candidate and this rule', () => {
    expect(evaluateContentGate(rules, { findings: { rules: { boundTo: BOUND, kept: true } }, previous: [verdict()] })).toEqual({ outcome: 'fail', message: 'no', evidence: { boundTo: BOUND, broken: 1 } });
  });

  it.each([
    ['another candidate or rule', verdict({ evidence: { boundTo: 'c'.repeat(64) } })],
    ['another gate', verdict({ gate: 'other' })],
    ['a wait', verdict({ outcome: 'wait' })],
  ])('has nothing settled by the verdict of %s', (_, previous) => {
    expect(settledVerdict('rules', BOUND, [previous])).toBeUndefined();
  });

  it('says in its evidence what it holds for', () => {
    expect(judge(rules, { kind: 'policy', result: { problems: [], objects: 1, unreadable: [] } }).evidence).toMatchObject({ boundTo: BOUND });
  });

  it('fails over a limit, and waits for what may be there the next time', () => {
    expect([true, false].map((final) => judge(rules, { kind: 'unfound', message: 'too much', final }).outcome)).toEqual(['fail', 'wait']);
  });

  it('is not taken in by what was found for a gate of another type', () => {
    expect(judge({ ...rules, type: 'http' } as unknown as ContentGate, { kind: 'policy', result: { problems: [], objects: 1, unreadable: [] } }).outcome).toBe('wait');
  });
});

describe('a policy gate', () => {
  const broken = (message: string, index = 0) => ({ index, kind: 'broken' as const, message });
  it.each([
    ['passes when all rules hold', { problems: [], objects: 2, unreadable: [] }, 'pass', '1 rule holds for 2 objects'],
    ['fails with the message of the rule', { problems: [broken('two replicas at least')], objects: 1, unreadable: [] }, 'fail', 'two replicas at least'],
    ['fails with where a rule could not be evaluated', { problems: [{ index: 1, kind: 'error' as const, message: 'No such key: x at character 3' }], objects: 1, unreadable: [] }, 'fail', 'rule 2 could not be evaluated: No such key: x at character 3'],
    ['tells three of many', { problems: ['a', 'b', 'c', 'd', 'e'].map(broken), objects: 1, unreadable: [] }, 'fail', 'a; b; c; and 2 more'],
    ['fails over a file that no rule has seen', { problems: [], objects: 1, unreadable: ['a.yaml'] }, 'fail', 'a.yaml cannot be read, so no rule has seen what is in it'],
  ])('%s', (_, result, outcome, message) => {
    expect(judge(rules, { kind: 'policy', result })).toMatchObject({ outcome, message });
  });
});

describe('a secrets gate', () => {
  const secret = (namespace: string, name: string) => ({ path: 'apps/a.yaml', namespace, name, where: 'data' });
  it.each([
    ['nothing', [], [], 'pass', 'no Secret in plain text'],
    ['a Secret', [secret('shop', 'db')], [], 'fail', 'in plain text: Secret shop/db in apps/a.yaml (data)'],
    ['one without a namespace', [secret('', 'db')], [], 'fail', 'in plain text: Secret db in apps/a.yaml (data)'],
    ['one whose name nobody knows', [secret('shop', '')], [], 'fail', 'in plain text: Secret shop/(no name) in apps/a.yaml (data)'],
    ['several', 'abcde'.split('').map((name) => secret('', name)), [], 'fail', expect.stringMatching(/Secret a .*Secret c .* and 2 more$/)],
    ['what cannot be read', [], ['a.yaml'], 'fail', 'a.yaml cannot be read, so nobody can tell whether there is a Secret in it'],
    ['allowed ones', [secret('shop', 'example-1'), secret('', 'dummy'), secret('shop', 'dummy'), secret('', 'any-1'), secret('b', 'any-2')], [], 'pass', 'no Secret in plain text but 5 allowed'],
    ['one of an allowed name in another namespace', [secret('other', 'example-1')], [], 'fail', expect.stringContaining('other/example-1')],
    ['one of an allowed name whose namespace nobody knows', [secret('', 'example-1')], [], 'fail', expect.stringContaining('example-1')],
    ['one whose name is longer than the pattern', [secret('b', 'any-12')], [], 'fail', expect.stringContaining('any-12')],
  ] as const)('over %s', (...[, secrets, unreadable, outcome, message]) => {
    expect(judge(plain, { kind: 'secrets', result: { secrets, unreadable } })).toMatchObject({ outcome, message });
  });
});

describe('a signature gate', () => {
  const signed: ContentGate = { name: 'signed', type: 'signature', keys: [] };
  const problem = (commit: string, fields: Partial<CommitProblem> = {}): CommitProblem => ({ commit: commitSha(commit.repeat(40)), author: 'Eve <eve@example.org>', message: 'is not signed', unchecked: false, ...fields });
  it.each([
    ['nothing to find fault with', [], 'pass', '3 commits are signed with a trusted key'],
    ['a commit that is not signed, with who made it', [problem('a')], 'fail', 'aaaaaaaaaa by Eve <eve@example.org> is not signed'],
    ['several, of which it names the oldest', [problem('a'), problem('b')], 'fail', 'aaaaaaaaaa by Eve <eve@example.org> is not signed (and 1 more commit)'],
    ['one that could not be checked', [problem('a', { message: 'needs gpg', unchecked: true })], 'wait', 'aaaaaaaaaa by Eve <eve@example.org> needs gpg'],
    ['one that could not be checked and one that is wrong', [problem('a', { unchecked: true }), problem('b')], 'fail', expect.stringContaining('bbbbbbbbbb')],
    ['a name that would write more than one line', [problem('a', { author: 'Eve\n\u202e<x>' })], 'fail', expect.not.stringMatching(/[\n\u202e]/)],
  ])('over %s', (_, problems, outcome, message) => {
    expect(judge(signed, { kind: 'signatures', commits: 3, problems })).toMatchObject({ outcome, message });
  });
});

describe('an images gate', () => {
  const images: ContentGate = { name: 'there', type: 'images' };
  const asked = { first: 1_000 as Instant, last: 1_000 as Instant, count: 1 };
  const image = (name: string, state: ObservedImage['state'] = 'there', message?: string): ObservedImage => ({ image: name, usedBy: 'Deployment web', state, ...(message !== undefined && { message }) });
  const again = expect.any(Number);
  it.each([
    ['no image', [], [], { outcome: 'pass', message: 'all 0 images are in their registries' }],
    ['images that are there', [image('a:1'), image('b:1')], [], { outcome: 'pass', message: 'all 2 images are in their registries' }],
    ['one that is missing, which is looked for again', [image('a:1'), image('b:1', 'missing'), image('c:1', 'unknown', 'x')], [], { outcome: 'fail', message: 'not in the registry: b:1 (Deployment web)', evidence: { askAgainAt: again, missing: 1, unknown: 1 } }],
    ['many that are missing', ['a', 'b', 'c', 'd'].map((name) => image(name, 'missing')), [], { outcome: 'fail', message: expect.stringMatching(/^not in the registry: a .* and 1 more$/) }],
    ['one that nobody knows of', [image('a:1', 'unknown', 'the registry answers with status 500')], [], { outcome: 'wait', message: 'nobody knows whether a:1 is there: the registry answers with status 500', until: again }],
    ['a file that cannot be read', [], ['a.yaml'], { outcome: 'fail', message: 'a.yaml cannot be read, so nobody can tell which images it runs' }],
  ] as const)('over %s', (...[, found, unreadable, verdict]) => {
    expect(judge(images, { kind: 'images', images: found, unreadable, asked, boundTo: BOUND })).toMatchObject(verdict);
  });
});
