import { composeFiles } from './compose-files.js';
import { promoted } from './compose-files.fixture.js';
import { file, REPLICAS, SHOP } from './compose.fixture.js';

const [DEPLOYMENT = '', SERVICE = ''] = SHOP.split('---\n');
const NEW_DEPLOYMENT = DEPLOYMENT.replace('web:1.0', 'web:2.0');
const OURS = DEPLOYMENT.replace('replicas: 1 # a start', 'replicas: 9 # for Christmas');
const NEW_OURS = OURS.replace('web:1.0', 'web:2.0');

function config(name: string, value: string): string {
  return `apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: ${name}\ndata:\n  level: ${value}\n`;
}

describe('an object that the release moves to another file', () => {
  test('goes there with the new tag, and with the replicas and comments of the environment', () => {
    expect(promoted({ base: { 'app.yaml': DEPLOYMENT }, source: { 'deployment.yaml': NEW_DEPLOYMENT }, target: { 'app.yaml': OURS }, owned: [REPLICAS] })).toEqual({ 'deployment.yaml': NEW_OURS });
  });
  test('goes there although the environment changed it and the release did not', () => {
    expect(promoted({ base: { 'app.yaml': DEPLOYMENT }, source: { 'deployment.yaml': DEPLOYMENT }, target: { 'app.yaml': OURS } })).toEqual({ 'deployment.yaml': OURS });
  });
  test('leaves the other objects of its old file, and the comment at the top, where they are', () => {
    const target = { 'app.yaml': `# ours\n\n${OURS}---\n${SERVICE}# the end\n` };
    expect(promoted({ base: { 'app.yaml': SHOP }, source: { 'app.yaml': SERVICE, 'deployment.yaml': DEPLOYMENT }, target })).toEqual({ 'app.yaml': `# ours\n\n---\n${SERVICE}# the end\n`, 'deployment.yaml': OURS });
  });
  test('goes behind the object that it follows in the release', () => {
    const source = { 'all.yaml': `${config('a', 'info')}---\n${config('b', 'info')}---\n${config('c', 'info')}` };
    const base = { 'all.yaml': `${config('a', 'info')}---\n${config('c', 'info')}`, 'b.yaml': config('b', 'info') };
    const target = { 'all.yaml': `${config('a', 'error')}---\n# about c\n${config('c', 'error')}`, 'b.yaml': `# about b\n${config('b', 'error')}` };
    expect(promoted({ base, source, target })).toEqual({ 'all.yaml': `${config('a', 'error')}---\n# about b\n${config('b', 'error')}---\n# about c\n${config('c', 'error')}` });
  });
  test('may be several that get files of their own', () => {
    const target = { 'app.yaml': `${OURS}---\n# ours\n${SERVICE.replace('80', '81')}` };
    expect(promoted({ base: { 'app.yaml': SHOP }, source: { 'deployment.yaml': NEW_DEPLOYMENT, 'service.yaml': SERVICE }, target, owned: [REPLICAS] })).toEqual({ 'deployment.yaml': NEW_OURS, 'service.yaml': `# ours\n${SERVICE.replace('80', '81')}` });
  });
  test('keeps the line breaks of the file that it comes to', () => {
    const crlf = (text: string): string => text.replaceAll('\n', '\r\n');
    const base = { 'a.yaml': config('a', 'info'), 'b.yaml': config('b', 'info') };
    const target = { 'a.yaml': crlf(config('a', 'error')), 'b.yaml': config('b', 'error') };
    expect(promoted({ base, source: { 'a.yaml': `${config('a', 'info')}---\n${config('b', 'info')}` }, target })).toEqual({ 'a.yaml': crlf(`${config('a', 'error')}---\n${config('b', 'error')}`) });
  });
  test('may change its API group on the way', () => {
    const old = (text: string): string => text.replace('apps/v1', 'extensions/v1beta1');
    expect(promoted({ base: { 'app.yaml': old(DEPLOYMENT) }, source: { 'deployment.yaml': DEPLOYMENT }, target: { 'app.yaml': old(OURS) }, owned: [REPLICAS] })).toEqual({ 'deployment.yaml': OURS });
  });
  test('becomes JSON where it comes to a JSON file', () => {
    const json = (level: string): string => `{\n  "apiVersion": "v1",\n  "kind": "ConfigMap",\n  "metadata": { "name": "a" },\n  "data": { "level": "${level}" }\n}\n`;
    expect(promoted({ base: { 'a.yaml': config('a', 'info') }, source: { 'a.json': json('info') }, target: { 'a.yaml': `# ours\n${config('a', 'error')}` } })).toEqual({ 'a.json': json('error') });
  });
  test('takes the mode of the file that moved with it', () => {
    const inputs = [
      { path: 'a.yaml', owned: [], base: file(config('a', 'info'))!, target: file(config('a', 'error'), '100755')! },
      { path: 'b.yaml', owned: [], source: file(config('a', 'info'))! },
    ];
    expect(composeFiles(inputs)).toMatchObject([{ kind: 'delete' }, { kind: 'write', file: { mode: '100755' } }]);
  });
  test('stays away where the environment removed it', () => {
    const base = { 'a.yaml': config('a', 'info'), 'b.yaml': config('b', 'info') };
    expect(promoted({ base, source: { 'b.yaml': `${config('b', 'info')}---\n${config('a', 'info')}` }, target: { 'b.yaml': config('b', 'error') } })).toEqual({ 'b.yaml': config('b', 'error') });
  });
});

describe('an object that the environment moved to another file', () => {
  const base = { 'a.yaml': config('a', 'info'), 'b.yaml': config('b', 'info') };
  const source = { 'a.yaml': config('a', 'debug'), 'b.yaml': config('b', 'debug') };
  const target = { 'b.yaml': `${config('b', 'info')}---\n# ours\n${config('a', 'info')}` };

  test('gets the release’s change where it is', () => {
    expect(promoted({ base, source, target })).toEqual({ 'b.yaml': `${config('b', 'debug')}---\n# ours\n${config('a', 'debug')}` });
  });
  test('goes when the release removes it', () => {
    expect(promoted({ base, source: { 'b.yaml': config('b', 'debug') }, target })).toEqual({ 'b.yaml': config('b', 'debug') });
  });
  test('stays as it is, separator and all, when the release only moves others', () => {
    const before = { 'a.yaml': `${config('c', 'info')}---\n${config('log', 'info')}`, 'b.yaml': config('web', 'info') };
    const then = { 'a.yaml': config('web', 'info'), 'b.yaml': `---\n${config('log', 'info')}` };
    expect(promoted({ base: before, source: { 'a.yaml': `${config('web', 'info')}---\n${config('log', 'info')}` }, target: then })).toEqual(then);
  });
  test('is where it should be when the release moves it there too', () => {
    expect(promoted({ base, source: { 'b.yaml': `${config('b', 'info')}---\n${config('a', 'debug')}` }, target })).toEqual({ 'b.yaml': `${config('b', 'info')}---\n# ours\n${config('a', 'debug')}` });
  });
});

describe('a conflict', () => {
  const base = { 'a.yaml': config('a', 'info'), 'b.yaml': config('b', 'info'), 'c.yaml': config('c', 'info') };
  const into = (path: 'b.yaml' | 'c.yaml', name: string): Record<string, string> => ({ 'b.yaml': config('b', 'debug'), 'c.yaml': config('c', 'debug'), [path]: `${config(path === 'b.yaml' ? 'b' : 'c', 'debug')}---\n${config(name, 'info')}` });

  test('is an object that release and environment moved to different files', () => {
    expect(promoted({ base, source: into('b.yaml', 'a'), target: into('c.yaml', 'a') })).toEqual(['b.yaml: the source moved this object to b.yaml, the target to c.yaml: keep it in one file, or resolve it on the branch of the request']);
  });
  test('is an object that both added in different files: there would be two of it', () => {
    expect(promoted({ base: { ...base, 'a.yaml': '' }, source: { ...into('b.yaml', 'new'), 'a.yaml': '' }, target: { ...into('c.yaml', 'new'), 'a.yaml': '' } })).toEqual([expect.stringMatching(/^b\.yaml: the source added this object in b\.yaml, the target in c\.yaml: /)]);
  });
  test('is a moved object in which both changed a field', () => {
    expect(promoted({ base: { 'a.yaml': config('a', 'info') }, source: { 'b.yaml': config('a', 'debug') }, target: { 'a.yaml': config('a', 'error') } })).toEqual(['b.yaml: data.level']);
  });
  test('is a moved object that the release changed and the environment removed', () => {
    expect(promoted({ base: { 'a.yaml': config('a', 'info') }, source: { 'b.yaml': config('a', 'debug') }, target: {} })).toHaveLength(1);
  });
});

describe('what is not followed', () => {
  test('is an object that is in two files, as with patches: each file is composed for itself', () => {
    const base = { 'a.yaml': config('a', 'info'), 'patch.yaml': config('a', 'info') };
    expect(promoted({ base, source: { 'b.yaml': config('a', 'info'), 'patch.yaml': config('a', 'debug') }, target: base })).toEqual({ 'b.yaml': config('a', 'info'), 'patch.yaml': config('a', 'debug') });
    expect(promoted({ base, source: { 'b.yaml': config('a', 'info'), 'patch.yaml': config('a', 'debug') }, target: { ...base, 'a.yaml': config('a', 'error') } })).toEqual(['a.yaml: the source removed what the target has changed']);
  });
  test('is what has no name of its own, as Helm values', () => {
    expect(promoted({ base: { 'a.yaml': 'x: 1\n' }, source: { 'b.yaml': 'x: 1\n' }, target: { 'a.yaml': 'x: 2\n' } })).toHaveLength(1);
  });
  test('is an object beside a file that cannot be read', () => {
    expect(promoted({ base: { 'a.yaml': config('a', 'info') }, source: { 'b.yaml': `${config('a', 'info')}x: [\n` }, target: { 'a.yaml': config('a', 'info') } })).toEqual({ 'b.yaml': `${config('a', 'info')}x: [\n` });
  });
});
