import { CHAIN_START, contentHash, linkHash, type ChainLink, type ChainPoint, type ChainRecord } from './chain.js';
import { begunAnewIn, earlierChains, isOf, type BegunAnew, type EarlierChain, type SeenHead } from './earlier-chain.js';
import { signedText, type SignedHead, type VerifySignature } from './signed-head.js';

/** What is wrong, and where. */
export interface ChainFinding {
  readonly sequence: number;
  /**
   * `edited`: the entry is not what was hashed · `relinked`: it does not follow the entry before it · `forged`: its hash is not that of its parts · `gap`: entries are missing before it · `order`: it
   * comes too late or twice · `cut`: the end is missing · `rewritten`: not what a signed head says · `signature`: a signed head was not signed by a known key · `index`: what it is found by is not what it says.
   */
  readonly kind: 'edited' | 'relinked' | 'forged' | 'gap' | 'order' | 'cut' | 'rewritten' | 'signature' | 'index';
  readonly message: string;
}

export interface CheckOptions {
  /** What the chain goes on from: a checkpoint, where older entries were removed. Default: its beginning. */
  readonly start?: ChainPoint;
  readonly heads?: readonly SignedHead[];
  readonly verify?: VerifySignature;
  /** More are only counted. Default: 100. */
  readonly limit?: number;
}

/** Follows a chain record by record, in the order in which they come, and says everything that is wrong with it. Needs little memory: a chain of any length can be streamed through it. */
export class ChainCheck {
  readonly findings: ChainFinding[] = [];
  /** Findings beyond the limit. */
  more = 0;
  /** Entries that were looked at. */
  checked = 0;
  /** After {@link finish}: chains that this one took the place of, as it says itself. They are not here, and nothing is known of them but their heads. */
  earlier: readonly EarlierChain[] = [];
  /** After {@link finish}: the newest head of this chain. What was written after it is not witnessed yet. */
  newestHead: SignedHead | undefined;
  #last: ChainPoint;
  readonly #limit: number;
  readonly #start: ChainPoint;
  readonly #heads: ReadonlyMap<number, readonly SignedHead[]>;
  readonly #signatures: ReadonlyMap<SignedHead, SeenHead['signature']>;
  readonly #agreeing = new Set<SignedHead>();
  readonly #differing = new Set<SignedHead>();
  readonly #begun: BegunAnew[] = [];

  constructor({ start = CHAIN_START, heads = [], verify, limit = 100 }: CheckOptions = {}) {
    this.#last = start;
    this.#start = start;
    this.#limit = limit;
    this.#heads = bySequence(heads);
    this.#signatures = new Map(heads.map((head) => [head, verify?.(head.key, signedText(head), head.signature) ?? 'unknown']));
    this.#compareHeads(start);
  }

  /** The last record that was taken. */
  get end(): ChainPoint {
    return this.#last;
  }

  /** A link without its entry was left out of an export: only its place in the chain is looked at. */
  take(record: ChainLink | ChainRecord): void {
    this.checked += 1;
    if ('entry' in record && contentHash(record.entry) !== record.content) this.find(record.sequence, 'edited', 'what it says is not what was written');
    if (linkHash(record) !== record.hash) this.find(record.sequence, 'forged', 'its hash is not that of what it holds');
    if (record.sequence <= this.#last.sequence) return this.find(record.sequence, 'order', `it comes after entry ${this.#last.sequence}`);
    this.#follow(record);
    this.#last = { sequence: record.sequence, hash: record.hash };
    this.#compareHeads(this.#last);
    const begun = 'entry' in record ? begunAnewIn(record) : undefined;
    if (begun) this.#begun.push(begun);
  }

  /** After the last record: whether the end is there, and what the signed heads say. */
  finish(): void {
    const seen = [...this.#signatures].map(([head, signature]): SeenHead => ({ head, signature, place: this.#placeOf(head) }));
    this.earlier = earlierChains(this.#begun, seen);
    const own = seen.filter((head) => !this.earlier.some((chain) => isOf(chain, head)));
    for (const one of own) this.#judgeHead(one);
    const newest = own.reduce((most, { head }) => Math.max(most, head.sequence), 0);
    this.newestHead = own.find(({ head }) => head.sequence === newest)?.head;
    if (newest > this.#last.sequence) this.find(this.#last.sequence, 'cut', `it is the last one, and a signed head counts ${newest}: ${newest - this.#last.sequence} are missing`);
  }

  /** Notes what somebody else has found. */
  find(sequence: number, kind: ChainFinding['kind'], message: string): void {
    if (this.findings.length < this.#limit) this.findings.push({ sequence, kind, message });
    else this.more += 1;
  }

  #follow(record: ChainLink): void {
    const expected = this.#last.sequence + 1;
    if (record.sequence > expected) this.find(record.sequence, 'gap', expected === record.sequence - 1 ? `entry ${expected} is missing before it` : `entries ${expected} to ${record.sequence - 1} are missing before it`);
    else if (record.previous !== this.#last.hash) this.find(record.sequence, 'relinked', this.#last.sequence === this.#start.sequence ? 'it does not follow what the chain begins with' : `it does not follow entry ${this.#last.sequence}`);
  }

  #compareHeads({ sequence, hash }: ChainPoint): void {
    for (const head of this.#heads.get(sequence) ?? []) (head.hash === hash ? this.#agreeing : this.#differing).add(head);
  }

  #placeOf(head: SignedHead): SeenHead['place'] {
    if (this.#differing.has(head)) return 'differs';
    if (this.#agreeing.has(head)) return 'agrees';
    return head.sequence > this.#last.sequence ? 'beyond' : 'before';
  }

  #judgeHead({ head, signature, place }: SeenHead): void {
    if (signature === 'wrong') this.find(head.sequence, 'signature', `the signature of the head of ${head.at} is wrong`);
    if (signature === 'unknown') this.find(head.sequence, 'signature', `the head of ${head.at} was signed with the key ${head.key}, which is not known here`);
    if (place === 'differs') this.find(head.sequence, 'rewritten', `the head that was signed ${head.at} has another hash: it, or something before it, was rewritten`);
  }
}

function bySequence(heads: readonly SignedHead[]): ReadonlyMap<number, readonly SignedHead[]> {
  const found = new Map<number, SignedHead[]>();
  for (const head of heads) found.set(head.sequence, [...(found.get(head.sequence) ?? []), head]);
  return found;
}
