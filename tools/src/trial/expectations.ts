import { applicationsOf } from './releases.js';
import type { Release } from './releases.js';

/** What an environment keeps for itself in the trial. */
export interface OwnValues {
  readonly replicas?: number;
  readonly registry?: string;
  readonly comment?: string;
}

export const OWN: Readonly<Record<'dev' | 'qa' | 'prod', OwnValues>> = {
  dev: {},
  qa: { replicas: 2, comment: '# qa: ask the test team before you change this by hand' },
  prod: { replicas: 5, registry: 'registry.prod.example.org/shop' },
};

/**
 * The text that an environment should have of a release's file. Made by editing lines, on purpose: nothing of Sluice's own reading or composing of manifests is
 * used, so that it cannot agree with itself by mistake.
 */
function expectedText(text: string, own: OwnValues): string {
  const documents = text.split(/^(?=---\s*$)/m).map((document) => (/^kind: Deployment\s*$/m.test(document) ? expectedDeployment(document, own) : document));
  return `${own.comment === undefined ? '' : `${own.comment}\n`}${documents.join('')}`;
}

function expectedDeployment(document: string, own: OwnValues): string {
  const withReplicas = own.replicas === undefined ? document : replaceReplicas(document, own.replicas);
  return own.registry === undefined ? withReplicas : replaceRegistry(withReplicas, own.registry);
}

function replaceReplicas(document: string, replicas: number): string {
  if (/^ {2}replicas: .*$/m.test(document)) return document.replace(/^ {2}replicas: .*$/m, `  replicas: ${replicas}`);
  return document.replace(/^spec:[ \t]*\n/m, (line) => `${line}  replicas: ${replicas}\n`);
}

/** Images of the main containers that have a registry; init containers belong to the release. */
function replaceRegistry(document: string, registry: string): string {
  const lines = document.split('\n');
  let inContainers = false;
  return lines
    .map((line) => {
      const section = /^ {6}(\w+):/.exec(line)?.[1];
      if (section !== undefined) inContainers = section === 'containers';
      return inContainers ? line.replace(/^(\s+(?:- )?image: )(\S*\/)([^/\s]+)$/, `$1${registry}/$3`) : line;
    })
    .join('\n');
}

/** All files of a release as an environment should have them. */
export function expectedFiles(release: Release, own: OwnValues): ReadonlyMap<string, string> {
  return new Map([...release.files].map(([path, text]) => [path, path.endsWith('.yaml') || path.endsWith('.yml') ? expectedText(text, own) : text]));
}

/** dev → qa → prod; replicas belong to qa and prod, the image registry to prod. */
export function trialPipeline(releases: readonly Release[]): string {
  const applications = [...new Set(releases.flatMap((release) => applicationsOf(release.files)))].sort();
  return `apiVersion: sluice.dev/v1
kind: Pipeline
metadata: { name: trial }
spec:
  environments:
    - { name: dev, branch: dev }
    - name: qa
      branch: qa
      from: [dev]
      gates:
        - { name: dev-healthy, type: health, soak: 0s }
    - name: prod
      branch: prod
      from: [qa]
      gates:
        - { name: qa-healthy, type: health, soak: 1s }
      approvals: { required: 1, from: [group:release-managers], excludeAuthors: true, excludeRequester: true }
  applications:
${applications.map((name) => `    - { name: ${name}, paths: ["apps/${name}/**"] }`).join('\n')}
  environmentOwned:
    - { kind: Deployment, fields: [spec.replicas], environments: [qa, prod] }
    - { kind: Deployment, fields: ["spec.template.spec.containers[*].image"], part: registry, environments: [prod] }
`;
}
