import { API } from '@sluice/contracts';
import type { ContentPlanDto } from '@sluice/contracts';
import { InvalidInput, NotFound, present, printableLine } from '@sluice/kernel';
import type { SluiceError } from '@sluice/kernel';
import type { ApiClient } from '../api-client.js';
import { Clone } from '../clone/clone.js';
import { matchingRepository } from '../clone/matching-repository.js';
import { packFor } from '../clone/pack-for.js';
import { snapshotOf } from '../clone/snapshot.js';
import type { LeftOut, Snapshot } from '../clone/snapshot.js';
import type { Context } from '../context.js';
import { paint, short } from '../terminal.js';

export interface ContentOptions {
  readonly repository?: string;
  readonly application?: string;
  readonly environment?: string;
  readonly at?: string;
  readonly as?: string;
}

/** A plan, with what was sent for it. */
export interface SentPlan extends ContentPlanDto {
  readonly sent: { readonly commit: string; readonly objects: number; readonly bytes: number };
  /** Of a work tree. */
  readonly leftOut?: readonly LeftOut[];
}

const MAX_SHOWN = 10;

/** What a work tree would bring, with everything in it that is not committed. */
export async function planWorkTree(context: Context, client: ApiClient, folder: string, options: ContentOptions): Promise<SentPlan> {
  return inClone(context, folder, async (clone) => {
    const repository = await matchingRepository(client, clone, options.repository);
    const snapshot = await snapshotOf(clone);
    const plan = await planSent(clone, client, snapshot.commit, { ...options, repository, ...present({ as: options.as ?? (await environmentOf(clone, client, repository)) }) });
    for (const line of [describeTree(snapshot), describeSent(plan), ...describeLeftOut(snapshot.leftOut)]) note(context, line);
    return { ...plan, leftOut: snapshot.leftOut };
  });
}

/** What a commit of the clone here would bring. `unknown`: what the server said of it. */
export async function planCommit(context: Context, client: ApiClient, revision: string, { unknown, ...options }: ContentOptions & { readonly unknown?: SluiceError }): Promise<SentPlan> {
  return inClone(
    context,
    context.folder,
    async (clone) => {
      const commit = await clone.commit(revision);
      if (commit === undefined) throw unknown ?? new NotFound(`there is no commit ${revision} in ${clone.root}`);
      const plan = await planSent(clone, client, commit, { ...options, repository: await matchingRepository(client, clone, options.repository) });
      note(context, `${printableLine(revision, 80)} of ${clone.root}${plan.sent.objects > 0 ? ' is not on the server' : ''}`);
      note(context, describeSent(plan));
      return plan;
    },
    unknown,
  );
}

async function inClone<T>(context: Context, folder: string, work: (clone: Clone) => Promise<T>, unknown?: SluiceError): Promise<T> {
  const clone = await Clone.open(folder, context.environment).catch((error: unknown) => {
    // outside of a clone, what the server said is all there is to say
    throw unknown && error instanceof InvalidInput ? unknown : error;
  });
  try {
    return await work(clone);
  } finally {
    await clone.close();
  }
}

async function planSent(clone: Clone, client: ApiClient, commit: string, { repository, as, application, environment, at }: ContentOptions & { readonly repository: string }): Promise<SentPlan> {
  const { bytes, objects } = await packFor(clone, client, { repository, commit });
  const plan = await client.call(API.planContent, { body: { repository, commit, pack: bytes.toString('base64'), as, application, environment, at } });
  return { ...plan, sent: { commit, objects, bytes: bytes.length } };
}

/** The environment whose branch is checked out, or followed by the one that is; undefined: the server finds out what it is based on. */
async function environmentOf(clone: Clone, client: ApiClient, repository: string): Promise<string | undefined> {
  const branches = [await clone.branch(), await clone.upstream()];
  const { environments } = await client.call(API.matrix, { params: { repository } });
  return branches.flatMap((name) => environments.find(({ branch }) => branch === name)?.name ?? [])[0];
}

function describeTree({ head, changed }: Snapshot): string {
  return changed.length === 0 ? `The work tree is as ${short(head)} has it` : `The work tree: ${short(head)} and ${changed.length} changed ${changed.length === 1 ? 'file' : 'files'}`;
}

function describeSent({ as, base, behind, sent, items }: SentPlan): string {
  const onto = base === undefined ? '' : `, based on ${short(base)}${behind > 0 ? ` (${behind} ${behind === 1 ? 'commit' : 'commits'} behind it)` : ''}`;
  const what = sent.objects === 0 ? 'nothing had to be sent' : `sent ${sent.objects} ${sent.objects === 1 ? 'object' : 'objects'}, ${Math.ceil(sent.bytes / 1024)} KiB, that the server does not keep`;
  return `As content of ${as}${onto}; ${what}${items.length === 0 ? `. Nothing is promoted from ${as}` : ''}`;
}

function describeLeftOut(leftOut: readonly LeftOut[]): readonly string[] {
  const shown = leftOut.slice(0, MAX_SHOWN).map(({ path, why }) => `Left out: ${printableLine(path, 200)} (${why})`);
  return leftOut.length > MAX_SHOWN ? [...shown, `Left out: ${leftOut.length - MAX_SHOWN} more`] : shown;
}

/** Beside the plan: what a machine reads stays as it is. */
function note({ terminal }: Context, line: string): void {
  terminal.err(paint(terminal, 'dim', line));
}
