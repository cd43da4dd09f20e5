import { findingsOf, withEnvironments } from './pipeline-text.fixture.js';
import { parsePipeline } from './parse-pipeline.js';

const withRollout = (rollout: string): string => withEnvironments(`    - name: dev\n    - name: prod\n      from: [dev]\n      rollout: ${rollout}\n`);

describe('waves', () => {
  it('are read with their labels and soak, and what a fault does', () => {
    const { pipeline, diagnostics } = parsePipeline(withRollout('{ waves: [{ clusters: { canary: "true" }, soak: 15m }, { clusters: {} }], onDegraded: pause }'));
    expect(diagnostics).toEqual([]);
    expect(pipeline?.environments[1]).toMatchObject({ waves: [{ clusters: { canary: 'true' }, soak: 900_000 }, { clusters: {}, soak: 0 }], onDegraded: 'pause' });
  });

  it('are none where nobody writes them', () => {
    const environment = parsePipeline(withRollout('{ onDegraded: report }')).pipeline?.environments[1];
    expect(environment).not.toHaveProperty('waves');
    expect(environment).not.toHaveProperty('onDegraded');
  });

  it.each([
    ['of an empty list', '{ waves: [] }', '9:18 spec.environments[1].rollout.waves: must not be empty'],
    ['without clusters', '{ waves: [{ soak: 1m }] }', '9:26 spec.environments[1].rollout.waves[0].clusters: "clusters" is missing'],
    ['after the one that takes the rest', '{ waves: [{ clusters: {} }, { clusters: { canary: "true" } }] }', '9:46 spec.environments[1].rollout.waves[1].clusters: no cluster of "prod" can be in wave 2: wave 1 takes every cluster that is left'],
    ['that an earlier one leaves nothing', '{ waves: [{ clusters: { a: b } }, { clusters: { a: b, c: d } }] }', '9:52 spec.environments[1].rollout.waves[1].clusters: no cluster of "prod" can be in wave 2: wave 1 takes all of them'],
    ['with a soak that is no duration', '{ waves: [{ clusters: {}, soak: soon }] }', '9:48 spec.environments[1].rollout.waves[0].soak: must be a duration such as "90s", "10m", "1h30m" or "2d"'],
    ['with a label that is a boolean', '{ waves: [{ clusters: { canary: true } }] }', '9:48 spec.environments[1].rollout.waves[0].clusters.canary: must be a text, not true; put it in double quotes'],
    ['with a key that is no label', '{ waves: [{ clusters: { "a b": "" } }] }', expect.stringContaining('a label\'s key must be letters')],
    ['with a value that is no label', '{ waves: [{ clusters: { a: "b c" } }] }', expect.stringContaining('a label\'s value must be empty, or letters')],
    ['that are paused and are none', '{ onDegraded: pause }', expect.stringContaining('9:30 spec.environments[1].rollout.onDegraded: without "waves"')],
    ['with an unknown end', '{ onDegraded: restart }', '9:30 spec.environments[1].rollout.onDegraded: must be one of "rollback", "pause", "report", not "restart"'],
  ])('%s are refused', (_, rollout, finding) => {
    expect(findingsOf(withRollout(rollout))).toContainEqual(finding);
  });
});
