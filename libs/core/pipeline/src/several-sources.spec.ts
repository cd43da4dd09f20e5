import { parsePipeline } from './parse-pipeline.js';
import { findingsOf, withEnvironments, withSections } from './pipeline-text.fixture.js';

const DEV = '    - name: dev\n';
const PARALLEL = `${DEV}    - { name: qa, from: [dev] }\n    - { name: perf, from: [dev] }\n`;
const read = (items: string) => parsePipeline(withEnvironments(items));
const prodOf = (from: string, more = '') => read(`${PARALLEL}    - { name: prod, from: ${from}${more} }\n`).pipeline?.environments.at(-1);

describe('an environment with several sources', () => {
  it('asks all of them that are listed to have had the content live, whatever else it asks', () => {
    const prod = prodOf('[qa, perf]');
    expect(prod?.from).toEqual(['qa', 'perf']);
    expect(prod).not.toHaveProperty('fromAny');
    expect(prod?.gates).toEqual([{ name: 'sources', type: 'health', soak: 0 }]);
  });

  it('is content with any of them when it says so', () => {
    expect(prodOf('{ any: [qa, perf] }')).toMatchObject({ from: ['qa', 'perf'], fromAny: true, gates: [{ name: 'sources', type: 'health' }] });
  });

  it('asks no second time where a health gate asks them already', () => {
    expect(prodOf('[qa, perf]', ', gates: [{ name: tested, type: health, soak: 1h }]')?.gates).toEqual([{ name: 'tested', type: 'health', soak: 3_600_000 }]);
  });

  it('is like any other when the list has one', () => {
    expect(prodOf('[qa]')?.gates).toEqual([]);
  });

  it('comes after all of them in the order of the pipeline', () => {
    const { pipeline } = read(`    - { name: prod, from: { any: [qa, perf] } }\n${PARALLEL}`);
    expect(pipeline?.environments.map(({ name }) => name)).toEqual(['dev', 'qa', 'perf', 'prod']);
  });

  it.each([
    ['that names one twice', '{ name: prod, from: [qa, qa] }', '9:32 spec.environments[3].from[1]: the source "qa" is used twice'],
    ['that names an unknown one', '{ name: prod, from: [qa, pref] }', '9:32 spec.environments[3].from[1]: there is no environment "pref"; did you mean "perf"?'],
    ['with an unknown one among any', '{ name: prod, from: { any: [qa, pref] } }', '9:39 spec.environments[3].from.any[1]: there is no environment "pref"; did you mean "perf"?'],
    ['with a misspelt form', '{ name: prod, from: { ayn: [qa, perf] } }', '9:29 spec.environments[3].from.ayn: unknown key "ayn"; did you mean "any"?'],
    ['with any of none', '{ name: prod, from: { any: [] } }', '9:29 spec.environments[3].from.any: must not be empty'],
    ['with a name that is none', '{ name: prod, from: [qa, "P Q"] }', '9:32 spec.environments[3].from[1]: must be a DNS label: lower-case letters, digits and "-", at most 63, beginning and ending with a letter or digit'],
    ['that is no list', '{ name: prod, from: qa }', '9:27 spec.environments[3].from: must be a list of environments, or { any: [...] }'],
    ['whose gate takes the name of ours', '{ name: prod, from: [qa, perf], gates: [{ name: sources, type: manual }] }', '9:55 spec.environments[3].gates[0].name: with several sources the gate name "sources" is Sluice\'s own: it asks whether they have had the content live'],
  ])('is refused: one %s', (_, item, finding) => {
    expect(findingsOf(withEnvironments(`${PARALLEL}    - ${item}\n`))).toContain(finding);
  });

  it('is refused when they can never have the same content, unless any of them will do', () => {
    const apart = (from: string) => findingsOf(withEnvironments(`${DEV}    - name: lab\n    - { name: qa, from: [dev] }\n    - { name: prod, from: ${from} }\n`));
    expect(apart('[qa, lab]')).toEqual([
      '9:21 spec.environments[3].from: "qa" and "lab" get their content from different first environments, so no content is ever live in both; name one of them, or write from: { any: [qa, lab] }',
    ]);
    expect(apart('{ any: [qa, lab] }')).toEqual([]);
  });

  it('is refused on a cycle through any of them', () => {
    expect(findingsOf(withEnvironments('    - name: dev\n    - { name: a, from: { any: [dev, b] } }\n    - { name: b, from: [a] }\n'))).toEqual([
      '7:18 spec.environments[1].from: environments form a cycle: a → b → a',
    ]);
  });
});

describe('applications in an order', () => {
  const applications = (...items: readonly string[]) => withSections(`  applications:\n${items.map((item) => `    - ${item}\n`).join('')}`);

  it('name those that go first', () => {
    const { pipeline, diagnostics } = parsePipeline(applications('{ name: a, paths: ["a/**"] }', '{ name: b, paths: ["b/**"], after: [a] }'));
    expect(diagnostics).toEqual([]);
    expect(pipeline?.applications).toEqual([{ name: 'a', paths: ['a/**'], uses: [] }, { name: 'b', paths: ['b/**'], uses: [], after: ['a'] }]);
  });

  it.each([
    ['an unknown one', ['{ name: aa, paths: ["a/**"] }', '{ name: b, paths: ["b/**"], after: [ab] }'], '10:43 spec.applications[1].after[0]: there is no application "ab"; did you mean "aa"?'],
    ['the same one twice', ['{ name: a, paths: ["a/**"] }', '{ name: b, paths: ["b/**"], after: [a, a] }'], '10:46 spec.applications[1].after[1]: the application "a" is used twice'],
    ['themselves', ['{ name: a, paths: ["a/**"], after: [a] }'], '9:35 spec.applications[0].after: applications wait for each other: a → a'],
    ['each other', ['{ name: a, paths: ["a/**"], after: [b] }', '{ name: b, paths: ["b/**"], after: [c] }', '{ name: c, paths: ["c/**"], after: [a] }'], '9:35 spec.applications[0].after: applications wait for each other: a → b → c → a'],
  ])('are refused when they name %s', (_, items, finding) => {
    expect(findingsOf(applications(...items))).toEqual([finding]);
  });

  it('are refused where a gate takes the name of theirs', () => {
    const gates = 'environments:\n    - name: dev\n    - { name: qa, from: [dev], gates: [{ name: after, type: manual }] }\n';
    expect(findingsOf(applications('{ name: a, paths: ["a/**"] }', '{ name: b, paths: ["b/**"], after: [a] }').replace('environments:\n    - name: dev\n    - { name: qa, from: [dev] }\n', gates))).toEqual([
      '7:48 spec.environments[1].gates[0].name: where applications have "after" the gate name "after" is Sluice\'s own: it asks whether those that go first have settled',
    ]);
  });
});
