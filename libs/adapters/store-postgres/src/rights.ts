import type { Instant, PersonName, RepositoryId } from '@sluice/kernel';
import type { Principal } from '@sluice/pipeline';
import type { RightsStore, ServerBinding, TemporaryRight } from '@sluice/usecases';
import { and, asc, eq, gt, isNull, or } from 'drizzle-orm';
import type { Database } from './database.js';
import { roleBindings, temporaryRights } from './schema/rights.js';

export class PostgresRights implements RightsStore {
  constructor(private readonly database: Database) {}

  async bindings(): Promise<readonly ServerBinding[]> {
    const rows = await this.database.query((queries) => queries.select().from(roleBindings).orderBy(asc(roleBindings.sequence)));
    return rows.map(({ sequence: _sequence, who, ...binding }) => ({ ...binding, who: toPrincipal(who) }));
  }

  async bind(binding: ServerBinding): Promise<void> {
    await this.database.query((queries) => queries.insert(roleBindings).values({ ...binding, who: principalColumn(binding.who) }));
  }

  async unbind(id: string): Promise<void> {
    await this.database.query((queries) => queries.delete(roleBindings).where(eq(roleBindings.id, id)));
  }

  async temporary(repository: RepositoryId, endingAfter: Instant): Promise<readonly TemporaryRight[]> {
    const rows = await this.database.query((queries) =>
      queries
        .select()
        .from(temporaryRights)
        .where(and(eq(temporaryRights.repository, repository), gt(temporaryRights.until, endingAfter)))
        .orderBy(asc(temporaryRights.sequence)),
    );
    return rows.map(toRight);
  }

  async give(right: TemporaryRight): Promise<void> {
    await this.database.query((queries) => queries.insert(temporaryRights).values(right));
  }

  async end(id: string, ended: { readonly by: PersonName; readonly at: Instant }): Promise<void> {
    await this.database.query((queries) =>
      queries
        .update(temporaryRights)
        .set({ endedBy: ended.by, endedAt: ended.at })
        .where(and(eq(temporaryRights.id, id), isNull(temporaryRights.endedAt))),
    );
  }

  async endAllOf(person: PersonName, ended: { readonly by: PersonName; readonly at: Instant }): Promise<readonly TemporaryRight[]> {
    const theirs = or(eq(temporaryRights.person, person), eq(temporaryRights.giver, person));
    const rows = await this.database.query((queries) =>
      queries
        .update(temporaryRights)
        .set({ endedBy: ended.by, endedAt: ended.at })
        .where(and(theirs, isNull(temporaryRights.endedAt), gt(temporaryRights.until, ended.at)))
        .returning(),
    );
    return rows.sort((a, b) => a.sequence - b.sequence).map(toRight);
  }
}

function toRight(row: typeof temporaryRights.$inferSelect): TemporaryRight {
  const { sequence: _sequence, environment, application, giver, endedAt, endedBy, ...rest } = row;
  return {
    ...rest,
    ...(environment !== null && { environment }),
    ...(application !== null && { application }),
    ...(giver !== null && { giver }),
    ...(endedAt !== null && { endedAt }),
    ...(endedBy !== null && { endedBy }),
  };
}

function principalColumn(who: Principal): string {
  return who.kind === 'anyone' ? '*' : `${who.kind}:${who.name}`;
}

function toPrincipal(text: string): Principal {
  const [kind, name = ''] = text.split(':', 2);
  return kind === 'person' || kind === 'group' ? { kind, name } : { kind: 'anyone' };
}
