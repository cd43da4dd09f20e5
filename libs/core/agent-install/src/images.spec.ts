import { existsSync, readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { agentManifests } from './agent-manifests.js';
import { PROD } from './install.fixture.js';

const ROOT = resolve(import.meta.dirname, '../../../..');
const text = (path: string): string => readFileSync(resolve(ROOT, path), 'utf8');

// no container engine runs where the tests do: this is all that is checked of the images
describe.each(['agent', 'server'])('the image of the %s', (name) => {
  const file = text(`infra/images/${name}.Dockerfile`);

  it('runs as the user that the manifests name, who is not root', () => {
    const { spec } = agentManifests(PROD).find(({ kind }) => kind === 'Deployment') as unknown as { spec: { template: { spec: { securityContext: { runAsUser: number; runAsGroup: number } } } } };
    const { runAsUser, runAsGroup } = spec.template.spec.securityContext;
    expect(file.split('\n').filter((line) => line.startsWith('USER '))).toEqual([`USER ${runAsUser}:${runAsGroup}`]);
  });

  it('starts what the project builds', () => {
    expect(file).toContain(`ENTRYPOINT ["tini", "--", "node", "/app/apps/${name}/dist/main.js"]`);
    expect(existsSync(resolve(ROOT, `apps/${name}/src/main.ts`))).toBe(true);
  });

  it('downloads nothing but packages, from one pinned line of a base', () => {
    expect(new Set(file.match(/^FROM \S+/gm))).toEqual(new Set(['FROM node:20-bookworm-slim']));
    expect(file).not.toMatch(/\b(curl|wget|ADD)\b/);
  });

  it('is built without what belongs to this machine', () => {
    expect(text('.dockerignore').split('\n')).toEqual(expect.arrayContaining(['.git', '.sluice', '**/node_modules', '**/dist']));
  });
});
