import { Forbidden, Unavailable, instant, later } from '@sluice/kernel';
import type { Clock, Instant } from '@sluice/kernel';
import type { ImageTags, NoRegistryAnswer, OutboundAnswer, OutboundHttp, OutboundRequest } from '@sluice/usecases';
import { z } from 'zod';
import { MANIFESTS, askWithToken, jsonOf, manifestUrl } from './ask-with-token.js';
import { readImageName } from './image-name.js';
import type { ImageName } from './image-name.js';

/** Tags that are asked for at once; registries may give fewer. */
const PAGE = 1_000;
const MAX_PAGES = 100;
const MAX_TAGS = 20_000;
/** Milliseconds for all pages together. */
const DEADLINE = 60_000;
const MAX_BYTES = 1_048_576;
/** Pages that are remembered with their ETag. */
const REMEMBERED = 1_000;
/** Milliseconds: a registry that wants no questions does not say for how long, or says something that nobody means. */
const PAUSE = 60_000;
const LONGEST_PAUSE = 24 * 60 * 60_000;
const TAG = /^\w[\w.-]{0,127}$/;
const DIGEST = /^sha\d{3}:[0-9a-f]{64,128}$/;

const tagList = z.object({ tags: z.array(z.string()).nullish() });

interface Page {
  readonly tags: readonly string[];
  readonly next?: string;
}

type Answer = Exclude<Awaited<ReturnType<ImageTags['list'] | ImageTags['digest']>>, { readonly kind: 'missing' }>;

/** Asks registries (OCI distribution) for tags and digests, without credentials of its own. What has not changed is not sent again (ETag), and a registry that asks for a pause gets it. */
export function createImageTags(outbound: OutboundHttp, clock: Clock): ImageTags {
  return new RegistryTags(outbound, clock);
}

class RegistryTags implements ImageTags {
  private readonly pages = new Map<string, Page & { readonly etag: string }>();
  /** By host: until when it wants no questions. */
  private readonly pauses = new Map<string, Instant>();

  constructor(
    private readonly outbound: OutboundHttp,
    private readonly clock: Clock,
  ) {}

  list(image: string): ReturnType<ImageTags['list']> {
    return this.answered(image, (name) => this.tagsOf(name));
  }

  digest(image: string, tag: string): ReturnType<ImageTags['digest']> {
    return this.answered(`${image}:${tag}`, async (name) => {
      const answer = await this.ask(name, { method: 'HEAD', url: manifestUrl(name), headers: { accept: MANIFESTS }, maxBytes: MAX_BYTES });
      if ('kind' in answer) return answer;
      const digest = answer.headers['docker-content-digest'] ?? '';
      return DIGEST.test(digest) ? { kind: 'digest', digest } : { kind: 'unknown', message: `${hostOf(name)} does not say which digest ${tag} has` };
    });
  }

  private async answered<Found extends Answer>(image: string, work: (name: ImageName) => Promise<Found | { readonly kind: 'missing' } | NoRegistryAnswer>): Promise<Found | { readonly kind: 'missing' } | NoRegistryAnswer> {
    const name = readImageName(image);
    if (!name) return { kind: 'missing' };
    try {
      return await work(name);
    } catch (error) {
      if (error instanceof Unavailable || error instanceof Forbidden) return { kind: 'unknown', message: error.message };
      throw error;
    }
  }

  private async tagsOf(name: ImageName): ReturnType<ImageTags['list']> {
    const tags: string[] = [];
    const began = this.clock();
    let url: string | undefined = `${name.origin}/v2/${name.repository}/tags/list?n=${PAGE}`;
    for (let count = 0; url !== undefined; count += 1) {
      const page: Page | Awaited<ReturnType<RegistryTags['ask']>> = await this.page(name, url);
      if ('kind' in page) return page;
      if (!('tags' in page)) return { kind: 'unknown', message: `${hostOf(name)} answers with something else than a list of tags` };
      tags.push(...page.tags);
      url = page.next;
      if (url !== undefined && this.clock() - began > DEADLINE) return { kind: 'unknown', message: `${hostOf(name)} has not told all tags of ${name.repository} within ${DEADLINE / 1_000} s` };
      if (count >= MAX_PAGES || tags.length > MAX_TAGS) return { kind: 'unknown', message: `${hostOf(name)} has more tags of ${name.repository} than the ${MAX_TAGS} that are looked through` };
    }
    return { kind: 'tags', tags };
  }

  private async page(name: ImageName, url: string): Promise<Page | OutboundAnswer | { readonly kind: 'missing' } | NoRegistryAnswer> {
    const known = this.pages.get(url);
    const answer = await this.ask(name, { method: 'GET', url, headers: { accept: 'application/json', ...(known && { 'if-none-match': known.etag }) }, maxBytes: MAX_BYTES });
    if ('kind' in answer) return answer;
    if (answer.status === 304 && known) return known;
    const parsed = tagList.safeParse(jsonOf(answer.body));
    if (!parsed.success) return answer;
    const next = nextPage(answer.headers['link'], url);
    const page: Page = { tags: (parsed.data.tags ?? []).filter((tag) => TAG.test(tag)), ...(next !== undefined && { next }) };
    const etag = answer.headers['etag'];
    if (etag !== undefined) this.remember(url, { ...page, etag });
    return page;
  }

  private async ask(name: ImageName, request: OutboundRequest): Promise<OutboundAnswer | { readonly kind: 'missing' } | NoRegistryAnswer> {
    const host = hostOf(name);
    const quiet = this.pauses.get(host);
    if (quiet !== undefined && this.clock() < quiet) return paused(host, quiet);
    this.pauses.delete(host);
    const answer = await askWithToken(this.outbound, request);
    const { status } = answer;
    if (status === 200 || status === 304) return answer;
    if (status === 404) return { kind: 'missing' };
    if (status === 429 || status === 503) return this.pause(host, answer);
    if (status === 401 || status === 403) return { kind: 'unknown', message: `${host} does not let anybody look without signing in (status ${status})` };
    return { kind: 'unknown', message: `${host} answers with status ${status}` };
  }

  private pause(host: string, { headers }: OutboundAnswer): NoRegistryAnswer {
    const until = later(this.clock(), pauseOf(headers['retry-after'], this.clock()));
    this.pauses.set(host, until);
    return paused(host, until);
  }

  private remember(url: string, page: Page & { readonly etag: string }): void {
    this.pages.delete(url);
    this.pages.set(url, page);
    const [oldest] = this.pages.keys();
    if (this.pages.size > REMEMBERED && oldest !== undefined) this.pages.delete(oldest);
  }
}

function paused(host: string, until: Instant): NoRegistryAnswer {
  return { kind: 'unknown', message: `${host} wants no more questions for now`, retryAt: until };
}

/** Milliseconds of `Retry-After`: seconds or a date. */
function pauseOf(header: string | undefined, now: Instant): number {
  const seconds = /^\s*(\d{1,9})\s*$/.exec(header ?? '')?.[1];
  const wanted = seconds === undefined ? instant(Date.parse(header ?? '')) - now : Number(seconds) * 1_000;
  return Number.isNaN(wanted) ? PAUSE : Math.min(Math.max(wanted, 1_000), LONGEST_PAUSE);
}

/** `</v2/…?last=…>; rel="next"`, of the same registry only: a token for this one is nobody else's. */
function nextPage(header: string | undefined, url: string): string | undefined {
  const link = /<([^>]{1,2000})>\s*;\s*rel="?next"?/.exec(header?.slice(0, 4_000) ?? '')?.[1];
  if (link === undefined || !URL.canParse(link, url)) return undefined;
  const next = new URL(link, url);
  return next.origin === new URL(url).origin && next.href !== url ? next.href : undefined;
}

function hostOf({ origin }: ImageName): string {
  return new URL(origin).host;
}
