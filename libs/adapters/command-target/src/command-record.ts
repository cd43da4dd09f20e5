import { mkdir, open, readFile, rename } from 'node:fs/promises';
import { dirname } from 'node:path';
import { Unavailable } from '@sluice/kernel';
import { z } from 'zod';

const record = z.object({
  /** Applied completely; absent from the moment an apply begins. */
  commit: z.string().optional(),
  /** How many files what is applied was made of: of the larger commit while one takes the other's place. */
  files: z.number().int(),
  /** The run under way: what is left of it is ended when its agent was killed. */
  run: z.string().optional(),
});

export type CommandRecord = z.output<typeof record>;

/** What is known of a target that is made true by commands, in the agent's folder. */
export class CommandRecordFile {
  constructor(private readonly path: string) {}

  /** @throws Unavailable for one that cannot be read. */
  async load(): Promise<CommandRecord> {
    try {
      return record.parse(JSON.parse(await readFile(this.path, 'utf8')));
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === 'ENOENT') return { files: 0 };
      throw new Unavailable(`${this.path} cannot be read: restore the agent's folder from a backup, or delete this file, and the next look plans anew`, { cause: error });
    }
  }

  /** Durable when it returns; a kill leaves the old one or the new one. */
  async save(value: CommandRecord): Promise<void> {
    await mkdir(dirname(this.path), { recursive: true, mode: 0o700 });
    const file = await open(`${this.path}.new`, 'w', 0o600);
    try {
      await file.writeFile(JSON.stringify(value));
      await file.sync();
    } finally {
      await file.close();
    }
    await rename(`${this.path}.new`, this.path);
    const folder = await open(dirname(this.path), 'r');
    await folder.sync().finally(() => folder.close());
  }
}
