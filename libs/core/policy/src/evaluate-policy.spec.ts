import type { FileVersion } from '@sluice/manifests';
import { evaluatePolicy } from './evaluate-policy.js';
import type { PolicyResult } from './evaluate-policy.js';

type Texts = Readonly<Record<string, string>>;

const filesOf = (texts: Texts): ReadonlyMap<string, FileVersion> => new Map(Object.entries(texts).map(([path, text]) => [path, { mode: '100644', bytes: new TextEncoder().encode(text) }]));

function evaluate(expression: string, after: Texts, before: Texts = {}, changedPaths = Object.keys({ ...before, ...after })): PolicyResult {
  const source = { environment: 'dev', commit: 'a'.repeat(40) };
  return evaluatePolicy({ validations: [{ expression, message: 'rule broken' }], before: filesOf(before), after: filesOf(after), changedPaths, application: 'checkout', environment: 'prod', source });
}

const deployment = (replicas: number | string, extra = ''): string => `apiVersion: apps/v1\nkind: Deployment\nmetadata: { name: web, namespace: shop }\nspec: { replicas: ${replicas}, paused: no ${extra} }\n`;
const secret = 'apiVersion: v1\nkind: Secret\nmetadata: { name: s }\nstringData: { password: hunter2 }\n';

describe('a rule holds', () => {
  test.each([
    ['over every object', 'objects.all(o, o.spec.replicas >= 2)'],
    ['for whole numbers, which are ints', 'objects.all(o, o.spec.replicas * 2 == 6)'],
    ['with kubectl’s reading of YAML 1.1', 'objects.all(o, o.spec.paused == false)'],
    ['for a field that may be absent', 'objects.all(o, !has(o.spec.strategy))'],
    ['with optional fields', 'objects.all(o, o.spec.?strategy.?type.orValue("none") == "none")'],
    ['over what changes', 'changes.all(c, c.change == "modified" && c.before.spec.replicas == 2 && c.after.spec.replicas == 3)'],
    ['over the name of what changes', 'changes.exists_one(c, c.kind == "Deployment" && c.namespace == "shop" && c.name == "web" && c.path == "a.yaml")'],
    ['over where it goes', 'application == "checkout" && environment == "prod" && source.environment == "dev" && source.commit.startsWith("aaaa")'],
  ])('%s', (_, expression) => {
    expect(evaluate(expression, { 'a.yaml': deployment(3) }, { 'a.yaml': deployment(2) })).toEqual({ problems: [], objects: 1, unreadable: [] });
  });

  test('over what came and what goes, whose other side is null', () => {
    const rule = 'changes.all(c, c.change == "added" ? c.before == null : c.after == null)';
    expect(evaluate(rule, { 'a.yaml': deployment(1) }, { 'b.yaml': deployment(1).replace('web', 'old') }).problems).toEqual([]);
  });
});

test('files that stay as they are are objects, but no changes', () => {
  expect(evaluate('size(objects) == 2 && size(changes) == 1', { 'a.yaml': deployment(1), 'b.yaml': deployment(1).replace('web', 'other') }, {}, ['b.yaml']).problems).toEqual([]);
});

test('files without a kind are not among the objects', () => {
  expect(evaluate('objects.all(o, o.kind == "Deployment")', { 'a.yaml': deployment(1), 'values.yaml': 'ingress: { host: a }\n', 'note.txt': 'x' })).toMatchObject({ problems: [], objects: 1 });
});

describe('a rule does not hold', () => {
  test('and gives its own message', () => {
    expect(evaluate('objects.all(o, o.spec.replicas >= 2)', { 'a.yaml': deployment(1) }).problems).toEqual([{ index: 0, kind: 'broken', message: 'rule broken' }]);
  });
  test.each([
    ['a field that is not there', 'objects.all(o, o.spec.nothing == 1)', 'No such key: nothing at character 23'],
    ['another type than it takes', 'objects.all(o,\n  o.spec.replicas > "1")', /no such overload.* at 2:3/],
    ['what is no truth value', 'dyn(application)', 'gives neither true nor false'],
  ])('when it meets %s, and says where', (_, expression, message) => {
    expect(evaluate(expression, { 'a.yaml': deployment(1) }).problems).toEqual([{ index: 0, kind: 'error', message: typeof message === 'string' ? message : expect.stringMatching(message) }]);
  });
  test('over a file that cannot be read, which is named', () => {
    expect(evaluate('true', { 'a.yaml': 'a: [\n' }).unreadable).toEqual(['a.yaml']);
  });
});

test('no rule sees what a Secret keeps, whatever it makes of it', () => {
  const found = evaluate('objects.all(o, int(o.stringData.password) == 1) && changes.all(c, int(c.after.stringData.password) == 1)', { 'a.yaml': secret });
  expect(found.problems).toHaveLength(1);
  expect(JSON.stringify(found)).not.toContain('hunter2');
  expect(evaluate('objects.all(o, o.stringData.password == "hunter2")', { 'a.yaml': secret }).problems).toMatchObject([{ kind: 'broken' }]);
});

test.each(['objects[0].constructor', 'objects[0].__proto__', 'source.constructor == "x"', 'objects[0]["prototype"] == 1'])('nothing of JavaScript is in reach: %s', (expression) => {
  expect(evaluate(expression, { 'a.yaml': deployment(1) }).problems).toMatchObject([{ kind: 'error', message: expect.stringContaining('No such key') }]);
});
