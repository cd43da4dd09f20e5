import { findingsOf, withSections } from './pipeline-text.fixture.js';
import { parsePipeline } from './parse-pipeline.js';

const rule = (fields: string): string => withSections(`  health:\n    - { apiVersion: example.com/v1, kind: Shop, ${fields} }\n`);

describe('rules for the health of kinds', () => {
  it('are for all environments, and are passed on as they are', () => {
    const { pipeline, diagnostics } = parsePipeline(rule('current: "object.status.phase == \'Ready\'", failed: "has(object.status.error)", inProgress: "!has(object.status)"'));
    expect(diagnostics).toEqual([]);
    expect(pipeline?.health).toEqual([{ apiVersion: 'example.com/v1', kind: 'Shop', current: "object.status.phase == 'Ready'", failed: 'has(object.status.error)', inProgress: '!has(object.status)' }]);
    expect(parsePipeline(withSections('')).pipeline).not.toHaveProperty('health');
  });

  it.each([
    ['a text that is no expression', 'current: "object.status.phase =="', /^9:58 spec\.health\[0\]\.current: is no valid CEL expression at character \d+: /],
    ['an expression that gives no truth value', 'current: "1 + 1"', /^9:58 spec\.health\[0\]\.current: is no valid CEL expression: gives int, but must give true or false$/],
    ['an expression over something else', 'failed: "source.status == 1"', /^9:57 spec\.health\[0\]\.failed: is no valid CEL expression at character 1: Unknown variable: source$/],
    ['an expression without end', `current: "${'!'.repeat(1_000)}object.a"`, /^9:58 spec\.health\[0\]\.current: must not be longer than 1000 characters$/],
    ['no expression at all', '', /^9:7 spec\.health\[0\]: has no expression: write current, failed or inProgress$/],
    ['an unknown key', 'current: "true", healthy: "true"', /^9:66 spec\.health\[0\]\.healthy: unknown key "healthy" \(known: apiVersion, kind, inProgress, failed, current\)$/],
  ])('refuse %s, where it stands', (_, fields, finding) => {
    expect(findingsOf(rule(fields))).toEqual([expect.stringMatching(finding)]);
  });

  it.each([
    ['{ apiVersion: Example/1, kind: Shop, current: "true" }', /^9:21 spec\.health\[0\]\.apiVersion: must be the version as in manifests/],
    ['{ apiVersion: example.com/v1, kind: shops, current: "true" }', /^9:43 spec\.health\[0\]\.kind: must be a kind as in manifests/],
    ['{ kind: Shop, current: "true" }', /^9:7 spec\.health\[0\]\.apiVersion: "apiVersion" is missing$/],
  ])('refuse a kind that there cannot be: %s', (text, finding) => {
    expect(findingsOf(withSections(`  health:\n    - ${text}\n`))).toEqual([expect.stringMatching(finding)]);
  });

  it('refuse a second one for a kind', () => {
    const twice = `${rule('current: "true"')}    - { apiVersion: example.com/v1, kind: Shop, failed: "false" }\n    - { apiVersion: example.com/v2, kind: Shop, failed: "false" }\n`;
    expect(findingsOf(twice)).toEqual(['10:7 spec.health[1]: the kind "example.com/v1 Shop" is used twice']);
  });
});
