import { GitFailed } from './git-failed.js';
import { checkObjectName, checkRefName, isRefName } from './names.js';
import { runGit } from './run-git.js';

export interface GitRef {
  readonly ref: string;
  readonly sha: string;
}

export interface RefUpdate {
  /** Full name: `refs/heads/main`. */
  readonly ref: string;
  /** `null` deletes it. */
  readonly to: string | null;
  /** What it must be at now; `null`: it must not exist; absent: whatever it is at. */
  readonly from?: string | null;
}

export type RefUpdateOutcome =
  | { readonly kind: 'updated' }
  /** Nothing was changed: a reference is not at `from`, is being changed by somebody else, or its name is taken by another (`a` and `a/b`). `message` is git's. */
  | { readonly kind: 'conflict'; readonly ref?: string; readonly message: string };

const COMMAND = 'update-ref';

/** Changes all of the references or none. @throws GitFailed when a name or an object is no such thing, or git fails otherwise. */
export async function updateRefs(gitDir: string, updates: readonly RefUpdate[]): Promise<RefUpdateOutcome> {
  if (updates.length === 0) return { kind: 'updated' };
  const input = instructions(updates);
  try {
    await runGit([COMMAND, '-z', '--stdin'], { gitDir, input, maxOutputBytes: 100_000 });
    return { kind: 'updated' };
  } catch (error) {
    const conflict = error instanceof GitFailed && error.reason === 'exit' ? conflictIn(error.stderr) : undefined;
    if (conflict) return conflict;
    throw error;
  }
}

/** One transaction, as `update-ref -z --stdin` reads it. @throws GitFailed `argument` */
export function instructions(updates: readonly RefUpdate[]): string {
  return `start\0${updates.map(instruction).join('')}prepare\0commit\0`;
}

/** All references below the prefixes (`refs/heads/`; none given: all), by name. */
export async function listRefs(gitDir: string, prefixes: readonly string[] = []): Promise<GitRef[]> {
  for (const prefix of prefixes) checkRefName('for-each-ref', prefix.replace(/\/$/, '/x'));
  const { stdout } = await runGit(['for-each-ref', '--format=%(objectname) %(refname)', ...prefixes], { gitDir, maxOutputBytes: 256 * 1024 * 1024 });
  return parseRefLines(stdout.toString('utf8'));
}

/** Lines of a name, a blank and a reference, as `for-each-ref` and `ls-remote` write them. */
export function parseRefLines(text: string): GitRef[] {
  return text.split('\n').flatMap((line) => {
    const [sha = '', ref = ''] = line.split(/[ \t]/);
    return isRefName(ref) ? [{ sha, ref }] : [];
  });
}

function instruction({ ref, to, from }: RefUpdate): string {
  checkRefName(COMMAND, ref);
  const old = from === undefined ? '' : from === null ? zeros(to) : checkObjectName(COMMAND, from);
  if (to !== null) return `update ${ref}\0${checkObjectName(COMMAND, to)}\0${old}\0`;
  if (from === null) return `verify ${ref}\0${zeros(to)}\0`;
  return `delete ${ref}\0${old}\0`;
}

/** The name that stands for "no object", as long as the other one. */
function zeros(like: string | null): string {
  return '0'.repeat(like?.length ?? 40);
}

/** What git says when somebody else was faster; undefined when it says something else. */
export function conflictIn(stderr: string): RefUpdateOutcome | undefined {
  const message = stderr.split('\n').find((line) => /cannot lock ref|cannot update ref|reference already exists|multiple updates for ref/.test(line));
  if (message === undefined || /trying to write|nonexistent object/.test(message)) return undefined;
  const [, ref] = /ref '([^']+)'/.exec(message) ?? [];
  return { kind: 'conflict', ...(ref === undefined ? {} : { ref }), message: message.replace(/^(fatal: )?(prepare: )?/, '') };
}
