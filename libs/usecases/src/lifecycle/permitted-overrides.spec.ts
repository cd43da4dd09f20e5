import { digest, instant, personName, promotionId, repositoryId } from '@sluice/kernel';
import type { Environment } from '@sluice/pipeline';
import type { Promotion, Verdict } from '@sluice/promotion';
import type { Approval, Person } from '../ports/index.js';
import { obstacleOfOverride } from './permitted-overrides.js';

const EVE: Person = { name: personName('eve'), displayName: 'Eve', emails: [], groups: ['sre'], admin: false };
const PROD = { name: 'prod', gates: [], emergency: { required: 1, from: [{ kind: 'group', name: 'sre' }], also: [] } } as unknown as Environment;
const overridden = (gate: string, at: number): Approval => ({ repository: repositoryId('shop'), promotion: promotionId('p'), digest: digest('d'.repeat(64)), person: EVE.name, decision: 'overridden', gate, comment: '', door: 'api', at: instant(at) });
const obstacle = (verdict: Pick<Verdict, 'gate'> & Partial<Verdict>, approvals: readonly Approval[]) =>
  obstacleOfOverride({ promotion: { verdicts: [{ type: 'rollout', outcome: 'wait', message: '', since: instant(0), evidence: {}, ...verdict }] } as unknown as Promotion, person: EVE, approvals }, PROD, verdict.gate);

describe('who has overridden', () => {
  it.each([
    ['a gate has said so', 'unit', {}, 'you have overridden it'],
    ['this freeze has said so', 'freeze', { frozenAt: 5 }, 'you have overridden it'],
    ['a freeze before this one can say it again', 'freeze', { frozenAt: 15 }, undefined],
    ['this rollout has said so', 'rollout', { begunAt: 5 }, 'you have overridden it'],
    ['a rollout before this one can say it again', 'rollout', { begunAt: 15 }, undefined],
  ])('%s', (_, gate, evidence, expected) => {
    expect(obstacle({ gate, evidence }, [overridden(gate, 10)])).toBe(expected);
  });
});

it.each(['branch', 'target', 'tampered'])('%s is overridden by nobody', (gate) => {
  expect(obstacle({ gate }, [])).toBe(`${gate} is never overridden`);
});
