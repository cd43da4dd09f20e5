import type { Json } from './audit-entry.js';
import type { SignedHead } from './signed-head.js';

/** The action of an entry that says that this chain took the place of another one, of which signed heads were found. */
export const BEGUN_ANEW = 'audit.begin-anew';

/** A head as the chain knows it: only a place and a name, without the signature. */
export type NamedHead = Omit<SignedHead, 'signature'>;

/** What such an entry says: the newest head that was found of the other chain. */
export interface BegunAnew extends NamedHead {
  /** The number of the entry. */
  readonly saidBy: number;
}

/** A signed head, and what this chain says of it. */
export interface SeenHead {
  readonly head: SignedHead;
  readonly signature: 'right' | 'wrong' | 'unknown';
  /** `differs`: the chain has another hash there · `beyond`: it does not go so far · `before`: what it goes on from is later. */
  readonly place: 'agrees' | 'differs' | 'beyond' | 'before';
}

/** A chain that is not here: this one says that it took its place, and nothing speaks against that. */
export interface EarlierChain extends BegunAnew {
  /** Signed heads that are of it. */
  readonly heads: number;
}

/** What the entry holds. Fields that are called hashes are kept out of the audit, as those are of secrets. */
export function begunAnewValue({ sequence, hash, at, key }: NamedHead): Json {
  return { sequence, head: hash, at, key };
}

/** What an entry says of an earlier chain; undefined for every other entry. */
export function begunAnewIn({ sequence, entry }: { readonly sequence: number; readonly entry: string }): BegunAnew | undefined {
  if (!entry.includes(BEGUN_ANEW)) return undefined;
  const { action, after } = parsed(entry);
  if (action !== BEGUN_ANEW || typeof after !== 'object' || after === null || Array.isArray(after)) return undefined;
  const { sequence: counted, head: hash, at, key } = after as Readonly<Record<string, Json>>;
  if (typeof counted !== 'number' || typeof hash !== 'string' || typeof at !== 'string' || typeof key !== 'string') return undefined;
  return { sequence: counted, hash, at, key, saidBy: sequence };
}

/**
 * The chains that this one took the place of. Whoever says so of a chain that this one shares entries with is not believed: that one was cut or rewritten. What is left has nothing in common with this
 * chain, and is told of as long as its heads or the entry are there.
 */
export function earlierChains(begun: readonly BegunAnew[], seen: readonly SeenHead[]): readonly EarlierChain[] {
  const believed = begun.filter((one) => !sharesEntries(one, seen));
  const newest = believed.filter((one) => !believed.some((other) => other !== one && isWithin(one, other) && (!isWithin(other, one) || other.saidBy < one.saidBy)));
  return newest.map((one) => ({ ...one, heads: seen.filter((head) => isOf(one, head)).length }));
}

/** Whether a head is one of an earlier chain's. One that was changed is nobody's. */
export function isOf(chain: NamedHead, { head, signature, place }: SeenHead): boolean {
  return signature !== 'wrong' && place !== 'agrees' && isWithin(head, chain);
}

/** The newest head that is not this chain's and of which nothing is said yet; undefined when there is none, or when this chain was cut or rewritten. */
export function unexplainedHead(begun: readonly BegunAnew[], seen: readonly SeenHead[]): SignedHead | undefined {
  const told = earlierChains(begun, seen);
  const foreign = seen.filter((one) => one.signature !== 'wrong' && (one.place === 'differs' || one.place === 'beyond') && !told.some((chain) => isOf(chain, one)) && !sharesEntries(one.head, seen));
  return foreign.map(({ head }) => head).reduce<SignedHead | undefined>((newest, head) => (newest && Date.parse(newest.at) >= Date.parse(head.at) ? newest : head), undefined);
}

/** Some head that is not newer is of this chain: both were one. */
function sharesEntries(head: NamedHead, seen: readonly SeenHead[]): boolean {
  return seen.some((one) => one.place === 'agrees' && Date.parse(one.head.at) <= Date.parse(head.at));
}

function isWithin(head: NamedHead, chain: NamedHead): boolean {
  return head.sequence <= chain.sequence && Date.parse(head.at) <= Date.parse(chain.at);
}

function parsed(text: string): { readonly action?: unknown; readonly after?: unknown } {
  try {
    return JSON.parse(text) as { readonly action?: unknown; readonly after?: unknown };
  } catch {
    return {};
  }
}
