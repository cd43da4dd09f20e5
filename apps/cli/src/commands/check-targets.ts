import { API } from '@sluice/contracts';
import { SluiceError } from '@sluice/kernel';
import { namedTargets, type Diagnostic, type NamedTarget } from '@sluice/pipeline';
import type { ApiClient } from '../api-client.js';
import { clientFor } from '../context.js';
import type { Context, GlobalOptions } from '../context.js';

/** What the server says to the targets that a pipeline file names. `nothing`: it names none. */
export type TargetCheck =
  | { readonly kind: 'nothing' }
  | { readonly kind: 'checked'; readonly server: string; readonly warnings: readonly Diagnostic[] }
  /** There is no server that could be asked, or it does not answer that. */
  | { readonly kind: 'unchecked'; readonly why: SluiceError };

/** Milliseconds: whoever checks a file does not wait for a server that is away. */
const DEADLINE = 15_000;
/** Of one request's address: with all headers a server takes 16 KiB. */
const MAX_LENGTH = 6_000;
const MAX_TARGETS = 100;

/** Asks the server that is known here, if there is one, which targets of the file it has no way to. */
export async function checkTargets(context: Context, options: GlobalOptions, text: string): Promise<TargetCheck> {
  const named = namedTargets(text);
  if (named.length === 0) return { kind: 'nothing' };
  try {
    const client = await clientFor(context, options);
    const problems = await problemsOf(client, [...new Set(named.map(({ target }) => target))]);
    return { kind: 'checked', server: new URL(client.connection.url).origin, warnings: warningsOf(named, problems) };
  } catch (error) {
    if (!(error instanceof SluiceError)) throw error;
    return { kind: 'unchecked', why: error };
  }
}

/** By target: why the server has no way to it. */
async function problemsOf(client: ApiClient, targets: readonly string[]): Promise<ReadonlyMap<string, string>> {
  const problems = new Map<string, string>();
  for (const target of portions(targets)) {
    const { items } = await client.call(API.notificationTargets, { query: { target }, deadline: DEADLINE });
    for (const item of items) if (item.message !== undefined) problems.set(item.target, item.message);
  }
  return problems;
}

function portions(targets: readonly string[]): readonly (readonly string[])[] {
  const found: string[][] = [[]];
  let length = 0;
  for (const target of targets) {
    const more = encodeURIComponent(target).length + '&target='.length;
    if (length + more > MAX_LENGTH || found.at(-1)?.length === MAX_TARGETS) {
      found.push([]);
      length = 0;
    }
    found.at(-1)?.push(target);
    length += more;
  }
  return found;
}

/** Once for each place: an alias names the same one again. */
function warningsOf(named: readonly NamedTarget[], problems: ReadonlyMap<string, string>): readonly Diagnostic[] {
  const warnings = new Map<string, Diagnostic>();
  for (const { target, line, column, at } of named) {
    const message = problems.get(target);
    if (message !== undefined && !warnings.has(`${line}:${column}`)) warnings.set(`${line}:${column}`, { severity: 'warning', message: `nobody is told by ${target}: ${message}`, line, column, at });
  }
  return [...warnings.values()];
}
