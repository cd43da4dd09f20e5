import { API, type Matrix, type Why } from '@sluice/contracts';
import { formatDuration } from '@sluice/kernel';
import type { SluiceApi } from '../sluice/sluice-api.js';
import { line, lines, link } from '../text/mrkdwn.js';
import { isDecided, nameOf, writtenThere } from '../views/promotion-message.js';
import type { Command } from './parse-command.js';
import type { Places } from './places.js';

type Look = Extract<Command, { kind: 'status' | 'why' }>;
type Freeze = Extract<Command, { kind: 'freeze' }>;
type Promote = Extract<Command, { kind: 'promote' }>;
type Rollback = Extract<Command, { kind: 'rollback' }>;

const MOST = 2_900;

/** What commands come to, as the person who typed them; each as a text for Slack. */
export class Answer {
  constructor(
    private readonly api: SluiceApi,
    private readonly places: Places,
  ) {}

  /** Which version is where, and what waits. */
  async status({ repository, application, environment }: Look, as: string): Promise<string> {
    const places = application === undefined && repository === undefined ? await this.places.all() : [await this.places.find({ ...(repository !== undefined && { repository }), ...(application !== undefined && { application }), ...(environment !== undefined && { environment }) })];
    const said = await Promise.all(places.map(async (place) => statusLines(await this.api.call(API.matrix, { params: { repository: place.repository }, as }), application, environment)));
    return lines(said.flat(), MOST) || 'Nothing is there yet.';
  }

  async why({ repository, application, environment }: Look, as: string): Promise<string> {
    const found = application === undefined ? repository : (await this.places.find({ application, ...(repository !== undefined && { repository }), ...(environment !== undefined && { environment }) })).repository;
    const why = await this.api.call(API.why, { query: { repository: found, application, environment }, as });
    return lines(whyLines(why), MOST) || ':white_check_mark: Nothing waits.';
  }

  async promote({ application, environment, reason, ...typed }: Promote, as: string): Promise<string> {
    const { repository } = await this.places.find({ application, environment, ...typed });
    return this.promoteIn({ repository, application, environment, reason }, as);
  }

  async promoteIn(body: { readonly repository: string; readonly application: string; readonly environment: string; readonly reason: string }, as: string): Promise<string> {
    const { outcome, message, promotion } = await this.api.call(API.promote, { body, as });
    if (outcome === 'nothing' || !promotion) return `:information_source: ${line(message, 1_500)}`;
    return `:rocket: ${link(promotion.change?.url, line(nameOf(promotion)))}: ${line(message, 1_500)}`;
  }

  async rollback({ application, environment, reason, ...typed }: Rollback, as: string): Promise<string> {
    const { repository } = await this.places.find({ application, environment, ...typed });
    return this.rollbackIn({ repository, application, environment, reason }, as);
  }

  async rollbackIn(body: { readonly repository: string; readonly application: string; readonly environment: string; readonly reason: string }, as: string): Promise<string> {
    const { message, undoes } = await this.api.call(API.rollback, { body, as });
    return `:rewind: ${line(message, 1_500)}${undoes.length === 0 ? '' : ` (undoes ${undoes.map((id) => line(id)).join(', ')})`}`;
  }

  /** `all` is every environment of the repository. */
  async freeze({ environment, milliseconds, reason, ...typed }: Freeze, as: string): Promise<string> {
    const { repository } = await this.places.find(environment === 'all' ? typed : { environment, ...typed }, environment);
    const scope = environment === 'all' ? { all: true } : { environment };
    const freeze = await this.api.call(API.freeze, { params: { repository }, as, body: { ...scope, forSeconds: Math.round(milliseconds / 1_000), reason } });
    return `:ice_cube: Nothing is merged into ${environment === 'all' ? `any environment of ${line(repository)}` : `*${line(environment)}*`} for ${formatDuration(milliseconds)}${freeze.until === undefined ? '' : ` (until ${slackTime(freeze.until)})`}: ${line(reason)}`;
  }
}

/** In the reader's own time zone: https://docs.slack.dev/messaging/formatting-message-text#date-formatting */
function slackTime(time: string): string {
  return `<!date^${Math.floor(Date.parse(time) / 1_000)}^{date_short_pretty} {time}|${line(time)}>`;
}

function statusLines({ repository, cells, freezes }: Matrix, application: string | undefined, environment: string | undefined): readonly string[] {
  const shown = cells.filter((cell) => (application === undefined || cell.application === application) && (environment === undefined || cell.environment === environment));
  return [
    ...freezes.filter((freeze) => environment === undefined || freeze.environment === undefined || freeze.environment === environment).map(({ message }) => `:ice_cube: ${line(message)}`),
    ...shown.map((cell) => `*${line(cell.application)}* in *${line(cell.environment)}* (${line(repository)}): ${cell.commit === undefined ? 'nothing' : `\`${cell.commit.slice(0, 8)}\``}, ${cell.health}, ${line(cell.message)}${cell.promotion && !isDecided(cell.promotion.state) ? ` – ${link(cell.promotion.change?.url, 'request')}` : ''}`),
  ];
}

function whyLines({ items, notices }: Why): readonly string[] {
  return [
    ...notices.map(({ repository, message }) => `:warning: *${line(repository)}*: ${line(message)}`),
    ...items.flatMap(({ application, environment, message, verdicts, change, decisions = [] }) => [
      `*${application === undefined ? '' : `${line(application)} → `}${line(environment)}*: ${link(change?.url, line(message, 500))}`,
      ...verdicts.filter(({ outcome }) => outcome !== 'pass').map(({ gate, outcome, message: why, clearedBy }) => `   ${outcome === 'fail' ? ':x:' : ':hourglass_flowing_sand:'} ${line(gate, 60)}: ${line(why)}${clearedBy === undefined ? '' : ` – ${line(clearedBy)}`}`),
      ...decisions.map(({ person, decision, written }) => `   ${decision} by *${line(person)}*${writtenThere(written)}`),
    ]),
  ];
}
