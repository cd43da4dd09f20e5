import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Unauthenticated, Unavailable } from '@sluice/kernel';
import { temporaryFolder } from '@sluice/testing';
import { createProgram } from '../program.js';

const PIPELINE = 'apiVersion: sluice.dev/v1\nkind: Pipeline\nmetadata: { name: shop }\nspec:\n  environments: [{ name: dev }]\n';
const TOLD = `${PIPELINE}  notifications: [{ on: ["*"], to: ["webhook:audit"] }]\n`;
/** Nothing listens there. */
const AWAY = 'http://127.0.0.1:9';

// what a server answers is in notify.spec.ts, where one runs
describe('sluice validate without a server', () => {
  let folder: string;
  let remove: () => Promise<void>;
  beforeEach(async () => ({ folder, remove } = await temporaryFolder()));
  afterEach(() => remove());

  async function validate(text: string, args: readonly string[] = [], environment: Readonly<Record<string, string>> = {}): Promise<{ readonly out: string; readonly err: string; readonly error: unknown }> {
    await writeFile(join(folder, 'sluice.yaml'), text);
    const out: string[] = [];
    const err: string[] = [];
    const terminal = { out: (line: string) => void out.push(line), err: (line: string) => void err.push(line), interactive: false, now: Date.now };
    const program = createProgram({ terminal, environment: { HOME: folder, XDG_CONFIG_HOME: folder, ...environment }, folder }, '1.0.0');
    const error: unknown = await program.parseAsync(['validate', join(folder, 'sluice.yaml'), ...args], { from: 'user' }).then(() => undefined, (reason: unknown) => reason);
    return { out: out.join('\n'), err: err.join('\n').replaceAll(`${folder}/`, ''), error };
  }

  it('has nothing to ask where the file tells nobody', async () => {
    expect(await validate(PIPELINE, ['--strict'])).toMatchObject({ err: '', error: undefined, out: expect.stringMatching(/is valid: dev; 1 application$/) as string });
    expect(JSON.parse((await validate(PIPELINE, ['-o', 'json'])).out)).not.toHaveProperty('server');
  });

  it('checks the file alone, and says so', async () => {
    const { out, err, error } = await validate(TOLD);
    expect([error, out]).toEqual([undefined, expect.stringMatching(/is valid: dev; 1 application$/)]);
    expect(err).toMatch(/^sluice\.yaml: not checked against a server: no server is known/);
    expect((await validate(TOLD, ['-o', 'markdown'])).out).toMatch(/^### Pipeline file\n\n✅ .* is valid: dev; 1 application\n\n⚠️ Not checked against a server: no server is known/);
    expect(JSON.parse((await validate(TOLD, ['-o', 'json'])).out)).toMatchObject({ valid: true, diagnostics: [], server: { checked: false, why: expect.stringContaining('no server is known') as string } });
  });

  it('says that one is away, and finds what is wrong in the file all the same', async () => {
    const { err, error } = await validate(TOLD.replace('name: dev', 'nam: dev'), [], { SLUICE_URL: AWAY });
    expect(err).toMatch(/^sluice\.yaml:5:\d+: error: [^]*\nsluice\.yaml: not checked against a server: http:\/\/127\.0\.0\.1:9 cannot be reached/);
    expect(error).toMatchObject({ message: expect.stringMatching(/sluice\.yaml has \d errors?$/) as string });
  });

  it('fails for it when it is to be strict', async () => {
    expect((await validate(TOLD, ['--strict'])).error).toBeInstanceOf(Unauthenticated);
    expect((await validate(TOLD, ['--strict'], { SLUICE_URL: AWAY })).error).toBeInstanceOf(Unavailable);
  });
});
