import { readdirSync } from 'node:fs';
import { basename, join } from 'node:path';
import { servicesAvailable, startPostgres, type RunningPostgres } from '@sluice/testing';

/**
 * Registers every spec of a folder in the file that asks for it: they share their modules, compiled and warm, which a file of its own spends a third of its time on. PostgreSQL runs until the last of them is
 * told: each suite still has a database of its own.
 * @param file the asking one
 */
export async function tellTogether(file: { readonly dirname: string; readonly filename: string }): Promise<void> {
  const specs = readdirSync(file.dirname).filter((name) => name.endsWith('.spec.ts') && name !== basename(file.filename));
  if (specs.length === 0) throw new Error(`there are no specs in ${file.dirname}`);
  for (const spec of specs.sort()) await import(join(file.dirname, spec));
  if (servicesAvailable()) keepPostgres();
}

function keepPostgres(): void {
  let kept: RunningPostgres | undefined;
  beforeAll(async () => void (kept = await startPostgres()), 60_000);
  afterAll(() => kept?.stop());
}
