import { parsePipeline } from './parse-pipeline.js';
import { findingsOf, withSections } from './pipeline-text.fixture.js';

const section = (...updates: readonly string[]): string => withSections(`  imageUpdates:\n${updates.map((update) => `    - ${update}\n`).join('')}`);

describe('image updates', () => {
  it('follow versions, patterns or the newest, by tag unless the digest is asked for', () => {
    const { pipeline } = parsePipeline(
      section(
        '{ image: registry.example.org/checkout, policy: { semver: "^2" }, environment: dev }',
        '{ image: "localhost:5000/shop/cart", policy: { glob: "main-*" }, environment: dev, pin: digest }',
        '{ image: nginx, policy: { newest: true }, environment: dev, pin: tag }',
      ),
    );
    expect(pipeline?.imageUpdates).toEqual([
      { image: 'registry.example.org/checkout', policy: { kind: 'semver', range: '^2' }, environment: 'dev', pin: 'tag' },
      { image: 'localhost:5000/shop/cart', policy: { kind: 'glob', pattern: 'main-*' }, environment: 'dev', pin: 'digest' },
      { image: 'nginx', policy: { kind: 'newest' }, environment: 'dev', pin: 'tag' },
    ]);
  });

  it.each([
    ['{ image: a, policy: { semver: "^2" }, environment: dve }', '9:58 spec.imageUpdates[0].environment: there is no environment "dve"; did you mean "dev"?'],
    ['{ image: a, policy: { semver: "^2" }, environment: qa }', '9:58 spec.imageUpdates[0].environment: "qa" gets its content by promotion (from): have images updated in a first environment, and they are promoted from there'],
    ['{ image: a, policy: { semver: "two" }, environment: dev }', '9:37 spec.imageUpdates[0].policy.semver: "two" is no range of versions such as "^2", "~1.4" or ">=1.2 <3"'],
    ['{ image: a, policy: { glob: "a/b" }, environment: dev }', '9:35 spec.imageUpdates[0].policy.glob: must be a pattern for tags: letters, digits, "_", "." and "-", with "*" and "?"'],
    ['{ image: a, policy: { newest: false }, environment: dev }', '9:37 spec.imageUpdates[0].policy.newest: must be "true", not false'],
    ['{ image: a, policy: { semver: "^2", newest: true }, environment: dev }', '9:19 spec.imageUpdates[0].policy: needs exactly one of "semver", "glob" and "newest: true"'],
    ['{ image: a, policy: {}, environment: dev }', '9:19 spec.imageUpdates[0].policy: needs exactly one of "semver", "glob" and "newest: true"'],
    ['{ image: "a:1.0", policy: { newest: true }, environment: dev }', '9:16 spec.imageUpdates[0].image: must be the name of an image without tag and digest, such as registry.example.org/shop/checkout'],
    ['{ image: a, policy: { newest: true }, environment: dev, pin: name }', '9:68 spec.imageUpdates[0].pin: must be one of "tag", "digest", not "name"'],
  ])('%s is refused', (update, finding) => {
    expect(findingsOf(section(update))).toEqual([finding]);
  });

  it('of one image are refused twice in one environment', () => {
    expect(findingsOf(section('{ image: a, policy: { newest: true }, environment: dev }', '{ image: a, policy: { semver: "^2" }, environment: dev }'))).toEqual(['10:16 spec.imageUpdates[1].image: the image "a" is updated in "dev" twice']);
  });
});
