import { execFileSync } from 'node:child_process';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { FixtureWorkspace } from './workspace.fixture.js';

describe('the workspace check', () => {
  let workspace: FixtureWorkspace;
  beforeEach(() => {
    workspace = new FixtureWorkspace();
    execFileSync('git', ['init', '-q', '.'], { cwd: workspace.folder });
    workspace.write('.gitignore', 'node_modules\n');
  });
  afterEach(() => workspace.remove());

  it('accepts a workspace in order', async () => {
    workspace.project('libs/core/a', ['layer:core']).project('apps/cli', ['layer:app', 'client:remote']);
    expect(await workspace.lint('workspace')).toMatchObject({ passed: true });
  });

  it.each([
    ['no layer tag', [], 'exactly one "layer:" tag is needed in nx.tags, not none'],
    ['two layer tags', ['layer:core', 'layer:app'], 'not core and app'],
    ['an unknown layer', ['layer:middle'], 'unknown tag "layer:middle"'],
    ['a tag that allows everything', ['layer:core', '*'], 'unknown tag "*"'],
  ])('refuses a project with %s', async (_, tags, reason) => {
    const { passed, output } = await workspace.project('libs/core/a', tags).lint('workspace');
    expect(passed).toBe(false);
    expect(output).toContain('libs/core/a/package.json');
    expect(output).toContain(reason);
  });

  it.each(['^1.2.3', '~1.2.3', '1.x', 'latest', '*', '>=1.2.3'])('refuses the version %s in the root', async (version) => {
    workspace.write('package.json', { name: 'fixture', workspaces: ['libs/*'], dependencies: { zod: version } });
    expect((await workspace.lint('workspace')).output).toContain(`"zod": "${version}" is not an exact version`);
  });

  it('refuses a third-party dependency in a project', async () => {
    workspace.write('libs/a/package.json', { name: '@sluice/a', dependencies: { zod: '4.6.7' }, nx: { tags: ['layer:core'] } });
    expect((await workspace.lint('workspace')).output).toContain('libs/a/package.json: "zod" belongs into the root package.json');
  });

  it('refuses references that tell another story than dependencies', async () => {
    workspace
      .write('libs/a/package.json', { name: '@sluice/a', dependencies: { '@sluice/b': '*' }, nx: { tags: ['layer:usecase'] } })
      .write('libs/a/tsconfig.build.json', { references: [{ path: '../c/tsconfig.build.json' }] })
      .write('libs/b/package.json', { name: '@sluice/b', nx: { tags: ['layer:core'] } })
      .write('libs/c/package.json', { name: '@sluice/c', nx: { tags: ['layer:core'] } });
    const { output } = await workspace.lint('workspace');
    expect(output).toContain('libs/a/tsconfig.build.json: add a reference to libs/b');
    expect(output).toContain('libs/a/package.json: add the dependency on libs/c');
  });

  it('refuses a lock that names a registry or lacks packages of other platforms', async () => {
    const packages = {
      'node_modules/a': { version: '1.0.0', resolved: 'https://registry.example.org/a.tgz', optionalDependencies: { 'a-darwin-arm64': '1.0.0' } },
    };
    const { output } = await workspace.write('package-lock.json', { packages }).lint('workspace');
    expect(output).toContain('1 entries name a registry');
    expect(output).toContain('1 optional packages of other platforms are missing');
  });

  it.each([
    ['a home folder', ['', 'home', 'ada', 'sluice'].join('/')],
    ['a checkout of the author', ['', 'work', 'main'].join('/')],
    ["root's files", ['', 'root', '.npmrc'].join('/')],
  ])('refuses text that names %s', async (_, path) => {
    workspace.write('docs/guide.md', `first\nsee ${path}\n`);
    expect((await workspace.lint('workspace')).output).toContain('docs/guide.md:2: names a path of one machine');
  });

  it('accepts the same words elsewhere in a path or an address', async () => {
    workspace.write('docs/guide.md', 'src/home/page.ts\nhttps://example.org/work/main\nfixtures/root/.keep\n');
    expect(await workspace.lint('workspace')).toMatchObject({ passed: true });
  });

  it.each([
    ['libs/core/a/src/helpers/x.ts', '"helpers" says nothing'],
    ['libs/core/a/src/utils.ts', '"utils" says nothing'],
    ['libs/core/a/src/SomeThing.ts', 'names are kebab-case'],
  ])('refuses the file %s', async (path, reason) => {
    workspace.project('libs/core/a', ['layer:core']).write(path, 'export const a = 1;\n');
    expect((await workspace.lint('workspace')).output).toContain(reason);
  });

  describe('of scenarios and their index', () => {
    const entry = (...files: readonly string[]): string => files.map((file) => `- [a scenario](${file}): what comes of it\n`).join('');
    beforeEach(() => void workspace.project('apps/server', ['layer:app']).write('apps/server/src/scenarios/holds/a-hold.spec.ts', 'export {};\n'));

    it('accepts an index that has them all', async () => {
      workspace.write('apps/server/src/scenarios/holds/together.spec.ts', 'export {};\n').write('apps/server/src/scenarios/README.md', entry('holds/a-hold.spec.ts', './holds/a-hold.spec.ts'));
      expect(await workspace.lint('workspace')).toMatchObject({ passed: true });
    });

    it.each([
      ['without an index', undefined, 'README.md: is missing'],
      ['that the index does not name', '# Scenarios\n', 'README.md: add an entry for holds/a-hold.spec.ts'],
      ['that are gone from under an entry', entry('holds/a-hold.spec.ts', 'holds/gone.spec.ts'), 'README.md: there is no scenario holds/gone.spec.ts'],
    ])('refuses scenarios %s', async (_, index, reason) => {
      if (index !== undefined) workspace.write('apps/server/src/scenarios/README.md', index);
      const { passed, output } = await workspace.lint('workspace');
      expect(passed).toBe(false);
      expect(output).toContain(`apps/server/src/scenarios/${reason}`);
    });
  });
});
