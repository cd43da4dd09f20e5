import { Conflict, NotFound, type RepositoryId } from '@sluice/kernel';
import type { PipelineRecord, Repositories, Repository } from '@sluice/usecases';
import { asc, eq, sql } from 'drizzle-orm';
import { z } from 'zod';
import type { Database } from './database.js';
import { decode } from './documents/decode.js';
import { pipelineDocument, zPipelineRecord } from './documents/pipeline-document.js';
import { pipelines, repositories } from './schema/configuration.js';

export class PostgresRepositories implements Repositories {
  /** The records as they were read last: each step of each lane asks, and with many applications taking one apart is most of the answer's cost. */
  readonly #read = new Map<RepositoryId, { readonly text: string; readonly record: PipelineRecord }>();

  constructor(private readonly database: Database) {}

  /** @throws Conflict when there is one of this name. */
  async add(repository: Repository): Promise<void> {
    const added = await this.database.query((queries) => queries.insert(repositories).values(repository).onConflictDoNothing().returning({ id: repositories.id }));
    if (added.length === 0) throw new Conflict(`There is a repository ${repository.id} already: choose another name`);
  }

  async update({ id, ...fields }: Repository): Promise<void> {
    const set = { ...fields, remote: fields.remote ?? null };
    const changed = await this.database.query((queries) => queries.update(repositories).set(set).where(eq(repositories.id, id)).returning({ id: repositories.id }));
    if (changed.length === 0) throw new NotFound(`there is no repository ${id}`);
  }

  async remove(id: RepositoryId): Promise<void> {
    await this.database.query((queries) => queries.delete(repositories).where(eq(repositories.id, id)));
    await this.database.query((queries) => queries.delete(pipelines).where(eq(pipelines.repository, id)));
  }

  async list(): Promise<readonly Repository[]> {
    return (await this.database.query((queries) => queries.select().from(repositories).orderBy(asc(repositories.id)))).map(repositoryOf);
  }

  async get(id: RepositoryId): Promise<Repository | undefined> {
    const [row] = await this.database.query((queries) => queries.select().from(repositories).where(eq(repositories.id, id)));
    return row && repositoryOf(row);
  }

  async pipeline(id: RepositoryId): Promise<PipelineRecord | undefined> {
    const document = sql<string>`${pipelines.document}::text`;
    const [row] = await this.database.query((queries) => queries.select({ document }).from(pipelines).where(eq(pipelines.repository, id)));
    return row && this.#recordOf(id, row.document);
  }

  #recordOf(id: RepositoryId, text: string): PipelineRecord {
    const before = this.#read.get(id);
    if (before?.text === text) return before.record;
    const record = decode(zPipelineRecord, JSON.parse(text), 'pipeline');
    this.#read.set(id, { text, record });
    return record;
  }

  async savePipeline(record: PipelineRecord): Promise<void> {
    const document = pipelineDocument(record);
    await this.database.query((queries) =>
      queries.insert(pipelines).values({ repository: record.repository, document }).onConflictDoUpdate({ target: pipelines.repository, set: { document } }),
    );
  }
}

const zRemote = z.looseObject({ credential: z.string(), path: z.string(), hook: z.string().optional() });

function repositoryOf({ remote, ...row }: typeof repositories.$inferSelect): Repository {
  return remote === null ? row : { ...row, remote: decode(zRemote, remote, 'repository') };
}
