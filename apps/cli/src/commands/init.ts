import { access, writeFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { Conflict, InvalidInput } from '@sluice/kernel';
import { parsePipeline, PIPELINE_FILE } from '@sluice/pipeline';
import type { Command } from 'commander';
import { Clone, entries } from '../clone/clone.js';
import { globalOptions } from '../context.js';
import type { Context } from '../context.js';
import { findApplications, nameOf } from '../init/find-applications.js';
import { findEnvironments, namedEnvironments, type FoundEnvironment } from '../init/find-environments.js';
import { pipelineText, type Beginning } from '../init/pipeline-text.js';
import { writeJson } from '../terminal.js';

interface Options {
  readonly environments?: string;
  readonly force?: true;
  readonly print?: true;
}

export function initCommand(program: Command, context: Context): void {
  program
    .command('init')
    .description('write a sluice.yaml to begin with, from the branches and folders of a clone; nothing is committed')
    .argument('[folder]', 'a folder of the clone', '.')
    .option('--environments <names>', 'the environments from the first to the last, such as dev,qa,prod; default: the branches with usual names')
    .option('--print', 'print it and write nothing')
    .option('--force', 'write over a sluice.yaml that is there')
    .action((folder: string, options: Options, command: Command) => initialise(context, command, folder, options));
}

async function initialise(context: Context, command: Command, folder: string, options: Options): Promise<void> {
  const clone = await Clone.open(folder, context.environment);
  try {
    const beginning = await found(clone, options);
    const text = pipelineText(beginning);
    const wrong = parsePipeline(text).diagnostics.filter(({ severity }) => severity === 'error');
    if (wrong.length > 0) throw new InvalidInput(`no sluice.yaml can be made of these names: ${wrong.map(({ message }) => message).join('; ')}`);
    const file = join(clone.root, PIPELINE_FILE);
    if (options.print !== true) await write(file, text, options.force === true);
    tell(context, command, { file, text, beginning, printed: options.print === true });
  } finally {
    await clone.close();
  }
}

async function found(clone: Clone, { environments: named }: Options): Promise<Beginning> {
  const branches = await branchesOf(clone);
  const environments = environmentsOf([...branches.keys()], named);
  const first = environments.map(({ branch }) => branches.get(branch)).find((ref) => ref !== undefined);
  const files = first === undefined ? [] : entries((await clone.git(['ls-tree', '-r', '-z', '--name-only', first])).stdout);
  return { name: nameOf(basename(clone.root)) || 'pipeline', environments, applications: findApplications(files) };
}

function environmentsOf(branches: readonly string[], named: string | undefined): readonly FoundEnvironment[] {
  const environments = named === undefined ? findEnvironments(branches) : namedEnvironments(named.split(',').map((name) => name.trim()).filter((name) => name !== ''), branches);
  if (environments.length > 1) return environments;
  if (named !== undefined) throw new InvalidInput('--environments: name at least two, such as dev,prod');
  const there = branches.length === 0 ? 'no branches' : `the branches ${branches.slice(0, 10).join(', ')}${branches.length > 10 ? ', …' : ''}`;
  throw new InvalidInput(`there are ${there}, which do not look like environments: name yours, from the first to the last, with --environments dev,qa,prod`);
}

/** By name, what git knows them by: a branch of a remote before one of the clone's own, which may be old. */
async function branchesOf(clone: Clone): Promise<ReadonlyMap<string, string>> {
  const refs = (await clone.text(['for-each-ref', '--format=%(refname)', 'refs/heads', 'refs/remotes'])).split('\n');
  const own = refs.flatMap((ref) => (ref.startsWith('refs/heads/') ? [[ref.slice('refs/heads/'.length), ref] as const] : []));
  const remote = refs.flatMap((ref) => {
    const name = /^refs\/remotes\/[^/]+\/(.+)$/.exec(ref)?.[1];
    return name === undefined || name === 'HEAD' ? [] : [[name, ref] as const];
  });
  return new Map([...own, ...remote]);
}

async function write(file: string, text: string, over: boolean): Promise<void> {
  const isThere = await access(file).then(
    () => true,
    () => false,
  );
  if (isThere && !over) throw new Conflict(`${file} is there already: look at it with \`sluice validate\`, or write over it with --force`);
  await writeFile(file, text, { flag: over ? 'w' : 'wx' });
}

function tell({ terminal }: Context, command: Command, { file, text, beginning, printed }: { readonly file: string; readonly text: string; readonly beginning: Beginning; readonly printed: boolean }): void {
  const { environments, applications } = beginning;
  if (globalOptions(command).output === 'json') return writeJson(terminal, { file, written: !printed, text, environments, applications });
  if (printed) return terminal.out(text.trimEnd());
  const what = applications.length === 0 ? 'one application, which owns everything' : `${applications.length} ${applications.length === 1 ? 'application' : 'applications'} (${applications.slice(0, 5).map(({ name }) => name).join(', ')}${applications.length > 5 ? ', …' : ''})`;
  terminal.out(`${file} is written: ${environments.map(({ name }) => name).join(' → ')}; ${what}.`);
  terminal.out('Next: look at it and commit it on the default branch. `sluice validate` checks it, `sluice up --repository <this clone>` tries it on this machine.');
}
