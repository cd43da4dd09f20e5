import { formatIdentity } from '@sluice/manifests';
import fc from 'fast-check';
import type { StagePlan } from '../model.js';
import { objectKey } from '../object-key.js';
import { annotated, bare, desired } from '../objects.fixture.js';
import { objectsToSkip } from './objects-to-skip.js';
import { planStages } from './plan-stages.js';

const CRD = 'CustomResourceDefinition.apiextensions.k8s.io';
const WEBHOOK = 'ValidatingWebhookConfiguration.admissionregistration.k8s.io';

function plan(...texts: string[]): StagePlan {
  const planned = planStages(desired(texts.join('')));
  if (!planned.ok) throw new Error(planned.error.map(({ message }) => message).join('\n'));
  return planned.value;
}

function problems(...texts: string[]): string[] {
  const planned = planStages(desired(texts.join('')));
  return planned.ok ? [] : planned.error.map(({ message }) => message);
}

function shown(planned: StagePlan): string[] {
  return planned.stages.map(({ name, wave, objects }) => `${name} ${wave}: ${objects.map(({ identity }) => formatIdentity(identity)).join(', ')}`);
}

function waits(planned: StagePlan): string[][] {
  return planned.stages.map((stage) => stage.waits.map(({ object, until }) => `${formatIdentity(object)} ${until}`));
}

const definition = (kind: string, group: string): string => `${bare(CRD, `${kind.toLowerCase()}s.${group}`)}spec: { group: ${group}, names: { kind: ${kind} } }\n`;

describe('the objects of a commit', () => {
  test('are applied in stages: definitions, classes, all else, webhooks', () => {
    const planned = plan(
      bare(WEBHOOK, 'guard'), bare('Deployment.apps', 'shop/web'), bare('IngressClass.networking.k8s.io', 'edge'), bare('ClusterRole.rbac.authorization.k8s.io', 'reader'), bare('ConfigMap', 'shop/settings'),
      bare('Namespace', 'shop'), definition('Shop', 'example.com'), bare('StorageClass.storage.k8s.io', 'fast'), bare('ServiceAccount', 'shop/web'), bare('RoleBinding.rbac.authorization.k8s.io', 'shop/web'), bare('Ingress.networking.k8s.io', 'shop/web'),
    );
    expect(shown(planned)).toEqual([
      'definitions 0: CustomResourceDefinition.apiextensions.k8s.io shops.example.com, Namespace shop, ClusterRole.rbac.authorization.k8s.io reader',
      'classes 0: IngressClass.networking.k8s.io edge, StorageClass.storage.k8s.io fast',
      'rest 0: ServiceAccount shop/web, RoleBinding.rbac.authorization.k8s.io shop/web, ConfigMap shop/settings, Deployment.apps shop/web, Ingress.networking.k8s.io shop/web',
      'webhooks 0: ValidatingWebhookConfiguration.admissionregistration.k8s.io guard',
    ]);
    expect(waits(planned)).toEqual([['CustomResourceDefinition.apiextensions.k8s.io shops.example.com established', 'Namespace shop established'], [], [], []]);
  });

  test('of a kind that nobody knows come after the workloads', () => {
    expect(shown(plan(bare('Shop.example.com', 'a/x'), bare('Deployment.apps', 'a/x')))).toEqual(['rest 0: Deployment.apps a/x, Shop.example.com a/x']);
  });

  test('wait for what they say that they depend on, until it is healthy', () => {
    const planned = plan(annotated('Deployment.apps', 'a/web', { 'sluice.dev/depends-on': 'batch/Job/a/migrate, ConfigMap/a/settings' }), bare('Job.batch', 'a/migrate'), bare('ConfigMap', 'a/settings'), bare('Service', 'a/web'));
    expect(shown(planned)).toEqual(['rest 0: ConfigMap a/settings, Service a/web, Job.batch a/migrate', 'rest 0: Deployment.apps a/web']);
    expect(waits(planned)).toEqual([['ConfigMap a/settings current', 'Job.batch a/migrate current'], []]);
  });

  test('may depend on something of a later stage, and go there with it', () => {
    const planned = plan(annotated('ConfigMap', 'a/late', { 'sluice.dev/depends-on': `admissionregistration.k8s.io/ValidatingWebhookConfiguration/guard` }), bare(WEBHOOK, 'guard'));
    expect(shown(planned)).toEqual([`webhooks 0: ${WEBHOOK} guard`, 'webhooks 0: ConfigMap a/late']);
  });

  test('are applied wave by wave, each when the one before is healthy', () => {
    const planned = plan(annotated('Job.batch', 'a/migrate', { 'sluice.dev/wave': '-1' }), bare('Deployment.apps', 'a/web'), annotated('Job.batch', 'a/smoke', { 'sluice.dev/wave': '5' }));
    expect(shown(planned)).toEqual(['rest -1: Job.batch a/migrate', 'rest 0: Deployment.apps a/web', 'rest 5: Job.batch a/smoke']);
    expect(waits(planned)).toEqual([['Job.batch a/migrate current'], ['Deployment.apps a/web current'], []]);
  });

  test('bring their namespace and their definition into their wave', () => {
    const planned = plan(bare('Namespace', 'a'), annotated('ConfigMap', 'a/first', { 'sluice.dev/wave': '-2' }), definition('Shop', 'example.com'), annotated('Shop.example.com', 'a/shop', { 'sluice.dev/wave': '-1' }));
    expect(shown(planned)).toEqual(['definitions -2: Namespace a', 'rest -2: ConfigMap a/first', `definitions -1: ${CRD} shops.example.com`, 'rest -1: Shop.example.com a/shop']);
  });

  test('follow what they need into its wave when they name none', () => {
    expect(shown(plan(annotated('Namespace', 'a', { 'sluice.dev/wave': '2' }), bare('ConfigMap', 'a/x')))).toEqual(['definitions 2: Namespace a', 'rest 2: ConfigMap a/x']);
  });
});

describe('what cannot be planned is told with the names of the objects', () => {
  test.each([
    ['a cycle', [annotated('ConfigMap', 'a/x', { 'sluice.dev/depends-on': 'ConfigMap/a/y' }), annotated('ConfigMap', 'a/y', { 'sluice.dev/depends-on': 'ConfigMap/a/x' })], 'ConfigMap a/x can never be applied, each of these needs the next: ConfigMap a/x → ConfigMap a/y → ConfigMap a/x'],
    ['itself', [annotated('ConfigMap', 'a/x', { 'sluice.dev/depends-on': 'ConfigMap/a/x' })], 'ConfigMap a/x depends on itself'],
    ['its own namespace that depends on it', [annotated('Namespace', 'a', { 'sluice.dev/depends-on': 'ConfigMap/a/x' }), bare('ConfigMap', 'a/x')], 'each of these needs the next: Namespace a → ConfigMap a/x → Namespace a'],
    ['an unknown object', [annotated('ConfigMap', 'a/x', { 'sluice.dev/depends-on': 'apps/Deployment/a/db' })], 'ConfigMap a/x depends on Deployment.apps a/db, which is not in this commit'],
    ['a reference that is none', [annotated('ConfigMap', 'a/x', { 'sluice.dev/depends-on': 'db' })], 'sluice.dev/depends-on has "db": write group/Kind/namespace/name'],
    ['a wave that is no number', [annotated('ConfigMap', 'a/x', { 'sluice.dev/wave': 'first' })], 'ConfigMap a/x sluice.dev/wave must be a whole number between -1000 and 1000, not "first"'],
    ['a wave that is too large', [annotated('ConfigMap', 'a/x', { 'sluice.dev/wave': '1001' })], 'not "1001"'],
    ['something that it needs in a later wave', [annotated('ConfigMap', 'a/x', { 'sluice.dev/wave': '1', 'sluice.dev/depends-on': 'ConfigMap/a/y' }), annotated('ConfigMap', 'a/y', { 'sluice.dev/wave': '2' })], 'ConfigMap a/x is of wave 1 and needs ConfigMap a/y, which is of the later wave 2'],
    ['the same object twice', [bare('ConfigMap', 'a/x'), bare('ConfigMap', 'a/x')], 'ConfigMap a/x is there twice'],
  ])('%s', (_, texts, message) => {
    expect(problems(...texts)).toEqual([expect.stringContaining(message)]);
  });

  test.each(['Service/a/x', '/Service/a/x', '\n  Service/a/x,'])('but %j names an object of the core group', (reference) => {
    expect(problems(bare('Service', 'a/x'), annotated('ConfigMap', 'a/x', { 'sluice.dev/depends-on': reference }))).toEqual([]);
  });
});

describe('when an object has failed', () => {
  const key = (kind: string, namespace: string, name: string, group = ''): string => objectKey({ group, kind, namespace, name });

  test('only what needs it is skipped', () => {
    const planned = plan(bare('Namespace', 'a'), bare('Namespace', 'b'), bare('ConfigMap', 'a/x'), bare('ConfigMap', 'b/x'), annotated('Deployment.apps', 'b/y', { 'sluice.dev/depends-on': 'ConfigMap/a/x' }));
    expect([...objectsToSkip(planned, [key('Namespace', '', 'a')])]).toEqual([[key('ConfigMap', 'a', 'x'), key('Namespace', '', 'a')], [key('Deployment', 'b', 'y', 'apps'), key('Namespace', '', 'a')]]);
  });
  test('a custom resource is skipped with its definition, and a webhook with the service that it calls', () => {
    const planned = plan(definition('Shop', 'example.com'), bare('Shop.example.com', 'a/x'), bare('Service', 'a/guard'), `${bare(WEBHOOK, 'guard')}webhooks: [{ clientConfig: { service: { namespace: a, name: guard } } }]\n`);
    expect([...objectsToSkip(planned, [key('CustomResourceDefinition', '', 'shops.example.com', 'apiextensions.k8s.io')]).keys()]).toEqual([key('Shop', 'a', 'x', 'example.com')]);
    expect([...objectsToSkip(planned, [key('Service', 'a', 'guard')]).keys()]).toEqual([key('ValidatingWebhookConfiguration', '', 'guard', 'admissionregistration.k8s.io')]);
  });
  test('all of the later waves is skipped', () => {
    const planned = plan(annotated('Job.batch', 'a/migrate', { 'sluice.dev/wave': '-1' }), bare('ConfigMap', 'a/x'), annotated('ConfigMap', 'a/y', { 'sluice.dev/wave': '4' }));
    expect([...objectsToSkip(planned, [key('Job', 'a', 'migrate', 'batch')]).keys()].sort()).toEqual([key('ConfigMap', 'a', 'x'), key('ConfigMap', 'a', 'y')]);
    expect(objectsToSkip(planned, []).size).toBe(0);
  });
});

describe('whatever a commit has', () => {
  const kinds = fc.constantFrom('Namespace', 'ConfigMap', 'Deployment.apps', 'Job.batch', 'StorageClass.storage.k8s.io', WEBHOOK, 'Shop.example.com');
  const names = fc.constantFrom('a', 'b', 'c');
  const object = fc.record({ kind: kinds, name: names, wave: fc.option(fc.integer({ min: -2, max: 2 })), needs: fc.array(fc.tuple(kinds, names), { maxLength: 2 }) });
  const isScoped = (kind: string): boolean => !['Namespace', WEBHOOK, 'StorageClass.storage.k8s.io'].includes(kind);
  const full = (kind: string, name: string): string => (isScoped(kind) ? `${name}/${name}` : name);
  const reference = ([kind, name]: readonly [string, string]): string => {
    const [first = '', ...group] = kind.split('.');
    return [...(group.length === 0 ? [] : [group.join('.')]), first, full(kind, name)].join('/');
  };
  const commit = fc.uniqueArray(object, { selector: ({ kind, name }) => `${kind} ${name}`, maxLength: 12 }).map((objects) =>
    desired(objects.map(({ kind, name, wave, needs }) => annotated(kind, full(kind, name), { ...(wave !== null && { 'sluice.dev/wave': String(wave) }), 'sluice.dev/depends-on': needs.map(reference).join(',') })).join('')),
  );

  test('is planned whole, each object once and after what it needs, or refused', () => {
    fc.assert(
      fc.property(commit, (objects) => {
        const planned = planStages(objects);
        if (!planned.ok) return expect(planned.error.length).toBeGreaterThan(0);
        const order = planned.value.stages.flatMap((stage, index) => stage.objects.map(({ identity }) => [objectKey(identity), index] as const));
        expect(order.map(([key]) => key).sort()).toEqual(objects.map(({ identity }) => objectKey(identity)).sort());
        const at = new Map(order);
        for (const [key, needs] of planned.value.needs) for (const need of needs) if (at.has(key) && at.has(need)) expect(at.get(need)).toBeLessThan(at.get(key) ?? -1);
        const waves = planned.value.stages.map(({ wave }) => wave);
        expect(waves).toEqual([...waves].sort((a, b) => a - b));
      }),
      { numRuns: 500 },
    );
  });
  test('is planned the same in whichever order it is read', () => {
    fc.assert(
      fc.property(commit.chain((objects) => fc.tuple(fc.constant(objects), fc.shuffledSubarray(objects, { minLength: objects.length }))), ([objects, shuffled]) => {
        expect(planStages(shuffled)).toEqual(planStages(objects));
      }),
      { numRuns: 300 },
    );
  });
  test('with any text in its annotations, is planned or refused with messages that name the object', () => {
    const text = fc.oneof(fc.string(), fc.stringMatching(/^[-+ ]?[0-9]{1,7}$/), fc.stringMatching(/^[a-z./A-Z, ]{0,40}$/), fc.constantFrom('ConfigMap/a/x', 'v1/ConfigMap/a/x', '////', 'apps/Deployment//x'));
    fc.assert(
      fc.property(text, text, (wave, needs) => {
        const planned = planStages(desired(annotated('ConfigMap', 'a/x', { 'sluice.dev/wave': wave, 'sluice.dev/depends-on': needs })));
        if (!planned.ok) for (const { message } of planned.error) expect(message).toMatch(/^ConfigMap a\/x [^\n]+$/);
      }),
      { numRuns: 1_000 },
    );
  });
});
