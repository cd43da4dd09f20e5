import pg from 'pg';

/** By table, what is in it. */
export type Fingerprint = Readonly<Record<string, string>>;

// when a credential was last used is no write that anybody asked for
const UNNOTED = ['used_at'];

/** Sees every table of the server's schema from the side, and can put back what was there. */
export class DatabaseState {
  private constructor(
    private readonly client: pg.Client,
    private readonly tables: ReadonlyMap<string, readonly string[]>,
  ) {}

  static async of(databaseUrl: string): Promise<DatabaseState> {
    const client = new pg.Client({ connectionString: databaseUrl });
    await client.connect();
    const { rows } = await client.query<{ table: string; columns: string[] }>(
      `select c.table_name as table, array_agg(c.column_name::text) as columns from information_schema.columns c
       join information_schema.tables t using (table_schema, table_name)
       where c.table_schema = 'sluice' and t.table_type = 'BASE TABLE' and c.is_generated = 'NEVER' group by 1`,
    );
    return new DatabaseState(client, new Map(rows.map(({ table, columns }) => [table, columns])));
  }

  async fingerprint(): Promise<Fingerprint> {
    const parts = [...this.tables].map(([table, columns]) => {
      const row = columns.filter((column) => !UNNOTED.includes(column)).map((column) => `"${column}"`).join(', ');
      return `select '${table}' as table, coalesce(md5(string_agg(md5(row(${row})::text), '' order by md5(row(${row})::text))), '') as print from sluice."${table}"`;
    });
    const { rows } = await this.client.query<{ table: string; print: string }>(parts.join(' union all '));
    return Object.fromEntries(rows.map(({ table, print }) => [table, print]));
  }

  /** From now on {@link restore} puts back what is there now. */
  async keep(): Promise<Fingerprint> {
    await this.client.query('drop schema if exists kept cascade; create schema kept');
    for (const table of this.tables.keys()) await this.client.query(`create table kept."${table}" as table sluice."${table}"`);
    return this.fingerprint();
  }

  /** Past triggers and references: also past those that keep the audit. */
  async restore(tables: readonly string[]): Promise<void> {
    await this.client.query('begin; set local session_replication_role = replica');
    for (const table of tables) {
      const columns = (this.tables.get(table) ?? []).map((column) => `"${column}"`).join(', ');
      await this.client.query(`delete from sluice."${table}"; insert into sluice."${table}" (${columns}) select ${columns} from kept."${table}"`);
    }
    await this.client.query('commit');
  }

  close(): Promise<void> {
    return this.client.end();
  }
}

/** Tables that hold something else than before. */
export function changedTables(before: Fingerprint, after: Fingerprint): readonly string[] {
  return Object.keys(before).filter((table) => before[table] !== after[table]);
}
