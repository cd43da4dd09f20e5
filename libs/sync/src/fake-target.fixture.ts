import type { ApplyOptions, ApplyResult, DesiredFile, DriftEntry, LiveFile, Target } from './ports/target.js';

/** A target of texts by path, with files that cannot be written. */
export class FakeTarget implements Target {
  readonly texts = new Map<string, string>();
  readonly broken = new Set<string>();
  private wanted = new Map<string, string>();
  private complete: string | undefined;

  async prepare(): Promise<void> {}

  async apply(commit: string, files: readonly DesiredFile[], options: ApplyOptions = {}): Promise<ApplyResult> {
    let written = 0;
    const failed: { path: string; message: string }[] = [];
    for (const { path, sha } of files) {
      if (this.broken.has(path)) failed.push({ path, message: 'broken' });
      else if (this.texts.get(path) !== sha && !options.leave?.has(path)) {
        this.texts.set(path, sha);
        written += 1;
      }
    }
    const gone = [...this.wanted.keys()].filter((path) => !files.some((file) => file.path === path));
    for (const path of gone) this.texts.delete(path);
    this.wanted = new Map(files.filter(({ path }) => !this.broken.has(path)).map(({ path, sha }) => [path, sha]));
    this.complete = failed.length === 0 ? commit : undefined;
    return { written, deleted: gone.length, unchanged: files.length - written - failed.length, failed };
  }

  async drift(): Promise<readonly DriftEntry[]> {
    const found: DriftEntry[] = [];
    for (const [path, text] of this.wanted) {
      if (!this.texts.has(path)) found.push({ path, kind: 'missing' });
      else if (this.texts.get(path) !== text) found.push({ path, kind: 'modified' });
    }
    return found;
  }

  async read(path: string): Promise<LiveFile | undefined> {
    const text = this.texts.get(path);
    return text === undefined ? undefined : { mode: '100644', bytes: Buffer.from(text) };
  }

  async watch(): Promise<() => Promise<void>> {
    return async () => undefined;
  }

  async applied(): Promise<string | undefined> {
    return this.complete;
  }

  async owned(): Promise<number> {
    return this.wanted.size;
  }
}
