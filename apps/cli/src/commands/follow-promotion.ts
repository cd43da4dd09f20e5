import { API } from '@sluice/contracts';
import type { MatrixCell, PromoteOutcome, PromotionDetail, PromotionSummary } from '@sluice/contracts';
import { Conflict, NotFound, Unavailable, formatDuration, printableLine } from '@sluice/kernel';
import type { ApiClient } from '../api-client.js';
import { WaitedInVain } from '../exit-code.js';
import type { Terminal } from '../terminal.js';

interface Watch {
  readonly client: ApiClient;
  readonly terminal: Terminal;
  /** When it is given up. */
  readonly end: number;
}

interface Lane {
  readonly repository: string;
  readonly application: string;
  readonly environment: string;
}

/** Milliseconds. */
const FIRST_PAUSE = 500;
const LONGEST_PAUSE = 5_000;
/** CI systems take a job that says nothing for some minutes for hung. */
const HEARTBEAT = 60_000;

type State = PromotionSummary['state'];
const ENDED: ReadonlySet<State> = new Set(['rejected', 'tampered', 'degraded', 'rolled-back']);
const UNDER_WAY: ReadonlySet<State> = new Set(['open', 'ready', 'merging', 'rolling-out']);
/** What a lane is in when it goes on by itself. */
const MOVING: ReadonlySet<MatrixCell['condition']> = new Set(['promoting', 'waiting']);

/**
 * Waits until what was asked for is live; what takes its place is followed. Undefined: the environment had it already.
 * @throws WaitedInVain when it ends otherwise or the time is over; Conflict when it is stopped until a person does something.
 */
export async function followPromotion(watch: Watch, { asked, ...lane }: Lane & { readonly asked: PromoteOutcome }): Promise<PromotionDetail | undefined> {
  const progress = new Progress(watch.terminal);
  let followed: string | undefined = asked.promotion?.id;
  for (let pause = FIRST_PAUSE; ; pause = Math.min(LONGEST_PAUSE, pause * 1.5)) {
    const seen = await look(watch, lane, followed, progress);
    if (seen === 'in-sync') return undefined;
    if (seen?.state === 'live') return seen;
    followed = next(seen, followed, progress);
    await rest(watch, lane, pause, progress);
  }
}

/** What to look at the next time; undefined: what is newest then. */
function next(seen: PromotionDetail | undefined, followed: string | undefined, progress: Progress): string | undefined {
  if (seen?.state !== 'superseded') return seen?.id ?? followed;
  progress.say(`${seen.id} was superseded: looking at what took its place`);
  return undefined;
}

/** @throws WaitedInVain when there is no time left. */
async function rest({ end, terminal }: Watch, { application, environment }: Lane, pause: number, progress: Progress): Promise<void> {
  const left = end - terminal.now();
  if (left <= 0) throw new WaitedInVain(`${application} is not live in ${environment} in time: ${progress.last}. It goes on by itself; \`sluice why ${application} ${environment}\` says what it waits for`, 'overdue');
  await new Promise((done) => setTimeout(done, Math.min(pause, left)));
}

/** A server that is away for a moment is asked again, until the time is over. */
async function look(watch: Watch, lane: Lane, followed: string | undefined, progress: Progress): Promise<PromotionDetail | 'in-sync' | undefined> {
  try {
    const promotion = followed === undefined ? await newestOf(watch.client, lane, progress) : await watch.client.call(API.promotion, { params: { repository: lane.repository, promotion: followed } });
    if (promotion === undefined || promotion === 'in-sync') return promotion;
    if (ENDED.has(promotion.state)) throw new WaitedInVain(`${promotion.title}: ${promotion.state}${because(promotion)}`, 'not-live');
    if (UNDER_WAY.has(promotion.state)) progress.say(`${promotion.state}${promotion.waitsFor === undefined ? '' : `, waits for ${promotion.waitsFor}`}`);
    return promotion;
  } catch (error) {
    if (!(error instanceof Unavailable)) throw error;
    progress.say(error.message);
    return undefined;
  }
}

function because({ timeline, approvals, state }: PromotionDetail): string {
  const rejected = approvals.findLast(({ decision }) => decision === 'rejected');
  if (state === 'rejected' && rejected) return ` by ${rejected.person}: ${printableLine(rejected.comment, 400)}`;
  const detail = timeline.at(-1)?.detail;
  return detail === undefined ? '' : `: ${printableLine(detail, 400)}`;
}

/** What is under way in a lane, when no promotion is known yet. */
async function newestOf(client: ApiClient, { repository, application, environment }: Lane, progress: Progress): Promise<PromotionDetail | 'in-sync' | undefined> {
  const { cells } = await client.call(API.matrix, { params: { repository } });
  const cell = cells.find((each) => each.application === application && each.environment === environment);
  if (!cell) throw new NotFound(`there is no application ${application} in ${environment} any more`);
  if (cell.promotion) return client.call(API.promotion, { params: { repository, promotion: cell.promotion.id } });
  if (cell.condition === 'in-sync') return arriving(client, { repository, application, environment });
  if (!MOVING.has(cell.condition)) throw new Conflict(`${application} does not go on into ${environment} by itself (${cell.condition}): ${cell.message}`);
  progress.say(`${cell.condition}: ${printableLine(cell.message, 300)}`);
  return undefined;
}

/** Of what was merged before anybody asked, the newest: it may be on its way to the clusters. */
async function arriving(client: ApiClient, { repository, application, environment }: Lane): Promise<PromotionDetail | 'in-sync'> {
  const [newest] = (await client.call(API.promotions, { query: { repository, application, environment, limit: 1 } })).items;
  if (!newest || newest.state === 'live' || newest.state === 'superseded') return 'in-sync';
  return client.call(API.promotion, { params: { repository, promotion: newest.id } });
}

/** A line on standard error when something has changed, and as a sign of life. */
class Progress {
  last = 'nothing was seen of it';
  private readonly begin: number;
  private said = 0;

  constructor(private readonly terminal: Terminal) {
    this.begin = terminal.now();
  }

  say(text: string): void {
    const now = this.terminal.now();
    if (text === this.last && now - this.said < HEARTBEAT) return;
    this.last = text;
    this.said = now;
    this.terminal.err(`${formatDuration(now - this.begin).padEnd(7)} ${printableLine(text, 500)}`);
  }
}
