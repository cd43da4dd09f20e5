import { environmentName } from '@sluice/kernel';
import { ownershipFor } from './ownership.js';
import { parsePipeline } from './parse-pipeline.js';
import { withSections } from './pipeline-text.fixture.js';

describe('what an environment owns', () => {
  const { pipeline } = parsePipeline(
    withSections(`  environmentOwned:
    - { path: "**/env/**" }
    - { path: "certs/**", environments: [qa] }
    - { kind: Deployment, fields: [spec.replicas] }
    - { path: "**/values.yaml", fields: [ingress.host, ingress.tls], environments: [qa] }
    - { kind: Deployment, fields: ["spec.template.spec.containers[*].image"], part: registry }
`),
  );
  const ownedBy = (name: string) => ownershipFor(pipeline ?? { environmentOwned: [] }, environmentName(name));

  it('are whole files, by environment', () => {
    expect(ownedBy('qa').excludedPaths).toEqual(['**/env/**', 'certs/**']);
    expect(ownedBy('dev').excludedPaths).toEqual(['**/env/**']);
  });

  it('are fields, by file and environment', () => {
    const anywhere = [
      { kind: 'Deployment', path: ['spec', 'replicas'] },
      { kind: 'Deployment', path: ['spec', 'template', 'spec', 'containers', Symbol.for('sluice.any-item'), 'image'], part: 'registry' },
    ];
    expect(ownedBy('qa').fieldsFor('apps/a.yaml')).toEqual(anywhere);
    expect(ownedBy('qa').fieldsFor('apps/values.yaml')).toEqual([anywhere[0], { path: ['ingress', 'host'] }, { path: ['ingress', 'tls'] }, anywhere[1]]);
    expect(ownedBy('dev').fieldsFor('apps/values.yaml')).toEqual(anywhere);
  });
});
