import fc from 'fast-check';
import { equal, type JsonObject, type KubeObject } from './api/json.js';
import { applyConfiguration } from './apply/server-side-apply.js';
import { builtinSchema } from './schema/builtin-schema.js';
import { omitEmpty } from './schema/omit-empty.js';

const schema = builtinSchema('V1Deployment', 'Deployment');
const value = fc.constantFrom('1', '2');
const names = fc.constantFrom('a', 'b', 'c');

function byName(items: fc.Arbitrary<JsonObject>, minLength = 0): fc.Arbitrary<JsonObject[]> {
  return fc.uniqueArray(items, { minLength, maxLength: 3, selector: (item) => item['name'] });
}

const env = byName(fc.record({ name: names, value }));
const containers = byName(fc.record({ name: names, image: value, env }, { requiredKeys: ['name'] }), 1);
const labels = fc.dictionary(names, value, { maxKeys: 3 });

/** Configurations of one object, which differ in a map, an atomic map and nested lists with keys. */
const configuration = fc.record({ labels, selector: labels, replicas: fc.constantFrom(undefined, 1, 2), containers }).map(({ labels: own, selector, replicas, containers: list }): KubeObject => {
  const spec = { selector: { matchLabels: selector }, ...(replicas === undefined ? {} : { replicas }), template: { spec: { containers: list } } };
  return { apiVersion: 'apps/v1', kind: 'Deployment', metadata: { name: 'web', labels: own }, spec };
});
const steps = fc.array(fc.tuple(fc.constantFrom('one', 'two', 'three'), configuration), { minLength: 1, maxLength: 6 });

function written(object: KubeObject): KubeObject {
  omitEmpty(schema, object);
  return object;
}

function apply(live: KubeObject | undefined, [manager, config]: readonly [string, KubeObject], force = true): KubeObject {
  const resource = { group: 'apps', plural: 'deployments', kind: 'Deployment' };
  const context = { schema, hasStatus: true, subresource: '', apiVersion: 'apps/v1', now: '2026-01-01T00:00:00Z', force, resource };
  return applyConfiguration(live, config, { ...context, manager, complete: written });
}

function after(history: readonly (readonly [string, KubeObject])[]): KubeObject {
  return history.reduce<KubeObject | undefined>((live, step) => apply(live, step), undefined) as KubeObject;
}

/** Everything of `wanted` is in `live`: keyed items by name, whatever else is there. */
function holds(live: unknown, wanted: unknown): boolean {
  if (Array.isArray(wanted)) return Array.isArray(live) && wanted.every((item: JsonObject) => holds(live.find((one: JsonObject) => one['name'] === item['name']), item));
  if (typeof wanted !== 'object' || wanted === null) return live === wanted;
  return Object.entries(wanted).every(([key, item]) => (item !== null && typeof item === 'object' && Object.keys(item).length === 0) || holds((live as JsonObject | undefined)?.[key], item));
}

function unowned({ metadata, ...rest }: KubeObject): JsonObject {
  return { ...rest, labels: metadata['labels'] ?? {} };
}

describe('the laws of server-side apply', () => {
  it('an apply by force leaves everything it asks for', () => {
    fc.assert(fc.property(steps, (history) => holds(after(history), history.at(-1)?.[1])));
  });

  it('an apply that is repeated changes nothing', () => {
    fc.assert(
      fc.property(steps, (history) => {
        const live = after(history);
        return equal(apply(live, history.at(-1) as [string, KubeObject]), live);
      }),
    );
  });

  it('an apply that is repeated has no conflicts', () => {
    fc.assert(fc.property(steps, (history) => equal(apply(after(history), history.at(-1) as [string, KubeObject], false), after(history))));
  });

  it('a manager alone gets exactly what it applied last', () => {
    fc.assert(
      fc.property(fc.array(configuration, { minLength: 2, maxLength: 5 }), (configurations) => {
        const alone = after(configurations.map((one) => ['one', one]));
        const fresh = after([['one', configurations.at(-1) as KubeObject]]);
        expect(sorted(unowned(alone))).toEqual(sorted(unowned(fresh)));
      }),
    );
  });

  /** Order among items and empty maps are no matter of ownership. */
  function sorted(given: unknown): unknown {
    if (Array.isArray(given)) return given.map(sorted).sort((left, right) => JSON.stringify(left).localeCompare(JSON.stringify(right)));
    if (typeof given !== 'object' || given === null) return given;
    const entries = Object.entries(given).map(([key, item]) => [key, sorted(item)] as const);
    return Object.fromEntries(entries.filter(([, item]) => typeof item !== 'object' || item === null || Object.keys(item).length > 0).sort(([left], [right]) => (left < right ? -1 : 1)));
  }
});
