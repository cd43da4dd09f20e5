import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { withTestsFile } from './allowed-tests.js';
import { withFlags } from './flags.js';
import { readSettings } from './settings.js';

const allowed = (environment: Readonly<Record<string, string | undefined>>) => readSettings({ SLUICE_TARGET_DIR: '/srv/app', ...environment }).allowedTests;

describe('tests that a machine allows', () => {
  const folder = mkdtempSync(join(tmpdir(), 'sluice-allowed-'));
  afterAll(() => rmSync(folder, { recursive: true, force: true }));
  const fileWith = (text: string): string => {
    const path = join(folder, 'allowed-tests.json');
    writeFileSync(path, text);
    return path;
  };

  it('are none unless somebody says so', () => {
    expect(allowed({})).toEqual([]);
  });

  it('are given with the command line, each with exactly its command', () => {
    const environment = withFlags(['--allow-test', 'smoke=./smoke.sh', '--allow-test', 'load=["/usr/bin/k6","run","a b=c"]'], {});
    expect(allowed(environment)).toEqual([
      { name: 'smoke', command: ['./smoke.sh'] },
      { name: 'load', command: ['/usr/bin/k6', 'run', 'a b=c'] },
    ]);
  });

  it('come from a file, under what is said beside it', () => {
    const path = fileWith('{"smoke": ["./smoke.sh"], "load": ["k6"]}');
    expect(allowed(withTestsFile({ SLUICE_ALLOWED_TESTS_FILE: path, SLUICE_ALLOWED_TESTS: '{"load": ["/opt/k6"]}' }))).toEqual([
      { name: 'smoke', command: ['./smoke.sh'] },
      { name: 'load', command: ['/opt/k6'] },
    ]);
  });

  it.each(['smoke', '=x', 'smoke=', 'Smoke=x', 'smoke=[]', 'smoke=["a"'])('are refused as %s', (flag) => {
    expect(() => withFlags(['--allow-test', flag], {})).toThrow('write name=program');
  });

  it('are refused when the list or the file is none', () => {
    expect(() => allowed({ SLUICE_ALLOWED_TESTS: '["smoke"]' })).toThrow('SLUICE_ALLOWED_TESTS: a JSON map of names and commands');
    expect(() => withTestsFile({ SLUICE_ALLOWED_TESTS_FILE: fileWith('{"smoke": "x"}') })).toThrow('The file of allowed tests');
    expect(() => withTestsFile({ SLUICE_ALLOWED_TESTS_FILE: join(folder, 'missing') })).toThrow('The file of allowed tests');
  });
});
