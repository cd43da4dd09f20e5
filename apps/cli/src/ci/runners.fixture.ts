import { spawn } from 'node:child_process';
import { mkdir, mkdtemp, readFile, rm, symlink } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { parse, parseAllDocuments } from 'yaml';
import { z } from 'zod';

const ROOT = resolve(import.meta.dirname, '../../../..');
export const ACTION = join(ROOT, 'infra/ci/github-action');
const COMPONENT = join(ROOT, 'infra/ci/gitlab-component/templates');
const CLI = join(ROOT, 'apps/cli/bin/sluice.mjs');

export interface Run {
  readonly code: number;
  readonly out: string;
  readonly err: string;
  /** Of GITHUB_OUTPUT. */
  readonly outputs: Readonly<Record<string, string>>;
  readonly summary: string;
}

type Variables = Readonly<Record<string, string>>;

/** Runs a script as a runner does, with nothing of this process's environment but where programs are. */
export async function runScript(script: string, { environment, folder, shell = 'sh' }: { readonly environment: Variables; readonly folder: string; readonly shell?: string }): Promise<Run> {
  const own = await mkdtemp(join(tmpdir(), 'sluice-runner-'));
  try {
    const programs = join(own, 'bin');
    await mkdir(programs);
    await symlink(CLI, join(programs, 'sluice'));
    const env = { PATH: `${programs}:${process.env['PATH'] ?? ''}`, HOME: own, TMPDIR: own, RUNNER_TEMP: own, GIT_CONFIG_GLOBAL: '/dev/null', GITHUB_OUTPUT: join(own, 'output'), GITHUB_STEP_SUMMARY: join(own, 'summary'), ...environment };
    const child = spawn(shell, ['-e', '-c', script], { cwd: folder, env, stdio: ['ignore', 'pipe', 'pipe'] });
    let [out, err] = ['', ''];
    child.stdout.setEncoding('utf8').on('data', (text: string) => (out += text));
    child.stderr.setEncoding('utf8').on('data', (text: string) => (err += text));
    const code = await new Promise<number>((done, fail) => child.once('error', fail).once('close', (status) => done(status ?? 255)));
    const written = await readFile(join(own, 'output'), 'utf8').catch(() => '');
    return { code, out: out.trim(), err: err.trim(), outputs: Object.fromEntries(written.split('\n').filter((line) => line !== '').map((line) => [line.slice(0, line.indexOf('=')), line.slice(line.indexOf('=') + 1)])), summary: await readFile(join(own, 'summary'), 'utf8').catch(() => '') };
  } finally {
    await rm(own, { recursive: true, force: true, maxRetries: 5 });
  }
}

/** docs.github.com, "Metadata syntax reference", of a composite action; strict, so that a misspelt key is seen. */
const zAction = z.strictObject({
  name: z.string(),
  description: z.string(),
  inputs: z.record(z.string().regex(/^[a-z][a-z-]*$/), z.strictObject({ description: z.string(), required: z.boolean().optional(), default: z.string().optional() })),
  outputs: z.record(z.string(), z.strictObject({ description: z.string(), value: z.string() })),
  runs: z.strictObject({ using: z.literal('composite'), steps: z.array(z.strictObject({ id: z.string().optional(), shell: z.literal('sh'), run: z.string(), env: z.record(z.string(), z.string()) })) }),
});
type Action = z.output<typeof zAction>;

export async function readAction(): Promise<Action> {
  return zAction.parse(parse(await readFile(join(ACTION, 'action.yml'), 'utf8')));
}

/** A step of the action with these inputs, as GitHub's runner does it; `github` is the context that expressions read. */
export async function runAction(inputs: Variables, { environment, folder, github = {} }: { readonly environment: Variables; readonly folder: string; readonly github?: Variables }): Promise<Run> {
  const action = await readAction();
  const expand = (text: string, values: Variables): string => text.replace(/\$\{\{ ?([\w.-]+) ?\}\}/g, (_, name: string) => values[name] ?? '');
  const context = Object.fromEntries(Object.entries(github).map(([name, value]) => [`github.${name}`, value]));
  const given = Object.fromEntries(Object.entries(action.inputs).map(([name, { default: standard }]) => [`inputs.${name}`, inputs[name] ?? expand(standard ?? '', context)]));
  const [step] = action.runs.steps;
  const env = Object.fromEntries(Object.entries(step?.env ?? {}).map(([name, value]) => [name, expand(value, { ...given, ...context })]));
  return runScript(step?.run ?? '', { environment: { GITHUB_ACTIONS: 'true', GITHUB_ACTION_PATH: ACTION, ...environment, ...env }, folder });
}

/** docs.gitlab.com, "CI/CD YAML syntax reference": `spec:inputs` and the keywords of jobs that the component uses. */
const zHeader = z.strictObject({
  spec: z.strictObject({ inputs: z.record(z.string(), z.strictObject({ description: z.string().optional(), type: z.enum(['string', 'boolean', 'array']).optional(), default: z.union([z.string(), z.boolean()]).optional(), regex: z.string().optional() })) }),
});
const zJob = z.strictObject({
  stage: z.string(),
  image: z.strictObject({ name: z.string(), entrypoint: z.array(z.string()) }),
  needs: z.array(z.string()).optional(),
  when: z.enum(['on_success', 'on_failure']).optional(),
  rules: z.array(z.strictObject({ if: z.string() })).optional(),
  interruptible: z.boolean().optional(),
  resource_group: z.string().optional(),
  variables: z.record(z.string(), z.string()),
  script: z.array(z.string()).min(1),
});
export type Job = z.output<typeof zJob>;
type Input = string | boolean | readonly string[];

/** The jobs of a component with these inputs. GitLab puts them into the text, before it reads it as YAML. @throws Error for inputs that it refuses */
export async function readComponent(name: string, inputs: Readonly<Record<string, Input>>): Promise<Readonly<Record<string, Job>>> {
  const [header = '', body = ''] = (await readFile(join(COMPONENT, `${name}.yml`), 'utf8')).split(/^---$/m);
  const { spec } = zHeader.parse(parse(header));
  const unknown = Object.keys(inputs).find((input) => !(input in spec.inputs));
  if (unknown !== undefined) throw new Error(`unknown input ${unknown}`);
  const text = body.replace(/\$\[\[ inputs\.([\w-]+) \]\]/g, (_, input: string) => {
    const about = spec.inputs[input];
    const value = inputs[input] ?? about?.default;
    if (!about || value === undefined) throw new Error(`the input ${input} is missing`);
    if (about.regex !== undefined && !new RegExp(about.regex).test(String(value))) throw new Error(`the input ${input} does not match ${about.regex}`);
    return Array.isArray(value) ? JSON.stringify(value) : String(value);
  });
  const [document] = parseAllDocuments(text);
  if (!document || document.errors.length > 0) throw new Error(`${name}: ${document?.errors.join() ?? 'nothing'}`);
  return z.record(z.string(), zJob).parse(document.toJS());
}

/** A job of it, as GitLab's runner does it in a POSIX shell: variables may name others. */
export function runJob({ variables, script }: Job, { environment, folder }: { readonly environment: Variables; readonly folder: string }): Promise<Run> {
  const expanded = Object.entries(variables).map(([name, value]) => [name, value.replace(/\$(?:\{(\w+)\}|(\w+))/g, (_, braced?: string, plain?: string) => environment[braced ?? plain ?? ''] ?? '')]);
  return runScript(script.join('\n'), { environment: { GITLAB_CI: 'true', ...environment, ...Object.fromEntries(expanded) }, folder });
}

/** The code blocks of docs/ci.md, by their language, each with the name that the comment before it gives. */
export async function readBlocks(): Promise<readonly { readonly name: string; readonly language: string; readonly text: string }[]> {
  const text = await readFile(join(ROOT, 'docs/ci.md'), 'utf8');
  return [...text.matchAll(/(?:<!-- recipe: (\w+) -->\n)?```(\w+)\n([^]*?)\n```/g)].map(([, name = '', language = '', block = '']) => ({ name, language, text: block }));
}
