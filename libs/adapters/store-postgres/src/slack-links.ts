import type { PersonName } from '@sluice/kernel';
import type { LinkedSlackUser, SlackLinks, SlackUser } from '@sluice/usecases';
import { and, asc, eq, gt, sql } from 'drizzle-orm';
import type { Database } from './database.js';
import { databaseNow, fromNow } from './database-time.js';
import { linkedSlackAccounts as links, slackLinkCodes as codes, slackLinkTries as tries } from './schema/identity.js';
import { StoreFault } from './store-fault.js';

export class PostgresSlackLinks implements SlackLinks {
  constructor(private readonly database: Database) {}

  async offer(codeHash: string, person: PersonName, lifetime: number): Promise<void> {
    const set = { codeHash, expiresAt: fromNow(lifetime) };
    await this.database.query((queries) =>
      queries
        .insert(codes)
        .values({ person, ...set })
        .onConflictDoUpdate({ target: codes.person, set }),
    );
  }

  async take(codeHash: string): Promise<PersonName | undefined> {
    const [row] = await this.database.query((queries) =>
      queries
        .delete(codes)
        .where(and(eq(codes.codeHash, codeHash), gt(codes.expiresAt, databaseNow)))
        .returning({ person: codes.person }),
    );
    return row?.person;
  }

  async countTry({ team, user }: SlackUser, window: number): Promise<number> {
    const over = sql`${tries.expiresAt} < ${databaseNow}`;
    const set = { tries: sql`case when ${over} then 1 else ${tries.tries} + 1 end`, expiresAt: sql`case when ${over} then excluded.expires_at else ${tries.expiresAt} end` };
    const [row] = await this.database.query((queries) =>
      queries
        .insert(tries)
        .values({ team, slackUser: user, tries: 1, expiresAt: fromNow(window) })
        .onConflictDoUpdate({ target: [tries.team, tries.slackUser], set })
        .returning({ tries: tries.tries }),
    );
    return row?.tries ?? 1;
  }

  async forgetTries({ team, user }: SlackUser): Promise<void> {
    await this.database.query((queries) => queries.delete(tries).where(and(eq(tries.team, team), eq(tries.slackUser, user))));
  }

  async hasLinked(person: PersonName): Promise<boolean> {
    const found = await this.database.query((queries) => queries.select({ person: links.person }).from(links).where(eq(links.person, person)).limit(1));
    return found.length > 0;
  }

  async find(who: SlackUser): Promise<LinkedSlackUser | undefined> {
    const [row] = await this.database.query((queries) => queries.select().from(links).where(isOf(who)));
    return row && toLink(row);
  }

  async link(who: SlackUser, person: PersonName): Promise<LinkedSlackUser> {
    await this.database.query((queries) => queries.insert(links).values({ team: who.team, slackUser: who.user, person }).onConflictDoNothing());
    const stored = await this.find(who);
    if (!stored) throw new StoreFault('A linked account went while it was being linked');
    return stored;
  }

  async unlink(who: SlackUser): Promise<void> {
    await this.database.query((queries) => queries.delete(links).where(isOf(who)));
  }

  unlinkAll(person: PersonName): Promise<readonly LinkedSlackUser[]> {
    return this.database.transaction(async () => {
      await this.database.query((queries) => queries.delete(codes).where(eq(codes.person, person)));
      const gone = await this.database.query((queries) => queries.delete(links).where(eq(links.person, person)).returning());
      return gone.map(toLink);
    });
  }

  async list(): Promise<readonly LinkedSlackUser[]> {
    const rows = await this.database.query((queries) => queries.select().from(links).orderBy(asc(links.team), asc(links.slackUser)));
    return rows.map(toLink);
  }
}

function isOf({ team, user }: SlackUser) {
  return and(eq(links.team, team), eq(links.slackUser, user));
}

function toLink({ team, slackUser, person, linkedAt }: typeof links.$inferSelect): LinkedSlackUser {
  return { team, user: slackUser, person, linkedAt };
}
