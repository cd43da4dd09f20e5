import { randomUUID } from 'node:crypto';
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { messageOf } from '@sluice/kernel';
import type { ApplyOptions, ApplyResult, DesiredFile, DriftEntry, DriftOptions, ObjectHealth, Target } from '@sluice/sync';
import { type CommandRecord, CommandRecordFile } from './command-record.js';
import { describeRun, endOf, type Verdict, verdictOf } from './describe-run.js';
import { bareEnvironment } from './process/bare-environment.js';
import { endMarked } from './process/end-processes.js';
import { layOutFiles } from './process/lay-out-files.js';
import { removeFolder } from './process/remove-folder.js';
import { type CommandOutcome, runCommand } from './process/run-command.js';

const MARK = 'SLUICE_COMMAND_RUN';

export type CommandName = 'plan' | 'apply' | 'detect';

export interface CommandTargetOptions {
  /** Absolute path of a folder of the agent's own: everything in it but the record is removed. */
  readonly folder: string;
  /** Programs with their arguments, from this machine's settings; no shell, and nothing from the repository. */
  readonly commands: { readonly plan: readonly string[]; readonly apply: readonly string[]; readonly detect?: readonly string[] };
  /** What is passed to them beside, from this machine's environment; the values are kept out of reports. */
  readonly environment: Readonly<Record<string, string>>;
  /** Milliseconds that one command may take. */
  readonly timeout: number;
  /** Milliseconds between two looks for drift. */
  readonly detectInterval: number;
  /** Called after every command; what it wrote is not told. */
  readonly ended?: (run: { readonly command: CommandName; readonly commit: string; readonly verdict: Verdict; readonly durationMs: number }) => void;
}

interface Work {
  readonly commit: string;
  readonly files: readonly DesiredFile[];
  readonly signal: AbortSignal;
}

/**
 * A target that commands of this machine make true, for example Terraform: `plan` says whether there is something to do (0: no, 2: yes, anything else has failed), `apply` does it, `detect` tells like `plan` whether another hand
 * changed something. Each works in a private copy of the environment's files at the commit; `apply` in the one that `plan` has left. One command runs at a time.
 */
export class CommandTarget implements Target {
  private readonly record: CommandRecordFile;
  private readonly work: string;
  private line: Promise<unknown> = Promise.resolve();
  private detected: readonly DriftEntry[] = [];
  private undetected: ObjectHealth | undefined;
  private detectAt = 0;
  private readonly ending = new AbortController();

  constructor(private readonly options: CommandTargetOptions) {
    this.record = new CommandRecordFile(join(options.folder, 'record.json'));
    this.work = join(options.folder, 'work');
  }

  /** Ends and removes what is left of a command whose agent was killed. */
  async prepare(): Promise<void> {
    const { run, ...rest } = await this.record.load();
    if (run !== undefined) {
      await endMarked({ variable: MARK, run });
      await this.record.save(rest);
    }
    await removeFolder(this.work);
  }

  apply(commit: string, files: readonly DesiredFile[], { signal = new AbortController().signal }: ApplyOptions = {}): Promise<ApplyResult> {
    return this.inLine(() => this.inCopy({ commit, files, signal: AbortSignal.any([signal, this.ending.signal]) }, (work, record) => this.planAndApply(work, record)));
  }

  async drift({ files }: DriftOptions = {}): Promise<readonly DriftEntry[]> {
    const { detect } = this.options.commands;
    return this.inLine(async () => {
      const { commit } = await this.record.load();
      if (!detect || !files || commit === undefined || performance.now() < this.detectAt) return this.detected;
      await this.inCopy({ commit, files: await files(), signal: this.ending.signal }, (work) => this.detect(work));
      return this.detected;
    });
  }

  async health(): Promise<readonly ObjectHealth[]> {
    return this.undetected ? [this.undetected] : [];
  }

  /** What another hand does to the outside cannot be seen: it is looked for every so often, jittered. */
  async watch(changed: () => void): Promise<() => Promise<void>> {
    const { commands, detectInterval } = this.options;
    let timer: NodeJS.Timeout | undefined;
    const next = (): void => {
      timer = setTimeout(() => {
        changed();
        next();
      }, detectInterval * (1 + Math.random() / 10));
    };
    if (commands.detect) next();
    return async () => {
      clearTimeout(timer);
      this.ending.abort();
      await this.line;
    };
  }

  async applied(): Promise<string | undefined> {
    return (await this.record.load()).commit;
  }

  async owned(): Promise<number> {
    return (await this.record.load()).files;
  }

  private async planAndApply(work: Work, before: CommandRecord): Promise<ApplyResult> {
    const { commit, files, signal } = work;
    const plan = await this.run('plan', work);
    if (signal.aborted) return { ...NOTHING, interrupted: true };
    const verdict = verdictOf(plan);
    if (verdict === 'failed') return this.failed('plan', plan);
    if (verdict === 'changes') {
      // from here on what is there is neither the old nor the new
      const { commit: _commit, ...rest } = before;
      await this.record.save({ ...rest, files: Math.max(files.length, before.files) });
      const apply = await this.run('apply', work);
      if (signal.aborted && apply.outcome === 'lost') return { ...NOTHING, interrupted: true };
      if (verdictOf(apply) !== 'nothing to do') return this.failed('apply', apply);
    }
    await this.record.save({ commit, files: files.length, ...(before.run !== undefined && { run: before.run }) });
    this.settle([]);
    return { ...NOTHING, ...(verdict === 'changes' ? { written: 1 } : { unchanged: 1 }) };
  }

  private async detect(work: Work): Promise<void> {
    const run = await this.run('detect', work);
    if (work.signal.aborted) return;
    const verdict = verdictOf(run);
    if (verdict !== 'failed') return this.settle(verdict === 'changes' ? [this.drifted(run)] : []);
    this.undetected = { path: pathOf('detect'), status: 'Unknown', message: describeRun(run, this.secrets) };
    this.waitToDetect();
  }

  /** What differs, in the words of the command. */
  private drifted({ output }: CommandOutcome): DriftEntry {
    const live = endOf(output, this.secrets);
    return { path: pathOf('detect'), kind: 'modified', ...(live !== '' && { diff: { fields: [{ field: 'output', live }] } }) };
  }

  /** It is known how things are. */
  private settle(drift: readonly DriftEntry[]): void {
    this.detected = drift;
    this.undetected = undefined;
    this.waitToDetect();
  }

  private waitToDetect(): void {
    this.detectAt = performance.now() + this.options.detectInterval;
  }

  private failed(command: CommandName, run: CommandOutcome): ApplyResult {
    return { ...NOTHING, failed: [{ path: pathOf(command), message: describeRun(run, this.secrets) }] };
  }

  private get secrets(): readonly string[] {
    return Object.values(this.options.environment);
  }

  /** Makes the copy, remembers the run before anything of it is started, and removes the copy afterwards. */
  private async inCopy<T>(work: Work, body: (work: Work, record: CommandRecord) => Promise<T>): Promise<T> {
    const record: CommandRecord = { ...(await this.record.load()), run: randomUUID() };
    await this.record.save(record);
    try {
      await removeFolder(this.work);
      for (const folder of [this.work, this.copy, this.home]) await mkdir(folder, { recursive: true, mode: 0o700 });
      await layOutFiles(this.copy, work.files, () => work.signal.aborted);
      return await body(work, record);
    } finally {
      // what stays is in the way of the next one, which says so
      await removeFolder(this.work).catch(() => undefined);
      const { run: _run, ...rest } = await this.record.load();
      await this.record.save(rest);
    }
  }

  private async run(command: CommandName, { commit, signal }: Work): Promise<CommandOutcome> {
    const { commands, environment, timeout, ended } = this.options;
    const run = (await this.record.load()).run ?? randomUUID();
    const own = { SLUICE_REVISION: commit, SLUICE_COMMAND: command, [MARK]: run };
    const outcome = await runCommand({ mark: { variable: MARK, run }, argv: commands[command] ?? [], cwd: this.copy, environment: { ...environment, ...bareEnvironment(this.home), ...own }, timeout, asked: true }, signal).catch(
      (error: unknown): CommandOutcome => ({ outcome: 'not-started', durationMs: 0, message: messageOf(error), output: '' }),
    );
    ended?.({ command, commit, verdict: verdictOf(outcome), durationMs: outcome.durationMs });
    return outcome;
  }

  private get copy(): string {
    return join(this.work, 'files');
  }

  private get home(): string {
    return join(this.work, 'home');
  }

  private inLine<T>(work: () => Promise<T>): Promise<T> {
    const turn = this.line.then(work);
    this.line = turn.catch(() => undefined);
    return turn;
  }
}

const NOTHING: ApplyResult = { written: 0, deleted: 0, unchanged: 0, failed: [] };

/** As the server knows it: what a command says concerns every application (`libs/core/gates`, liveness). */
function pathOf(command: CommandName): string {
  return `command:${command}`;
}
