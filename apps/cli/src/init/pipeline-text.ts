import type { FoundApplication } from './find-applications.js';
import type { FoundEnvironment } from './find-environments.js';

export interface Beginning {
  readonly name: string;
  readonly environments: readonly FoundEnvironment[];
  readonly applications: readonly FoundApplication[];
}

/** A pipeline file to begin with: every environment gets what the one before has run well for a while, and the last one what somebody has approved. */
export function pipelineText({ name, environments, applications }: Beginning): string {
  return `${[
    '# What is promoted from where to where, and what has to be true first. `sluice validate` checks it; docs/gates.md and docs/environments.md say what else can stand here.',
    'apiVersion: sluice.dev/v1',
    'kind: Pipeline',
    `metadata: { name: ${quoted(name)} }`,
    'spec:',
    '  environments:',
    ...environments.flatMap((environment, index) => environmentLines(environment, { from: environments[index - 1], isLast: index === environments.length - 1 })),
    ...(applications.length === 0 ? [] : ['  # what is promoted on its own; files of no application stay where they are', '  applications:', ...applications.map((application) => `    - { name: ${quoted(application.name)}, paths: [${JSON.stringify(`${application.folder}/**`)}] }`)]),
    '  # what each environment keeps for itself, such as:',
    '  # environmentOwned:',
    '  #   - { path: "**/env/**" }',
    '  #   - { kind: Deployment, fields: [spec.replicas] }',
  ].join('\n')}\n`;
}

function environmentLines({ name, branch }: FoundEnvironment, { from, isLast }: { readonly from: FoundEnvironment | undefined; readonly isLast: boolean }): readonly string[] {
  const lines = [`    - name: ${quoted(name)}`, `      branch: ${quoted(branch)}`];
  if (!from) return lines;
  return [
    ...lines,
    `      from: [${quoted(from.name)}]`,
    '      merge: auto',
    '      gates:',
    `        - { name: ${quoted(`${from.name}-healthy`)}, type: health, soak: ${isLast ? '1h' : '10m'} }   # says the agent of ${from.name}`,
    ...(isLast ? ['      approvals: { required: 1, from: ["*"], excludeAuthors: true }   # or ["group:release-managers"]'] : []),
  ];
}

function quoted(text: string): string {
  return /^[a-z][a-z0-9-]*$/.test(text) && !/^(?:y|n|yes|no|on|off|true|false|null)$/.test(text) ? text : JSON.stringify(text);
}
