import type { BotNotes, EventLog } from '../ports/index.js';

/** What keeps a bot from telling people. */
export interface BotTrouble {
  /** A channel, `workspace`, or `people`, which keeps nobody from being told. */
  readonly where: string;
  readonly reason: string;
  readonly message: string;
}

/** Milliseconds: what was over for so long is news when it comes again. */
const OVER_AFTER = 3_600_000;

/** A bot says again and again how it is: of each trouble that keeps people from being told, whoever is told of dead ends hears once. */
export class TellOfBot {
  constructor(private readonly ports: { readonly botNotes: Pick<BotNotes, 'get' | 'put'>; readonly events: Pick<EventLog, 'append'> }) {}

  async run(team: string, troubles: readonly BotTrouble[]): Promise<void> {
    for (const { where, reason, message } of troubles) if (where !== 'people' && (await this.isNews(`${team}:${where}:${reason}`))) await this.ports.events.append({ type: 'notification.failed', message: `slack:${where === 'workspace' ? team : where} could not be told of promotions (${reason}): ${message}` });
  }

  private async isNews(what: string): Promise<boolean> {
    // beside the notes of the bot's own, which it could change
    const note = { key: `slack-trouble:${what}`.slice(0, 300), value: '', lifetime: OVER_AFTER };
    if (!(await this.ports.botNotes.get(note.key))) return (await this.ports.botNotes.put({ ...note, expected: 0 })) !== undefined;
    await this.ports.botNotes.put(note);
    return false;
  }
}
