/** Which channel is told of which environment: `environment` may be `*`, and without `repository` it is of every one. */
export interface ChannelRule {
  readonly repository?: string;
  readonly environment: string;
  /** An id of Slack, not a name: names change. */
  readonly channel: string;
}

const RULE = /^(?:([a-z0-9-]{1,63})\/)?([a-z0-9-]{1,63}|\*)=([CG][A-Z0-9]{1,30})$/;

/** Reads `prod=C0PROD,shop/qa=C0QA,*=C0ALL`. @returns what is wrong with it instead, as a text. */
export function parseChannels(text: string): readonly ChannelRule[] | string {
  const parts = text.split(',').map((part) => part.trim()).filter((part) => part !== '');
  if (parts.length === 0) return 'no channel is named: give it like prod=C0123456789,*=C0987654321';
  const rules: ChannelRule[] = [];
  for (const part of parts) {
    const [, repository, environment, channel] = RULE.exec(part) ?? [];
    if (environment === undefined || channel === undefined) return `"${part}" is not environment=CHANNEL (or repository/environment=CHANNEL): the channel is its id, which Slack shows at the end of the channel's details, such as C0123456789`;
    rules.push({ environment, channel, ...(repository !== undefined && { repository }) });
  }
  return rules;
}

/** The channels that are told of an environment: those of the most exact rules that fit. */
export function channelsOf(rules: readonly ChannelRule[], repository: string, environment: string): readonly string[] {
  const fitting = rules.filter((rule) => (rule.repository === undefined || rule.repository === repository) && (rule.environment === '*' || rule.environment === environment));
  const best = Math.max(...fitting.map(exactness), 0);
  return [...new Set(fitting.filter((rule) => exactness(rule) === best).map(({ channel }) => channel))];
}

function exactness({ repository, environment }: ChannelRule): number {
  return (environment === '*' ? 1 : 3) + (repository === undefined ? 0 : 1);
}
