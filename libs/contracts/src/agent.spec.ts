import { agentReport, assignment } from './agent.js';

const DIGEST = 'a'.repeat(64);
const REPORT = { sequence: 1, phase: 'synced', message: '', health: 'Current', resources: [], drift: [{ path: 'a.yaml', kind: 'modified', reverted: false, at: 1 }], digest: DIGEST, agentVersion: '1.0.0' };
const ASSIGNMENT = { revision: 1, environment: 'prod', repository: 'shop', branch: 'prod', drift: 'revert' };

describe('agents and servers that are one version apart', () => {
  it('understand a report without what differs', () => {
    expect(agentReport.parse(REPORT).drift).toEqual(REPORT.drift);
  });
  it('understand a report with more than they know', () => {
    const field = { field: 'spec.replicas', wanted: '1', live: '2' };
    const newer = { ...REPORT, weather: 'fine', drift: [{ ...REPORT.drift[0], diff: { fields: [{ ...field, since: 1 }], score: 3, capture: { fields: [{ path: ['spec', 'replicas'], value: '2' }], note: 'x' } } }] };
    expect(agentReport.parse(newer).drift).toEqual([{ ...REPORT.drift[0], diff: { fields: [field], capture: { fields: [{ path: ['spec', 'replicas'], value: '2' }] } } }]);
  });
  it('understand an assignment without ignored fields', () => {
    expect(assignment.parse(ASSIGNMENT)).toEqual(ASSIGNMENT);
  });
  it('understand an assignment with more than they know', () => {
    const driftIgnore = [{ kind: 'Deployment', path: ['spec', 'replicas'] }];
    expect(assignment.parse({ ...ASSIGNMENT, driftIgnore: [{ ...driftIgnore[0], mode: 'x' }], pace: 'slow' })).toEqual({ ...ASSIGNMENT, driftIgnore });
  });
});

it.each([
  ['a text that is too long', { fields: [{ field: 'x'.repeat(501) }] }],
  ['more fields than fit', { fields: Array.from({ length: 51 }, () => ({ field: 'x' })) }],
  ['a capture of everything', { fields: [], capture: { text: 'x'.repeat(70_001) } }],
  ['a capture of no field', { fields: [], capture: { fields: [{ path: [] }] } }],
])('a report is refused with %s', (_, diff) => {
  expect(agentReport.safeParse({ ...REPORT, drift: [{ ...REPORT.drift[0], diff }] }).success).toBe(false);
});
