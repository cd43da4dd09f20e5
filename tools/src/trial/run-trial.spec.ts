import type { TrialForgeKind } from './doubles.js';
import type { Release } from './releases.js';
import { runTrial } from './run-trial.js';

const RELEASES: readonly Release[] = ['1.0', '2.0'].map((tag) => ({ name: `v${tag}`, files: new Map([['apps/web/deployment.yaml', deployment(tag)]]) }));

function deployment(tag: string): string {
  return `apiVersion: apps/v1
kind: Deployment
metadata:
  name: web
spec:
  replicas: 1
  selector:
    matchLabels: { app: web }
  template:
    metadata:
      labels: { app: web }
    spec:
      containers:
        - name: web
          image: registry.example.org/shop/web:${tag}
`;
}

describe.each<TrialForgeKind>(['github', 'gitlab'])('a whole system with its repository on %s', (forge) => {
  it('brings a release from dev to prod, by requests that are squashed there, within its budget of calls', async () => {
    const report = await runTrial(RELEASES, { forge, mergeMethod: 'squash' }, () => undefined);
    expect(report.findings).toEqual([]);
    expect(report.releases).toMatchObject([{ release: 'v2.0' }]);
    expect(report.merges).toBeGreaterThanOrEqual(2);
  }, 120_000);
});
