import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { FixtureWorkspace } from './workspace.fixture.js';

describe('the layer check', () => {
  let workspace: FixtureWorkspace;
  beforeEach(() => {
    workspace = new FixtureWorkspace();
  });
  afterEach(() => workspace.remove());

  it('lets each layer import what its row in the table says', async () => {
    workspace
      .project('libs/core/a', ['layer:core'], { 'index.ts': 'export const a = 1;\n', 'a.spec.ts': "import '@fixture/testing';\nimport 'node:fs';\n" })
      .project('libs/core/b', ['layer:core'], { 'index.ts': "export { a } from '@fixture/a';\n" })
      .project('libs/testing', ['layer:testing'], { 'index.ts': "export { a } from '@fixture/a';\n" })
      .project('libs/usecases', ['layer:usecase'], { 'index.ts': "export { a } from '@fixture/b';\n" })
      .project('libs/forge-http', ['layer:adapter-kit'], { 'index.ts': "export { a } from '@fixture/usecases';\n" })
      .project('libs/adapters/x', ['layer:adapter'], { 'index.ts': "import { Queue } from 'bullmq';\nexport { a } from '@fixture/forge-http';\nexport const q = Queue;\n" })
      .project('apps/server', ['layer:app'], { 'main.ts': "import '@nestjs/common';\nimport '@fixture/x';\n" });
    expect(await workspace.lint('layers')).toMatchObject({ passed: true });
  });

  it('refuses Nest, BullMQ, ioredis and simple-git in core and in use cases', async () => {
    const banned = ['@nestjs/common', 'bullmq', 'bullmq/dist/esm/index.js', 'ioredis', 'simple-git'];
    const files = Object.fromEntries(banned.map((name, index) => [`imports-${index}.ts`, `import '${name}';\n`]));
    const { passed, output } = await workspace.project('libs/core/a', ['layer:core'], files).project('libs/usecases', ['layer:usecase'], files).lint('layers');
    expect(passed).toBe(false);
    for (const file of Object.keys(files)) {
      expect(output).toContain(`no-frameworks-in-decisions: libs/core/a/src/${file}`);
      expect(output).toContain(`no-frameworks-in-decisions: libs/usecases/src/${file}`);
    }
  });

  it('refuses node:* in core, with the prefix and without, even for a type', async () => {
    workspace.project('libs/core/a', ['layer:core'], { 'index.ts': "import { sep } from 'path';\nexport const a = sep;\n", 'b.ts': "import type { Stats } from 'node:fs';\nexport type B = Stats;\n" });
    const { passed, output } = await workspace.lint('layers');
    expect(passed).toBe(false);
    expect(output).toContain('no-node-in-core: libs/core/a/src/index.ts → path');
    expect(output).toContain('no-node-in-core: libs/core/a/src/b.ts → fs');
  });

  it('refuses a cycle, even of types', async () => {
    workspace.project('libs/core/a', ['layer:core'], {
      'index.ts': "export type { One } from './one.js';\n",
      'one.ts': "import type { Two } from './two.js';\nexport interface One { readonly two?: Two }\n",
      'two.ts': "import type { One } from './one.js';\nexport interface Two { readonly one?: One }\n",
    });
    const { passed, output } = await workspace.lint('layers');
    expect(passed).toBe(false);
    expect(output).toContain('no-cycle: libs/core/a/src/');
  });

  it('refuses what the row of a layer does not name', async () => {
    const forbidden = [
      { layer: 'core', from: 'libs/core/a', to: 'libs/usecases' },
      { layer: 'adapter', from: 'libs/adapters/x', to: 'libs/adapters/y' },
      { layer: 'adapter-kit', from: 'libs/forge-http', to: 'libs/adapters/y' },
      { layer: 'app', from: 'apps/server', to: 'apps/agent' },
      { layer: 'app', from: 'apps/agent', to: 'libs/testing' },
      { layer: 'runtime', from: 'libs/runtime', to: 'libs/core/a' },
      { layer: 'contract', from: 'libs/contracts', to: 'libs/sync' },
      { layer: 'usecase', from: 'libs/usecases', to: 'libs/adapters/y' },
      { layer: 'testing', from: 'libs/testing', to: 'libs/adapters/y' },
    ];
    const layerOf = new Map([...forbidden.map(({ from, layer }) => [from, layer] as const), ['libs/adapters/y', 'adapter'], ['libs/sync', 'usecase']]);
    for (const [folder, layer] of layerOf) {
      const target = forbidden.find(({ from }) => from === folder)?.to.split('/').at(-1);
      workspace.project(folder, [`layer:${layer}`], { 'own.ts': 'export const own = 1;\n', 'index.ts': `export * from './own.js';\n${target ? `import '@fixture/${target}';\n` : ''}` });
    }
    const { output } = await workspace.lint('layers');
    for (const { layer, from, to } of forbidden) expect(output).toContain(`layer-${layer}: ${from}/src/index.ts → ${to}/src/index.ts`);
    expect(output).not.toContain('own.ts');
  });

  it('refuses that a remote client imports use cases or adapters', async () => {
    workspace
      .project('libs/usecases', ['layer:usecase'])
      .project('libs/runtime', ['layer:runtime'])
      .project('apps/cli', ['layer:app', 'client:remote'], { 'main.ts': "import '@fixture/usecases';\nimport '@fixture/runtime';\n" });
    const { passed, output } = await workspace.lint('layers');
    expect(passed).toBe(false);
    expect(output).toContain('client-remote: apps/cli/src/main.ts → libs/usecases/src/index.ts');
    expect(output).not.toContain('libs/runtime/src/index.ts');
  });

  it('refuses test code in production code, Nest in libraries, and imports that lead nowhere', async () => {
    workspace
      .project('libs/core/a', ['layer:core'], { 'index.ts': "export { f } from './f.fixture.js';\n", 'f.fixture.ts': 'export const f = 1;\n' })
      .project('libs/adapters/x', ['layer:adapter'], { 'index.ts': "import '@nestjs/common';\nimport './gone.js';\n" });
    const { output } = await workspace.lint('layers');
    expect(output).toContain('no-test-code-in-production: libs/core/a/src/index.ts');
    expect(output).toContain('nest-only-in-apps: libs/adapters/x/src/index.ts');
    expect(output).toContain('resolvable: libs/adapters/x/src/index.ts');
  });
});
