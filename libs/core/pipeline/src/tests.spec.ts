import { findingsOf, withEnvironments, withSections } from './pipeline-text.fixture.js';
import { parsePipeline } from './parse-pipeline.js';

const gated = (gate: string, tests: string): string => withEnvironments(`    - { name: dev }\n    - { name: qa, from: [dev], gates: [${gate}] }\n  tests:\n    ${tests}\n`);

describe('tests', () => {
  it('are found by the gates that ask for them, with their defaults', () => {
    const { pipeline, diagnostics } = parsePipeline(gated('{ name: smoke, type: test, test: quick }', 'quick: { command: ["./smoke.sh", "--quick"] }'));
    expect(diagnostics).toEqual([]);
    expect(pipeline?.environments[1]?.gates).toEqual([{ name: 'smoke', type: 'test', test: { name: 'quick', command: ['./smoke.sh', '--quick'], timeout: 300_000 } }]);
  });

  it('may be there without a gate that asks for them, as applications may without a role', () => {
    expect(findingsOf(withSections('  tests: { smoke: { command: [x], timeout: 1h, image: i } }\n'))).toEqual([]);
  });

  it('that a gate names and nobody has written are an error where the gate names them', () => {
    expect(findingsOf(gated('{ name: a, type: test, test: smoek }', 'smoke: { command: [x] }'))).toEqual([
      '7:69 spec.environments[1].gates[0].test: there is no test "smoek"; did you mean "smoke"?',
    ]);
  });
});

describe('gates of the type test', () => {
  it('say nothing of how it is run', () => {
    expect(findingsOf(gated('{ name: a, type: test, test: smoke, timeout: 1m }', 'smoke: { command: [x] }'))).toEqual([
      '7:76 spec.environments[1].gates[0].timeout: unknown key "timeout" (known: name, type, test)',
    ]);
  });
});

describe('tests are refused', () => {
  it.each([
    ['{ command: [] }', '8:21 spec.tests.smoke.command: must not be empty'],
    ['{ command: "./smoke.sh" }', '8:30 spec.tests.smoke.command: must be a list, not the text "./smoke.sh"'],
    ['{ command: [""] }', '8:31 spec.tests.smoke.command[0]: must begin with a program'],
    ['{ command: [x, 7] }', '8:34 spec.tests.smoke.command[1]: must be a text, not 7; put it in double quotes'],
    ['{ command: ["x\\ny"] }', '8:31 spec.tests.smoke.command[0]: must not have line breaks or other control characters'],
    ['{ image: i }', '8:12 spec.tests.smoke.command: "command" is missing'],
    ['{ command: [x], timeout: 0s }', '8:44 spec.tests.smoke.timeout: must be between 1s and 1h'],
    ['{ command: [x], timeout: 2h }', '8:44 spec.tests.smoke.timeout: must be between 1s and 1h'],
    ['{ command: [x], timeout: 7 }', '8:44 spec.tests.smoke.timeout: must be a text, not 7; put it in double quotes'],
    ['{ command: [x], cluster: a }', '8:35 spec.tests.smoke.cluster: unknown key "cluster" (known: command, timeout, image)'],
  ])('%s', (test, finding) => {
    expect(findingsOf(withSections(`  tests: { smoke: ${test} }\n`))).toEqual([finding]);
  });

  it('with a name that is no DNS label', () => {
    expect(findingsOf(withSections('  tests: { Smoke_1: { command: [x] } }\n'))).toEqual([expect.stringContaining('Smoke_1')]);
  });
});
