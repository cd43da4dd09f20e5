import fc from 'fast-check';
import type { Value, ValueMap } from '../model.js';
import { decodeDocuments } from '../decode/decode-documents.js';
import { compose, composed, notes, REGISTRY, REPLICAS } from './compose.fixture.js';
import { RUNS } from './property-runs.fixture.js';

interface Container {
  readonly name: string;
  readonly tag: string;
  readonly env: readonly (readonly [string, string])[];
}

const env = fc.uniqueArray(fc.tuple(fc.constantFrom('PORT', 'LEVEL', 'URL', 'MODE'), fc.constantFrom('a', 'b')), { maxLength: 4, selector: ([name]) => name });
const container = fc.record({ name: fc.constantFrom('web', 'proxy', 'log', 'cache'), tag: fc.constantFrom('1', '2', '3'), env });
const containers = fc.uniqueArray(container, { minLength: 1, maxLength: 4, selector: ({ name }) => name });

function deployment(list: readonly Container[], registry: string, replicas: number): string {
  const items = list.map(({ name, tag, env: variables }) => {
    const lines = variables.map(([variable, value]) => `        - name: ${variable}\n          value: ${value}\n`).join('');
    return `      - name: ${name}\n        image: ${registry}${name}:${tag}\n${lines === '' ? '' : `        env:\n${lines}`}`;
  });
  return `apiVersion: apps/v1\nkind: Deployment\nmetadata:\n  name: shop\nspec:\n  replicas: ${replicas}\n  template:\n    spec:\n      containers:\n${items.join('')}`;
}

function commented(text: string): string {
  return text.replace(/^( *)(- name: .*)$/gm, '$1# about it\n$1$2 # behind');
}

/** Name to tag and variables, in no order. */
function meaning(list: readonly Container[]): unknown {
  return Object.fromEntries(list.map(({ name, tag, env: variables }) => [name, { tag, env: Object.fromEntries(variables) }]));
}

function read(text: string): { replicas: Value | undefined; registries: string[]; containers: unknown } {
  const at = (value: Value | undefined, ...path: string[]): Value | undefined => path.reduce((inner, step) => (inner as ValueMap | undefined)?.get(step), value);
  const [document] = decodeDocuments(text);
  const list = (at(document, 'spec', 'template', 'spec', 'containers') as readonly ValueMap[]).map((item) => {
    const image = String(item.get('image'));
    const variables = ((item.get('env') ?? []) as readonly ValueMap[]).map((each): [string, string] => [String(each.get('name')), String(each.get('value'))]);
    return { registry: image.slice(0, image.lastIndexOf('/') + 1), name: String(item.get('name')), tag: image.slice(image.lastIndexOf(':') + 1), env: variables };
  });
  return { replicas: at(document, 'spec', 'replicas'), registries: list.map(({ registry }) => registry), containers: meaning(list) };
}

const OWNED = [REPLICAS, REGISTRY];

test('a release reaches an environment that has its own registry, replicas, sidecar and comments', () => {
  fc.assert(
    fc.property(containers, containers, (before, after) => {
      const mine: Container = { name: 'mine', tag: '9', env: [] };
      const target = commented(deployment([...before, mine], 'prod.example/', 7));
      const texts = { base: deployment(before, 'dev.example/x/', 1), source: deployment(after, 'dev.example/x/', 2), target, owned: OWNED };
      const output = composed(texts);
      const result = output === 'unchanged' ? target : output;
      expect(read(result)).toEqual({ replicas: 7, registries: [...after, mine].map(() => 'prod.example/'), containers: meaning([...after, mine]) });
      expect(notes(texts).map(({ field }) => field).sort()).toEqual(after.filter(({ name }) => !before.some((old) => old.name === name)).map(({ name }) => `spec.template.spec.containers[${name}].image`).sort());
      expect(compose({ ...texts, target: result })).toEqual({ kind: 'unchanged' });
    }),
    RUNS,
  );
});

test('a target that is the base becomes the source, with its own replicas and registry', () => {
  fc.assert(
    fc.property(containers, containers, (before, after) => {
      const base = deployment(before, 'dev.example/x/', 1);
      const output = composed({ base, source: commented(deployment(after, 'next.example/', 2)), target: base, owned: OWNED });
      const wanted = commented(deployment(after, 'dev.example/x/', 1));
      expect(output === 'unchanged' ? read(base) : read(output)).toEqual(read(wanted));
      if (output !== 'unchanged') expect(output).toBe(wanted);
    }),
    RUNS,
  );
});
