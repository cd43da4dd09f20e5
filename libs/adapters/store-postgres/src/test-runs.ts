import type { ClusterName, EnvironmentName, RepositoryId } from '@sluice/kernel';
import type { AllowedTest, TestRun, TestRuns } from '@sluice/usecases';
import { and, asc, desc, eq, inArray, notInArray, sql } from 'drizzle-orm';
import type { Database } from './database.js';
import { decode } from './documents/decode.js';
import { zAllowedTests, zTestRun } from './documents/test-run-document.js';
import { agentTests, testRuns } from './schema/test-runs.js';

/** Runs of one application and test in an environment that are kept. */
const KEPT = 50;
const OPEN = ['ordered', 'running'];

export class PostgresTestRuns implements TestRuns {
  constructor(private readonly database: Database) {}

  async get(repository: RepositoryId, id: string): Promise<TestRun | undefined> {
    const rows = await this.database.query((queries) => queries.select({ document: testRuns.document }).from(testRuns).where(and(eq(testRuns.repository, repository), eq(testRuns.id, id))));
    return rows.map(toRun)[0];
  }

  async newest(subject: string): Promise<TestRun | undefined> {
    const rows = await this.database.query((queries) => queries.select({ document: testRuns.document }).from(testRuns).where(eq(testRuns.subject, subject)).orderBy(desc(testRuns.number)).limit(1));
    return rows.map(toRun)[0];
  }

  async open(repository: RepositoryId, environment: EnvironmentName): Promise<readonly TestRun[]> {
    const rows = await this.database.query((queries) =>
      queries
        .select({ document: testRuns.document })
        .from(testRuns)
        .where(and(eq(testRuns.repository, repository), eq(testRuns.environment, environment), inArray(testRuns.state, OPEN)))
        .orderBy(asc(testRuns.sequence)),
    );
    return rows.map(toRun);
  }

  async list({ repository, application, environment, limit }: Parameters<TestRuns['list']>[0]): Promise<readonly TestRun[]> {
    const wanted = [eq(testRuns.repository, repository), ...(environment === undefined ? [] : [eq(testRuns.environment, environment)]), ...(application === undefined ? [] : [eq(testRuns.application, application)])];
    const rows = await this.database.query((queries) =>
      queries
        .select({ document: testRuns.document })
        .from(testRuns)
        .where(and(...wanted))
        .orderBy(desc(testRuns.sequence))
        .limit(limit),
    );
    return rows.map(toRun);
  }

  async order(run: TestRun): Promise<boolean> {
    const { id, repository, environment, application, subject, number, state, version } = run;
    const added = await this.database.query((queries) => queries.insert(testRuns).values({ id, repository, environment, application, test: run.test.name, subject, number, state, version, document: run }).onConflictDoNothing().returning({ id: testRuns.id }));
    if (added.length > 0) await this.forgetOldest(run);
    return added.length > 0;
  }

  async save(run: TestRun, output?: string): Promise<boolean> {
    const next: TestRun = { ...run, version: run.version + 1 };
    const saved = await this.database.query((queries) =>
      queries
        .update(testRuns)
        .set({ state: next.state, version: next.version, document: next, ...(output !== undefined && { output }) })
        .where(and(eq(testRuns.repository, run.repository), eq(testRuns.id, run.id), eq(testRuns.version, run.version)))
        .returning({ id: testRuns.id }),
    );
    return saved.length > 0;
  }

  async output(repository: RepositoryId, id: string): Promise<string | undefined> {
    const rows = await this.database.query((queries) => queries.select({ output: testRuns.output }).from(testRuns).where(and(eq(testRuns.repository, repository), eq(testRuns.id, id))));
    return rows[0]?.output ?? undefined;
  }

  async announce(cluster: ClusterName, allowed: readonly AllowedTest[] | undefined): Promise<boolean> {
    if (!allowed) return (await this.database.query((queries) => queries.delete(agentTests).where(eq(agentTests.cluster, cluster)).returning({ cluster: agentTests.cluster }))).length > 0;
    const isNew = sql`${agentTests.allowed} is distinct from excluded.allowed`;
    const changed = await this.database.query((queries) =>
      queries
        .insert(agentTests)
        .values({ cluster, allowed })
        .onConflictDoUpdate({ target: agentTests.cluster, set: { allowed }, setWhere: isNew })
        .returning({ cluster: agentTests.cluster }),
    );
    return changed.length > 0;
  }

  async allowed(clusters: readonly ClusterName[]): Promise<ReadonlyMap<ClusterName, readonly AllowedTest[]>> {
    if (clusters.length === 0) return new Map();
    const rows = await this.database.query((queries) => queries.select().from(agentTests).where(inArray(agentTests.cluster, [...clusters])));
    return new Map(rows.map(({ cluster, allowed }) => [cluster, decode(zAllowedTests, allowed, 'allow-list of an agent')]));
  }

  private async forgetOldest({ repository, environment, application, test }: TestRun): Promise<void> {
    await this.database.query((queries) => {
      const here = and(eq(testRuns.repository, repository), eq(testRuns.environment, environment), eq(testRuns.application, application), eq(testRuns.test, test.name));
      const kept = queries.select({ sequence: testRuns.sequence }).from(testRuns).where(here).orderBy(desc(testRuns.sequence)).limit(KEPT);
      return queries.delete(testRuns).where(and(here, notInArray(testRuns.state, OPEN), notInArray(testRuns.sequence, kept)));
    });
  }
}

function toRun({ document }: { readonly document: unknown }): TestRun {
  return decode(zTestRun, document, 'run of a test');
}
