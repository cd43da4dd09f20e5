import { DESIGN_EXAMPLE } from './design-example.fixture.js';
import { parsePipeline } from './parse-pipeline.js';
import { findingsOf, withEnvironments, withSections } from './pipeline-text.fixture.js';

describe('a pipeline file', () => {
  it('with two environments gets every default', () => {
    const { pipeline, diagnostics } = parsePipeline(withSections(''));
    expect(diagnostics).toEqual([]);
    const defaults = { directPush: 'deploy', drift: 'revert', merge: 'auto', onNewSource: 'update', gates: [] };
    expect(pipeline).toEqual({
      name: 'shop',
      environments: [
        { name: 'dev', branch: 'dev', from: [], ...defaults },
        { name: 'qa', branch: 'qa', from: ['dev'], ...defaults },
      ],
      applications: [{ name: 'shop', paths: ['**'], uses: [] }],
      environmentOwned: [],
      roles: [],
    });
  });

  it('keeps everything that it says', () => {
    const text = withEnvironments(`    - name: prod
      branch: release/prod
      from: [dev]
      merge: manual
      drift: report
      onNewSource: wait
      gates:
        - { name: unit, type: check, context: ci/test }
        - { name: dev-healthy, type: health, soak: 1h30m }
        - { name: go, type: manual, from: ["person:ada", "group:sre"] }
        - { name: rules, type: policy, validations: [{ expression: "size(objects) > 0", message: nothing is left }] }
        - { name: board, type: http, url: "https://board.example.org/ask?a=b", secret: CHANGE_BOARD }
        - { name: there, type: images }
        - { name: plain, type: secrets }
        - { name: signed, type: signature, keys: ["ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIJ1111111111111111111111111111111111111111AA ada"] }
        - { name: mostly, type: secrets, allow: ["*/example-*"] }
      approvals: { required: 2, from: [group:release-managers], excludeRequester: false }
    - name: dev
  applications:
    - { name: checkout, paths: ["apps/checkout/**"], uses: ["common/**"] }
  environmentOwned:
    - { path: "**/env/**", environments: [prod] }
    - { kind: Deployment, fields: ["spec.template.spec.containers[*].image"], part: registry }
  roles:
    - { role: admin, who: ["*"], applications: [checkout] }
`);
    const { pipeline, diagnostics } = parsePipeline(text);
    expect(diagnostics).toEqual([]);
    expect(pipeline?.environments.map(({ name }) => name)).toEqual(['dev', 'prod']);
    expect(pipeline?.environments[1]).toEqual({
      name: 'prod',
      branch: 'release/prod',
      from: ['dev'],
      directPush: 'deploy',
      drift: 'report',
      merge: 'manual',
      onNewSource: 'wait',
      gates: [
        { name: 'unit', type: 'check', context: 'ci/test' },
        { name: 'dev-healthy', type: 'health', soak: 5_400_000 },
        { name: 'go', type: 'manual', from: [{ kind: 'person', name: 'ada' }, { kind: 'group', name: 'sre' }] },
        { name: 'rules', type: 'policy', validations: [{ expression: 'size(objects) > 0', message: 'nothing is left' }] },
        { name: 'board', type: 'http', url: 'https://board.example.org/ask?a=b', secret: 'CHANGE_BOARD', timeout: 604_800_000 },
        { name: 'there', type: 'images' },
        { name: 'plain', type: 'secrets', allow: [] },
        { name: 'signed', type: 'signature', keys: ['ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIJ1111111111111111111111111111111111111111AA ada'] },
        { name: 'mostly', type: 'secrets', allow: ['*/example-*'] },
      ],
      approvals: { required: 2, from: [{ kind: 'group', name: 'release-managers' }], excludeAuthors: true, excludeRequester: false },
    });
    expect(pipeline?.applications).toEqual([{ name: 'checkout', paths: ['apps/checkout/**'], uses: ['common/**'] }]);
    expect(pipeline?.environmentOwned).toEqual([
      { environments: ['prod'], path: '**/env/**', fields: [] },
      { environments: [], kind: 'Deployment', fields: [['spec', 'template', 'spec', 'containers', '*', 'image']], part: 'registry' },
    ]);
    expect(pipeline?.roles).toEqual([{ role: 'admin', who: [{ kind: 'anyone' }], applications: ['checkout'], environments: ['*'] }]);
  });

  it('survives being written as JSON and read back, as a store and a worker thread do', () => {
    const { pipeline } = parsePipeline(withSections('  environmentOwned:\n    - { kind: Pod, fields: ["spec.containers[*].image"] }\n'));
    expect(JSON.parse(JSON.stringify(pipeline))).toEqual(pipeline);
  });

  it('may use anchors and aliases', () => {
    const text = withEnvironments(`    - name: dev
    - { name: qa, from: [dev], gates: [&healthy { name: healthy, type: health }] }
    - { name: prod, from: [qa], gates: [*healthy] }
`);
    expect(parsePipeline(text).pipeline?.environments[2]?.gates).toEqual([{ name: 'healthy', type: 'health', soak: 0 }]);
  });

  it('may use the whole schema', () => {
    expect(findingsOf(DESIGN_EXAMPLE)).toEqual([]);
    expect(parsePipeline(DESIGN_EXAMPLE).pipeline?.notifications).toEqual([{ on: ['degraded', 'waiting-on-approval'], environments: ['prod'], applications: [], to: ['slack:#releases', 'mail:ops@example.org'] }]);
  });

  it('says who is told of what, and when not', () => {
    const { pipeline, diagnostics } = parsePipeline(withSections('  notifications:\n    - { on: ["*"], to: ["webhook:audit"], digest: daily 09:00 Europe/Berlin, quiet: { times: ["22:00-07:00"], timezone: Europe/Berlin, except: [degraded] } }\n'));
    expect(diagnostics).toEqual([]);
    expect(pipeline?.notifications).toEqual([
      {
        on: ['*'],
        environments: [],
        applications: [],
        to: ['webhook:audit'],
        digest: { kind: 'daily', minute: 540, timezone: 'Europe/Berlin' },
        quiet: { times: [{ effect: 'deny', times: { kind: 'weekly', weekdays: [1, 2, 3, 4, 5, 6, 7], from: 1_320, days: 1, to: 420 }, timezone: 'Europe/Berlin', text: '22:00-07:00' }], except: ['degraded'] },
      },
    ]);
  });

  it('with many errors gets them all at once, in the order of the text', () => {
    const text = withEnvironments(`    - { name: dev, from: [prod] }
    - { name: prod, from: [dev], gates: [{ name: a, type: zip }], aprovals: {} }
  applications:
    - { name: a, paths: ["apps/**"] }
    - { name: a, paths: ["apps/b/*.yaml", "/c"] }
`);
    expect(findingsOf(text).map((finding) => finding.split(' ')[0])).toEqual(['6:20', '7:59', '7:67', '10:15', '10:26', '10:43']);
  });

  it('with more errors than anybody reads gets a hundred', () => {
    const found = parsePipeline(Array.from({ length: 500 }, (_, index) => `key${index}: 1`).join('\n')).diagnostics;
    expect(found).toHaveLength(100);
    expect(found.at(-1)?.message).toBe('405 more errors follow from here; fix these first');
  });
});

describe('drift', () => {
  const environment = (drift: string): unknown => {
    const { pipeline, diagnostics } = parsePipeline(withEnvironments(`    - { name: dev, drift: ${drift} }\n`));
    expect(diagnostics).toEqual([]);
    return pipeline?.environments[0];
  };

  it.each([
    ['{ mode: report }', { drift: 'report' }],
    ['{}', { drift: 'revert' }],
    [
      '{ ignore: [{ kind: Deployment, fields: [spec.replicas, "spec.template.spec.containers[*].image"] }, { fields: [\'metadata.annotations["a.b/c"]\'] }] }',
      {
        drift: 'revert',
        driftIgnore: [
          { kind: 'Deployment', path: ['spec', 'replicas'] },
          { kind: 'Deployment', path: ['spec', 'template', 'spec', 'containers', '*', 'image'] },
          { path: ['metadata', 'annotations', 'a.b/c'] },
        ],
      },
    ],
  ])('is read: %s', (text, expected) => {
    expect(environment(text)).toMatchObject(expected);
  });
});
