import { commitSha, instant, personName } from '@sluice/kernel';
import type { ApprovalPolicy, Principal } from '@sluice/pipeline';
import { unreadAuthors } from '@sluice/promotion';
import { evaluateApprovals } from './approvals.js';
import { evaluateAdoption } from './manual-gate.js';
import type { GateObservations, ObservedDecision } from './observations.js';

const group = (name: string): Principal => ({ kind: 'group', name });
const POLICY: ApprovalPolicy = { required: 2, from: [group('rm')], excludeAuthors: true, excludeRequester: true };
const QUORUM: ApprovalPolicy = { ...POLICY, required: 3, from: [group('security'), group('release')], quorum: [{ from: [group('security')], required: 1 }, { from: [group('release')], required: 2 }] };

const by = (person: string, groups: readonly string[], more: Partial<ObservedDecision> = {}): ObservedDecision => ({ person: personName(person), groups, decision: 'approved', comment: '', at: instant(1), ...more });
const judge = (policy: ApprovalPolicy, decisions: readonly ObservedDecision[], more: Partial<GateObservations> = {}) =>
  evaluateApprovals(policy, { sourceEnvironment: 'qa', sourceCommit: commitSha('a'.repeat(40)), clusters: [], authors: [{ name: 'Amy', email: 'amy@x', person: personName('amy') }], requester: personName('rob'), previous: [], decisions, ...more });

describe('a quorum', () => {
  it.each([
    ['nobody yet', [], 'wait', /^0 of 3 given, missing: 1 of group security, 2 of group release$/],
    ['one of each', [by('sue', ['security']), by('ron', ['release'])], 'wait', /missing: 1 of group release/],
    ['enough of each', [by('sue', ['security']), by('ron', ['release']), by('rita', ['release'])], 'pass', /^approved by rita, ron, sue$/],
    ['three of one part', [by('ron', ['release']), by('rita', ['release']), by('rex', ['release'])], 'wait', /^3 of 3 given, missing: 1 of group security/],
    ['somebody in both parts, who counts once', [by('bea', ['security', 'release']), by('ron', ['release'])], 'wait', /missing: 1 of group (security|release)/],
    ['somebody in both parts, who is moved to where nobody else is', [by('bea', ['security', 'release']), by('ron', ['release']), by('rita', ['release'])], 'pass', /bea/],
    ['the one of security being an author', [by('amy', ['security']), by('ron', ['release']), by('rita', ['release'])], 'wait', /amy's does not count: an author/],
  ] as const)('%s', (_, decisions, outcome, message) => {
    expect(judge(QUORUM, decisions)).toMatchObject({ outcome, message: expect.stringMatching(message) as string });
  });

  it('names who can give what is missing', () => {
    expect(judge(QUORUM, [by('sue', ['security'])]).clearedBy).toMatch(/^group release, but not its authors/);
  });
});

describe('an approval', () => {
  it('of somebody who is no approver any more does not count', () => {
    expect(judge({ ...POLICY, required: 1 }, [by('ron', ['rm'], { approver: false })])).toMatchObject({ outcome: 'wait', message: expect.stringContaining('ron is no approver here any more') as string });
  });

  it('of somebody who was deactivated since is told of, since it is not among the decisions', () => {
    expect(judge(POLICY, [by('ron', ['rm'])], { deactivated: [personName('ben')] })).toMatchObject({ outcome: 'wait', message: "1 of 2 given (ben's does not count: ben was deactivated)" });
  });

  const anna = { person: 'anna', groups: ['rm'], approver: true };
  it.each([
    ['counts for whoever delegated the right', [by('ben', [], { delegators: [anna] })], 'pass', 'approved by ben for anna'],
    ['does not count beside that person’s own', [by('ben', [], { delegators: [anna] }), by('anna', ['rm'])], 'pass', 'approved by ben for anna'],
    ['of an author does not count by delegation', [by('amy', [], { delegators: [anna] })], 'wait', 'an author'],
    ['of the requester does not count by delegation', [by('rob', [], { delegators: [anna] })], 'wait', 'rob'],
    ['does not count when the author delegated', [by('ben', [], { delegators: [{ ...anna, person: 'amy' }] })], 'wait', 'only group rm may approve'],
    ['does not count when who delegated is no approver any more', [by('ben', [], { delegators: [{ ...anna, approver: false }] })], 'wait', 'only group rm may approve'],
    ['counts once for somebody with two delegations', [by('ben', [], { delegators: [anna, { ...anna, person: 'carl' }] })], 'pass', 'approved by ben for anna'],
  ] as const)('%s', (_, decisions, outcome, message) => {
    expect(judge({ ...POLICY, required: 1 }, decisions)).toMatchObject({ outcome, message: expect.stringContaining(message) as string });
    expect(judge(POLICY, decisions).outcome).toBe('wait');
  });
});

describe('authors whom nobody knows', () => {
  const amy = { name: 'Amy', email: 'amy@x', person: personName('amy') };
  const stranger = { name: 'Stranger', email: 's@x' };
  const pusher = { name: 'mallory@git.example.org', email: '', login: 'mallory@git.example.org' };
  const rest = unreadAuthors(20_000);
  it.each([
    ['one by address', [amy, stranger], /: Stranger <s@x> cannot be mapped/, /^an admin, by adding the address to a person \(`sluice people address`\)$/],
    ['one who pushed', [amy, pusher], /: mallory@git.example.org, who pushed cannot be mapped/, /^an admin, by linking the account with a person/],
    ['more commits than are read', [amy, rest], /whoever made the commits before the newest 20000/, /^somebody who promotes an earlier commit first/],
    ['many of them', [stranger, pusher, rest, { ...stranger, email: 'other@x' }], / and 1 more cannot be mapped/, /adding the address.*; an admin, by linking.*; somebody who promotes/],
  ] as const)('%s: no approval counts, and it says who and what helps', (_, authors, message, clearedBy) => {
    const approvals = [by('ron', ['rm']), by('rita', ['rm'])];
    expect(judge(POLICY, approvals, { authors })).toMatchObject({ outcome: 'wait', message: expect.stringMatching(message) as string, clearedBy: expect.stringMatching(clearedBy) as string });
    expect(judge({ ...POLICY, excludeAuthors: false }, approvals, { authors }).outcome).toBe('pass');
  });
});

describe('an adoption', () => {
  const anna = { person: 'anna', groups: [], approver: true, delegation: { reason: 'holiday', until: instant(9) } };
  const adoption = (...decisions: readonly ObservedDecision[]) => evaluateAdoption({ decisions, authors: [] });

  it.each([
    ['waits for somebody', [], { outcome: 'wait' }],
    ['is an approver’s', [by('ron', [], { approver: true })], { outcome: 'pass', message: 'adopted by ron' }],
    ['is nobody’s who is no approver', [by('ron', [], { approver: false })], { outcome: 'wait' }],
    ['is theirs to whom an approver has delegated, as long as that lasts', [by('ben', [], { approver: false, delegators: [anna] })], { outcome: 'pass', message: 'DELEGATED: ben for anna (holiday): adopted by ben for anna', restsUntil: 9 }],
  ] as const)('%s', (_, decisions, expected) => {
    expect(adoption(...decisions)).toMatchObject(expected);
  });
});
